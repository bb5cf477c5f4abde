#include "analysis/invariants.h"

#include <functional>

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

class InvariantsTest : public testing::Test {
 protected:
  InvariantsTest() : run_(facts_of(3)), script_(run_) {
    script_.start_all(3).at(1_s).all_alive(3).at(2_s);
  }
  std::uint64_t violations(Invariant invariant) {
    return run_.invariants().state(invariant).violations;
  }
  std::string evidence(Invariant invariant) { return run_.invariants().state(invariant).evidence; }

  RunObserver run_;
  Script script_;
};

TEST_F(InvariantsTest, BlocksAreCommittedOneAfterTheOther) {
  script_.commit(0, 1).commit(0, 2).commit(0, 3).commit(1, 1);
  EXPECT_EQ(violations(Invariant::kLedgerInOrder), 0u);
  script_.commit(0, 5).commit(1, 1).commit(2, 2);
  EXPECT_EQ(violations(Invariant::kLedgerInOrder), 3u);
  EXPECT_EQ(evidence(Invariant::kLedgerInOrder),
            "org1/0 committed block 5 of ch1 at 2 s where block 4 was due");
}

TEST_F(InvariantsTest, ARestartedPeerMayHaveLostItsTailButNotSkipBlocks) {
  script_.commit(0, 1).commit(0, 2).commit(0, 3).crash(0).start(0).commit(0, 2).commit(0, 3);
  EXPECT_EQ(violations(Invariant::kLedgerInOrder), 0u);
  script_.commit(0, 3);
  EXPECT_EQ(violations(Invariant::kLedgerInOrder), 1u);
  script_.crash(0).start(0).commit(0, 9);
  EXPECT_EQ(violations(Invariant::kLedgerInOrder), 2u);
}

TEST_F(InvariantsTest, NobodyComesAliveTwiceOrDiesUnknown) {
  script_.dead(0, 1).alive(0, 1).forgotten(0, 1).alive(0, 1);
  EXPECT_EQ(violations(Invariant::kNoPeerBothAliveAndDead), 0u);
  script_.alive(0, 1);
  EXPECT_EQ(evidence(Invariant::kNoPeerBothAliveAndDead),
            "org1/0 held org1/1 alive already when it came alive at 2 s");
  script_.dead(0, 1).dead(0, 1);
  EXPECT_EQ(violations(Invariant::kNoPeerBothAliveAndDead), 2u);
  script_.dead(0, 2, DeathCause::kLearnedDead);
  EXPECT_EQ(violations(Invariant::kNoPeerBothAliveAndDead), 3u);
}

// Two organisations, a channel of each and none in common; org1/0 and org2/0 have external
// endpoints.
class LeaksTest : public testing::Test {
 protected:
  static RunFacts facts() {
    RunFacts facts = facts_of(2, 2);
    facts.peers[0].external_endpoint = facts.peers[2].external_endpoint = true;
    facts.channels = {{"ch1", {PeerIndex{0}, PeerIndex{1}}}, {"ch2", {PeerIndex{2}, PeerIndex{3}}}};
    return facts;
  }
  LeaksTest() : run_(facts()), script_(run_) { script_.start_all(4).at(2_s); }
  InvariantState leaks() { return run_.invariants().state(Invariant::kNoLeak); }
  Script& channel_message(unsigned p, unsigned from, std::uint16_t channel) {
    return script_.put(
        p, TraceKind::kMessageDelivered,
        {.other = PeerIndex{from}, .channel = ChannelIndex{channel}, .type = kDataMsg});
  }
  Script& state_info(unsigned p, unsigned owner, std::uint16_t channel) {
    return script_.put(p, TraceKind::kStateInfoLearned,
                       {.other = PeerIndex{owner}, .channel = ChannelIndex{channel}});
  }

  RunObserver run_;
  Script script_;
};

