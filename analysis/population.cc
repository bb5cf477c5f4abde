#include "analysis/population.h"

#include <algorithm>

namespace hearsay::analysis {

bool Population::started(PeerIndex p, Time at) {
  Peer& peer = peers_[raw(p)];
  disturbed_ = at;
  const bool first = peer.spans.empty();
  if (!peer.running) peer.spans.push_back({at, kNever});
  peer.running = true;
  return first;
}

bool Population::stopped(PeerIndex p, Time at) {
  Peer& peer = peers_[raw(p)];
  if (!peer.running) return false;
  disturbed_ = at;
  peer.running = false;
  peer.spans.back().to = at;
  return true;
}

void Population::cut_off(PeerIndex p, Time at) {
  disturbed_ = at;
  ++peers_[raw(p)].cuts;
}

void Population::restored(PeerIndex p, Time at) {
  disturbed_ = at;
  std::uint32_t& cuts = peers_[raw(p)].cuts;
  if (cuts > 0) --cuts;
}

void Population::grouped(std::uint64_t partition, PeerIndex p, std::uint8_t group, Time at) {
  disturbed_ = at;
  Partition& it = partitions_[partition];
  it.group_of.resize(peers_.size());
  if (it.group_of[raw(p)] == 0) ++it.members;
  it.group_of[raw(p)] = group;
}

void Population::ungrouped(std::uint64_t partition, PeerIndex p, Time at) {
  disturbed_ = at;
  const auto found = partitions_.find(partition);
  if (found == partitions_.end() || found->second.group_of[raw(p)] == 0) return;
  found->second.group_of[raw(p)] = 0;
  if (--found->second.members == 0) partitions_.erase(found);
}

bool Population::parted(PeerIndex a, PeerIndex b) const {
  return std::any_of(partitions_.begin(), partitions_.end(), [&](const auto& entry) {
    const std::uint8_t mine = entry.second.group_of[raw(a)];
    const std::uint8_t theirs = entry.second.group_of[raw(b)];
    return mine != 0 && theirs != 0 && mine != theirs;
  });
}

bool Population::parted(PeerIndex p) const {
  return std::any_of(partitions_.begin(), partitions_.end(),
                     [&](const auto& entry) { return entry.second.group_of[raw(p)] != 0; });
}

std::optional<RunningSpan> Population::span_at(PeerIndex p, Time at) const {
  for (const RunningSpan& span : peers_[raw(p)].spans) {
    if (span.from <= at && at < span.to) return span;
  }
  return std::nullopt;
}

double Population::peer_seconds(Time from, Time to) const {
  double sum = 0;
  for (const Peer& peer : peers_) {
    for (const RunningSpan& span : peer.spans) {
      const Time begin = std::max(span.from, from);
      const Time end = std::min(span.to, to);
      if (end > begin) sum += to_seconds(end - begin);
    }
  }
  return sum;
}

}  // namespace hearsay::analysis
