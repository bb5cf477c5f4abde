// Hashes that are the same on every machine: XXH3 for bytes, a finaliser for integers, SHA-256 for
// ids.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearsay {

// A bijective scrambling of 64 bits (the finaliser of MurmurHash3's kind, by D. Stafford).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58'476d'1ce4'e5b9;
  x ^= x >> 27;
  x *= 0x94d0'49bb'1331'11eb;
  x ^= x >> 31;
  return x;
}

// XXH3 over bytes, with a seed.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0);

using Sha256 = std::array<std::uint8_t, 32>;

// SHA-256 of a ‖ b (either may be empty): PKI-IDs and channel MACs are hashes of two parts.
Sha256 sha256(std::string_view a, std::string_view b = {});
std::string sha256_bytes(std::string_view a, std::string_view b = {});

// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);

}  // namespace hearsay
