#include "sim/net/latency.h"

#include <cmath>

#include "core/base/assert.h"
#include "core/base/portable_math.h"

namespace hearsay::sim {

Latency Latency::constant(Duration value) {
  HS_ASSERT(value >= 0);
  Latency latency;
  latency.least_ = value;
  return latency;
}

Latency Latency::uniform(Duration least, Duration most) {
  HS_ASSERT(0 <= least && least <= most);
  Latency latency;
  latency.kind_ = Kind::kUniform;
  latency.least_ = least;
  latency.spread_ = static_cast<std::uint64_t>(most - least) + 1;
  return latency;
}

Latency Latency::lognormal(Duration median, Duration p99) {
  HS_ASSERT(0 < median && median <= p99);
  constexpr double kEdge = 1.0 / 8192;
  constexpr std::uint32_t kSteps = 1U << kTableBits;
  const double middle = static_cast<double>(median);
  const double sigma =
      portable_log(static_cast<double>(p99) / middle) / portable_inverse_normal_cdf(0.99);
  auto table = std::make_shared<std::vector<Duration>>();
  table->reserve(kSteps + 1);
  for (std::uint32_t i = 0; i <= kSteps; ++i) {
    double p = static_cast<double>(i) / kSteps;
    if (i == 0) p = kEdge;
    if (i == kSteps) p = 1 - kEdge;
    const double value = middle * portable_exp(sigma * portable_inverse_normal_cdf(p));
    table->push_back(std::llround(value));
  }
  Latency latency;
  latency.kind_ = Kind::kTable;
  latency.table_ = std::move(table);
  return latency;
}

}  // namespace hearsay::sim
