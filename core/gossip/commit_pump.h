// CommitPump: brings the blocks of a PayloadBuffer into a ledger, in order, one at a time.
//
// The goroutine deliverPayloads of gossip/state/state.go. Each commit raises the height that the
// channel advertises. Spec: state.md section 9.
//
//     Idle --wake: a block is poppable--> Committing --committed--> the next, or Idle
//                                             |
//                                             +--validation failed--> Halted, for good
//
// Quirk: a block that turns out to be none is dropped at this late point. Its number is lost: the
// buffer has gone on, so the ledger never passes it (state.md 17.1).
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/gossip/channel.h"
#include "core/gossip/context.h"
#include "core/gossip/payload_buffer.h"
#include "core/ports/ledger.h"

namespace hearsay {

// Fabric's gauges and histograms gossip_state_*.
struct CommitStats {
  BlockNum height = 0;  // of the last commit's block, plus one; 0 before the first
  std::uint64_t commits = 0;
  Duration last_commit = 0;  // how long the ledger took
};

class CommitPump {
 public:
  // All outlive it.
  CommitPump(Context& context, Channel& channel, Ledger& ledger, PayloadBuffer& buffer)
      : context_(context),
        channel_(channel),
        ledger_(ledger),
        buffer_(buffer),
        height_(context.metrics.gauge(Metric::kStateHeight, channel.index())),
        commit_duration_(context.metrics.histogram(Metric::kStateCommitDuration, channel.index())) {
  }

  // To be called after each push.
  void wake();

  // The ledger's answers. What comes while nothing is being committed is ignored.
  void on_committed(BlockNum number);
  // False when the process cannot go on.
  [[nodiscard]] bool on_commit_failed(BlockNum number, CommitFailure failure);

  // Ignores everything from now on.
  void stop() { phase_ = Halted{}; }

  bool halted() const { return std::holds_alternative<Halted>(phase_); }
  const CommitStats& stats() const { return stats_; }
  std::string describe() const;

 private:
  struct Idle {};
  struct Committing {
    BlockNum number;
    Time since;
  };
  struct Halted {};

  void drain();
  bool usable(const Payload& block);

  Context& context_;
  Channel& channel_;
  Ledger& ledger_;
  PayloadBuffer& buffer_;
  Gauge& height_;
  Histogram& commit_duration_;
  std::variant<Idle, Committing, Halted> phase_;
  CommitStats stats_;
};

}  // namespace hearsay
