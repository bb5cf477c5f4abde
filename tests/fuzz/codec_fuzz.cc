// Any bytes as each message of the wire: decoding crashes nothing, and what decodes can be encoded,
// to bytes that decode to the same again.
#include "core/wire/codec.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/wire/block.h"
#include "core/wire/deliver.h"
#include "core/wire/describe.h"
#include "core/wire/private_data.h"
#include "core/wire/tags.h"

namespace hearsay {
namespace {

void try_envelope(std::string_view bytes) {
  const auto decoded = decode_envelope(bytes);
  if (!decoded.ok()) return;
  const Envelope& envelope = *decoded.value();
  const std::string encoded = encode_envelope(envelope);
  HS_ASSERT(encoded.size() == envelope.wire_size());
  const auto again = decode_envelope(encoded);
  HS_ASSERT(again.ok() && encode_envelope(*again.value()) == encoded);
  HS_ASSERT(again.value()->fingerprint() == envelope.fingerprint());
  HS_ASSERT(again.value()->malformed() == envelope.malformed());
  HS_ASSERT(!describe(envelope).empty());
  static_cast<void>(envelope.without_secret()->wire_size());
}

void try_message(std::string_view bytes) {
  const auto decoded = decode_message(bytes);
  HS_ASSERT(decoded.ok() == remarshal(bytes).ok());
  if (!decoded.ok()) return;
  HS_ASSERT(!describe(decoded.value()).empty());
  static_cast<void>(is_tag_legal(decoded.value()));
  const auto encoded = checked_encode_message(decoded.value());
  if (!encoded.ok()) return;
  const auto again = decode_message(encoded.value());
  HS_ASSERT(again.ok() && encode_message(again.value()) == encoded.value());
}

void try_others(std::string_view bytes) {
  static_cast<void>(read_secret(bytes));
  static_cast<void>(pki_id_of_identity(bytes));
  if (const auto block = decode_block(bytes); block.ok()) {
    static_cast<void>(block_channel_id(block.value()));
    static_cast<void>(encode_block(block.value()));
  }
  static_cast<void>(decode_block_metadata(bytes));
  static_cast<void>(decode_channel_header(bytes));
  static_cast<void>(decode_signature_header(bytes));
  static_cast<void>(decode_common_payload(bytes));
  static_cast<void>(decode_common_envelope(bytes));
  static_cast<void>(decode_seek_info(bytes));
  static_cast<void>(decode_deliver_response(bytes));
  static_cast<void>(decode_broadcast_response(bytes));
  static_cast<void>(decode_anchor_peers(bytes));
  static_cast<void>(decode_pvt_data_payload(bytes));
  static_cast<void>(decode_tx_pvt_rwset(bytes));
  static_cast<void>(decode_kv_writes(bytes));
  static_cast<void>(decode_collection_configs(bytes));
  static_cast<void>(decode_msp_role(bytes));
}

}  // namespace
}  // namespace hearsay

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  hearsay::try_envelope(bytes);
  hearsay::try_message(bytes);
  hearsay::try_others(bytes);
  return 0;
}
