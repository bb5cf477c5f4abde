// Blocks that peers must refuse, made from good ones.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/fake_crypto.h"

namespace hearsay::sim {

// A block of the same size with one byte changed: by turns, of its transaction (which its header's
// hash then belies) or of the orderer's signature. REQUIRES: an encoded block.
std::string tampered_block(std::string_view block);

// A block of the same number that is sound and belongs to another channel, "<channel>-other".
std::string block_of_another_channel(std::string_view block, std::string_view channel,
                                     const CryptoWorld& crypto, const std::string& orderer);

}  // namespace hearsay::sim
