// Committer: brings the blocks of one channel into its ledger, in order, one at a time.
//
// The commit pump of gossip/state/state.go. Blocks come from push (only within a window above the
// height) or from the deliver client; each commit raises the height that the channel advertises.
// State transfer, which closes gaps, is not part of this version: behind a block that never came
// the ledger waits.
#pragma once

#include "core/gossip/channel.h"
#include "core/gossip/payload_buffer.h"
#include "core/ports/ledger.h"

namespace hearsay {

class Committer {
 public:
  // All three outlive it.
  Committer(Context& context, Channel& channel, Ledger& ledger);

  // A pushed block. Refused unless its number is within blockBufferSize of the height
  // (state.md 8.3).
  bool offer(BlockNum number, const EnvelopeRef& block);
  // A block from the deliver client, which keeps the order itself.
  void accept(BlockNum number, const EnvelopeRef& block);

  // The ledger finished block `number`.
  void on_committed(BlockNum number);

  BlockNum height() const { return ledger_.height(); }

 private:
  void pump();

  Context& context_;
  Channel& channel_;
  Ledger& ledger_;
  PayloadBuffer buffer_;
  bool committing_ = false;
};

}  // namespace hearsay
