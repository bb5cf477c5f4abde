// Blocks to bytes and back, and what is computed from a block.
#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/hash.h"
#include "core/wire/block.h"
#include "core/wire/codec_common.h"
#include "core/wire/codec_scan.h"
#include "core/wire/common.pb.h"
#include "core/wire/deliver.h"

namespace hearsay {

void block_to_proto(const Block& block, common::Block& out) {
  if (block.has_header) {
    auto& header = *out.mutable_header();
    header.set_number(block.number);
    header.set_previous_hash(block.previous_hash);
    header.set_data_hash(block.data_hash);
  }
  if (block.has_data) {
    auto& data = *out.mutable_data()->mutable_data();
    for (const std::string& entry : block.data)
      *data.Add() = entry;
  }
  if (block.has_metadata) {
    auto& metadata = *out.mutable_metadata()->mutable_metadata();
    for (const std::string& slot : block.metadata)
      *metadata.Add() = slot;
  }
}

Block block_from_proto(common::Block& in) {
  Block block;
  block.has_header = in.has_header();
  block.has_data = in.has_data();
  block.has_metadata = in.has_metadata();
  auto& header = *in.mutable_header();
  block.number = header.number();
  block.previous_hash = std::move(*header.mutable_previous_hash());
  block.data_hash = std::move(*header.mutable_data_hash());
  for (std::string& entry : *in.mutable_data()->mutable_data()) {
    block.data.push_back(std::move(entry));
  }
  block.metadata.clear();
  for (std::string& slot : *in.mutable_metadata()->mutable_metadata()) {
    block.metadata.push_back(std::move(slot));
  }
  return block;
}

std::string encode_block(const Block& block) {
  common::Block proto;
  block_to_proto(block, proto);
  return serialize(proto);
}

Result<Block, DecodeError> decode_block(std::string_view bytes) {
  common::Block proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return block_from_proto(proto);
}

namespace {

constexpr char kDerInteger = 0x02;
constexpr char kDerOctetString = 0x04;
constexpr char kDerSequence = 0x30;

void append_der(std::string& out, char tag, std::string_view content) {
  out.push_back(tag);
  if (content.size() < 0x80) {
    out.push_back(static_cast<char>(content.size()));
  } else {
    // The long form: how many bytes of length follow, then the length, big end first.
    std::string length;
    for (std::size_t rest = content.size(); rest != 0; rest >>= 8) {
      length.insert(length.begin(), static_cast<char>(rest & 0xFF));
    }
    out.push_back(static_cast<char>(0x80 | length.size()));
    out += length;
  }
  out += content;
}

// The shortest two's complement of a number that is not negative.
std::string der_number(std::uint64_t value) {
  std::string bytes;
  do {
    bytes.insert(bytes.begin(), static_cast<char>(value & 0xFF));
    value >>= 8;
  } while (value != 0);
  if ((bytes.front() & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return bytes;
}

}  // namespace

std::string block_header_bytes(BlockNum number, std::string_view previous_hash,
                               std::string_view data_hash) {
  std::string content;
  append_der(content, kDerInteger, der_number(number));
  append_der(content, kDerOctetString, previous_hash);
  append_der(content, kDerOctetString, data_hash);
  std::string bytes;
  append_der(bytes, kDerSequence, content);
  return bytes;
}

std::string block_header_bytes(const Block& block) {
  return block_header_bytes(block.number, block.previous_hash, block.data_hash);
}

std::string block_header_hash(const Block& block) {
  return sha256_bytes(block_header_bytes(block));
}

std::string block_data_hash(const Block& block) {
  if (block.data.size() == 1) return sha256_bytes(block.data[0]);
  std::string all;
  for (const std::string& entry : block.data)
    all += entry;
  return sha256_bytes(all);
}

Result<std::string> block_channel_id(const Block& block) {
  if (!block.has_data || block.data.empty()) return Error{"block has no data"};
  const auto envelope = decode_common_envelope(block.data[0]);
  if (!envelope.ok()) return Error{"first entry is not an envelope"};
  const auto payload = decode_common_payload(envelope.value().payload);
  if (!payload.ok()) return Error{"first entry has no payload"};
  if (!payload.value().has_header) return Error{"first entry has no header"};
  const auto header = decode_channel_header(payload.value().channel_header);
  if (!header.ok()) return Error{"first entry has no channel header"};
  return header.value().channel_id;
}

namespace {

// A transaction with `filler` bytes of content, drawn from `seed`.
std::string opaque_transaction(std::string_view channel, std::uint64_t seed, std::size_t filler) {
  ChannelHeader header;
  header.type = HeaderType::kEndorserTransaction;
  header.channel_id = channel;
  std::string content(filler, '\0');
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < filler; ++i) {
    if (i % 8 == 0) word = mix64(seed + i);
    content[i] = static_cast<char>(word >> (8 * (i % 8)));
  }
  const std::string signature(8, 's');
  return encode(CommonEnvelope{encode(CommonPayload{true, encode(header), "", std::move(content)}),
                               signature});
}

}  // namespace

Block make_block(BlockNum number, std::string_view previous_hash, std::string_view channel,
                 std::size_t encoded_size) {
  const std::uint64_t seed = hash_bytes(channel, number);
  Block block;
  block.number = number;
  block.previous_hash = previous_hash;
  block.data_hash.assign(32, '\0');
  block.data.resize(1);
  // Three lengths around the filler grow with it, so its size is found by correction.
  std::size_t filler = 0;
  for (int round = 0; round < 8; ++round) {
    block.data[0] = opaque_transaction(channel, seed, filler);
    const std::size_t size = encode_block(block).size();
    if (size == encoded_size || (size > encoded_size && filler == 0)) break;
    if (size < encoded_size) {
      // Near a step of a length the rest may be less than what one more byte costs.
      const std::size_t rest = encoded_size - size;
      if (round > 2 && rest <= 2) break;
      filler += rest;
    } else {
      filler -= std::min(filler, size - encoded_size);
    }
  }
  block.data_hash = block_data_hash(block);
  return block;
}

std::string encode_block_metadata(const BlockMetadata& metadata) {
  common::Metadata proto;
  proto.set_value(metadata.value);
  for (const MetadataSignature& s : metadata.signatures) {
    auto& signature = *proto.add_signatures();
    signature.set_signature_header(s.signature_header);
    signature.set_signature(s.signature);
  }
  return serialize(proto);
}

Result<BlockMetadata, DecodeError> decode_block_metadata(std::string_view bytes) {
  common::Metadata proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  BlockMetadata metadata;
  metadata.value = std::move(*proto.mutable_value());
  for (auto& s : *proto.mutable_signatures()) {
    metadata.signatures.push_back(
        {std::move(*s.mutable_signature_header()), std::move(*s.mutable_signature())});
  }
  return metadata;
}

std::string block_signature_input(const BlockMetadata& metadata, const MetadataSignature& signature,
                                  const Block& block) {
  return metadata.value + signature.signature_header + block_header_bytes(block);
}

std::string encode_orderer_metadata(std::uint64_t last_config,
                                    std::string_view consenter_metadata) {
  common::OrdererBlockMetadata proto;
  proto.mutable_last_config()->set_index(last_config);
  proto.set_consenter_metadata(std::string(consenter_metadata));
  return serialize(proto);
}

}  // namespace hearsay
