#include "analysis/dissemination.h"

#include <algorithm>
#include <limits>

#include "core/base/assert.h"

namespace hearsay::analysis {

Dissemination::Dissemination(const RunFacts& facts, const Population& population)
    : facts_(facts), population_(population) {
  // Counter 0 takes what is sent under fingerprint 0, so that the fast path needs no special case.
  counters_.emplace_back();
  counter_of_.emplace(0, 0);
}

std::optional<std::size_t> Dissemination::position(ChannelIndex channel, PeerIndex p) const {
  const std::vector<PeerIndex>& members = facts_.channels[raw(channel)].members;
  // With one channel of all peers a member's position is its index.
  if (raw(p) < members.size() && members[raw(p)] == p) return raw(p);
  const auto found = std::lower_bound(members.begin(), members.end(), p);
  if (found == members.end() || *found != p) return std::nullopt;
  return static_cast<std::size_t>(found - members.begin());
}

BlockRecord* Dissemination::find(ChannelIndex channel, BlockNum number, bool create) {
  if (last_block_ < blocks_.size() && blocks_[last_block_].channel == channel &&
      blocks_[last_block_].number == number) {
    return &blocks_[last_block_];
  }
  const auto key = std::pair{channel, number};
  auto found = index_.find(key);
  if (found == index_.end()) {
    if (!create) return nullptr;
    found = index_.emplace(key, blocks_.size()).first;
    BlockRecord& block = blocks_.emplace_back();
    block.channel = channel;
    block.number = number;
    block.holdings.resize(facts_.channels[raw(channel)].members.size());
  }
  last_block_ = found->second;
  return &blocks_[last_block_];
}

void Dissemination::find_counter(std::uint64_t fingerprint) {
  const auto [found, fresh] = counter_of_.emplace(fingerprint, counters_.size());
  if (fresh) counters_.emplace_back();
  last_sent_fingerprint_ = fingerprint;
  last_sent_counter_ = found->second;
}

// A pushed block is the content of the data message that arrived just before. Should a node ever
// take several messages in before it handles the first, a pairing may be wrong: the majority
// decides.
void Dissemination::attribute(std::size_t block, const TraceEvent& received) {
  if (last_data_.peer != received.peer || last_data_.time != received.time) return;
  find_counter(last_data_.value);
  Counter& counter = counters_[last_sent_counter_];
  if (counter.votes == 0) counter.block = block;
  counter.votes += counter.block == block ? 1 : -1;
}

void Dissemination::on_cut(const TraceEvent& event) {
  BlockRecord& block = *find(event.channel, event.value, true);
  if (block.cut == kNever) block.cut = event.time;
}

const Holding* Dissemination::on_received(const TraceEvent& event) {
  const auto at = position(event.channel, event.peer);
  if (!at || event.detail >= kBlockOrigins) return nullptr;
  BlockRecord& block = *find(event.channel, event.value, true);
  const auto source = BlockOrigin{event.detail};
  if (source == BlockOrigin::kPush) attribute(last_block_, event);
  if (block.start == kNever) block.start = event.time;
  Holding& mine = block.holdings[*at];
  if (mine.received != kNever) {
    ++duplicates_;
    return &mine;
  }
  mine.received = event.time;
  mine.from = event.other;
  mine.source = source;
  ++by_source_[event.detail];
  if (source == BlockOrigin::kDeliver) return nullptr;
  mine.hops = static_cast<std::uint16_t>(std::min(event.size, 0xFFFFu));
  const auto sender =
      population_.knows(event.other) ? position(event.channel, event.other) : std::nullopt;
  if (sender && block.holdings[*sender].received != kNever) {
    mine.hops =
        static_cast<std::uint16_t>(std::min<unsigned>(block.holdings[*sender].hops + 1u, 0xFFFF));
  }
  return nullptr;
}

void Dissemination::on_committed(const TraceEvent& event) {
  const auto at = position(event.channel, event.peer);
  if (!at) return;
  // A block nobody was seen to receive was there before the trace began.
  BlockRecord* block = find(event.channel, event.value, false);
  if (block == nullptr) return;
  Holding& mine = block->holdings[*at];
  if (mine.committed == kNever) mine.committed = event.time;
}

bool Dissemination::excused(const BlockRecord& block, std::size_t position) const {
  const PeerIndex p = member(block, position);
  const Time received = block.holdings[position].received;
  const auto found = left_.find({block.channel, p});
  if (found != left_.end() && found->second <= received) return true;
  return received == kNever && population_.running(p) &&
         (!population_.reachable(p) || population_.parted(p));
}

Role Dissemination::role(const BlockRecord& block, std::size_t position) const {
  const Holding& holding = block.holdings[position];
  const bool held = holding.received != kNever;
  if (held && holding.source == BlockOrigin::kDeliver) return Role::kOrigin;
  if (excused(block, position)) return Role::kBystander;
  const auto span = population_.span_at(member(block, position), block.start);
  if (!span) return Role::kBystander;
  if (span->to == kNever) return Role::kReceiver;
  return held && holding.received <= span->to ? Role::kReceiver : Role::kBystander;
}

}  // namespace hearsay::analysis
