// Backoff: how long the deliver client pauses before it connects again.
//
// Mirrors backOffSleep and the figures around it in internal/pkg/peer/blocksprovider of Fabric
// v2.5.4: 100 ms after the first failure, 1.2 times as long after each further one, in whole
// milliseconds, up to a longest pause. Fabric computes powers and logarithms in floating point; the
// figures here are exact fractions, which give the same milliseconds.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/time.h"

namespace hearsay {

class Backoff {
 public:
  // Fabric: the initial retry delay, a constant of the deliver service.
  static constexpr Duration kFirst = 100 * kMillisecond;

  // `longest` 0: there are no pauses at all.
  explicit Backoff(Duration longest);

  // The pause after `failures` failures in a row. REQUIRES: at least one.
  //
  // Quirk: with a longest pause below kFirst, but not below 5/6 of it, the first pause is longer
  // than the longest.
  Duration after(std::uint64_t failures) const;

 private:
  const Duration longest_;
  std::vector<Duration> growing_;  // the first pauses; what follows is the longest
};

}  // namespace hearsay
