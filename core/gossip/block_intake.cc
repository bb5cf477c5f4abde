#include "core/gossip/block_intake.h"

#include <utility>

namespace hearsay {

const char* add_outcome_text(AddOutcome outcome) {
  switch (outcome) {
    case AddOutcome::kAdded:
      return "added";
    case AddOutcome::kIgnored:
      return "already there or too old";
    case AddOutcome::kWaiting:
      return "waiting for room";
    case AddOutcome::kNoPayload:
      return "Given payload is nil";
    case AddOutcome::kLedgerUnreadable:
      return "Failed obtaining ledger height: the ledger cannot be read";
    case AddOutcome::kOutOfWindow:
      return "Ledger height is at a distance from the block that is out of range";
    case AddOutcome::kTooManyWaiting:
      return "too many adds are waiting for room";
    case AddOutcome::kStopped:
      return "stopped";
  }
  return "?";
}

BlockIntake::BlockIntake(Context& context, ChannelIndex channel, const Ledger& ledger,
                         PayloadBuffer& buffer, CommitPump& pump)
    : context_(context), channel_(channel), ledger_(ledger), buffer_(buffer), pump_(pump) {}

AddOutcome BlockIntake::add_non_blocking(const std::optional<Payload>& block) {
  if (!block) return AddOutcome::kNoPayload;
  const auto height = ledger_.height();
  if (!height) return AddOutcome::kLedgerUnreadable;
  // Fabric: unsigned arithmetic, so a number below the height is far outside the window too.
  const BlockNum distance = block->seq_num - *height;
  if (distance >= static_cast<BlockNum>(context_.config.state_block_buffer_size)) {
    warn_straggler(block->seq_num, *height);
    return AddOutcome::kOutOfWindow;
  }
  return push(*block);
}

AddOutcome BlockIntake::add_blocking(const std::optional<Payload>& block, AddDone done) {
  if (!block) return AddOutcome::kNoPayload;
  if (!ledger_.height()) return AddOutcome::kLedgerUnreadable;
  if (!full()) return push(*block);
  if (waiting() >= kMaxWaiting) return AddOutcome::kTooManyWaiting;
  std::uint32_t slot = static_cast<std::uint32_t>(waiting_.size());
  if (free_.empty()) {
    waiting_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const Time at = context_.now() + kRetryPause;
  waiting_[slot] = {*block, std::move(done),
                    context_.clock.arm(at, *this, TimerKind::kPayloadRetry, slot)};
  return AddOutcome::kWaiting;
}

// Quirk: neither the distance nor the height is looked at again.
void BlockIntake::on_timer(TimerKind, std::uint32_t slot) {
  Waiting& waiting = waiting_[slot];
  if (full()) {
    const Time at = context_.now() + kRetryPause;
    waiting.timer = context_.clock.arm(at, *this, TimerKind::kPayloadRetry, slot);
    return;
  }
  // Taken out before it is told: it may well add the next one.
  const Waiting served = std::exchange(waiting, {});
  free_.push_back(slot);
  served.done(push(served.block));
}

bool BlockIntake::full() const {
  return buffer_.size() > 2 * static_cast<std::size_t>(context_.config.state_block_buffer_size);
}

AddOutcome BlockIntake::push(const Payload& block) {
  const bool stored = buffer_.push(block);
  pump_.wake();
  return stored ? AddOutcome::kAdded : AddOutcome::kIgnored;
}

// A peer that gets its blocks by gossip alone, and so far behind that it will never catch up.
void BlockIntake::warn_straggler(BlockNum number, BlockNum height) {
  const Config& config = context_.config;
  const bool by_gossip_alone = config.use_leader_election || !config.org_leader;
  if (config.state_enabled || height + kStragglerThreshold >= number || !by_gossip_alone) return;
  ++stragglers_;
  context_.trace({.value = number, .channel = channel_, .kind = TraceKind::kStraggler});
}

void BlockIntake::stop() {
  for (const Waiting& waiting : waiting_)
    context_.clock.cancel(waiting.timer);
  waiting_.clear();
  free_.clear();
}

}  // namespace hearsay
