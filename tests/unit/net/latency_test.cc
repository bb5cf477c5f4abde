#include "sim/net/latency.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace hearsay::sim {
namespace {

std::vector<Duration> draws(const Latency& latency, int count) {
  Random random = Random::root(5);
  std::vector<Duration> out;
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    out.push_back(latency.draw(random));
  std::sort(out.begin(), out.end());
  return out;
}

TEST(LatencyTest, constant_is_constant) {
  Random random = Random::root(1);
  const Latency latency = Latency::constant(3 * kMillisecond);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(latency.draw(random), 3 * kMillisecond);
}

TEST(LatencyTest, uniform_covers_its_range_and_nothing_else) {
  const std::vector<Duration> drawn = draws(Latency::uniform(10, 14), 2000);
  EXPECT_EQ(drawn.front(), 10);
  EXPECT_EQ(drawn.back(), 14);
  for (Duration d = 10; d <= 14; ++d) {
    EXPECT_NEAR(static_cast<double>(std::count(drawn.begin(), drawn.end(), d)), 400, 80);
  }
}

TEST(LatencyTest, uniform_takes_ranges_beyond_32_bits) {
  const std::vector<Duration> drawn = draws(Latency::uniform(0, 10 * kSecond), 2000);
  EXPECT_GT(drawn.back(), 9 * kSecond);
  EXPECT_LE(drawn.back(), 10 * kSecond);
}

TEST(LatencyTest, lognormal_median_and_p99_are_within_half_a_percent) {
  const auto check = [](Duration median, Duration p99) {
    constexpr int kCount = 2'000'000;
    const std::vector<Duration> drawn = draws(Latency::lognormal(median, p99), kCount);
    const auto near = [](Duration value, Duration wanted) {
      EXPECT_NEAR(static_cast<double>(value), static_cast<double>(wanted),
                  0.005 * static_cast<double>(wanted));
    };
    near(drawn[kCount / 2], median);
    near(drawn[kCount / 100 * 99], p99);
  };
  check(2 * kMillisecond, 20 * kMillisecond);
  check(40 * kMillisecond, 60 * kMillisecond);
}

TEST(LatencyTest, lognormal_table_has_these_very_nanoseconds) {
  const Latency latency = Latency::lognormal(2 * kMillisecond, 20 * kMillisecond);
  EXPECT_EQ(latency.quantile(512), 2'000'000);
  EXPECT_EQ(latency.quantile(0), 52'987);
  EXPECT_EQ(latency.quantile(256), 1'025'876);
  EXPECT_EQ(latency.quantile(1024), 75'490'426);
}

TEST(LatencyTest, lognormal_with_equal_median_and_p99_is_constant) {
  const std::vector<Duration> drawn = draws(Latency::lognormal(kMillisecond, kMillisecond), 100);
  EXPECT_EQ(drawn.front(), kMillisecond);
  EXPECT_EQ(drawn.back(), kMillisecond);
}

}  // namespace
}  // namespace hearsay::sim
