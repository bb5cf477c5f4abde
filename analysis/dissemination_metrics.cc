// What the records of blocks amount to.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/dissemination.h"
#include "analysis/format.h"
#include "core/base/assert.h"

namespace hearsay::analysis {
namespace {

// The coverage curve has 16 points per power of ten, from 100 us to 10,000 s.
constexpr int kPerDecade = 16;
constexpr int kDecades = 8;
constexpr std::size_t kSteps = kPerDecade * kDecades + 1;
constexpr double kFirstStep = 1e-4;

double step_seconds(std::size_t i) {
  return kFirstStep * std::pow(10.0, static_cast<double>(i) / kPerDecade);
}

std::size_t step_of(double s) {
  if (s <= kFirstStep) return 0;
  const double place = std::ceil(kPerDecade * std::log10(s / kFirstStep) - 1e-9);
  return std::min(kSteps, static_cast<std::size_t>(place));
}

}  // namespace

void Dissemination::measure_quantiles(const BlockRecord& block,
                                      std::vector<std::pair<Time, PeerIndex>>& got,
                                      PeerIndex missing, std::size_t receivers) {
  std::sort(got.begin(), got.end());
  for (std::size_t q = 0; q < kPercents.size(); ++q) {
    const std::size_t needed = (kPercents[q] * receivers + 99) / 100;
    Sample& sample = quantiles_[q];
    const bool never = needed > got.size();
    const double value = never ? kNeverSeconds : to_seconds(got[needed - 1].first - block.start);
    sample.values.push_back(value);
    if (value <= sample.highest) continue;
    sample.highest = value;
    const std::string which = fmt::format("block {}", block.number);
    if (never) {
      sample.evidence = fmt::format("{} never reached {}", which, peer_text(facts_, missing));
    } else {
      const char* last = kPercents[q] == 100 ? "last, " : "after ";
      sample.evidence =
          fmt::format("{} reached {} {}{}", which, peer_text(facts_, got[needed - 1].second), last,
                      seconds_text(value));
    }
    if (facts_.channels.size() > 1) {
      sample.evidence = channel_text(facts_, block.channel) + ": " + sample.evidence;
    }
  }
}

void Dissemination::measure_delivery(const BlockRecord& block) {
  if (block.cut == kNever) return;
  Duration longest = -1;
  PeerIndex last = kNoPeer;
  for (std::size_t i = 0; i < block.holdings.size(); ++i) {
    const Holding& holding = block.holdings[i];
    if (role(block, i) != Role::kOrigin) continue;
    // Who came up later waited for no orderer.
    const auto span = population_.span_at(member(block, i), block.cut);
    if (!span || span->to <= holding.received) continue;
    if (holding.received - block.cut <= longest) continue;
    longest = holding.received - block.cut;
    last = member(block, i);
  }
  if (longest < 0) return;
  const double s = to_seconds(longest);
  delivery_.values.push_back(s);
  if (s <= delivery_.highest) return;
  delivery_.highest = s;
  delivery_.evidence = fmt::format("block {} reached {} from the orderers after {}", block.number,
                                   peer_text(facts_, last), seconds_text(s));
}

void Dissemination::measure(const BlockRecord& block) {
  measure_delivery(block);
  std::vector<std::pair<Time, PeerIndex>> got;
  PeerIndex missing = kNoPeer;
  std::size_t receivers = 0;
  std::size_t origins = 0;
  std::size_t pushed = 0;
  unsigned deepest = 0;
  std::uint64_t hops = 0;
  double commit = 0;
  for (std::size_t i = 0; i < block.holdings.size(); ++i) {
    const Holding& holding = block.holdings[i];
    const PeerIndex p = member(block, i);
    const Role what = role(block, i);
    const bool owed = holding.received == kNever && runs_at_end(p) && !excused(block, i);
    if (owed && never_++ == 0) {
      never_evidence_ =
          fmt::format("block {} never reached {}", block.number, peer_text(facts_, p));
    }
    if (what == Role::kBystander) continue;
    const Duration to_commit =
        holding.committed == kNever ? kNever : holding.committed - block.start;
    commit = std::max(commit, seconds(to_commit));
    if (what == Role::kOrigin) {
      ++origins;
      continue;
    }
    ++receivers;
    if (holding.received == kNever) {
      missing = missing == kNoPeer ? p : missing;
      continue;
    }
    got.emplace_back(holding.received, p);
    ++histogram_[step_of(to_seconds(holding.received - block.start))];
    if (holding.source != BlockOrigin::kPush) continue;
    ++pushed;
    hops += holding.hops;
    deepest = std::max<unsigned>(deepest, holding.hops);
    push_latency_.push_back(to_seconds(holding.received - block.start));
  }
  peers_by_push_.push_back(static_cast<double>(origins + pushed));
  if (block.transmissions > 0) {
    transmissions_.push_back(static_cast<double>(block.transmissions));
  }
  receivers_ += receivers;
  pushed_ += pushed;
  if (receivers == 0) return;
  measure_quantiles(block, got, missing, receivers);
  commit_.push_back(commit);
  if (pushed > 0) {
    hops_.push_back(deepest);
    mean_hops_.push_back(static_cast<double>(hops) / static_cast<double>(pushed));
  }
  const double share = static_cast<double>(pushed) / static_cast<double>(receivers);
  if (share >= lowest_push_) return;
  lowest_push_ = share;
  push_evidence_ = fmt::format("block {} reached {} of {} by push", block.number, pushed,
                               plural(receivers, "receiver"));
}

void Dissemination::count_undelivered(const BlockRecord& block) {
  if (undelivered_++ == 0) {
    undelivered_evidence_ = fmt::format("block {} of {} reached no peer", block.number,
                                        channel_text(facts_, block.channel));
    never_evidence_ = undelivered_evidence_;
  }
  for (std::size_t i = 0; i < block.holdings.size(); ++i)
    never_ += runs_at_end(member(block, i)) && !excused(block, i) ? 1 : 0;
}

void Dissemination::finish(Time end) {
  for (const Counter& counter : counters_) {
    if (counter.votes > 0) blocks_[counter.block].transmissions += counter.sent;
  }
  for (const BlockRecord& block : blocks_) {
    if (block.start == kNever) count_undelivered(block);
  }
  std::erase_if(blocks_, [](const BlockRecord& b) { return b.start == kNever; });
  std::sort(blocks_.begin(), blocks_.end(), [](const BlockRecord& a, const BlockRecord& b) {
    return std::pair{a.channel, a.number} < std::pair{b.channel, b.number};
  });
  index_.clear();
  histogram_.assign(kSteps + 1, 0);
  for (const BlockRecord& block : blocks_)
    measure(block);
  std::uint64_t reached = 0;
  for (std::size_t i = 0; i < kSteps && receivers_ > 0; ++i) {
    const double s = step_seconds(i);
    if (s > to_seconds(end)) break;
    reached += histogram_[i];
    coverage_.add(static_cast<Time>(std::llround(s * 1e9)), reached, receivers_);
  }
}

void Dissemination::add_metrics(Metrics& out) const {
  const auto path = [](std::string name) {
    return std::vector<std::string>{"blocks", std::move(name)};
  };
  const auto ratio = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? kNothing : static_cast<double>(part) / static_cast<double>(whole);
  };
  const std::string none = blocks_.empty() ? "no block was seen" : "no block had a receiver";
  out.add(path("count"), std::uint64_t{blocks_.size()});
  out.add(path("coverage_push"), ratio(pushed_, receivers_),
          {push_evidence_.empty() ? none : push_evidence_, push_evidence_});
  for (std::size_t q = 0; q < kPercents.size(); ++q) {
    const std::string& evidence = quantiles_[q].evidence;
    out.add(path(fmt::format("t{}_s", kPercents[q])), spread_of(quantiles_[q].values),
            {evidence.empty() ? none : evidence, ""});
  }
  out.add(path("delivery_s"), spread_of(delivery_.values),
          {delivery_.evidence.empty() ? none : delivery_.evidence, ""});
  out.add(
      path("undelivered"), undelivered_,
      {undelivered_evidence_.empty() ? "every block reached a peer" : undelivered_evidence_, ""});
  out.add(path("hops"), spread_of(hops_));
  for (const BlockOrigin source :
       {BlockOrigin::kPush, BlockOrigin::kPull, BlockOrigin::kState, BlockOrigin::kDeliver}) {
    out.add({"blocks", "by_source", block_origin_name(source)}, by_source(source));
  }
  out.add(path("transmissions_per_block"), ratio(data_sent_, blocks_.size()));
  out.add(path("never"), never_,
          {never_evidence_.empty() ? "every block reached every member" : never_evidence_, ""});
  out.add(path("transmissions"), spread_of(transmissions_));
  out.add(path("peers_by_push"), spread_of(peers_by_push_), {"", push_evidence_});
  out.add(path("mean_hops"), spread_of(mean_hops_));
  out.add(path("push_latency_s"), spread_of(push_latency_));
  out.add(path("committed_s"), spread_of(commit_));
  out.add(path("received_again"), duplicates_);
  out.add(path("coverage"), coverage_);
}

}  // namespace hearsay::analysis
