#include "sim/model/block_archive.h"

namespace hearsay::sim {

namespace {
constexpr std::size_t kGenesisSize = 1024;
}

Block genesis_block(std::string_view channel) { return make_block(0, "", channel, kGenesisSize); }

BlockBytes BlockArchive::genesis(std::string_view channel) {
  return keep(encode_block(genesis_block(channel)));
}

BlockBytes BlockArchive::keep(const BlockBytes& block) {
  const BlockBytes& held = blocks_.try_emplace(block.fingerprint(), block).first->second;
  return held == block ? held : block;
}

}  // namespace hearsay::sim