TEST_F(LeaksTest, WhatIsOfAChannelStaysWithItsMembers) {
  channel_message(1, 0, 0);
  EXPECT_TRUE(leaks().checked);
  EXPECT_EQ(leaks().violations, 0u);
  channel_message(2, 0, 0);
  EXPECT_EQ(leaks().violations, 1u);
  EXPECT_EQ(leaks().evidence,
            "org2/0, which is not in ch1, got a DataMsg of it from org1/0 at 2 s");
}

TEST_F(LeaksTest, HiddenPeersAreKnownInTheirOrganisationOnly) {
  script_.alive(0, 1);
  state_info(0, 1, 0);
  EXPECT_EQ(leaks().violations, 0u);
  script_.alive(0, 3);
  EXPECT_EQ(leaks().evidence, "org1/0 learned of org2/1 at 2 s");
  state_info(3, 1, 0);
  EXPECT_EQ(leaks().violations, 2u);
}

TEST_F(LeaksTest, OrganisationsWithoutACommonChannelNeverMeet) {
  script_.alive(0, 2);
  EXPECT_EQ(leaks().violations, 1u);
}

TEST(Leaks, StateInfoOfAVisiblePeerMayBeLearnedByAHiddenOne) {
  RunFacts facts = facts_of(2, 2);
  facts.peers[0].external_endpoint = facts.peers[2].external_endpoint = true;
  RunObserver run(facts);
  Script(run).start_all(4).alive(0, 2).put(3, TraceKind::kStateInfoLearned,
                                           {.other = PeerIndex{0}, .channel = ChannelIndex{0}});
  EXPECT_EQ(run.invariants().state(Invariant::kNoLeak).violations, 0u);
}

TEST_F(InvariantsTest, AStrangerMayBeLearnedDead) {
  script_.forgotten(0, 1).dead(0, 1, DeathCause::kLearnedDead).alive(0, 1);
  EXPECT_EQ(violations(Invariant::kNoPeerBothAliveAndDead), 0u);
}

TEST_F(InvariantsTest, WhatAStoppedPeerStillSaysIsNotHeld) {
  script_.crash(0).dead(0, 1);
  EXPECT_EQ(violations(Invariant::kNoPeerBothAliveAndDead), 0u);
}

TEST_F(InvariantsTest, APushedBlockIsAcceptedOnceUntilARestart) {
  script_.block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1).block(1, 1, BlockOrigin::kState, 0);
  script_.crash(1).at(3_s).start(1).push(0, 1, 1);
  EXPECT_EQ(violations(Invariant::kAcceptedOnce), 0u);
  script_.push(0, 2, 1).push(1, 2, 1);
  EXPECT_EQ(evidence(Invariant::kAcceptedOnce),
            "org1/2 accepted block 1 of ch1 by push at 3 s, having it since 3 s");
}

TEST_F(InvariantsTest, LivenessHoldsWhenAllIsWellHoweverShortTheRun) {
  run_.finish(3_s);
  EXPECT_TRUE(run_.invariants().state(Invariant::kLivenessAfterHeal).checked);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 0u);
}

TEST_F(InvariantsTest, LivenessIsNotJudgedSoonAfterADisturbance) {
  script_.at(30_s).crash(2).at(31_s).start(2);
  run_.finish(60_s);
  EXPECT_FALSE(run_.invariants().state(Invariant::kLivenessAfterHeal).checked);
  EXPECT_EQ(
      evidence(Invariant::kLivenessAfterHeal),
      "org1/2 does not know org1/0, but the run ends 29 s after the last start, stop or fault");
}

TEST_F(InvariantsTest, LivenessFailsWhenPeersStayStrangers) {
  script_.at(30_s).dead(0, 1);
  run_.finish(100_s);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 1u);
  EXPECT_EQ(evidence(Invariant::kLivenessAfterHeal), "org1/0 does not know org1/1");
}

TEST_F(InvariantsTest, LivenessDoesNotAskForPeersThatNobodyCanReach) {
  script_.at(30_s).fault(0, 1, true).at(55_s).dead(0, 1).dead(2, 1).dead(1, 0).dead(1, 2);
  run_.finish(200_s);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 0u);
}

