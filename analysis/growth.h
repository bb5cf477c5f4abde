// How a measure grows with the number of peers: straight lines through (log N, measure).
//
// Gossip's promise is growth like log N. fit_logarithm tells how much a measure grows with each
// doubling of N; fit_power tells the exponent when it grows like a power of N instead (0: not at
// all, 1: linearly).
#pragma once

#include <span>

#include "analysis/stats.h"
#include "core/base/result.h"

namespace hearsay::analysis {

struct LineFit {
  double intercept = 0;
  double slope = 0;
  double r_squared = 0;     // share of the variance that the line explains; 1 when there is none
  Interval slope_interval;  // at the confidence asked for; kNothing with two points only
  std::size_t points = 0;
};

// Ordinary least squares of y on x. Refuses: samples of different lengths, fewer than two different
// x, values that are not finite.
Result<LineFit> fit_line(std::span<const double> x, std::span<const double> y,
                         double confidence = 0.95);

// measure = intercept + slope * log2(N).
Result<LineFit> fit_logarithm(std::span<const double> n, std::span<const double> measure,
                              double confidence = 0.95);

// log2(measure) = intercept + slope * log2(N). Refuses measures that are not positive.
Result<LineFit> fit_power(std::span<const double> n, std::span<const double> measure,
                          double confidence = 0.95);

}  // namespace hearsay::analysis
