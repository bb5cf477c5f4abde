// Organisations that start with full views (sim/run/past_maker, core/gossip/past).
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/run/past_maker.h"
#include "tests/support/recording_sink.h"
#include "tests/support/stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::SizeIs;

// orgA and orgB start together and share ch1; orgC shares ch2 with orgA; orgD is converged alone,
// later; ch3 is joined late.
constexpr const char* kWorld = R"({ "duration": "1h",
  "organizations": [
    { "name": "orgA", "peers": 6, "membership": "converged", "external_endpoints": "orgA/0..1",
      "anchors": "orgA/0" },
    { "name": "orgB", "peers": 3, "membership": "converged", "external_endpoints": "orgB/0",
      "anchors": "orgB/0" },
    { "name": "orgC", "peers": 2, "external_endpoints": "all", "anchors": "orgC/0" },
    { "name": "orgD", "peers": 3, "membership": "converged", "start": { "at": "5s" } } ],
  "channels": [ { "name": "ch1", "organizations": ["orgA", "orgB"] },
                { "name": "ch2", "organizations": ["orgA", "orgC"] },
                { "name": "ch3", "organizations": ["orgA"], "join_at": "1s" } ] })";

struct PastTest : testing::Test {
  PastTest() {
    for (std::size_t i = 0; i < 9; ++i)
      stage.start(peer_index(i));
  }
  Node& node(const char* name) { return stage.node(stage.find(name)); }
  std::set<std::string> known_to(const char* name) {
    std::set<std::string> names;
    for (const PeerIndex p : node(name).peers())
      names.insert(stage.name_of(p));
    return names;
  }

  RecordingSink sink;
  Stage stage{scenario_of(kWorld), sink};
};

TEST_F(PastTest, PeersKnowWhomTheyMayKnow) {
  EXPECT_EQ(known_to("orgA/0"),
            (std::set<std::string>{"orgA/1", "orgA/2", "orgA/3", "orgA/4", "orgA/5", "orgB/0"}));
  EXPECT_THAT(known_to("orgA/5"), SizeIs(5)) << "without an external endpoint";
  EXPECT_THAT(known_to("orgB/0"), SizeIs(4));
  const View& view = node("orgA/0").view();
  EXPECT_EQ(view.internal_endpoint(stage.find("orgB/0")), "") << "no secret crosses";
  EXPECT_NE(view.internal_endpoint(stage.find("orgA/5")), "");
  EXPECT_TRUE(node("orgA/0").is_in_my_org(stage.find("orgA/5")));
}

TEST_F(PastTest, ChannelsJoinedAtTheStartHaveTheirStateInformation) {
  EXPECT_THAT(node("orgA/0").peers_of_channel("ch1"), SizeIs(6));
  EXPECT_THAT(node("orgA/5").peers_of_channel("ch1"), SizeIs(5));
  const ChannelIndex ch1 = stage.directory().find_channel("ch1");
  const Envelope* info = node("orgA/0").channel(ch1)->state_info_of(stage.find("orgB/0"));
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->message().get<StateInfo>()->properties->ledger_height, 1u);
  EXPECT_NE(node("orgA/0").channel(ch1)->state_info_of(PeerIndex{0}), nullptr) << "our own";
  EXPECT_EQ(node("orgA/0").channel(stage.directory().find_channel("ch3")), nullptr);
}

// Everything they hold is genuine: it verifies, and what they say themselves is newer.
TEST_F(PastTest, WhatFollowsFitsToIt) {
  stage.run_for(60_s);
  for (const char* name : {"orgA/0", "orgA/5", "orgB/0"}) {
    EXPECT_EQ(sink.count(stage.find(name), TraceKind::kMemberDead), 0u) << name;
  }
  EXPECT_THAT(known_to("orgA/5"), SizeIs(5));
  const View& view = node("orgA/5").view();
  view.alive_set().for_each([&](PeerIndex p) {
    EXPECT_GT(view.last_seen(p), 30_s) << stage.name_of(p);
    EXPECT_EQ(view.message(p)->stamp().inc_num, sim::kUnixEpoch) << "one life";
  });
  EXPECT_EQ(
      sink.count(stage.find("orgA/5"), TraceKind::kMessageRejected, RejectReason::kBadSignature),
      0u);
}

TEST_F(PastTest, HeartbeatsAreSpreadOverTheInterval) {
  std::set<Time> first;
  for (const char* name : {"orgA/0", "orgA/1", "orgA/2", "orgA/3", "orgA/4", "orgA/5"}) {
    const View& view = node(name == std::string("orgA/0") ? "orgA/1" : "orgA/0").view();
    const Time seen = view.last_seen(stage.find(name));
    EXPECT_LE(seen, 0);
    EXPECT_GT(seen, -5_s);
    first.insert(seen);
  }
  EXPECT_THAT(first, SizeIs(6));
  // The last heartbeat of before is followed by one an interval later.
  const Time seen = node("orgA/0").view().last_seen(stage.find("orgA/3"));
  stage.run_for(seen + 5_s - 1);
  EXPECT_EQ(node("orgA/3").membership().sequence(), 0u);
  stage.run_for(2);
  EXPECT_EQ(node("orgA/3").membership().sequence(), 1u);
}

TEST_F(PastTest, NobodyIsContactedWhoIsKnown) {
  // Two organisations have met, of orgC nobody has heard: its anchor is.
  stage.run_for(30_s);
  EXPECT_EQ(known_to("orgA/0").count("orgC/0"), 0u) << "orgC does not run";
  for (std::size_t i = 9; i < 11; ++i)
    stage.start(peer_index(i));
  stage.run_for(60_s);
  EXPECT_EQ(known_to("orgA/0").count("orgC/0"), 1u);
}

TEST_F(PastTest, ALaterStartHasAPastOfItsOwn) {
  stage.run_for(5_s);
  for (std::size_t i = 11; i < 14; ++i)
    stage.start(peer_index(i));
  EXPECT_THAT(known_to("orgD/0"), SizeIs(2));
  EXPECT_EQ(node("orgD/0").view().message(stage.find("orgD/1"))->stamp().inc_num,
            sim::kUnixEpoch + 5'000'000'000);
}

TEST_F(PastTest, WhoComesBackKnowsNobody) {
  const PeerIndex p = stage.find("orgA/4");
  stage.world().stop(p, StopReason::kCrash);
  stage.start(p);
  EXPECT_THAT(known_to("orgA/4"), SizeIs(0));
  stage.run_for(60_s);
  EXPECT_THAT(known_to("orgA/4"), SizeIs(5));
}

TEST_F(PastTest, TheFactsSayWhoIsOfOneCircle) {
  const RunFacts facts = stage.cluster().facts();
  EXPECT_EQ(facts.peers[0].circle, facts.peers[6].circle);
  EXPECT_EQ(facts.peers[9].circle, 0u);
  EXPECT_NE(facts.peers[11].circle, facts.peers[0].circle);
  EXPECT_TRUE(facts.channels[0].circles);
  EXPECT_FALSE(facts.channels[2].circles) << "joined later";
}

}  // namespace
}  // namespace hearsay::test
