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
  void on_committed(ChannelIndex channel, BlockNum number) override {
    EXPECT_EQ(channel, ChannelIndex{2});
    EXPECT_EQ(chain->height(), number + 1) << "the height is the new one";
    committed.emplace_back(clock.now(), number);
    if (number < feed_until) commit(number + 1);
  }
  void commit(BlockNum number) {
    Payload payload;
    payload.seq_num = number;
    payload.data = "block " + std::to_string(number);
    chain->commit(payload);
  }

  FakeClock clock;
  ChainStore store;
  std::unique_ptr<Chain> chain;
  std::vector<std::pair<Time, BlockNum>> committed;
  BlockNum feed_until = 0;
};

TEST_F(ChainTest, StartsBehindTheGenesisBlock) {
  make(0);
  EXPECT_EQ(chain->height(), 1u);
  EXPECT_EQ(store.fingerprint(0), 0u);
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
  EXPECT_EQ(store.fingerprint(1), block_fingerprint("block 1"));
  EXPECT_EQ(store.fingerprint(2), block_fingerprint("block 2"));
  EXPECT_NE(store.fingerprint(1), store.fingerprint(2));
}

using ChainDeathTest = ChainTest;

TEST_F(ChainDeathTest, BlocksOutOfOrderAreBrokenCode) {
  make(10 * kMillisecond);
  EXPECT_DEATH(commit(2), "commit in order");
  EXPECT_DEATH(commit(0), "commit in order");
  commit(1);
  EXPECT_DEATH(commit(1), "commit in order");
}

}  // namespace
}  // namespace hearsay::sim
