// Blocks: common.Block of Fabric v2.5.4 as a struct, its bytes, hashes and the channel it names.
//
// Mirrors protoutil/blockutils.go. The header is hashed and signed as ASN.1 DER, not as protobuf.
// Gossip carries an encoded block as opaque bytes (Payload::data); only the orderer, the ledger and
// block verification look inside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/wire/codec_error.h"

namespace hearsay {

// Slots of Block::metadata. A fresh block has all of them, empty.
enum class BlockMetadataIndex : std::uint8_t {
  kSignatures,
  kLastConfig,
  kTransactionsFilter,
  kOrderer,
  kCommitHash,
};
inline constexpr std::size_t kBlockMetadataSlots = 5;

struct Block {
  BlockNum number = 0;
  std::string previous_hash;
  std::string data_hash;
  std::vector<std::string> data;  // each an encoded common.Envelope
  std::vector<std::string> metadata = std::vector<std::string>(kBlockMetadataSlots);
  // Whether the three parts are there at all; a decoded block may lack any of them.
  bool has_header = true;
  bool has_data = true;
  bool has_metadata = true;
  bool operator==(const Block&) const = default;
};

std::string encode_block(const Block& block);
Result<Block, DecodeError> decode_block(std::string_view bytes);

// The header as DER: SEQUENCE { INTEGER number, OCTET STRING previous_hash, OCTET STRING data_hash
// }. Fabric: BlockHeaderBytes.
std::string block_header_bytes(BlockNum number, std::string_view previous_hash,
                               std::string_view data_hash);
std::string block_header_bytes(const Block& block);

// SHA-256 of the header bytes: the next block's previous_hash. Fabric: BlockHeaderHash.
std::string block_header_hash(const Block& block);

// SHA-256 of all data entries one after the other. Fabric: BlockDataHash.
std::string block_data_hash(const Block& block);

// The channel id of the first data entry; the error says what is missing or undecodable.
// Fabric: GetChannelIDFromBlock.
Result<std::string> block_channel_id(const Block& block);

// A block `number` of `channel` after the block with header hash `previous_hash`: one opaque
// transaction, the right data hash, empty metadata. Its encoding has `encoded_size` bytes when that
// is possible, up to two less at the steps of a length, more when even an empty transaction needs
// more. The content depends on the arguments alone.
Block make_block(BlockNum number, std::string_view previous_hash, std::string_view channel,
                 std::size_t encoded_size);

// --- orderer signatures, in metadata[kSignatures]

struct MetadataSignature {
  std::string signature_header;  // an encoded SignatureHeader
  std::string signature;
  bool operator==(const MetadataSignature&) const = default;
};

struct BlockMetadata {
  std::string value;
  std::vector<MetadataSignature> signatures;
  bool operator==(const BlockMetadata&) const = default;
};

std::string encode_block_metadata(const BlockMetadata& metadata);
Result<BlockMetadata, DecodeError> decode_block_metadata(std::string_view bytes);

// What an orderer's signature covers: value ‖ signature header ‖ header bytes.
std::string block_signature_input(const BlockMetadata& metadata, const MetadataSignature& signature,
                                  const Block& block);

// OrdererBlockMetadata, the value signed with every block: the number of the last configuration
// block.
std::string encode_orderer_metadata(std::uint64_t last_config, std::string_view consenter_metadata);

}  // namespace hearsay
