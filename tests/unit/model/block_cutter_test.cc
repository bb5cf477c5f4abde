// BlockCutter: blocks at the right times, valid, chained and of the right size.
#include "sim/model/block_cutter.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/block.h"
#include "tests/support/fake_clock.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;

class BlockCutterTest : public testing::Test {
 protected:
  struct Cut {
    Time at;
    ChannelIndex channel;
    Payload payload;
  };

  BlockCutterTest() {
    world.add_orderer("ch", "OrdererMSP");
    world.add_orderer("other", "OrdererMSP");
    cutter = make(1);
  }

  std::unique_ptr<BlockCutter> make(std::uint64_t seed) {
    cuts.clear();
    return std::make_unique<BlockCutter>(
        world, orderer_id, Random::root(seed),
        [this](Time at, std::function<void()> action) { clock.call_at(at, std::move(action)); },
        [this](ChannelIndex channel, const Payload& payload) {
          cuts.push_back({clock.now(), channel, payload});
        });
  }
  static BlockSeries series(std::uint64_t count) {
    return {.channel = ChannelIndex{0},
            .channel_name = "ch",
            .start = 30 * kSecond,
            .interval = 1 * kSecond,
            .count = count};
  }
  std::vector<Time> times() const {
    std::vector<Time> out;
    for (const Cut& cut : cuts)
      out.push_back(cut.at);
    return out;
  }

  FakeClock clock;
  CryptoWorld world{7};
  const std::string orderer_id = world.issue("OrdererMSP", "orderer0", kOrdererIdentitySize);
  const FakeCrypto peer{world, world.issue("Org1MSP", "org1/0")};
  std::unique_ptr<BlockCutter> cutter;
  std::vector<Cut> cuts;
};

TEST_F(BlockCutterTest, ConstantArrivalsKeepTheInterval) {
  cutter->add(series(3));
  clock.run_for(100 * kSecond);
  EXPECT_THAT(times(), ElementsAre(30 * kSecond, 31 * kSecond, 32 * kSecond));
  EXPECT_EQ(cutter->height(ChannelIndex{0}), 4u);
  EXPECT_EQ(cutter->height(ChannelIndex{1}), 1u) << "the genesis block";
}

TEST_F(BlockCutterTest, BlocksAreValidAndChained) {
  cutter->add(series(20));
  clock.run_for(100 * kSecond);
  ASSERT_EQ(cuts.size(), 20u);
  std::string previous;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const Payload& payload = cuts[i].payload;
    EXPECT_EQ(payload.seq_num, i + 1);
    EXPECT_TRUE(peer.verify_block("ch", i + 1, payload.data));
    const Block block = decode_block(payload.data).value();
    EXPECT_EQ(block.previous_hash.size(), 32u);
    if (i > 0) {
      EXPECT_EQ(block.previous_hash, previous);
    }
    previous = block_header_hash(block);
  }
}

TEST_F(BlockCutterTest, BlocksHaveTheSizeAskedFor) {
  for (const std::uint32_t size : {1024u, 1500u, 2000u, 17'000u, 65'536u, 1'048'576u}) {
    cuts.clear();
    BlockSeries plan = series(3);
    plan.start = clock.now();
    plan.size = size;
    cutter->add(plan);
    clock.run_for(10 * kSecond);
    ASSERT_EQ(cuts.size(), 3u);
    for (const Cut& cut : cuts) {
      EXPECT_LE(cut.payload.data.size(), size);
      EXPECT_GE(cut.payload.data.size() + 2, size);
    }
  }
}

TEST_F(BlockCutterTest, ASizeTooSmallGivesTheSmallestBlock) {
  BlockSeries plan = series(1);
  plan.size = 0;
  cutter->add(plan);
  clock.run_for(100 * kSecond);
  EXPECT_LT(cuts.at(0).payload.data.size(), 1000u);
  EXPECT_TRUE(peer.verify_block("ch", 1, cuts.at(0).payload.data));
}

