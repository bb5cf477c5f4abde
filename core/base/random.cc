#include "core/base/random.h"

#include "core/base/hash.h"

namespace hearsay {

namespace {
// Two unrelated keys for the state and the stream selector of one generator.
constexpr std::uint64_t kStateSalt = 0x9e37'79b9'7f4a'7c15;
constexpr std::uint64_t kStreamSalt = 0xd1b5'4a32'd192'ed03;
}  // namespace

Random::Random(std::uint64_t key, std::uint64_t stream)
    : key_(key), engine_(mix64(key ^ kStateSalt), mix64(stream ^ kStreamSalt)) {}

Random Random::root(std::uint64_t seed) { return Random(mix64(seed), seed); }

Random Random::fork(std::string_view name) const {
  const std::uint64_t child = hash_bytes(name, key_);
  return Random(child, child);
}

Random Random::fork(std::uint64_t number) const {
  // The key is scrambled apart, or fork(1) of one key would be fork(0) of the next.
  const std::uint64_t child = mix64(mix64(key_ ^ kStateSalt) + number);
  return Random(child, child);
}

std::uint64_t Random::below64(std::uint64_t bound) {
  HS_ASSERT(bound > 0);
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t draw = next64();
  while (draw < threshold)
    draw = next64();
  return draw % bound;
}

}  // namespace hearsay
