// liveness.after_heal asks for what Fabric can bring about, and for nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

Ended judged(const std::string& organizations, const std::string& more = "",
             const std::string& promise = "") {
  const sim::Scratch scratch;
  sim::put(scratch / "s.json", R"({ "duration": "150s", "channels": [ { "name": "ch1" } ],
      "expect": [ { "invariant": "all" })" +
                                   promise + R"( ], "organizations": [)" + organizations + "]" +
                                   more + " }");
  return hearsay({"run", scratch / "s.json", "--out", scratch / "run", "--trace", "none"});
}

TEST(Liveness, ARevokedLeaderHasASuccessor) {
  const Ended ended = judged(R"({ "name": "org1", "peers": 6, "leader": "elected" })",
                             R"(, "events": [
      { "kind": "revoke", "at": "60s", "peers": "leader of org1 in ch1" } ])");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Liveness, ARevokedStaticLeaderIsNobodysFault) {
  const Ended ended = judged(R"({ "name": "org1", "peers": 6 })", R"(, "events": [
      { "kind": "revoke", "at": "60s", "peers": "org1/0" } ])");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Liveness, StaticLeadersMayBeSeveral) {
  const Ended ended = judged(R"({ "name": "org1", "peers": 6, "leaders": "org1/0..2" })");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Liveness, WhoLeftAChannelNeitherLeadsNorLags) {
  const Ended ended = judged(R"({ "name": "org1", "peers": 8, "leader": "elected" })",
                             R"(, "events": [
      { "kind": "leave_channel", "at": "60s", "peers": "org1/4..7" } ])");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

const std::string kVisible = R"({ "name": "org1", "peers": 3, "external_endpoints": "all" },
    { "name": "org2", "peers": 3, "external_endpoints": "all")";

TEST(Liveness, OrganisationsWithoutAnchorsDoNotMeet) {
  const Ended ended =
      judged(kVisible + " }", "", R"(, { "metric": "views.org1.max", "equals": 2 })");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST(Liveness, OneAnchorIsEnoughForTwo) {
  const Ended ended = judged(kVisible + R"(, "anchors": "org2/1" })", "",
                             R"(, { "metric": "views.org1.min", "equals": 5 })");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace hearsay::testing
