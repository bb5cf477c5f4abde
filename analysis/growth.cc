#include "analysis/growth.h"

#include <string>

#include <boost/math/distributions/students_t.hpp>

namespace hearsay::analysis {
namespace {

Result<std::vector<double>> logarithms(std::span<const double> values, const char* what) {
  std::vector<double> out;
  for (const double v : values) {
    if (!(v > 0)) return Error{std::string(what) + " must be positive to have a logarithm"};
    out.push_back(std::log2(v));
  }
  return out;
}

}  // namespace

Result<LineFit> fit_line(std::span<const double> x, std::span<const double> y, double confidence) {
  if (x.size() != y.size()) return Error{std::string("as many x as y are needed")};
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) {
      return Error{std::string("a value that is not finite cannot be fitted")};
    }
  }
  const double mx = mean(x);
  const double my = mean(y);
  double sxx = 0;
  double sxy = 0;
  double syy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sxx += (x[i] - mx) * (x[i] - mx);
    sxy += (x[i] - mx) * (y[i] - my);
    syy += (y[i] - my) * (y[i] - my);
  }
  if (x.size() < 2 || sxx == 0)
    return Error{std::string("two different sizes are needed at least")};
  LineFit fit;
  fit.points = x.size();
  fit.slope = sxy / sxx;
  fit.intercept = my - fit.slope * mx;
  double residual = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double miss = y[i] - fit.intercept - fit.slope * x[i];
    residual += miss * miss;
  }
  fit.r_squared = syy == 0 ? 1 : 1 - residual / syy;
  if (x.size() > 2) {
    const auto freedom = static_cast<double>(x.size() - 2);
    const boost::math::students_t t(freedom);
    const double factor = boost::math::quantile(boost::math::complement(t, (1 - confidence) / 2));
    const double half = factor * std::sqrt(residual / freedom / sxx);
    fit.slope_interval = {fit.slope - half, fit.slope + half};
  }
  return fit;
}

Result<LineFit> fit_logarithm(std::span<const double> n, std::span<const double> measure,
                              double confidence) {
  auto x = logarithms(n, "a number of peers");
  if (!x) return Error{x.error()};
  return fit_line(x.value(), measure, confidence);
}

Result<LineFit> fit_power(std::span<const double> n, std::span<const double> measure,
                          double confidence) {
  auto x = logarithms(n, "a number of peers");
  if (!x) return Error{x.error()};
  auto y = logarithms(measure, "a measure");
  if (!y) return Error{y.error()};
  return fit_line(x.value(), y.value(), confidence);
}

}  // namespace hearsay::analysis
