// CatchUp: how long peers that start behind the others take to come level, and what state transfer
// did for it.
//
// A start is late in a channel when somebody's ledger there was higher at that instant: a peer that
// joins a running network, or comes back from a crash. It has caught up when it has committed what
// the highest ledger held when it started; what is cut meanwhile does not count. A peer that stops
// before that is left out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/metrics.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

class CatchUp {
 public:
  explicit CatchUp(const RunFacts& facts);

  // Peers and channels of events are those of the facts.
  void started(PeerIndex p, Time at);
  void stopped(PeerIndex p);
  void on_committed(const TraceEvent& event);
  void on_received(const TraceEvent& event);
  void on_begun() { ++rounds_; }
  void on_ended(const TraceEvent& event) {
    if (CatchUpEnd{event.detail} != CatchUpEnd::kDone) ++given_up_;
  }
  void finish();

  // Blocks that state transfer brought, wherever else they came from before.
  std::uint64_t blocks() const { return blocks_; }
  void add_metrics(Metrics& out) const;

 private:
  struct Ledger {
    BlockNum highest = 0;           // of all peers
    std::vector<BlockNum> heights;  // by peer
  };
  struct Late {
    BlockNum target;
    Time since;
  };
  void note(PeerIndex p, Duration took, BlockNum target);

  const RunFacts& facts_;
  std::vector<Ledger> ledgers_;  // by channel
  std::map<std::pair<ChannelIndex, PeerIndex>, Late> late_;

  std::uint64_t blocks_ = 0;
  std::uint64_t rounds_ = 0;
  std::uint64_t given_up_ = 0;
  std::vector<double> took_;
  double longest_ = -1;
  std::string evidence_;
};

}  // namespace hearsay::analysis
