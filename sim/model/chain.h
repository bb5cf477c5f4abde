// Chain: a Ledger that commits in virtual time and remembers which blocks, not their bytes.
//
// One per node and channel, made anew at each start of the node; what is committed lives in a
// ChainStore, which belongs to the host and so outlives a crash. Blocks being committed when the
// node stops are lost, as in a real peer.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/ports/clock.h"
#include "core/ports/ledger.h"

namespace hearsay::sim {

// A number for a block's bytes: equal bytes, equal number, on every peer.
std::uint64_t block_fingerprint(std::string_view encoded_block);

// The committed blocks of one host in one channel. Starts with the genesis block, whose fingerprint
// is 0.
class ChainStore {
 public:
  BlockNum height() const { return fingerprints_.size(); }
  // REQUIRES: n < height().
  std::uint64_t fingerprint(BlockNum n) const;

 private:
  friend class Chain;
  std::vector<std::uint64_t> fingerprints_ = {0};
};

class Chain final : public Ledger, private TimerHandler {
 public:
  // Each commit takes `commit_block` >= 0 and begins when the one before ended. All references
  // outlive it.
  Chain(Clock& clock, ChainStore& store, LedgerHandler& handler, ChannelIndex channel,
        Duration commit_block);

  BlockNum height() const override { return store_.height(); }
  // REQUIRES: the number behind the last one given.
  void commit(const Payload& block) override;

  // How many blocks are given and not committed yet.
  std::size_t committing() const { return pending_.size(); }

 private:
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  ChainStore& store_;
  LedgerHandler& handler_;
  const ChannelIndex channel_;
  const Duration commit_block_;
  Timer timer_;
  std::deque<std::uint64_t> pending_;  // fingerprints
};

}  // namespace hearsay::sim
