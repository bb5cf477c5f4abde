// Statistics of samples: means, quantiles, spreads and confidence intervals.
//
// A duration that never ended is kNeverSeconds (+infinity): it sorts last, so the median of a
// sample in which a few never ended is still a number, and only the mean and the upper quantiles
// are infinite. "There is nothing to measure" is kNothing (not a number). Reports show both as
// null.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace hearsay::analysis {

inline constexpr double kNeverSeconds = std::numeric_limits<double>::infinity();
inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// kNever becomes kNeverSeconds.
inline double seconds(Time time) { return time == kNever ? kNeverSeconds : to_seconds(time); }

// kNothing for an empty sample.
double mean(std::span<const double> sample);

// The sample's standard deviation (divisor n - 1); kNothing for fewer than two values.
double standard_deviation(std::span<const double> sample);

// The p-quantile, 0 <= p <= 1, by linear interpolation between order statistics ("type 7", the
// default of R and NumPy). REQUIRES: `sorted` is ascending. kNothing when it is empty.
double quantile(std::span<const double> sorted, double p);

// Some statistics of one sample, by name: all of kSpreadStats, or fewer where only those have a
// meaning.
struct Spread {
  std::vector<std::pair<std::string_view, double>> stats;

  // Absent when this spread does not have the statistic.
  std::optional<double> stat(std::string_view name) const;
};

// "mean", "sd", "min", "p50", "p90", "p95", "p99", "max".
std::span<const std::string_view> spread_stats();

// All of spread_stats() of a sample in any order.
Spread spread_of(std::vector<double> sample);

struct Interval {
  double low = kNothing;
  double high = kNothing;
};

// The confidence interval of the mean of a normal population (Student's t); kNothing for fewer than
// two values.
Interval mean_interval(std::span<const double> sample, double confidence = 0.95);

// A distribution-free confidence interval of the median: the narrowest symmetric pair of order
// statistics whose coverage, by the binomial distribution, is at least `confidence`. When the
// sample is too small for that, (-infinity, +infinity).
Interval median_interval(std::vector<double> sample, double confidence = 0.95);

}  // namespace hearsay::analysis
