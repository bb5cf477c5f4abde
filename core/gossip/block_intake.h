// BlockIntake: how blocks get into the payload buffer (addPayload of gossip/state/state.go).
//
// Three roads end here (state.md sections 1 and 8): pushed and pulled blocks never wait, but must
// lie within blockBufferSize of the height; blocks of the orderer and of state transfer may be any
// number, but wait while more than twice blockBufferSize are in the buffer.
//
// Quirk: who waits looks again every 100 ms and is not woken. Gossip does not look at the size at
// all, so it can fill a gap before which the others wait.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/gossip/commit_pump.h"
#include "core/gossip/context.h"
#include "core/gossip/payload_buffer.h"
#include "core/ports/ledger.h"

namespace hearsay {

enum class AddOutcome : std::uint8_t {
  kAdded,
  kIgnored,    // an old number, or one that was there: as good as added
  kWaiting,    // the buffer is full; the outcome will come
  kNoPayload,  // errors from here on
  kLedgerUnreadable,
  kOutOfWindow,
  kTooManyWaiting,
  kStopped,
};
// Fabric's sentences, for logs: "Given payload is nil" …
const char* add_outcome_text(AddOutcome outcome);
constexpr bool is_added(AddOutcome outcome) { return outcome <= AddOutcome::kIgnored; }

// Told the outcome of an add that had to wait.
using AddDone = std::function<void(AddOutcome)>;

class BlockIntake final : public TimerHandler {
 public:
  static constexpr Duration kRetryPause = 100 * kMillisecond;
  // A block this far above the height, refused, earns a straggler warning.
  static constexpr BlockNum kStragglerThreshold = 100;
  // Divergence: Fabric does not limit those who wait. There is one deliver client and one round of
  // state transfer.
  static constexpr std::size_t kMaxWaiting = 100;

  // All outlive it.
  BlockIntake(Context& context, ChannelIndex channel, const Ledger& ledger, PayloadBuffer& buffer,
              CommitPump& pump);
  BlockIntake(const BlockIntake&) = delete;
  BlockIntake& operator=(const BlockIntake&) = delete;
  ~BlockIntake() { stop(); }

  // 8, the mode of gossip. Never kWaiting.
  AddOutcome add_non_blocking(const std::optional<Payload>& block);
  // 8, the mode of state transfer and the orderer. With kWaiting, and then only, `done` is called
  // once, later, unless stop() comes before.
  AddOutcome add_blocking(const std::optional<Payload>& block, AddDone done);

  // How many adds wait for room.
  std::size_t waiting() const { return waiting_.size() - free_.size(); }
  std::uint64_t straggler_warnings() const { return stragglers_; }

  // Those who wait are forgotten.
  void stop();

 private:
  struct Waiting {
    Payload block;
    AddDone done;
    TimerId timer;
  };

  void on_timer(TimerKind kind, std::uint32_t slot) override;
  bool full() const;
  AddOutcome push(const Payload& block);
  void warn_straggler(BlockNum number, BlockNum height);

  Context& context_;
  const ChannelIndex channel_;
  const Ledger& ledger_;
  PayloadBuffer& buffer_;
  CommitPump& pump_;
  std::vector<Waiting> waiting_;
  std::vector<std::uint32_t> free_;  // slots of waiting_
  std::uint64_t stragglers_ = 0;
};

}  // namespace hearsay
