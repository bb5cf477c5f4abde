#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

// Pearson's statistic of counts that should all be equal.
double chi_square(const std::vector<int>& counts, double expected) {
  double sum = 0;
  for (const int count : counts)
    sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Random, DrawsArePinnedForEver) {
  Random root = Random::root(1);
  EXPECT_EQ(root.next32(), 2183470069u);
  EXPECT_EQ(root.next64(), 2012263861127921466u);
  Random named = Random::root(1).fork("org1/17").fork("membership");
  EXPECT_EQ(named.next32(), 3085579138u);
  EXPECT_EQ(named.below(1000), 958u);
  EXPECT_EQ(named.below64(1'000'000'000'000), 103053997453u);
  EXPECT_EQ(Random::root(1).fork(5).next32(), 1492507614u);
}

TEST(Random, TheSameSeedAndNameGiveTheSameStream) {
  Random a = Random::root(7).fork("x");
  Random b = Random::root(7).fork("x");
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(a.next64(), b.next64());
}

TEST(Random, ForkingDrawsNothingAndDoesNotDependOnDraws) {
  Random a = Random::root(7);
  Random b = Random::root(7);
  const Random early = a.fork("child");
  b.next64();
  Random late = b.fork("child");
  Random early_copy = early;
  EXPECT_EQ(early_copy.next64(), late.next64());
  b = Random::root(7);
  EXPECT_EQ(a.next64(), b.next64());
}

TEST(Random, OtherSeedsNamesAndParentsGiveOtherStreams) {
  std::vector<std::uint64_t> first;
  for (const std::uint64_t seed : {0, 1, 2}) {
    const Random root = Random::root(seed);
    for (Random stream :
         {root, root.fork("a"), root.fork("b"), root.fork(""), root.fork("a").fork(0),
          root.fork("a").fork(1), root.fork("a").fork("b"), root.fork("b").fork("a")}) {
      first.push_back(stream.next64());
    }
  }
  std::sort(first.begin(), first.end());
  EXPECT_EQ(std::adjacent_find(first.begin(), first.end()), first.end());
}

TEST(Random, BelowIsUniform) {
  Random random = Random::root(3);
  for (const std::uint32_t bound : {2u, 3u, 10u, 100u}) {
    std::vector<int> counts(bound, 0);
    const int draws = 1000 * static_cast<int>(bound);
    for (int i = 0; i < draws; ++i) {
      const std::uint32_t draw = random.below(bound);
      ASSERT_LT(draw, bound);
      ++counts[draw];
    }
    // Five standard deviations above the mean of the distribution with bound - 1 degrees of
    // freedom.
    EXPECT_LT(chi_square(counts, 1000), bound - 1 + 5 * std::sqrt(2.0 * (bound - 1)));
  }
}

TEST(Random, BelowIsUniformWhereMultiplicationAloneIsNot) {
  // 3 * 2^30: without rejection the values 2 mod 3 would come half as often as the rest.
  Random random = Random::root(4);
  const std::uint32_t bound = 3u << 30;
  std::vector<int> counts(3, 0);
  for (int i = 0; i < 30'000; ++i)
    ++counts[random.below(bound) % 3];
  EXPECT_LT(chi_square(counts, 10'000), 2 + 5 * 2.0);
}

TEST(Random, Below64StaysBelowAndReachesHighNumbers) {
  Random random = Random::root(5);
  const std::uint64_t bound = (std::uint64_t{1} << 63) + 12345;
  std::uint64_t highest = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t draw = random.below64(bound);
    ASSERT_LT(draw, bound);
    highest = std::max(highest, draw);
  }
  EXPECT_GT(highest, bound / 100 * 99);
  EXPECT_EQ(random.below64(1), 0u);
}

TEST(Random, Below64IsUniformWhereARemainderAloneIsNot) {
  // 3 * 2^62: without rejection the lowest third would come twice as often as the others.
  Random random = Random::root(5);
  const std::uint64_t third = std::uint64_t{1} << 62;
  std::vector<int> counts(3, 0);
  for (int i = 0; i < 30'000; ++i)
    ++counts[random.below64(3 * third) / third];
  EXPECT_LT(chi_square(counts, 10'000), 2 + 5 * 2.0);
}

TEST(Random, ChanceIsItsRatio) {
  Random random = Random::root(6);
  int hits = 0;
  for (int i = 0; i < 30'000; ++i)
    hits += random.chance({1, 3}) ? 1 : 0;
  EXPECT_NEAR(hits, 10'000, 5 * 82);
  EXPECT_FALSE(random.chance({0, 1}));
  EXPECT_TRUE(random.chance({1, 1}));
}

TEST(RandomDeathTest, BelowZeroIsBrokenCode) {
  Random random = Random::root(1);
  EXPECT_DEATH(random.below(0), "bound > 0");
}

}  // namespace
}  // namespace hearsay
