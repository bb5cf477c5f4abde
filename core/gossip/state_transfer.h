// StateTransfer: asks other members for blocks that are missing (antiEntropy of gossip/state).
//
// Every checkInterval it compares the ledger with what members advertise and, when somebody has
// more, fetches the difference in batches, each from a random member that has it. Spec: state.md
// section 10.
//
//              check: nobody has more
//            +----------+
//            v          |
//     Off   Idle -------+--somebody has more--> [next batch] --none left--> Idle
//                                                    |   ^
//            Idle <--nobody to ask, tries spent-- Trying |
//                                          send |   ^    | all admitted
//                                               v   |    |
//                                           Awaiting|  Ingesting
//                                               |  ^ \   ^  |
//                    time is up, a wrong nonce --+ |  \  |  | empty, unverifiable
//                                                  |   +-+  |
//                                                  +--------+--> Trying
//
// Quirks: a range holds batchSize + 1 blocks. It starts at the ledger's height, so that what waits
// in the buffer is asked for again. A member whose height equals the batch's last number is asked,
// though it has not got that block. All tries of a batch carry one nonce, so a late answer to an
// earlier one is taken; surplus answers stay queued, even over rounds, and each costs a later batch
// a try. Nothing compares what an answer holds with what was asked for.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <variant>

#include "core/base/random.h"
#include "core/gossip/block_intake.h"
#include "core/gossip/channel.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/view.h"
#include "core/ports/ledger.h"

namespace hearsay {

class StateTransfer final : public TimerHandler {
 public:
  // All outlive it.
  struct Parts {
    Context& context;
    const View& view;
    const Channel& channel;
    Comm& comm;
    const Ledger& ledger;
    BlockIntake& intake;
  };

  // Begins to look after missing blocks, if peer.gossip.state.enabled.
  explicit StateTransfer(Parts parts);

  // A state response that passed the channel's filter.
  void on_response(const Received& response);
  void stop();

  // Is a round under way? Responses that come otherwise are dropped.
  bool active() const {
    return !std::holds_alternative<Idle>(phase_) && !std::holds_alternative<Off>(phase_);
  }
  std::size_t queued() const { return queue_.size(); }
  std::string describe() const;

 private:
  struct Batch {
    BlockNum next = 0;  // first number asked for
    BlockNum last = 0;  // last one, part of the range
    BlockNum end = 0;   // last one of the round
    std::uint64_t nonce = 0;
    std::int32_t tries = 0;
  };
  struct Off {};
  struct Idle {};  // the check timer is armed
  struct Trying {
    Batch batch;
  };
  struct Awaiting {  // the response timer is armed
    Batch batch;
  };
  struct Ingesting {
    Batch batch;
    Received response;
    std::size_t at = 0;  // the payload that is verified next, or waits for room
    BlockNum highest = 0;
  };

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void check();
  void advance();
  void start_batch(BlockNum next, BlockNum end);
  void try_once(Batch batch);
  void consume(Batch batch);
  bool ingest();
  void admitted(AddOutcome outcome);
  void refuse(const Received& response, RejectReason reason) const;
  void end_round(BlockNum next, CatchUpEnd how);

  BlockNum highest_advertised() const;
  PeerIndex choose(BlockNum last);

  Context& context_;
  const View& view_;
  const Channel& channel_;
  Comm& comm_;
  const Ledger& ledger_;
  BlockIntake& intake_;
  Random random_;
  std::variant<Off, Idle, Trying, Awaiting, Ingesting> phase_;
  std::deque<Received> queue_;
  Timer check_timer_;
  Timer response_timer_;
};

}  // namespace hearsay
