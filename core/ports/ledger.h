// Ledger: where a peer's blocks end up, one per node and channel.
#pragma once

#include <string>

#include "core/base/ids.h"
#include "core/wire/message.h"

namespace hearsay {

class LedgerHandler {
 public:
  // The block `number` of `channel` is committed; the ledger's height is now number + 1.
  virtual void on_committed(ChannelIndex channel, BlockNum number) = 0;

 protected:
  ~LedgerHandler() = default;
};

class Ledger {
 public:
  // How many blocks are committed; the next block's number. At least 1: the genesis block is there.
  virtual BlockNum height() const = 0;
  // Takes block height() + (blocks being committed); commits take time and end in order, each with
  // one on_committed, never from inside this call.
  virtual void commit(const Payload& block) = 0;

 protected:
  ~Ledger() = default;
};

}  // namespace hearsay
