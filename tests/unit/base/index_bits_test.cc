#include "core/base/index_bits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

using Drawn = std::vector<PeerIndex>;

constexpr auto kAll = [](PeerIndex) { return true; };

IndexBits every(std::uint32_t step, std::uint32_t count) {
  IndexBits bits;
  for (std::uint32_t i = 0; i < count; ++i)
    bits.set(i * step);
  return bits;
}

TEST(IndexBits, MergeAndSubtractWorkByMemberWhateverTheLengths) {
  const IndexBits twos = every(2, 100), threes = every(3, 100), few = every(1, 5);
  for (const auto& [a, b] : {std::pair(&twos, &threes),
                             {&threes, &twos},
                             {&few, &twos},
                             {&twos, &few},
                             {&twos, &twos}}) {
    IndexBits both = *a, rest = *a;
    both.merge(*b);
    rest.subtract(*b);
    std::uint32_t in_both = 0, in_rest = 0;
    for (std::uint32_t i = 0; i < 400; ++i) {
      EXPECT_EQ(both.test(i), a->test(i) || b->test(i)) << i;
      EXPECT_EQ(rest.test(i), a->test(i) && !b->test(i)) << i;
      in_both += both.test(i) ? 1 : 0;
      in_rest += rest.test(i) ? 1 : 0;
    }
    EXPECT_EQ(both.count(), in_both);
    EXPECT_EQ(rest.count(), in_rest);
  }
}

TEST(IndexBits, SetsAreEqualWhenTheirMembersAre) {
  IndexBits roomy = every(2, 10);
  roomy.set(1000);
  EXPECT_FALSE(roomy == every(2, 10));
  roomy.clear(1000);
  EXPECT_TRUE(roomy == every(2, 10));
  EXPECT_TRUE(every(2, 10) == roomy);
  EXPECT_FALSE(every(2, 10) == every(1, 10));
  EXPECT_TRUE(IndexBits() == IndexBits());
}

TEST(IndexBits, SetAndClearTellWhatWasThere) {
  IndexBits bits;
  EXPECT_TRUE(bits.empty());
  EXPECT_TRUE(bits.set(70));
  EXPECT_FALSE(bits.set(70));
  EXPECT_TRUE(bits.test(70));
  EXPECT_FALSE(bits.test(71));
  EXPECT_FALSE(bits.test(100'000));
  EXPECT_EQ(bits.count(), 1u);
  EXPECT_GT(bits.limit(), 70u);
  EXPECT_TRUE(bits.clear(70));
  EXPECT_FALSE(bits.clear(70));
  EXPECT_FALSE(bits.clear(100'000));
  EXPECT_EQ(bits.count(), 0u);
}

TEST(IndexBits, ClearAllEmptiesIt) {
  IndexBits bits = every(3, 50);
  bits.clear_all();
  EXPECT_TRUE(bits.empty());
  EXPECT_FALSE(bits.test(3));
}

TEST(IndexBits, IteratesInAscendingOrder) {
  IndexBits bits;
  for (const std::uint32_t i : {200u, 3u, 64u, 63u, 0u, 127u})
    bits.set(i);
  std::vector<std::uint32_t> seen;
  bits.for_each([&](PeerIndex p) { seen.push_back(raw(p)); });
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{0, 3, 63, 64, 127, 200}));
}

TEST(IndexBits, AgreesWithASetUnderRandomOperations) {
  Random random = Random::root(1);
  IndexBits bits;
  std::set<std::uint32_t> model;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t index = random.below(300);
    if (random.below(2) == 0) {
      ASSERT_EQ(bits.set(index), model.insert(index).second);
    } else {
      ASSERT_EQ(bits.clear(index), model.erase(index) == 1);
    }
    ASSERT_EQ(bits.count(), model.size());
  }
  std::vector<std::uint32_t> seen;
  bits.for_each([&](PeerIndex p) { seen.push_back(raw(p)); });
  EXPECT_EQ(seen, std::vector<std::uint32_t>(model.begin(), model.end()));
}

TEST(IndexBits, SamplesDistinctAcceptedMembers) {
  Random random = Random::root(2);
  for (const std::uint32_t step : {1u, 7u, 1000u}) {
    const IndexBits bits = every(step, 40);
    const auto even = [&](PeerIndex p) { return raw(p) / step % 2 == 0; };
    for (std::uint32_t k = 0; k <= 45; ++k) {
      Drawn out;
      bits.sample(k, random, even, out);
      ASSERT_EQ(out.size(), std::min(k, 20u));
      std::set<PeerIndex> distinct(out.begin(), out.end());
      ASSERT_EQ(distinct.size(), out.size());
      for (const PeerIndex p : out)
        ASSERT_TRUE(bits.test(p) && even(p));
    }
  }
}

TEST(IndexBits, SampleAppendsAndMayRepeatWhatWasThereBefore) {
  Random random = Random::root(3);
  Drawn out = {PeerIndex{0}, PeerIndex{99}};
  every(1, 2).sample(2, random, kAll, out);
  ASSERT_EQ(out.size(), 4u);
  EXPECT_EQ(out[1], PeerIndex{99});
  EXPECT_NE(out[2], out[3]);
}

TEST(IndexBits, SampleOfNothingIsEmpty) {
  Random random = Random::root(4);
  Drawn out;
  IndexBits().sample(3, random, kAll, out);
  every(1, 10).sample(
      3, random, [](PeerIndex) { return false; }, out);
  every(1, 10).sample(0, random, kAll, out);
  EXPECT_TRUE(out.empty());
}

// Draws k of the members that are accepted many times and compares how often each ordered choice
// came with the uniform distribution over all of them.
void expect_uniform(const IndexBits& bits, std::uint32_t k, std::size_t choices,
                    bool (*accept)(PeerIndex), std::uint64_t seed) {
  Random random = Random::root(seed);
  std::map<Drawn, int> counts;
  const int per_choice = 200;
  const int rounds = per_choice * static_cast<int>(choices);
  for (int i = 0; i < rounds; ++i) {
    Drawn out;
    bits.sample(k, random, accept, out);
    ++counts[out];
  }
  ASSERT_EQ(counts.size(), choices);
  double chi_square = 0;
  for (const auto& [drawn, count] : counts) {
    chi_square += (count - per_choice) * (count - per_choice) / static_cast<double>(per_choice);
  }
  // Four standard deviations around the mean of choices - 1 degrees of freedom, on either side: too
  // even would be wrong as well.
  const double mean = static_cast<double>(choices - 1);
  EXPECT_NEAR(chi_square, mean, 4 * std::sqrt(2 * mean));
}

constexpr auto kNoFilter = +[](PeerIndex) { return true; };

TEST(IndexBits, SampleIsUniformWhenTheSetIsDense) {
  expect_uniform(every(1, 10), 3, 10 * 9 * 8, kNoFilter, 5);
}

TEST(IndexBits, SampleIsUniformWhenTheSetIsSparse) {
  expect_uniform(every(1000, 10), 3, 10 * 9 * 8, kNoFilter, 6);
}

TEST(IndexBits, SampleIsUniformWhenAllAreWanted) {
  expect_uniform(every(1, 5), 5, 120, kNoFilter, 7);
}

TEST(IndexBits, SampleIsUniformWhenMostDrawsMiss) {
  // Five of sixty-four are accepted: draws run out of misses and a full pass completes the sample.
  expect_uniform(
      every(1, 64), 3, 5 * 4 * 3, +[](PeerIndex p) { return raw(p) % 13 == 0; }, 8);
}

}  // namespace
}  // namespace hearsay
