#include "analysis/dissemination.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

// Five peers; 0 is the leader.
class DisseminationTest : public testing::Test {
 protected:
  DisseminationTest() : run_(facts_of(5)), script_(run_) { script_.start_all(5); }

  RunObserver run_;
  Script script_;
};

TEST_F(DisseminationTest, ClocksStartWithTheFirstHolderAndTheOriginIsNoReceiver) {
  script_.at(10_s).block(0, 1, BlockOrigin::kDeliver);
  script_.at(10_s + 10_ms).push(0, 1, 1).push(0, 2, 1);
  script_.at(10_s + 20_ms).push(1, 3, 1);
  script_.at(13_s).block(4, 1, BlockOrigin::kPull, 2);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.count"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.coverage_push"), 0.75);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t50_s"), 0.010);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t90_s"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s", "mean"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.hops"), 2);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.mean_hops"), 4.0 / 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.push"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.pull"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.state"), 0);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.deliver"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 0);
  // With the origin, as theory counts.
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.peers_by_push"), 4);
  EXPECT_EQ(evidence(run_, "blocks.t100_s"), "block 1 reached org1/4 last, 3 s");
}

TEST_F(DisseminationTest, DeliveryIsTimedFromTheCutToTheLastOrigin) {
  script_.at(10_s).cut(1).at(10_s + 5_ms).block(0, 1, BlockOrigin::kDeliver);
  script_.at(10_s + 20_ms).push(0, 2, 1).block(1, 1, BlockOrigin::kDeliver);
  script_.at(11_s).cut(2).at(14_s).block(1, 2, BlockOrigin::kDeliver);
  // Whoever starts later gets old blocks late and waited for nobody.
  script_.at(15_s).crash(3).at(16_s).cut(3).block(0, 3, BlockOrigin::kDeliver);
  script_.at(19_s).start(3).block(3, 3, BlockOrigin::kDeliver);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.delivery_s", "max"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.delivery_s", "mean"), (0.020 + 3 + 0) / 3);
  EXPECT_EQ(evidence(run_, "blocks.delivery_s"),
            "block 2 reached org1/1 from the orderers after 3 s");
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.undelivered"), 0);
}

TEST_F(DisseminationTest, ABlockThatNoPeerEverHeldIsUndelivered) {
  script_.at(10_s).cut(1).cut(2).at(11_s).block(0, 1, BlockOrigin::kDeliver);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.undelivered"), 1);
  EXPECT_EQ(evidence(run_, "blocks.undelivered"), "block 2 of ch1 reached no peer");
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.count"), 1);
}

TEST_F(DisseminationTest, ABlockThatReachedNobodyNeverReachedAnyMember) {
  script_.at(10_s).crash(4).cut(1);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 4) << "who is down is not concerned";
  EXPECT_EQ(evidence(run_, "blocks.never"), "block 1 of ch1 reached no peer");
}

TEST_F(DisseminationTest, TransmissionsAreCountedPerBlockAndOverAll) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver).block(0, 2, BlockOrigin::kDeliver);
  script_.push(0, 1, 1).push(0, 2, 1).push(0, 1, 2);
  // Sent but never received: known by its fingerprint.
  script_.sent(1, 0, kDataMsg, 1000, 1);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.transmissions_per_block"), 2);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.transmissions"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.transmissions", "min"), 1);
}

TEST_F(DisseminationTest, ABlockThatMissesAReceiverNeverIsComplete) {
  script_.at(1_s).block(0, 7, BlockOrigin::kDeliver).push(0, 1, 7).push(0, 2, 7).push(0, 3, 7);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t50_s"), 0);
  EXPECT_EQ(metric(run_, "blocks.t100_s"), kNeverSeconds);
  EXPECT_EQ(evidence(run_, "blocks.t100_s"), "block 7 never reached org1/4");
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 1);
  EXPECT_EQ(evidence(run_, "blocks.never"), "block 7 never reached org1/4");
}

