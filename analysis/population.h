// Population: who ran when, and who could be reached.
//
// Fed with starts, crashes and cut-offs in the order of time; answers for any instant of the past.
// A node that stops because the run ends counts as running to the end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

// From `from` to just before `to`; kNever: to the end of the run.
struct RunningSpan {
  Time from = 0;
  Time to = kNever;
  bool operator==(const RunningSpan&) const = default;
};

class Population {
 public:
  explicit Population(const RunFacts& facts) : peers_(facts.peers.size()) {}

  // Returns true when the peer never ran before. A second start without a stop changes nothing.
  bool started(PeerIndex p, Time at);
  // Returns false when it was not running.
  bool stopped(PeerIndex p, Time at);
  // A peer that runs but that nobody can reach, and its return. Cut-offs nest.
  void cut_off(PeerIndex p, Time at);
  void restored(PeerIndex p, Time at);
  // A partition puts p into one of its groups (from 1), and lets it go. Between two groups of one
  // partition nothing passes, in one direction at least.
  void grouped(std::uint64_t partition, PeerIndex p, std::uint8_t group, Time at);
  void ungrouped(std::uint64_t partition, PeerIndex p, Time at);
  // Any other fault that begins or ends: it only counts as a disturbance.
  void disturbed(Time at) { disturbed_ = at; }

  // Whether p is one of the peers of the facts; the others take no part in anything.
  bool knows(PeerIndex p) const { return raw(p) < peers_.size(); }
  std::size_t size() const { return peers_.size(); }
  bool running(PeerIndex p) const { return peers_[raw(p)].running; }
  bool reachable(PeerIndex p) const { return running(p) && peers_[raw(p)].cuts == 0; }
  // Whether a partition stands between the two; between p and anybody; anywhere.
  bool parted(PeerIndex a, PeerIndex b) const;
  bool parted(PeerIndex p) const;
  bool parted() const { return !partitions_.empty(); }
  // The last start; REQUIRES: it started once.
  Time last_start(PeerIndex p) const { return peers_[raw(p)].spans.back().from; }
  const std::vector<RunningSpan>& spans(PeerIndex p) const { return peers_[raw(p)].spans; }
  // The span that contains `at`, if p ran then.
  std::optional<RunningSpan> span_at(PeerIndex p, Time at) const;

  // The last start, stop, beginning or end of a fault.
  Time last_disturbance() const { return disturbed_; }
  // Time that all peers together spent running within [from, to], in seconds.
  double peer_seconds(Time from, Time to) const;

 private:
  struct Peer {
    std::vector<RunningSpan> spans;
    std::uint32_t cuts = 0;
    bool running = false;
  };
  struct Partition {
    std::vector<std::uint8_t> group_of;  // by peer; 0: none
    std::size_t members = 0;
  };
  std::vector<Peer> peers_;
  std::map<std::uint64_t, Partition> partitions_;  // those that stand
  Time disturbed_ = 0;
};

}  // namespace hearsay::analysis
