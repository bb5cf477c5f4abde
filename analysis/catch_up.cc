#include "analysis/catch_up.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"

namespace hearsay::analysis {

CatchUp::CatchUp(const RunFacts& facts) : facts_(facts) {
  for (const ChannelFacts& channel : facts.channels) {
    ledgers_.push_back(
        {channel.first_block, std::vector<BlockNum>(facts.peers.size(), channel.first_block)});
  }
}

void CatchUp::started(PeerIndex p, Time at) {
  for (std::size_t c = 0; c < ledgers_.size(); ++c) {
    const std::vector<PeerIndex>& members = facts_.channels[c].members;
    const Ledger& ledger = ledgers_[c];
    if (ledger.heights[raw(p)] >= ledger.highest) continue;
    if (!std::binary_search(members.begin(), members.end(), p)) continue;
    const ChannelIndex channel{static_cast<std::uint16_t>(c)};
    late_[{channel, p}] = {ledger.highest, at};
  }
}

void CatchUp::stopped(PeerIndex p) {
  std::erase_if(late_, [&](const auto& entry) { return entry.first.second == p; });
}

void CatchUp::on_committed(const TraceEvent& event) {
  Ledger& ledger = ledgers_[raw(event.channel)];
  const BlockNum height = event.value + 1;
  ledger.heights[raw(event.peer)] = height;
  ledger.highest = std::max(ledger.highest, height);
  if (late_.empty()) return;
  const auto late = late_.find({event.channel, event.peer});
  if (late == late_.end() || height < late->second.target) return;
  note(event.peer, event.time - late->second.since, late->second.target);
  late_.erase(late);
}

void CatchUp::on_received(const TraceEvent& event) {
  if (BlockOrigin{event.detail} == BlockOrigin::kState) ++blocks_;
}

void CatchUp::note(PeerIndex p, Duration took, BlockNum target) {
  const double s = seconds(took);
  took_.push_back(s);
  if (s <= longest_) return;
  longest_ = s;
  const std::string who = peer_text(facts_, p);
  evidence_ = took == kNever ? fmt::format("{} never reached height {}", who, target)
                             : fmt::format("{} reached height {} last, {} after its start", who,
                                           target, seconds_text(s));
}

void CatchUp::finish() {
  for (const auto& [where, late] : late_)
    note(where.second, kNever, late.target);
  late_.clear();
}

void CatchUp::add_metrics(Metrics& out) const {
  const auto path = [](const char* name) {
    return std::vector<std::string>{"state_transfer", name};
  };
  out.add(path("blocks"), blocks_);
  out.add(path("rounds"), rounds_);
  out.add(path("given_up"), given_up_);
  out.add(path("late_starts"), std::uint64_t{took_.size()});
  out.add(path("caught_up_s"), spread_of(took_),
          {evidence_.empty() ? "nobody started behind the others" : evidence_, ""});
}

}  // namespace hearsay::analysis
