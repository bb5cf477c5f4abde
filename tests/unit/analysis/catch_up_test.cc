#include "analysis/catch_up.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

struct CatchUpTest : testing::Test {
  RunObserver run{facts_of(3)};
  Script script{run};
};

TEST_F(CatchUpTest, ALateJoinerIsMeasuredFromItsStartToTheHeightOfThen) {
  script.at(0_s).start(0).start(1);
  for (BlockNum n = 1; n <= 3; ++n)
    script.at(1_s).commit(0, n).commit(1, n);
  script.at(10_s).start(2);
  script.at(15_s).commit(0, 4);
  script.at(20_s).commit(2, 1).commit(2, 2);
  script.at(22_s).commit(2, 3);
  script.at(40_s).commit(2, 4);
  run.finish(100_s);
  EXPECT_EQ(metric(run, "state_transfer.late_starts"), 1);
  EXPECT_EQ(metric(run, "state_transfer.caught_up_s"), 12);
  EXPECT_EQ(evidence(run, "state_transfer.caught_up_s"),
            "org1/2 reached height 4 last, 12 s after its start");
}

TEST_F(CatchUpTest, ARestartedPeerKeepsWhatItHad) {
  script.at(0_s).start_all(3);
  script.at(1_s).commit(0, 1).commit(1, 1);
  script.at(5_s).crash(1);
  script.at(6_s).start(1);
  script.at(7_s).crash(1).commit(0, 2);
  script.at(8_s).start(1);
  script.at(9_s).commit(1, 2);
  run.finish(100_s);
  EXPECT_EQ(metric(run, "state_transfer.late_starts"), 1) << "the first restart missed nothing";
  EXPECT_EQ(metric(run, "state_transfer.caught_up_s"), 1);
}

TEST_F(CatchUpTest, WhoStaysBehindNeverCatchesUpAndWhoStopsIsLeftOut) {
  script.at(0_s).start(0);
  script.at(1_s).commit(0, 1);
  script.at(2_s).start(1).start(2);
  script.at(3_s).crash(2);
  run.finish(100_s);
  EXPECT_EQ(metric(run, "state_transfer.late_starts"), 1);
  EXPECT_EQ(metric(run, "state_transfer.caught_up_s"), kNeverSeconds);
  EXPECT_EQ(evidence(run, "state_transfer.caught_up_s"), "org1/1 never reached height 2");
}

TEST_F(CatchUpTest, NobodyIsLateInAColdStart) {
  script.at(0_s).start_all(3);
  script.at(1_s).commit(0, 1).commit(1, 1).commit(2, 1);
  run.finish(100_s);
  EXPECT_EQ(metric(run, "state_transfer.late_starts"), 0);
  EXPECT_EQ(evidence(run, "state_transfer.caught_up_s"), "nobody started behind the others");
}

TEST_F(CatchUpTest, CountsRoundsAndBlocks) {
  const auto ended = [&](CatchUpEnd how) {
    script.put(1, TraceKind::kCatchUpEnded,
               {.channel = ChannelIndex{0}, .detail = static_cast<std::uint8_t>(how)});
  };
  script.at(0_s).start_all(2);
  script.push(0, 1, 1);
  script.put(1, TraceKind::kCatchUpBegun, {.channel = ChannelIndex{0}});
  script.block(1, 1, BlockOrigin::kState, 0).block(1, 2, BlockOrigin::kState, 0);
  ended(CatchUpEnd::kDone);
  ended(CatchUpEnd::kNoCandidate);
  ended(CatchUpEnd::kTriesSpent);
  run.finish(100_s);
  EXPECT_EQ(metric(run, "state_transfer.blocks"), 2);
  EXPECT_EQ(metric(run, "blocks.by_source.state"), 1) << "block 1 had come by push";
  EXPECT_EQ(metric(run, "state_transfer.rounds"), 1);
  EXPECT_EQ(metric(run, "state_transfer.given_up"), 2);
}

}  // namespace
}  // namespace hearsay::analysis
