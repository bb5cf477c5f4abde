#include "sim/model/bad_blocks.h"

#include "core/base/assert.h"
#include "sim/model/block_cutter.h"

namespace hearsay::sim {

namespace {

constexpr auto kSignatures = static_cast<std::size_t>(BlockMetadataIndex::kSignatures);

Block decoded(std::string_view bytes) {
  auto block = decode_block(bytes);
  HS_ASSERT_MSG(block.ok(), "made from a block that is good");
  return std::move(block).value();
}

// False for a block that nobody signed.
bool spoil_signature(Block& block) {
  auto metadata = decode_block_metadata(block.metadata[kSignatures]);
  if (!metadata.ok() || metadata.value().signatures.empty()) return false;
  metadata.value().signatures[0].signature.back() ^= 1;
  block.metadata[kSignatures] = encode_block_metadata(metadata.value());
  return true;
}

}  // namespace

std::string tampered_block(std::string_view bytes) {
  Block block = decoded(bytes);
  const bool spoilt = block.number % 2 == 1 && spoil_signature(block);
  // The last byte is the submitter's signature, so that the channel can still be read.
  if (!spoilt) block.data[0].back() ^= 1;
  return encode_block(block);
}

std::string block_of_another_channel(std::string_view bytes, std::string_view channel,
                                     const CryptoWorld& crypto, const std::string& orderer) {
  const Block real = decoded(bytes);
  Block made =
      make_block(real.number, real.previous_hash, std::string(channel) + "-other", bytes.size());
  sign_block(crypto, orderer, std::string(24, '\0'), made);
  return encode_block(made);
}

}  // namespace hearsay::sim
