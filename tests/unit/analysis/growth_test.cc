#include "analysis/growth.h"

#include <gtest/gtest.h>

namespace hearsay::analysis {
namespace {

using Sample = std::vector<double>;

// R: summary(lm(y ~ x)), confint
TEST(Growth, FitsAKnownLineWithItsSlopesInterval) {
  const auto fit = fit_line(Sample{1, 2, 3, 4, 5}, Sample{2.1, 3.9, 6.2, 7.8, 10.1});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.value().slope, 1.99, 1e-12);
  EXPECT_NEAR(fit.value().intercept, 0.05, 1e-12);
  EXPECT_NEAR(fit.value().r_squared, 0.9973053289, 1e-9);
  EXPECT_NEAR(fit.value().slope_interval.low, 1.799941, 1e-5);
  EXPECT_NEAR(fit.value().slope_interval.high, 2.180059, 1e-5);
}

TEST(Growth, ALogarithmGrowsByItsSlopeWithEachDoubling) {
  const auto fit = fit_logarithm(Sample{8, 16, 32, 64}, Sample{1, 3, 5, 7});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.value().slope, 2, 1e-12);
  EXPECT_NEAR(fit.value().r_squared, 1, 1e-12);
}

TEST(Growth, APowersExponentIsTheSlope) {
  const auto fit = fit_power(Sample{10, 20, 40}, Sample{100, 400, 1600});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.value().slope, 2, 1e-12);
}

TEST(Growth, RefusesWhatCannotBeFitted) {
  EXPECT_EQ(fit_line(Sample{1, 2}, Sample{1}).error(), "as many x as y are needed");
  EXPECT_EQ(fit_line(Sample{3, 3}, Sample{1, 2}).error(),
            "two different sizes are needed at least");
  EXPECT_EQ(fit_line(Sample{1, 2}, Sample{1, kNeverSeconds}).error(),
            "a value that is not finite cannot be fitted");
  EXPECT_EQ(fit_power(Sample{1, 2}, Sample{0, 1}).error(),
            "a measure must be positive to have a logarithm");
  EXPECT_TRUE(std::isnan(fit_line(Sample{1, 2}, Sample{1, 2}).value().slope_interval.low));
}

}  // namespace
}  // namespace hearsay::analysis
