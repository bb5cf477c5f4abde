// The deliver clients of Fabric's versions, each through the same outage of the only orderer.
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using nlohmann::json;

// The metrics of four peers and a block a second from 10 s to 70 s, under such a fault of the
// orderer from 30 s to 50 s.
json metrics(const std::string& fault, const Words& flags) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  const Words common = {
      "run",   shipped("first-blocks"),
      "--out", out,
      "--set", "organizations.0.peers=4",
      "--set", "duration=120s",
      "--set", "blocks.0.start=10s",
      "--set", "blocks.0.count=60",
      "--set", "config.peer.deliveryclient.reconnectTotalTimeThreshold=10s",
      "--set", R"(faults=[{"kind":"orderer","at":"30s","for":"20s",)" + fault + "}]",
      "--set", "expect=[]"};
  const Ended ended = hearsay(joined(common, flags));
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  return summary_of(out)["metrics"];
}

json through_an_outage(const std::string& client, const Words& flags = {}) {
  return metrics(R"("action":"outage")",
                 joined({"--set", "organizations.0.deliver_client=" + client}, flags));
}

// 1 + 2 + 4 + 8 s of pauses are more than 10 s.
TEST(DeliverClient, OfV11GivesUpForGoodWhenItsBudgetIsSpent) {
  const json m = through_an_outage("v1.1");
  EXPECT_EQ(m["deliver"]["ended"]["budget_spent"], 1);
  EXPECT_EQ(m["deliver"]["retries"]["dial"], 3) << "besides the one that broke";
  EXPECT_EQ(m["deliver"]["retries"]["broken"], 1);
  EXPECT_NEAR(m["blocks"]["count"], 20, 1);
  EXPECT_NEAR(m["blocks"]["undelivered"], 40, 1);
}

TEST(DeliverClient, OfV10HasFiveMinutesWhateverIsConfigured) {
  const json m = through_an_outage("v1.0");
  EXPECT_EQ(m["deliver"]["ended"]["budget_spent"], 0);
  EXPECT_EQ(m["blocks"]["undelivered"], 0);
}

TEST(DeliverClient, OfV145NeverGivesUpAsAStaticLeader) {
  EXPECT_NEAR(through_an_outage("v1.4.4")["blocks"]["undelivered"], 40, 1);
  const json m = through_an_outage("v1.4.5");
  EXPECT_EQ(m["deliver"]["ended"]["budget_spent"], 0);
  EXPECT_EQ(m["blocks"]["undelivered"], 0);
}

// Its pauses grow by a fifth: there are more of them.
TEST(DeliverClient, OfV2TriesMoreOften) {
  const json m = through_an_outage("v2");
  EXPECT_EQ(m["deliver"]["ended"]["budget_spent"], 0);
  EXPECT_GT(m["deliver"]["retries"]["dial"], 15);
  EXPECT_EQ(m["blocks"]["undelivered"], 0);
}

TEST(DeliverClient, OfV11YieldsToAnotherWhereLeadersAreElected) {
  const json m = through_an_outage("v1.1", {"--set", "organizations.0.leader=elected"});
  EXPECT_GE(m["deliver"]["ended"]["budget_spent"], 1);
  EXPECT_EQ(m["blocks"]["undelivered"], 0);
}

TEST(DeliverClient, RefusalsStandInTheSummary) {
  const auto refused = [](const std::string& fault) {
    json why = metrics(fault, {})["deliver"]["refused"];
    for (auto it = why.begin(); it != why.end();)
      it = *it == 0 ? why.erase(it) : std::next(it);
    return why;
  };
  EXPECT_TRUE(refused(R"("action":"outage")").empty());
  EXPECT_GT(refused(R"("action":"garbage")")["no_content"], 5);
  EXPECT_GT(refused(R"("action":"wrong_channel")")["bad_block"], 5);
  EXPECT_GT(refused(R"("action":"status","status":"SUCCESS")")["success"], 5);
  EXPECT_GT(refused(R"("action":"status")")["status"], 5);
}

}  // namespace
}  // namespace hearsay::testing
