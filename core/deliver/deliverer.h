// Deliverer: pulls the blocks of one channel from the ordering service.
//
// Mirrors DeliverBlocks of internal/pkg/peer/blocksprovider of Fabric v2.5.4: one attempt after the
// other, each with an endpoint picked anew, with growing pauses between attempts that fail.
//
//                 +--------- failure: counted ---------+-- refreshed endpoint: not counted --+
//                 v                                    |                                     |
//   top --> Pausing --> Connecting --> Receiving --> Pushing (the buffer is full: 100 ms steps)
//    |  (failures > 0)      ^              |  ^           |
//    |                      |              |  +-- taken --+
//    +----------------------+              +-- block taken: failures = 0
//
//   Over: stopped, the budget of pauses is spent, the ledger cannot be read, the key does not sign.
//
// Failures count from the last block that was taken; a stream that merely opens does not reset
// them. The budget counts planned pauses and is never reset (quirk of v2.x): a leader whose
// orderers come and go yields after an hour of pauses in its life. A static leader goes on.
//
// There is no check that a block follows the one before: the payload buffer puts them in order.
//
// Divergence: stop() ends it at once, also in a pause or while a block waits for room, where Fabric
// notices later. A block that waits then is still added, but not pushed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/deliver/backoff.h"
#include "core/deliver/deliver_loop.h"
#include "core/deliver/deliver_stream.h"
#include "core/deliver/deliver_trace.h"

namespace hearsay {

class Deliverer final : public DeliverLoop,
                        private BlockSourceHandler,
                        private OrdererEndpoints::Listener,
                        private TimerHandler {
 public:
  // Takes its figures from the context's Config.
  explicit Deliverer(DeliverParts parts);
  ~Deliverer() override;

  void start() override;
  void stop() override;
  bool over() const override { return std::holds_alternative<Over>(phase_); }
  std::string describe() const override;

  // Failed attempts since the last block was taken.
  std::uint64_t failures() const { return failures_; }

 private:
  struct Idle {};
  struct Pausing {};
  struct Connecting {};
  struct Receiving {};
  struct Pushing {
    Payload block;
    std::optional<SourceEnd> ended{};  // the stream, while the block waited
  };
  struct Over {
    DeliverEnd why{};
  };

  void on_source_open(SourceStream stream) override;
  void on_source_response(SourceStream stream, DeliverResponse response) override;
  void on_source_end(SourceStream stream, SourceEnd end) override;
  void on_endpoints_refreshed() override;
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // The head of the loop, with and without the pause.
  void top();
  void attempt();
  // The attempt is over; the stream is closed already.
  void fail(DeliverTrouble why);
  void refuse(DeliverRefusal why, BlockNum what);
  void leave_refreshed();

  void on_ended(SourceEnd end);
  void on_block(const Block& block);
  void on_added(AddOutcome outcome);
  void taken(Payload block);

  void close_stream();
  void end(DeliverEnd why);

  const DeliverParts parts_;
  Context& context_;
  const Backoff backoff_;
  const DeliverTracer tracer_;
  DeliverStream stream_;  // in Connecting, Receiving and Pushing
  Timer timer_;           // the pause; in Receiving: look whether the endpoint was refreshed
  std::variant<Idle, Pausing, Connecting, Receiving, Pushing, Over> phase_;
  std::uint64_t failures_ = 0;
  Duration slept_ = 0;          // all pauses of its life
  DeliverTrouble trouble_{};    // of the last failure
  std::shared_ptr<char> here_;  // expires with this: a block that waits may outlive it
};

}  // namespace hearsay
