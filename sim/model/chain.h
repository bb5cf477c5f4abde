// Chain: a Ledger that commits in virtual time.
//
// One per node and channel, made anew at each start of the node; what is committed lives in a
// ChainStore, which belongs to the host and so outlives a crash. Blocks being committed when the
// node stops are lost, as in a real peer. Contents are shared by all hosts (block_archive.h): a
// block costs each store one pointer.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports/clock.h"
#include "core/ports/ledger.h"
#include "sim/model/block_archive.h"

namespace hearsay::sim {

// The committed blocks of one host in one channel. Begins with the genesis block.
class ChainStore {
 public:
  // `archive` outlives it.
  ChainStore(BlockArchive& archive, std::string_view channel)
      : archive_(archive), blocks_({archive.genesis(channel)}) {}

  BlockNum height() const { return blocks_.size(); }
  // REQUIRES: n < height().
  const BlockBytes& block(BlockNum n) const;
  // A number for the block's bytes: equal bytes, equal number, on every peer. REQUIRES: n <
  // height().
  std::uint64_t fingerprint(BlockNum n) const { return block(n).fingerprint(); }

 private:
  friend class Chain;
  BlockArchive& archive_;
  std::vector<BlockBytes> blocks_;
};

class Chain final : public Ledger, private TimerHandler {
 public:
  // Each commit takes `commit_block` >= 0 and begins when the one before ended. All references
  // outlive it.
  Chain(Clock& clock, ChainStore& store, LedgerHandler& handler, ChannelIndex channel,
        Duration commit_block);

  std::optional<BlockNum> height() const override { return store_.height(); }
  std::optional<BlockBytes> block(BlockNum number) const override;
  void commit(BlockNum number, const BlockBytes& block) override;

  // How many blocks are given and not committed yet.
  std::size_t committing() const { return pending_.size(); }

 private:
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  ChainStore& store_;
  LedgerHandler& handler_;
  const ChannelIndex channel_;
  const Duration commit_block_;
  Timer timer_;
  std::deque<std::pair<BlockNum, BlockBytes>> pending_;
};

}  // namespace hearsay::sim
