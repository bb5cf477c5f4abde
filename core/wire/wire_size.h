// Exact sizes of encoded messages, by arithmetic alone.
//
// The simulator charges links by size on every frame; encoding a message to learn its size would
// cost more than delivering it. encode_message(m).size() == wire_size(m) always; codec.cc asserts
// it and the tests show it for every kind. Nested envelopes contribute the size they remember, so
// the cost is linear in the number of elements, not in bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace hearsay {

// Bytes of `value` as a base-128 varint: 1 to 10.
constexpr std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

// Bytes of a field's key; the wire type does not matter.
constexpr std::size_t key_size(std::uint32_t field_number) {
  return varint_size(std::uint64_t{field_number} << 3);
}

// Bytes of a length-delimited field that is written whatever its length (sub-messages, oneof
// members, repeated elements).
constexpr std::size_t present_field_size(std::uint32_t field_number, std::size_t length) {
  return key_size(field_number) + varint_size(length) + length;
}

// Bytes of a singular bytes or string field: nothing when empty.
constexpr std::size_t bytes_field_size(std::uint32_t field_number, std::size_t length) {
  return length == 0 ? 0 : present_field_size(field_number, length);
}

// Bytes of a singular unsigned field: nothing when zero.
constexpr std::size_t uint_field_size(std::uint32_t field_number, std::uint64_t value) {
  return value == 0 ? 0 : key_size(field_number) + varint_size(value);
}

// Bytes of a singular int32 or enum field; negative numbers take ten bytes, as on the wire.
constexpr std::size_t int32_field_size(std::uint32_t field_number, std::int32_t value) {
  return uint_field_size(field_number, static_cast<std::uint64_t>(std::int64_t{value}));
}

// Bytes of the encoded GossipMessage (an envelope's payload).
std::size_t wire_size(const GossipMessage& message);

// Bytes of an encoded gossip Envelope with these parts. `secret` may be null.
std::size_t envelope_size(std::size_t payload_size, std::size_t signature_size,
                          const SecretEnvelope* secret, std::size_t unknown_fields_size);

// Bytes of an encoded PvtDataDigest.
std::size_t wire_size(const PvtDataDigest& digest);

}  // namespace hearsay
