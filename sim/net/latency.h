// Latency: how long a frame travels one way, as a distribution to draw from.
//
// The lognormal one is a table of quantiles made once by portable_math; a draw takes one random
// number, a look-up and an integer interpolation. So the same seed gives the same nanoseconds
// on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/base/time.h"

namespace hearsay::sim {

class Latency {
 public:
  // Always `value`. REQUIRES: value >= 0, as for all durations here.
  static Latency constant(Duration value);
  // Each nanosecond of [least, most] equally likely. REQUIRES: least <= most.
  static Latency uniform(Duration least, Duration most);
  // Lognormal with this median and 99th percentile, cut at the quantiles 1/8192 and 8191/8192.
  // REQUIRES: 0 < median <= p99.
  static Latency lognormal(Duration median, Duration p99);

  Duration draw(Random& random) const {
    switch (kind_) {
      case Kind::kConstant:
        return least_;
      case Kind::kUniform:
        return least_ + static_cast<Duration>(random.below64(spread_));
      case Kind::kTable:
        break;
    }
    const std::uint32_t r = random.next32();
    const Duration* quantile = table_->data() + (r >> kFractionBits);
    const Duration fraction = r & ((1U << kFractionBits) - 1);
    return quantile[0] + ((quantile[1] - quantile[0]) * fraction >> kFractionBits);
  }

  // The quantile at numerator / 1024 as drawn, for tests and reports. REQUIRES: a lognormal one.
  Duration quantile(std::uint32_t numerator) const { return table_->at(numerator); }

 private:
  enum class Kind : std::uint8_t { kConstant, kUniform, kTable };
  static constexpr int kTableBits = 10;
  static constexpr int kFractionBits = 32 - kTableBits;

  Kind kind_ = Kind::kConstant;
  Duration least_ = 0;
  std::uint64_t spread_ = 1;
  std::shared_ptr<const std::vector<Duration>> table_;
};

}  // namespace hearsay::sim
