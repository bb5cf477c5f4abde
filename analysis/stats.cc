#include "analysis/stats.h"

#include <algorithm>
#include <array>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "core/base/assert.h"

namespace hearsay::analysis {

double mean(std::span<const double> sample) {
  if (sample.empty()) return kNothing;
  double sum = 0;
  for (const double x : sample)
    sum += x;
  return sum / static_cast<double>(sample.size());
}

double standard_deviation(std::span<const double> sample) {
  if (sample.size() < 2) return kNothing;
  const double centre = mean(sample);
  double squares = 0;
  for (const double x : sample)
    squares += (x - centre) * (x - centre);
  return std::sqrt(squares / static_cast<double>(sample.size() - 1));
}

double quantile(std::span<const double> sorted, double p) {
  HS_ASSERT(p >= 0 && p <= 1);
  if (sorted.empty()) return kNothing;
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(below);
  // Not only for speed: between two infinite values there is nothing to interpolate.
  if (part == 0 || sorted[below] == sorted[below + 1]) return sorted[below];
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

std::optional<double> Spread::stat(std::string_view name) const {
  for (const auto& [known, value] : stats) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::span<const std::string_view> spread_stats() {
  static constexpr std::array<std::string_view, 8> kStats = {"mean", "sd",  "min", "p50",
                                                             "p90",  "p95", "p99", "max"};
  return kStats;
}

Spread spread_of(std::vector<double> sample) {
  std::sort(sample.begin(), sample.end());
  const bool none = sample.empty();
  return Spread{{{"mean", mean(sample)},
                 {"sd", standard_deviation(sample)},
                 {"min", none ? kNothing : sample.front()},
                 {"p50", quantile(sample, 0.5)},
                 {"p90", quantile(sample, 0.9)},
                 {"p95", quantile(sample, 0.95)},
                 {"p99", quantile(sample, 0.99)},
                 {"max", none ? kNothing : sample.back()}}};
}

Interval mean_interval(std::span<const double> sample, double confidence) {
  HS_ASSERT(confidence > 0 && confidence < 1);
  if (sample.size() < 2) return {};
  const auto n = static_cast<double>(sample.size());
  const boost::math::students_t t(n - 1);
  const double factor = boost::math::quantile(boost::math::complement(t, (1 - confidence) / 2));
  const double half = factor * standard_deviation(sample) / std::sqrt(n);
  const double centre = mean(sample);
  return {centre - half, centre + half};
}

Interval median_interval(std::vector<double> sample, double confidence) {
  HS_ASSERT(confidence > 0 && confidence < 1);
  std::sort(sample.begin(), sample.end());
  const std::size_t n = sample.size();
  // [x(k), x(n+1-k)] misses the median with probability 2 P(B < k), B binomial(n, 1/2): the largest
  // k that keeps this within 1 - confidence.
  std::size_t k = 0;
  if (n > 0) {
    const boost::math::binomial coin(static_cast<double>(n), 0.5);
    while (2 * (k + 1) <= n + 1 &&
           2 * boost::math::cdf(coin, static_cast<double>(k)) <= 1 - confidence) {
      ++k;
    }
  }
  if (k == 0) return {-kNeverSeconds, kNeverSeconds};
  return {sample[k - 1], sample[n - k]};
}

}  // namespace hearsay::analysis
