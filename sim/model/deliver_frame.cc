#include "sim/model/deliver_frame.h"

#include <utility>

#include "core/base/assert.h"
#include "core/wire/codec.h"

namespace hearsay::sim {

namespace {

// Field 15, a varint: a number that neither message of the stream has.
constexpr char kWindowKey = 15 << 3;

}  // namespace

EnvelopeRef frame_of(const CommonEnvelope& envelope) {
  return Envelope::received(envelope.payload, envelope.signature, nullptr, "");
}

EnvelopeRef frame_of(Status status) {
  return Envelope::received("", "", nullptr, encode(DeliverResponse{status}));
}

EnvelopeRef frame_of_block(std::string_view block) {
  HS_ASSERT(!block.empty());
  return Envelope::received("", std::string(block), nullptr, "");
}

CommonEnvelope envelope_in(const Envelope& frame) { return {frame.payload(), frame.signature()}; }

DeliverResponse response_in(const Envelope& frame) {
  auto response = decode_deliver_response(encode_envelope(frame));
  return response.ok() ? std::move(response).value() : DeliverResponse{};
}

const std::string& block_in(const Envelope& frame) { return frame.signature(); }

EnvelopeRef window_frame(std::uint32_t bytes) {
  std::string field(1, kWindowKey);
  for (; bytes >= 0x80; bytes >>= 7)
    field += static_cast<char>(bytes | 0x80);
  field += static_cast<char>(bytes);
  return Envelope::received("", "", nullptr, std::move(field));
}

std::optional<std::uint32_t> window_in(const Envelope& frame) {
  const std::string& field = frame.unknown_fields();
  if (field.size() < 2 || field.size() > 6 || field[0] != kWindowKey) return std::nullopt;
  std::uint64_t bytes = 0;
  for (std::size_t i = 1; i < field.size(); ++i)
    bytes |= (static_cast<std::uint64_t>(field[i]) & 0x7F) << (7 * (i - 1));
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace hearsay::sim
