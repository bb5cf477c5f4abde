#include "analysis/stats.h"

#include <gtest/gtest.h>

namespace hearsay::analysis {
namespace {

using Sample = std::vector<double>;

TEST(Stats, MeanAndStandardDeviationOfAKnownSample) {
  const Sample sample = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(mean(sample), 5);
  EXPECT_NEAR(standard_deviation(sample), 2.138089935, 1e-9);
}

TEST(Stats, TooSmallSamplesGiveNothing) {
  EXPECT_TRUE(std::isnan(mean(Sample{})));
  EXPECT_TRUE(std::isnan(standard_deviation(Sample{1})));
  EXPECT_TRUE(std::isnan(quantile(Sample{}, 0.5)));
  EXPECT_TRUE(std::isnan(mean_interval(Sample{1}).low));
}

// R: quantile(1:10, p); numpy.percentile gives the same.
TEST(Stats, QuantilesInterpolateAsType7) {
  const Sample sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_DOUBLE_EQ(quantile(sorted, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(sorted, 0.5), 5.5);
  EXPECT_DOUBLE_EQ(quantile(sorted, 0.9), 9.1);
  EXPECT_DOUBLE_EQ(quantile(sorted, 0.99), 9.91);
  EXPECT_DOUBLE_EQ(quantile(sorted, 1), 10);
  EXPECT_DOUBLE_EQ(quantile(Sample{3}, 0.3), 3);
}

TEST(Stats, WhatNeverEndedSortsLastAndLeavesTheMedianFinite) {
  const Spread spread = spread_of({1, kNeverSeconds, 2, kNeverSeconds, 3});
  EXPECT_EQ(spread.stat("p50"), 3);
  EXPECT_EQ(spread.stat("p90"), kNeverSeconds);
  EXPECT_EQ(spread.stat("max"), kNeverSeconds);
  EXPECT_EQ(spread.stat("mean"), kNeverSeconds);
  EXPECT_EQ(spread.stat("min"), 1);
  EXPECT_FALSE(spread.stat("p42").has_value());
}

// R: t.test(1:5)$conf.int
TEST(Stats, TheMeansIntervalIsStudents) {
  const Interval interval = mean_interval(Sample{1, 2, 3, 4, 5});
  EXPECT_NEAR(interval.low, 1.036757, 1e-6);
  EXPECT_NEAR(interval.high, 4.963243, 1e-6);
  const Interval wider = mean_interval(Sample{1, 2, 3, 4, 5}, 0.99);
  EXPECT_NEAR(wider.low, -0.255587, 1e-6);
}

// The usual table: n = 10 uses the 2nd and the 9th value (coverage 97.9 %), n = 6 the extremes
// (96.9 %), n = 25 the 8th and the 18th; with five values 93.8 % is all there is.
TEST(Stats, TheMediansIntervalIsMadeOfOrderStatistics) {
  const auto up_to = [](int n) {
    Sample sample;
    for (int i = n; i >= 1; --i)
      sample.push_back(i);
    return sample;
  };
  EXPECT_EQ(median_interval(up_to(10)).low, 2);
  EXPECT_EQ(median_interval(up_to(10)).high, 9);
  EXPECT_EQ(median_interval(up_to(6)).low, 1);
  EXPECT_EQ(median_interval(up_to(6)).high, 6);
  EXPECT_EQ(median_interval(up_to(25)).low, 8);
  EXPECT_EQ(median_interval(up_to(25)).high, 18);
  EXPECT_EQ(median_interval(up_to(5)).low, -kNeverSeconds);
  EXPECT_EQ(median_interval(up_to(5), 0.9).high, 5);
}

}  // namespace
}  // namespace hearsay::analysis
