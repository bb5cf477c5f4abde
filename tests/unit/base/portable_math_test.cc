// portable_math: accuracy against the C library, exact bits against this table.
#include "core/base/portable_math.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/base/random.h"

namespace hearsay {
namespace {

// Units in the last place between a value and the true one.
double ulps(double value, double truth) {
  if (value == truth) return 0;
  const double size = std::abs(truth);
  return std::abs(value - truth) / (std::nextafter(size, HUGE_VAL) - size);
}

// Uniform in (0, 1).
double uniform(Random& random) {
  return (static_cast<double>(random.next64() >> 12) + 0.5) / 4503599627370496.0;
}

TEST(PortableMath, ExpIsWithinTwoUlps) {
  Random random = Random::root(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = (uniform(random) - 0.5) * 1400;
    ASSERT_LE(ulps(portable_exp(x), std::exp(x)), 2) << x;
  }
}

TEST(PortableMath, LogIsWithinTwoUlps) {
  Random random = Random::root(2);
  for (int i = 0; i < 100'000; ++i) {
    const double x = i % 2 == 0 ? uniform(random) * 2 : portable_exp(uniform(random) * 1400 - 700);
    ASSERT_LE(ulps(portable_log(x), std::log(x)), 2) << x;
  }
  const double least = std::numeric_limits<double>::denorm_min();
  EXPECT_LE(ulps(portable_log(least), std::log(least)), 2);
}

TEST(PortableMath, EdgesOfExpAndLog) {
  EXPECT_EQ(portable_exp(0), 1.0);
  EXPECT_EQ(portable_exp(1000), std::numeric_limits<double>::infinity());
  EXPECT_EQ(portable_exp(-1000), 0.0);
  EXPECT_TRUE(std::isnan(portable_exp(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_GT(portable_exp(-745), 0.0);
  EXPECT_EQ(portable_log(1), 0.0);
}

TEST(PortableMath, InverseNormalUndoesTheNormal) {
  Random random = Random::root(3);
  for (int i = 0; i < 100'000; ++i) {
    const double p = uniform(random);
    const double z = portable_inverse_normal_cdf(p);
    // The C library's error function serves as the truth.
    const double back = 0.5 * std::erfc(-z / std::sqrt(2.0));
    ASSERT_NEAR(back / p, 1, 1e-13) << p;
  }
  EXPECT_EQ(portable_inverse_normal_cdf(0.5), 0.0);
  EXPECT_NEAR(portable_inverse_normal_cdf(0.975), 1.959963984540054, 1e-15);
  EXPECT_NEAR(portable_inverse_normal_cdf(1e-20), -9.262340089798408, 1e-14);
}

// The point of the file: whatever compiler, optimisation and machine, these bits.
TEST(PortableMath, SameBitsEverywhere) {
  Random random = Random::root(4);
  std::uint64_t digest = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double u = uniform(random);
    for (const double value :
         {portable_exp(u * 100 - 50), portable_log(u), portable_inverse_normal_cdf(u)}) {
      digest = mix64(digest + std::bit_cast<std::uint64_t>(value));
    }
  }
  EXPECT_EQ(digest, 10762362160869125712u);
}

}  // namespace
}  // namespace hearsay
