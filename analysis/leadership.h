// Leadership: which peers consider themselves leader of their organisation in a channel, over time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analysis/metrics.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

class Leadership {
 public:
  // One organisation in one channel.
  struct Seat {
    std::vector<PeerIndex> leaders;  // now
    std::size_t max_simultaneous = 0;
    Time first = kNever;         // the first declaration
    Time single_since = kNever;  // since when exactly one peer leads; kNever when it is not so now
    std::uint64_t changes = 0;   // declarations after the first one
    Time vacant_since = kNever;  // since when nobody leads any more; kNever when somebody does
    Duration vacancy = 0;        // the longest time without a leader, after the first
  };

  explicit Leadership(const RunFacts& facts);

  void on_declared(const TraceEvent& event);
  void on_stepped_down(const TraceEvent& event);
  // A peer that does not run leads nobody.
  void stopped(PeerIndex p, Time at);

  const std::map<std::pair<ChannelIndex, OrgIndex>, Seat>& seats() const { return seats_; }
  // `end` is that of the run.
  void add_metrics(Time end, Metrics& out) const;

 private:
  void remove(Seat& seat, PeerIndex p, Time at);

  const RunFacts& facts_;
  std::map<std::pair<ChannelIndex, OrgIndex>, Seat> seats_;
};

}  // namespace hearsay::analysis
