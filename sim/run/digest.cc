#include "sim/run/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace hearsay::sim {
namespace {

constexpr std::size_t kEventBytes = 33;
constexpr std::size_t kBuffer = 4096;
// A new field takes from the padding and belongs into serialise().
static_assert(offsetof(TraceEvent, padding) == kEventBytes);

// Field by field, each as wide as it was stored a moment ago: a wider read would wait for the
// stores, and for all stores before them.
template <typename T>
unsigned char* put(unsigned char* at, T value) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    *at++ = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
  return at;
}

void serialise(const TraceEvent& event, unsigned char* at) {
  at = put(at, event.time);
  at = put(at, event.value);
  at = put(at, raw(event.peer));
  at = put(at, raw(event.other));
  at = put(at, event.size);
  at = put(at, raw(event.channel));
  at = put(at, static_cast<std::uint8_t>(event.kind));
  at = put(at, event.detail);
  put(at, event.type);
}

}  // namespace

struct DigestSink::Hash {
  XXH3_state_t state;
  std::array<unsigned char, kBuffer + kEventBytes> buffer;
  std::size_t used = 0;
};

DigestSink::DigestSink() : hash_(std::make_unique<Hash>()) { XXH3_64bits_reset(&hash_->state); }

DigestSink::~DigestSink() = default;

void DigestSink::on_event(const TraceEvent& event) {
  Hash& hash = *hash_;
  serialise(event, hash.buffer.data() + hash.used);
  hash.used += kEventBytes;
  ++events_;
  if (hash.used >= kBuffer) flush();
}

void DigestSink::flush() {
  XXH3_64bits_update(&hash_->state, hash_->buffer.data(), hash_->used);
  hash_->used = 0;
}

std::uint64_t DigestSink::value() const {
  XXH3_state_t state = hash_->state;
  XXH3_64bits_update(&state, hash_->buffer.data(), hash_->used);
  return XXH3_64bits_digest(&state);
}

std::string DigestSink::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  const std::uint64_t digest = value();
  for (int shift = 60; shift >= 0; shift -= 4)
    text += kDigits[digest >> shift & 15];
  return text;
}

}  // namespace hearsay::sim
