// What faults do to blocks: a partition keeps its sides apart, and what heals finds together again;
// what no orderer serves reaches nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

// Twelve peers, one block a second from 10 s on; the leader is org1/0.
Words parted(const std::string& fault, const std::string& expect) {
  return {"--set", "organizations.0.peers=12",
          "--set", "duration=150s",
          "--set", "blocks.0.start=10s",
          "--set", "blocks.0.count=10",
          "--set", "faults=[{\"kind\":\"partition\",\"at\":\"9s\"," + fault + "}]",
          "--set", "expect=[" + expect + "]"};
}

Ended run(const Words& flags) {
  const sim::Scratch scratch;
  return hearsay(joined({"run", shipped("first-blocks"), "--out", scratch / "run"}, flags));
}

TEST(Partition, BlocksCrossWhenItIsOver) {
  const Ended ended = run(parted(R"("for":"30s","groups":["org1/0..5","org1/6..11"])",
                                 R"({"metric":"blocks.t100_s","min":20},
                                    {"metric":"blocks.never","equals":0},
                                    {"invariant":"all"})"));
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Partition, BlocksCrossABridgeAtOnce) {
  const Ended ended = run(parted(
      R"("for":"30s","groups":["org1/0..5","org1/6..11"],"bridge":"org1/5")",
      R"({"metric":"blocks.t100_s","stat":"p50","max":20},{"metric":"blocks.never","equals":0})"));
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Partition, OneThatStaysIsNobodysFault) {
  const Ended ended = run(parted(R"("groups":["3 of org1 except org1/0","org1"])",
                                 R"({"metric":"membership.false_suspicions","equals":0},
                                    {"invariant":"liveness.after_heal"})"));
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Partition, HasOneDigestHoweverItRuns) {
  const Words flags =
      parted(R"("for":"30s","groups":["leader of org1 in ch1","4 of org1"],"one_way":true)", "");
  const std::string scenario = shipped("first-blocks");
  const std::string usual = digest_of(scenario, flags);
  EXPECT_EQ(usual, digest_of(scenario, joined(flags, {"--wire", "bytes", "--clock", "plain"})));
}

// With every orderer down the blocks that are cut reach nobody, and nothing may look as if they
// had.
TEST(Orderers, BlocksThatNobodyGotBreakThePromiseThatNoneIsMissed) {
  const Ended ended =
      run({"--set", "organizations.0.peers=4", "--set", "duration=40s", "--set", "blocks.0.count=3",
           "--set", R"(faults=[{"kind":"orderer","action":"outage","at":"1s"}])", "--set",
           R"(expect=[{"metric":"blocks.never","equals":0}])"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, ::testing::HasSubstr("3 cut and never delivered: block 1 of ch1"));
  EXPECT_THAT(ended.out, ::testing::HasSubstr("blocks.never = 0: 12; block 1 of ch1 reached no"));
}

}  // namespace
}  // namespace hearsay::testing
