#include "core/base/portable_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/assert.h"

namespace hearsay {

namespace {

// ln 2 in two parts; the upper one has 32 significant bits, so that a small integer times it is
// exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kOneByLn2 = 0x1.71547652b82fep+0;

// 2 to the power of e. REQUIRES: a normal number.
double power_of_two(int e) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
}

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;)
    sum = sum * x + coefficients[i];
  return sum;
}

// AS 241's rational approximations: near the middle, in the tails, far out.
constexpr std::array<double, 8> kA = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                      1.9715909503065514427e3, 1.3731693765509461125e4,
                                      4.5921953931549871457e4, 6.7265770927008700853e4,
                                      3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr std::array<double, 8> kB = {1.0,
                                      4.2313330701600911252e1,
                                      6.8718700749205790830e2,
                                      5.3941960214247511077e3,
                                      2.1213794301586595867e4,
                                      3.9307895800092710610e4,
                                      2.8729085735721942674e4,
                                      5.2264952788528545610e3};
constexpr std::array<double, 8> kC = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                      5.76949722146069140550e0,  3.64784832476320460504e0,
                                      1.27045825245236838258e0,  2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kD = {1.0,
                                      2.05319162663775882187e0,
                                      1.67638483018380384940e0,
                                      6.89767334985100004550e-1,
                                      1.48103976427480074590e-1,
                                      1.51986665636164571966e-2,
                                      5.47593808499534494600e-4,
                                      1.05075007164441684324e-9};
constexpr std::array<double, 8> kE = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                      1.78482653991729133580e0,  2.96560571828504891230e-1,
                                      2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kF = {1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

}  // namespace

double portable_exp(double x) {
  if (!(x == x)) return x;
  if (x > 709.782712893384) return std::numeric_limits<double>::infinity();
  if (x < -745.1332191019412) return 0.0;
  // x = k ln 2 + r with |r| <= ln 2 / 2, so e^x = 2^k e^r.
  const double nearest = x * kOneByLn2 + (x < 0 ? -0.5 : 0.5);
  const int k = static_cast<int>(nearest);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  // Taylor's series, from the far end; the term behind the last is below 2^-57.
  double sum = 1.0;
  for (int i = 14; i >= 1; --i)
    sum = 1.0 + sum * r / i;
  // Two factors, because 2^k itself may be out of range when the result is not.
  const int half = k / 2;
  return sum * power_of_two(half) * power_of_two(k - half);
}

double portable_log(double x) {
  HS_ASSERT_MSG(x > 0 && x <= std::numeric_limits<double>::max(), "logarithm of such a number");
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {  // subnormal
    x *= power_of_two(54);
    exponent = -54;
  }
  // x = m 2^exponent with m between sqrt(1/2) and sqrt(2).
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFF) | 0x3FF0'0000'0000'0000);
  if (m > 0x1.6a09e667f3bcdp+0) {
    m *= 0.5;
    ++exponent;
  }
  // log m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172. With f = m - 1 it is f - s (f - rest),
  // which keeps the large term f exact.
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double series = 0.0;  // 2 (z/3 + z^2/5 + ...)
  for (int i = 25; i >= 3; i -= 2)
    series = z * (2.0 / i + series);
  const double half_square = 0.5 * f * f;
  const double correction = half_square - s * (half_square + series);
  return exponent * kLn2High - ((correction - exponent * kLn2Low) - f);
}

double portable_inverse_normal_cdf(double p) {
  HS_ASSERT_MSG(p > 0 && p < 1, "a probability between 0 and 1");
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1.0 - p));
  const double z = r <= 5.0 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                            : polynomial(kE, r - 5.0) / polynomial(kF, r - 5.0);
  return q < 0 ? -z : z;
}

}  // namespace hearsay
