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