TEST_F(InvariantsTest, LivenessDoesNotAskForWhatAPartitionThatStandsKeepsApart) {
  script_.at(30_s).group(1, 0, 1).group(1, 1, 2).group(1, 2, 2);
  script_.at(55_s).dead(0, 1).dead(0, 2).dead(1, 0).dead(2, 0).leads(0).leads(1);
  run_.finish(200_s);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 0u);
}

TEST_F(InvariantsTest, LivenessAsksForEverythingAfterAPartition) {
  script_.at(30_s).group(1, 0, 1).group(1, 1, 2).at(55_s).dead(0, 1).leads(0).leads(1);
  script_.at(60_s).group(1, 0, 1, false).group(1, 1, 2, false);
  run_.finish(200_s);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 2u);
}

TEST_F(InvariantsTest, LivenessAsksForOneLeaderWhereThereAreLeaders) {
  script_.leads(0).leads(1);
  run_.finish(200_s);
  EXPECT_EQ(evidence(Invariant::kLivenessAfterHeal), "org1 in ch1 has 2 leaders");
}

// The fault of these facts is a revocation: the peer runs on, and nobody hears it.
TEST_F(InvariantsTest, LivenessCountsNoLeaderWhomNobodyCanReach) {
  script_.leads(0).at(30_s).fault(0, 0, true).at(60_s).leads(1);
  run_.finish(200_s);
  EXPECT_EQ(violations(Invariant::kLivenessAfterHeal), 0u)
      << evidence(Invariant::kLivenessAfterHeal);
}

TEST_F(InvariantsTest, LivenessMissesTheSuccessorOfALeaderWhomNobodyCanReach) {
  script_.leads(0).at(30_s).fault(0, 0, true);
  run_.finish(200_s);
  EXPECT_EQ(evidence(Invariant::kLivenessAfterHeal), "org1 in ch1 has 0 leaders");
}

TEST(Invariants, LivenessLetsStaticLeadersBe) {
  RunFacts facts = facts_of(3);
  facts.peers[0].static_leader = facts.peers[1].static_leader = true;
  RunObserver run(facts);
  Script(run).start_all(3).at(1_s).all_alive(3).leads(0).leads(1).at(30_s).fault(0, 0, true);
  run.finish(200_s);
  EXPECT_EQ(run.invariants().state(Invariant::kLivenessAfterHeal).violations, 0u);
}

TEST(Invariants, LivenessMissesAStaticLeaderThatDoesNotRun) {
  RunFacts facts = facts_of(3);
  facts.peers[0].static_leader = true;
  RunObserver run(facts);
  Script(run).start_all(3).at(1_s).all_alive(3).leads(0).at(30_s).crash(0).dead(1, 0).dead(2, 0);
  run.finish(200_s);
  EXPECT_EQ(run.invariants().state(Invariant::kLivenessAfterHeal).evidence,
            "org1 in ch1 has 0 leaders");
}

// Three peers that know each other, of which the last can leave the channel by fault 2.
class LeaversTest : public testing::Test {
 protected:
  static std::string judged(RunFacts facts, const std::function<void(Script&)>& more) {
    facts.faults.push_back({.name = "leave_channel org1/2", .leaves = ChannelIndex{0}});
    RunObserver run(facts);
    Script script(run);
    script.start_all(3).at(1_s).all_alive(3);
    more(script);
    run.finish(200_s);
    return run.invariants().state(Invariant::kLivenessAfterHeal).evidence;
  }
  LeaversTest() { facts_.catches_up = true; }
  RunFacts facts_ = facts_of(3);
};

// Fabric: who has left sees nobody in the channel, and elects itself.
TEST_F(LeaversTest, LivenessCountsNoLeaderWhoLeftTheChannel) {
  EXPECT_EQ(judged(facts_, [](Script& s) { s.leads(0).at(30_s).fault(2, 2, true).leads(2); }), "");
}

TEST_F(LeaversTest, LivenessMissesTheSuccessorOfALeaderWhoLeftTheChannel) {
  EXPECT_EQ(judged(facts_, [](Script& s) { s.leads(2).at(30_s).fault(2, 2, true); }),
            "org1 in ch1 has 0 leaders");
}