TEST_F(BlockCutterTest, SeriesOfOneChannelShareItsChain) {
  cutter->add(series(2));
  BlockSeries later = series(2);
  later.start = 30 * kSecond + 500 * kMillisecond;
  cutter->add(later);
  BlockSeries elsewhere = series(1);
  elsewhere.channel = ChannelIndex{1};
  elsewhere.channel_name = "other";
  elsewhere.start = 40 * kSecond;
  cutter->add(elsewhere);
  clock.run_for(100 * kSecond);
  ASSERT_EQ(cuts.size(), 5u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(cuts[i].at, 30 * kSecond + static_cast<Time>(i) * 500 * kMillisecond);
    EXPECT_TRUE(peer.verify_block("ch", i + 1, cuts[i].payload.data));
  }
  EXPECT_TRUE(peer.verify_block("other", 1, cuts[4].payload.data));
  EXPECT_EQ(cuts[4].channel, ChannelIndex{1});
}

TEST_F(BlockCutterTest, ASeriesOfNoBlocksCutsNone) {
  cutter->add(series(0));
  clock.run_for(100 * kSecond);
  EXPECT_TRUE(cuts.empty());
}

TEST_F(BlockCutterTest, RecordedBlocksComeAsTheyWereRecorded) {
  BlockSeries plan = series(0);
  plan.arrivals = Arrivals::kRecorded;
  plan.recorded = {{0, 2000}, {0, 3000}, {1500 * kMillisecond, 20'000}};
  cutter->add(plan);
  clock.run_for(100 * kSecond);
  EXPECT_THAT(times(), ElementsAre(30 * kSecond, 30 * kSecond, 30 * kSecond + 1500 * kMillisecond));
  ASSERT_EQ(cuts.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(static_cast<double>(cuts[i].payload.data.size()), plan.recorded[i].size, 2);
}

TEST_F(BlockCutterTest, SizesAreDrawnFromTheirDistribution) {
  BlockSeries plan = series(300);
  plan.interval = kMillisecond;
  plan.sizes = Latency::uniform(2000, 4000);
  cutter->add(plan);
  clock.run_for(100 * kSecond);
  ASSERT_EQ(cuts.size(), 300u);
  double sum = 0;
  for (const Cut& cut : cuts) {
    EXPECT_GE(cut.payload.data.size(), 1998u);
    EXPECT_LE(cut.payload.data.size(), 4000u);
    sum += static_cast<double>(cut.payload.data.size());
  }
  // Five standard errors.
  EXPECT_NEAR(sum / 300, 3000, 167);
}

TEST_F(BlockCutterTest, PoissonArrivalsDependOnTheSeedAlone) {
  BlockSeries plan = series(50);
  plan.arrivals = Arrivals::kPoisson;
  std::vector<std::vector<Time>> runs;
  std::vector<std::string> last_blocks;
  for (const std::uint64_t seed : {1u, 1u, 2u}) {
    clock = FakeClock();
    cutter = make(seed);
    cutter->add(plan);
    clock.run_for(1000 * kSecond);
    ASSERT_EQ(cuts.size(), 50u);
    EXPECT_GT(cuts[0].at, plan.start);
    runs.push_back(times());
    last_blocks.push_back(cuts.back().payload.data);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(last_blocks[0], last_blocks[1]);
  EXPECT_NE(runs[0], runs[2]);
}

TEST(Exponential, HasTheMeanAndTheSpreadOfAnExponential) {
  Random random = Random::root(5);
  constexpr int kDraws = 100'000;
  double sum = 0;
  double square = 0;
  int above_mean = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration gap = exponential(random, kSecond);
    ASSERT_GE(gap, 0);
    const double seconds = to_seconds(gap);
    sum += seconds;
    square += seconds * seconds;
    above_mean += gap > kSecond ? 1 : 0;
  }
  // Five standard errors.
  EXPECT_NEAR(sum / kDraws, 1.0, 0.016);
  EXPECT_NEAR(square / kDraws, 2.0, 0.08);
  EXPECT_NEAR(above_mean / static_cast<double>(kDraws), 0.36788, 0.0077);
}

TEST(Exponential, SameDrawsEverywhere) {
  Random random = Random::root(6);
  std::vector<Duration> draws;
  for (int i = 0; i < 5; ++i)
    draws.push_back(exponential(random, kSecond));
  EXPECT_THAT(draws, ElementsAre(1582531532, 684749663, 614565578, 735035231, 657910442));
}

}  // namespace
}  // namespace hearsay::sim
