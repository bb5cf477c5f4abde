// Ledger: where a peer's blocks end up, one per node and channel.
//
// What is committed stays. Whatever can go wrong is an outcome: the ledger may be unreadable for a
// while, a block may be, and a commit may fail.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/trace/event.h"
#include "core/wire/block_bytes.h"

namespace hearsay {

class LedgerHandler {
 public:
  // The block `number` of `channel` is committed; the ledger's height is now number + 1.
  virtual void on_committed(ChannelIndex channel, BlockNum number) = 0;
  // The block given to commit() was not committed; the height is what it was.
  virtual void on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) = 0;

 protected:
  ~LedgerHandler() = default;
};

class Ledger {
 public:
  // How many blocks are committed; the next block's number. At least 1: the genesis block, number
  // 0, is in every ledger. nullopt: it cannot be read now.
  virtual std::optional<BlockNum> height() const = 0;
  // A committed block; nullopt when there is none of this number, or it cannot be read now.
  virtual std::optional<BlockBytes> block(BlockNum number) const = 0;
  // Stores a block under the number its header names. Commits take time and end in the order
  // given, each with one upcall, never from inside this call. A number other than the next one is
  // a failure (kLedger).
  virtual void commit(BlockNum number, const BlockBytes& block) = 0;

 protected:
  ~Ledger() = default;
};

}  // namespace hearsay
