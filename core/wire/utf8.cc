#include "core/wire/utf8.h"

#include <cstddef>
#include <cstdint>

namespace hearsay {

namespace {

// The bytes that follow a leading byte, and the bounds of the first of them (RFC 3629, section 4).
struct Tail {
  std::size_t length;
  std::uint8_t low;
  std::uint8_t high;
};

constexpr Tail kInvalid{0, 1, 0};

constexpr Tail tail_of(std::uint8_t lead) {
  if (lead < 0xC2) return kInvalid;
  if (lead < 0xE0) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead < 0xF0) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead < 0xF4) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return kInvalid;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    const std::uint8_t lead = byte(i++);
    if (lead < 0x80) continue;
    const Tail tail = tail_of(lead);
    if (tail.length == 0 || text.size() - i < tail.length) return false;
    if (byte(i) < tail.low || byte(i) > tail.high) return false;
    for (std::size_t k = 1; k < tail.length; ++k) {
      if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return false;
    }
    i += tail.length;
  }
  return true;
}

}  // namespace hearsay