// It still gets blocks, and pushes them to the others.
TEST_F(LeaversTest, LivenessLetsAStaticLeaderBeThatLeftTheChannel) {
  facts_.peers[2].static_leader = true;
  EXPECT_EQ(judged(facts_, [](Script& s) { s.leads(2).at(30_s).fault(2, 2, true); }), "");
}

TEST_F(LeaversTest, LivenessAsksNobodyForALedgerWhoLeftTheChannel) {
  const auto lags = [](Script& s) { s.fault(2, 2, true).commit(0, 1).commit(1, 1); };
  EXPECT_EQ(judged(facts_, lags), "");
}

// Two organisations of two, all with external endpoints, that share a channel; those of one know
// each other.
class MeetingsTest : public testing::Test {
 protected:
  static InvariantState judged(const RunFacts& facts, const std::function<void(Script&)>& more) {
    RunObserver run(facts);
    Script script(run);
    script.start_all(4).at(1_s).alive(0, 1).alive(1, 0).alive(2, 3).alive(3, 2);
    more(script);
    run.finish(200_s);
    return run.invariants().state(Invariant::kLivenessAfterHeal);
  }
  RunFacts facts_ = facts_of(2, 2, true);
};

TEST_F(MeetingsTest, LivenessDoesNotAskOrganisationsWithoutAnchorsToMeet) {
  const InvariantState state = judged(facts_, [](Script&) {});
  EXPECT_TRUE(state.checked);
  EXPECT_EQ(state.evidence, "");
}

TEST_F(MeetingsTest, LivenessAsksThemWhereOneOfThemHasAnAnchor) {
  facts_.peers[3].anchor = true;
  EXPECT_EQ(judged(facts_, [](Script&) {}).evidence, "org1/0 does not know org2/0");
}

TEST_F(MeetingsTest, LivenessDoesNotAskThemWhereNobodyCanReachTheAnchor) {
  facts_.peers[3].anchor = true;
  const auto crash = [](Script& script) { script.at(2_s).crash(3).dead(2, 3); };
  EXPECT_EQ(judged(facts_, crash).evidence, "");
}

TEST_F(MeetingsTest, LivenessAsksThoseWhoHaveMetWithoutAnchors) {
  EXPECT_EQ(judged(facts_, [](Script& script) { script.alive(2, 1); }).evidence,
            "org1/0 does not know org2/0");
}

TEST_F(MeetingsTest, LivenessAsksThoseWhoHaveMetAndLostEachOther) {
  const auto lose = [](Script& script) { script.alive(2, 1).at(5_s).dead(2, 1); };
  EXPECT_EQ(judged(facts_, lose).evidence, "org1/0 does not know org2/0");
}

TEST(Invariants, HeightsMustAgreeWherePeersCanCatchUp) {
  for (const bool catches_up : {false, true}) {
    RunFacts facts = facts_of(2);
    facts.catches_up = catches_up;
    RunObserver run(facts);
    Script(run).start_all(2).at(1_s).all_alive(2).commit(0, 1).commit(0, 2).commit(1, 1);
    run.finish(200_s);
    const InvariantState& state = run.invariants().state(Invariant::kLivenessAfterHeal);
    EXPECT_EQ(state.violations, catches_up ? 1u : 0u);
    EXPECT_EQ(state.evidence, catches_up ? "org1/1 has height 2 in ch1, org1/0 has 3" : "");
  }
}

TEST(Invariants, WhatWasCommittedJustNowNeedNotBeEverywhere) {
  RunFacts facts = facts_of(2);
  facts.catches_up = true;
  RunObserver run(facts);
  Script(run).start_all(2).at(1_s).all_alive(2).commit(0, 1).commit(1, 1).at(150_s).commit(0, 2);
  run.finish(200_s);
  EXPECT_EQ(run.invariants().state(Invariant::kLivenessAfterHeal).violations, 0u);
}

}  // namespace
}  // namespace hearsay::analysis
