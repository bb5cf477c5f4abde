// DeliverV1: pulls the blocks of one channel from the ordering service, as Fabric v1.x did.
//
// Mirrors core/deliverservice/{client,requester}.go and
// core/deliverservice/blocksprovider/blocksprovider.go. There one loop reads responses from a
// client that reconnects underneath; here both are one machine.
//
//             +------ pause of 1, 2, 4 ... s ------+
//             v                                    |
//   begin --> Connecting --> Receiving ---failure--+--> Over, the retries of this read are spent
//             ^               |  ^   |
//             |   bad status  |  |   +--> Pushing (the buffer is full) --> back
//             +-- pause <-----+  +-- block
//
// Each response begins the retries anew. Unlike v2.x an unreadable ledger is retried, a block that
// does not verify costs nothing, one that the peer will not have is gossiped all the same, and
// success ends it.
//
// Divergence: the seek is made before the connection, not on it, and its failure is that of a
// connection; Fabric retries it inside the retry. stop() ends it at once, where Fabric sleeps out
// its pauses after a status.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/deliver/deliver_loop.h"
#include "core/deliver/deliver_stream.h"
#include "core/deliver/deliver_trace.h"
#include "core/deliver/deliver_v1_endpoints.h"
#include "core/deliver/deliver_v1_rules.h"

namespace hearsay {

class DeliverV1 final : public DeliverLoop,
                        private BlockSourceHandler,
                        private OrdererEndpoints::Listener,
                        private TimerHandler {
 public:
  // REQUIRES: at least one endpoint.
  DeliverV1(DeliverParts parts, DeliverV1Rules rules);
  ~DeliverV1() override;

  // It begins at this instant, but not from inside this call.
  void start() override;
  void stop() override;
  bool over() const override { return std::holds_alternative<Over>(phase_); }
  std::string describe() const override;

 private:
  struct Unbegun {};
  struct Between {};  // two phases, in the middle of a handler
  struct Connecting {};
  struct Receiving {};
  // Here and in Dwelling other endpoints may have closed the stream.
  struct Pushing {
    Payload block;
    std::optional<SourceEnd> ended{};  // the stream, while the block waited
  };
  struct Retrying {};
  // After a status, before the connection is given up.
  struct Dwelling {
    Status status{};
  };
  struct Over {
    DeliverEnd why{};
  };

  void on_source_open(SourceStream stream) override;
  void on_source_response(SourceStream stream, DeliverResponse response) override;
  void on_source_end(SourceStream stream, SourceEnd end) override;
  void on_endpoints_refreshed() override;
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // A new read begins, without a connection.
  void connect_anew();
  void connect();
  void dial_next();
  void retry(DeliverTrouble why);

  void on_status(Status status);
  void dwelt();
  void on_block(const Block& block);
  void on_added(AddOutcome outcome);
  void settle(AddOutcome outcome, const Payload& block);
  void reset_retries();

  void close_stream();
  void end(DeliverEnd why, bool finalise = true);

  const DeliverParts parts_;
  const DeliverV1Rules rules_;
  Context& context_;
  const DeliverTracer tracer_;
  V1Endpoints endpoints_;
  DeliverStream stream_;  // in Connecting, Receiving, Pushing and Dwelling
  Timer timer_;
  std::variant<Unbegun, Between, Connecting, Receiving, Pushing, Retrying, Dwelling, Over> phase_;
  std::uint32_t attempts_ = 0;  // failed ones of this read
  Duration waited_ = 0;         // pauses of this read
  std::uint32_t bad_statuses_ = 0;
  std::uint32_t status_pauses_ = 0;
  std::shared_ptr<char> here_;  // expires with this: a block that waits may outlive it
};

}  // namespace hearsay
