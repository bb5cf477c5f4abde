// Chain: a ledger that commits in virtual time.
#include "sim/model/chain.h"

#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ChainTest : public testing::Test, public LedgerHandler {
 protected:
  void make(Duration commit_block) {
    chain = std::make_unique<Chain>(clock, store, *this, ChannelIndex{2}, commit_block);
  }
  void on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) override {
    EXPECT_EQ(channel, ChannelIndex{2});
    EXPECT_EQ(failure, CommitFailure::kLedger);
    failed.push_back(number);
  }
  void on_committed(ChannelIndex channel, BlockNum number) override {
    EXPECT_EQ(channel, ChannelIndex{2});
    EXPECT_EQ(chain->height(), number + 1) << "the height is the new one";
    committed.emplace_back(clock.now(), number);
    if (number < feed_until) commit(number + 1);
  }
  void commit(BlockNum number) { chain->commit(number, "block " + std::to_string(number)); }

  FakeClock clock;
  BlockArchive archive;
  ChainStore store{archive, "ch1"};
  std::unique_ptr<Chain> chain;
  std::vector<std::pair<Time, BlockNum>> committed;
  std::vector<BlockNum> failed;
  BlockNum feed_until = 0;
};

TEST_F(ChainTest, StartsBehindTheGenesisBlock) {
  make(0);
  EXPECT_EQ(chain->height(), 1u);
  const auto genesis = chain->block(0);
  ASSERT_TRUE(genesis.has_value());
  EXPECT_EQ(genesis->shape(), BlockShape::kWhole);
  EXPECT_EQ(genesis->number(), 0u);
  EXPECT_EQ(chain->block(1), std::nullopt) << "it is not there yet";
}

TEST_F(ChainTest, CommitsTakeTimeOneAfterTheOther) {
  make(10 * kMillisecond);
  commit(1);
  clock.run_for(5 * kMillisecond);
  commit(2);
  EXPECT_EQ(chain->committing(), 2u);
  EXPECT_EQ(chain->height(), 1u);
  clock.run_until(1 * kSecond);
  EXPECT_THAT(committed, ElementsAre(Pair(10 * kMillisecond, 1u), Pair(20 * kMillisecond, 2u)));
  commit(3);
  clock.run_for(1 * kSecond);
  EXPECT_THAT(committed.back(), Pair(1010 * kMillisecond, 3u));
  EXPECT_EQ(chain->height(), 4u);
  EXPECT_EQ(chain->committing(), 0u);
}

TEST_F(ChainTest, AnInstantCommitStillComesBehindTheCall) {
  make(0);
  commit(1);
  EXPECT_THAT(committed, IsEmpty());
  clock.run_for(0);
  EXPECT_THAT(committed, ElementsAre(Pair(0, 1u)));
}

TEST_F(ChainTest, TheHandlerMayGiveTheNextBlock) {
  make(5 * kMillisecond);
  feed_until = 4;
  commit(1);
  clock.run_for(1 * kSecond);
  EXPECT_THAT(committed, ElementsAre(Pair(5 * kMillisecond, 1u), Pair(10 * kMillisecond, 2u),
                                     Pair(15 * kMillisecond, 3u), Pair(20 * kMillisecond, 4u)));
}

TEST_F(ChainTest, TheStoreOutlivesTheProcessButNotWhatWasBeingCommitted) {
  make(10 * kMillisecond);
  commit(1);
  commit(2);
  clock.run_for(15 * kMillisecond);
  chain.reset();
  clock.run_for(1 * kSecond);
  EXPECT_EQ(store.height(), 2u);
  make(10 * kMillisecond);
  EXPECT_EQ(chain->height(), 2u);
  commit(2);
  clock.run_for(1 * kSecond);
  EXPECT_EQ(store.height(), 3u);
}

TEST_F(ChainTest, FingerprintsTellBlocksApart) {
  make(0);
  commit(1);
  commit(2);
  clock.run_for(0);
  EXPECT_EQ(store.fingerprint(1), BlockBytes("block 1").fingerprint());
  EXPECT_EQ(store.fingerprint(2), BlockBytes("block 2").fingerprint());
  EXPECT_NE(store.fingerprint(1), store.fingerprint(2));
}

TEST_F(ChainTest, WhatIsCommittedCanBeRead) {
  make(0);
  commit(1);
  EXPECT_EQ(chain->block(1), std::nullopt) << "not before it is";
  clock.run_for(0);
  EXPECT_EQ(chain->block(1), BlockBytes("block 1"));
  EXPECT_EQ(chain->block(2), std::nullopt);
}

TEST_F(ChainTest, BlocksOutOfOrderFailAndChangeNothing) {
  make(10 * kMillisecond);
  for (const BlockNum number : {2, 0, 1, 1})
    commit(number);
  clock.run_for(1 * kSecond);
  EXPECT_THAT(failed, ElementsAre(2u, 0u, 1u));
  EXPECT_THAT(committed, ElementsAre(Pair(30 * kMillisecond, 1u)));
  EXPECT_EQ(store.height(), 2u);
}

TEST_F(ChainTest, AllLedgersShareOneObjectPerBlock) {
  make(0);
  ChainStore other_store(archive, "ch1");
  Chain other(clock, other_store, *this, ChannelIndex{2}, 0);
  // Bytes of their own, as when each was decoded from a frame.
  commit(1);
  other.commit(1, std::string("block 1"));
  clock.run_for(0);
  EXPECT_TRUE(other_store.block(0).shares_with(store.block(0)));
  EXPECT_TRUE(other_store.block(1).shares_with(store.block(1)));
  EXPECT_EQ(archive.blocks(), 2u);
}

TEST_F(ChainTest, EqualNumbersOfOtherBytesAreKeptApart) {
  const BlockBytes first = archive.keep("one");
  EXPECT_FALSE(archive.keep("two").shares_with(first));
  EXPECT_TRUE(archive.keep("one").shares_with(first));
  EXPECT_EQ(archive.blocks(), 3u) << "the genesis block of the fixture is one";
}

}  // namespace
}  // namespace hearsay::sim
