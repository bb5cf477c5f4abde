// Random: one generator for ever, in named streams.
//
// Every consumer owns a stream made by naming it:
// Random::root(seed).fork("org1/17").fork("membership"). The name alone decides the stream, so a
// new consumer never shifts an old one's draws, and forking draws nothing. The generator is PCG32
// (M. O'Neill, 2014); there are no std:: distributions, whose results differ between libraries. 24
// bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include <pcg_random.hpp>

#include "core/base/assert.h"

namespace hearsay {

// A probability as an exact fraction.
struct Ratio {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;
};

class Random {
 public:
  // The stream from which all others of a run are forked.
  static Random root(std::uint64_t seed);

  // An independent stream named `name`; the same parent and name give the same stream.
  Random fork(std::string_view name) const;
  Random fork(std::uint64_t number) const;

  std::uint32_t next32() { return engine_(); }
  std::uint64_t next64() {
    const std::uint64_t high = engine_();
    return high << 32 | engine_();
  }

  // Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint32_t below(std::uint32_t bound) {
    HS_ASSERT(bound > 0);
    // Lemire's multiplication method, with rejection, so every value is equally likely.
    std::uint64_t product = std::uint64_t{next32()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0u - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) {
        product = std::uint64_t{next32()} * bound;
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }
  std::uint64_t below64(std::uint64_t bound);

  // True with the given probability. REQUIRES: denominator > 0.
  bool chance(Ratio p) { return below(p.denominator) < p.numerator; }

 private:
  Random(std::uint64_t key, std::uint64_t stream);

  std::uint64_t key_;
  pcg32 engine_;
};

}  // namespace hearsay