TEST_F(DisseminationTest, AQuantileIsAWholeNumberOfReceiversRoundedUp) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver);
  for (unsigned i = 1; i < 5; ++i)
    script_.at((1 + i) * kSecond).push(0, i, 1);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t50_s"), 2);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t90_s"), 4);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t99_s"), 4);
}

TEST_F(DisseminationTest, APeerThatCrashedBeforeItGotTheBlockIsNoReceiver) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1).push(0, 2, 1);
  script_.at(2_s).push(0, 4, 1).at(3_s).crash(3).crash(4);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.coverage_push"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 0);
}

TEST_F(DisseminationTest, ALateOrRestartedPeerIsNoReceiverButMustNotMissTheBlockForEver) {
  script_.crash(4).at(1_s).block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1).push(0, 2, 1);
  script_.push(0, 3, 1).at(5_s).start(4);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s"), 0);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 1);
}

TEST_F(DisseminationTest, WhatARestartedPeerCatchesUpWithDoesNotSlowTheBlockDown) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1).push(0, 2, 1).push(0, 3, 1);
  script_.at(2_s).crash(4).at(5_s).start(4).at(15_s).block(4, 1, BlockOrigin::kState, 0);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s"), 0);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.never"), 0);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.state"), 1);
}

TEST_F(DisseminationTest, TheWorstBlockIsTheEvidence) {
  for (BlockNum b = 1; b <= 3; ++b) {
    script_.at(static_cast<Time>(b) * 10_s).block(0, b, BlockOrigin::kDeliver);
    for (unsigned i = 1; i < 4; ++i)
      script_.push(0, i, b);
    script_.at(static_cast<Time>(b) * 10_s + (b == 2 ? 7_s : 1_s));
    script_.block(4, b, BlockOrigin::kPull, 1);
  }
  run_.finish(60_s);
  EXPECT_EQ(evidence(run_, "blocks.t100_s"), "block 2 reached org1/4 last, 7 s");
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s"), 7);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.t100_s", "mean"), 3);
  EXPECT_EQ(run_.metrics().find("blocks.coverage_push")->evidence.lowest,
            "block 1 reached 3 of 4 receivers by push");
}

TEST_F(DisseminationTest, ASecondCopyChangesNothing) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1);
  script_.at(2_s).block(1, 1, BlockOrigin::kPull, 0).block(0, 1, BlockOrigin::kPush, 1);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.by_source.pull"), 0);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.received_again"), 2);
  EXPECT_EQ(run_.dissemination().blocks()[0].holdings[1].received, 1_s);
}

TEST_F(DisseminationTest, CommitsAreTimedFromTheBlocksClock) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver).commit(0, 1);
  for (unsigned i = 1; i < 5; ++i)
    script_.push(0, i, 1);
  for (unsigned i = 1; i < 5; ++i)
    script_.at((2 + i) * kSecond).commit(i, 1);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.committed_s"), 5);
}

TEST_F(DisseminationTest, CoverageIsCumulativeOverAllBlocks) {
  script_.at(1_s).block(0, 1, BlockOrigin::kDeliver);
  script_.at(1_s + 10_ms).push(0, 1, 1).push(0, 2, 1).at(3_s).push(0, 3, 1);
  run_.finish(20_s);
  const Curve& coverage = run_.dissemination().coverage();
  EXPECT_DOUBLE_EQ(coverage.at(9_ms).fraction(), 0);
  EXPECT_DOUBLE_EQ(coverage.at(10_ms).fraction(), 0.5);
  EXPECT_DOUBLE_EQ(coverage.at(1'900_ms).fraction(), 0.5);
  EXPECT_DOUBLE_EQ(coverage.at(10_s).fraction(), 0.75);
}

TEST_F(DisseminationTest, ARunWithoutBlocksHasNothingToMeasure) {
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "blocks.count"), 0);
  EXPECT_TRUE(std::isnan(metric(run_, "blocks.coverage_push")));
  EXPECT_TRUE(std::isnan(metric(run_, "blocks.t100_s")));
  EXPECT_EQ(evidence(run_, "blocks.t100_s"), "no block was seen");
}

}  // namespace
}  // namespace hearsay::analysis
