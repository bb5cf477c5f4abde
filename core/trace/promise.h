// Promise: what is expected of a run.
//
// A scenario writes promises, the analysis judges them; neither knows the other. A promise names a
// metric and bounds, or an invariant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearsay {

struct Promise {
  std::string metric = {};
  std::string stat = "max";  // of a metric that is a spread
  std::optional<double> min = {};
  std::optional<double> max = {};
  std::optional<double> equals = {};  // within one part in 10^9
  std::string invariant = {};         // instead of all of the above

  bool operator==(const Promise&) const = default;
};

// A metric that promises may name.
struct KnownMetric {
  std::string name;
  std::vector<std::string> stats;  // those to choose from; empty: the metric is one number
};

// What is wrong with the bounds of a promise about a metric.
enum class BoundsTrouble : std::uint8_t {
  kNone,
  kMissing,
  kEqualsNotAlone,
  kMinAboveMax,
};

inline BoundsTrouble bounds_trouble(const Promise& promise) {
  const bool range = promise.min || promise.max;
  if (!range && !promise.equals) return BoundsTrouble::kMissing;
  if (range && promise.equals) return BoundsTrouble::kEqualsNotAlone;
  const bool empty = promise.min && promise.max && *promise.min > *promise.max;
  return empty ? BoundsTrouble::kMinAboveMax : BoundsTrouble::kNone;
}

}  // namespace hearsay
