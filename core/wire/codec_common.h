// Inside of the codec: blocks to generated classes and back. For codec*.cc only.
#pragma once

#include "core/wire/block.h"

namespace common {
class Block;
}

namespace hearsay {

// Fills `out`, which must be empty.
void block_to_proto(const Block& block, common::Block& out);
// Takes the strings out of `in`.
Block block_from_proto(common::Block& in);

}  // namespace hearsay
