#include "core/gossip/commit_pump.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/wire/private_data.h"

namespace hearsay {

namespace {

// Fabric: util.PvtDataCollections.Unmarshal.
bool private_data_is_readable(const Payload& block) {
  return std::all_of(block.private_data.begin(), block.private_data.end(),
                     [](const std::string& item) {
                       const auto payload = decode_pvt_data_payload(item);
                       return payload.ok() && decode_tx_pvt_rwset(payload.value().payload).ok();
                     });
}

}  // namespace

void CommitPump::wake() {
  // The token may have outlived what it was set for; then nothing is popped, and that is all.
  while (std::holds_alternative<Idle>(phase_) && buffer_.take_ready())
    drain();
}

void CommitPump::drain() {
  while (const std::optional<Payload> block = buffer_.pop()) {
    if (!usable(*block)) continue;
    const BlockNum number = block->data.number();
    phase_ = Committing{number, context_.now()};
    ledger_.commit(number, block->data);
    return;
  }
}

bool CommitPump::usable(const Payload& block) {
  const auto lost = [&](LostBlock why) {
    context_.trace({.value = block.seq_num,
                    .channel = channel_.index(),
                    .kind = TraceKind::kBlockLost,
                    .detail = static_cast<std::uint8_t>(why)});
    return false;
  };
  switch (block.data.shape()) {
    case BlockShape::kUndecodable:
      return lost(LostBlock::kUndecodable);
    case BlockShape::kNoHeader:
      return lost(LostBlock::kNoHeader);
    case BlockShape::kNoData:
      return lost(LostBlock::kNoData);
    case BlockShape::kWhole:
      break;
  }
  return private_data_is_readable(block) || lost(LostBlock::kBadPrivateData);
}

void CommitPump::on_committed(BlockNum number) {
  const auto* committing = std::get_if<Committing>(&phase_);
  if (committing == nullptr) return;
  stats_ = {number + 1, stats_.commits + 1, context_.now() - committing->since};
  commit_duration_.observe(stats_.last_commit);
  phase_ = Idle{};
  context_.trace(
      {.value = number, .channel = channel_.index(), .kind = TraceKind::kBlockCommitted});
  // Fabric: from the block, not read from the ledger again.
  channel_.update_ledger_height(number + 1);
  height_.set(number + 1);
  drain();
  wake();
}

bool CommitPump::on_commit_failed(BlockNum number, CommitFailure failure) {
  if (!std::holds_alternative<Committing>(phase_)) return true;
  phase_ = Halted{};
  context_.trace({.value = number,
                  .channel = channel_.index(),
                  .kind = TraceKind::kCommitFailed,
                  .detail = static_cast<std::uint8_t>(failure)});
  // Quirk: a block whose transactions could not be validated ends the commits of this channel and
  // nothing else; the peer goes on gossiping.
  return failure == CommitFailure::kValidation;
}

std::string CommitPump::describe() const {
  if (const auto* committing = std::get_if<Committing>(&phase_)) {
    return fmt::format("committing {}", committing->number);
  }
  return halted() ? "halted" : "idle";
}

}  // namespace hearsay
