// BlockArchive: the bytes of every committed block of a world, each once.
//
// Ten thousand peers commit the same block; their ledgers share one object. Equal bytes are one
// object, whoever made them and however they came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/wire/block.h"
#include "core/wire/block_bytes.h"

namespace hearsay::sim {

// Block 0 of a channel, which every ledger begins with. It has no orderer's signature: peers get it
// when they join, not from each other.
Block genesis_block(std::string_view channel);

class BlockArchive {
 public:
  BlockArchive() = default;
  BlockArchive(const BlockArchive&) = delete;
  BlockArchive& operator=(const BlockArchive&) = delete;

  // The encoded genesis block of a channel.
  BlockBytes genesis(std::string_view channel);
  // The archive's object of these bytes; `block` itself becomes it when it is the first.
  BlockBytes keep(const BlockBytes& block);

  std::size_t blocks() const { return blocks_.size(); }

 private:
  // By fingerprint; looked up only. Of two blocks with one fingerprint the second is not shared.
  std::unordered_map<std::uint64_t, BlockBytes> blocks_;
};

}  // namespace hearsay::sim
