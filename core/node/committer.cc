#include "core/node/committer.h"

namespace hearsay {

Committer::Committer(Context& context, Channel& channel, Ledger& ledger)
    : context_(context), channel_(channel), ledger_(ledger), buffer_(ledger.height()) {
  channel_.update_ledger_height(ledger_.height());
}

bool Committer::offer(BlockNum number, const EnvelopeRef& block) {
  // Fabric: unsigned arithmetic, so a number below the height is far outside the window too.
  const BlockNum distance = number - ledger_.height();
  if (distance >= static_cast<BlockNum>(context_.config.state_block_buffer_size)) return false;
  buffer_.push(number, block);
  pump();
  return true;
}

void Committer::accept(BlockNum number, const EnvelopeRef& block) {
  buffer_.push(number, block);
  pump();
}

void Committer::on_committed(BlockNum number) {
  committing_ = false;
  context_.trace(
      {.value = number, .channel = channel_.index(), .kind = TraceKind::kBlockCommitted});
  channel_.update_ledger_height(ledger_.height());
  pump();
}

void Committer::pump() {
  if (committing_) return;
  const EnvelopeRef block = buffer_.pop();
  if (!block) return;
  committing_ = true;
  ledger_.commit(*block->message().get<DataMessage>()->payload);
}

}  // namespace hearsay
