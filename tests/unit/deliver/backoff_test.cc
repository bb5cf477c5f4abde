// The figures of spec delivery.md A5, to the millisecond.
#include "core/deliver/backoff.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

using namespace literals;

TEST(Backoff, GrowsByAFifthInWholeMilliseconds) {
  const Backoff backoff(10_s);
  const std::map<std::uint64_t, Duration> figures = {
      {1, 100_ms},  {2, 120_ms},  {3, 144_ms},   {4, 172_ms},   {5, 207_ms},
      {6, 248_ms},  {7, 298_ms},  {8, 358_ms},   {9, 429_ms},   {10, 515_ms},
      {11, 619_ms}, {12, 743_ms}, {20, 3194_ms}, {26, 9539_ms}, {27, 10'000_ms}};
  for (const auto& [failures, pause] : figures)
    EXPECT_EQ(backoff.after(failures), pause) << failures;
  EXPECT_EQ(backoff.after(1'000'000), 10_s);
}

// Fabric computes with doubles; where the C library's are as good as Go's both must agree.
TEST(Backoff, AgreesWithFloatingPoint) {
  const Backoff backoff(365 * 24 * 3600_s);
  for (std::uint64_t f = 1; f <= 107; ++f) {
    const auto ms = static_cast<Duration>(std::pow(1.2, static_cast<double>(f - 1)) * 100);
    EXPECT_EQ(backoff.after(f), ms * kMillisecond) << f;
  }
}

TEST(Backoff, GrowsUntilTheLongestPause) {
  EXPECT_EQ(Backoff(3600_s).after(58), 3'260'851_ms);
  EXPECT_EQ(Backoff(3600_s).after(59), 3600_s);
  EXPECT_EQ(Backoff(130_ms).after(2), 120_ms);
  EXPECT_EQ(Backoff(130_ms).after(3), 130_ms);
  EXPECT_EQ(Backoff(100_ms).after(2), 100_ms);
}

// Sleeps before the budget is spent, and their sum.
std::pair<int, Duration> spend(Duration longest, Duration budget) {
  const Backoff backoff(longest);
  Duration total = 0;
  for (int f = 1;; ++f) {
    const Duration next = backoff.after(static_cast<std::uint64_t>(f));
    if (total + next > budget) return {f - 1, total};
    total += next;
  }
}

TEST(Backoff, TheBudgetLastsAsLongAsFabrics) {
  EXPECT_EQ(spend(10_s, 3600_s), std::pair(380, 3'596'723_ms));
  EXPECT_EQ(spend(3600_s, 3600_s), std::pair(48, 3'159'350_ms));
  EXPECT_EQ(spend(3600_s, 1_s), std::pair(6, 991_ms));
  EXPECT_EQ(Backoff(3600_s).after(48), 526'645_ms);
  EXPECT_EQ(Backoff(3600_s).after(49), 631'974_ms);
}

TEST(Backoff, BelowTheFirstPauseItIsAlwaysTheLongest) {
  EXPECT_EQ(Backoff(50_ms).after(1), 50_ms);
  EXPECT_EQ(Backoff(50_ms).after(9), 50_ms);
  EXPECT_EQ(Backoff(0).after(1), 0);
  EXPECT_EQ(Backoff(0).after(100), 0);
}

// The logarithm of a quotient little below 1 is cut off to 0.
TEST(Backoff, HardlyBelowTheFirstPauseTheFirstOneIsLonger) {
  EXPECT_EQ(Backoff(90_ms).after(1), 100_ms);
  EXPECT_EQ(Backoff(90_ms).after(2), 90_ms);
  EXPECT_EQ(Backoff(83_ms).after(1), 83_ms);
  EXPECT_EQ(Backoff(84_ms).after(1), 100_ms);
}

TEST(Backoff, NoPauseIsBeyondTheRangeOfDurations) {
  const Backoff backoff(std::numeric_limits<Duration>::max());
  Duration before = 0;
  for (std::uint64_t f = 1; f < 200; ++f) {
    EXPECT_GE(backoff.after(f), before);
    before = backoff.after(f);
  }
}

}  // namespace
}  // namespace hearsay
