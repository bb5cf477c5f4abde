// StateServer: answers requests for committed blocks (processStateRequests of gossip/state).
//
// One request after the other, whether state transfer is enabled at this peer or not. Spec:
// state.md section 11.
//
// Divergence: Fabric's server waits while the connection it answers on has no room, and everybody
// else with it; here the answer waits in the connection's own queue.
#pragma once

#include <cstdint>
#include <deque>

#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/ports/ledger.h"

namespace hearsay {

// What a request of a range may be refused for. Fabric: stateRequestValidator.
enum class RangeVerdict : std::uint8_t { kFine, kInverted, kTooWide };
// Fabric's sentences, for logs: "Invalid sequence interval" …
const char* range_verdict_text(RangeVerdict verdict);
// Quirk: both ends are part of the range, so one block more than `batch_size` is allowed.
RangeVerdict judge_range(BlockNum start, BlockNum end, std::int32_t batch_size);

class StateServer final : public TimerHandler {
 public:
  // All outlive it.
  StateServer(Context& context, Comm& comm, const Ledger& ledger);

  // A state request that passed the channel's filter. Over channelSize it is dropped.
  void on_request(const Received& request);
  void stop();

  std::size_t queued() const { return queue_.size(); }

 private:
  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void serve(const Received& request);

  Context& context_;
  Comm& comm_;
  const Ledger& ledger_;
  std::deque<Received> queue_;
  Timer timer_;
};

}  // namespace hearsay
