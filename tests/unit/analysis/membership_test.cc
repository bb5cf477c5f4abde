#include "analysis/membership.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

TEST(Membership, ReportsWhenAllPairsWereFirstKnownAndSinceWhenTheyStay) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2).at(1_s).alive(0, 1).at(4_s).alive(1, 0).at(6_s).dead(1, 0).at(7_s).alive(1,
                                                                                               0);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "membership.t50_s"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "membership.converged_s"), 4);
  EXPECT_DOUBLE_EQ(metric(run, "membership.stays_s"), 7);
  EXPECT_EQ(evidence(run, "membership.converged_s"), "org1/1 learned of org1/0 last, at 4 s");
}

TEST(Membership, NamesAPairThatNeverFoundEachOther) {
  RunObserver run(facts_of(3));
  Script(run).start_all(3).at(1_s).alive(0, 1).alive(1, 0).alive(0, 2).alive(2, 0).alive(1, 2);
  run.finish(20_s);
  EXPECT_EQ(metric(run, "membership.converged_s"), kNeverSeconds);
  EXPECT_EQ(evidence(run, "membership.converged_s"),
            "1 of 6 pairs still unknown at the end: org1/2 does not know org1/1");
}

TEST(Membership, DeclaringARunningReachablePeerDeadIsAFalseSuspicion) {
  RunObserver run(facts_of(3));
  Script script(run);
  script.start_all(3).at(1_s).all_alive(3);
  script.at(2_s).dead(0, 1, DeathCause::kPresumedDead);
  script.at(3_s).crash(2).at(4_s).dead(0, 2);
  script.at(5_s).dead(1, 0, DeathCause::kExpired);
  run.finish(20_s);
  EXPECT_EQ(run.membership().false_suspicions(), 2u);
  EXPECT_EQ(evidence(run, "membership.false_suspicions"),
            "first: org1/0 declared org1/1 dead at 2 s (presumed_dead)");
}

TEST(Membership, DeclaringAPeerDeadAcrossAPartitionIsNoFalseSuspicion) {
  RunObserver run(facts_of(4));
  Script script(run);
  script.start_all(4).at(1_s).all_alive(4);
  // 0 and 1 are parted from 2; 3 is in no group.
  script.at(2_s).group(1, 0, 1).group(1, 1, 1).group(1, 2, 2);
  script.at(30_s).dead(0, 2).dead(2, 1);
  EXPECT_EQ(run.membership().false_suspicions(), 0u);
  script.dead(0, 1).dead(2, 3);
  EXPECT_EQ(run.membership().false_suspicions(), 2u) << "of one group, and of none";
  script.at(40_s).group(1, 0, 1, false).group(1, 1, 1, false).group(1, 2, 2, false);
  script.at(41_s).dead(1, 2);
  run.finish(50_s);
  EXPECT_EQ(run.membership().false_suspicions(), 3u) << "the partition is over";
}

TEST(Membership, HearingOfAStrangersDeathAccusesNobody) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2).at(1_s).dead(0, 1, DeathCause::kLearnedDead);
  run.finish(20_s);
  EXPECT_EQ(run.membership().false_suspicions(), 0u);
}

TEST(Membership, AForgottenPeerIsNoLongerKnown) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2).at(1_s).all_alive(2).at(5_s).forgotten(0, 1);
  run.finish(20_s);
  EXPECT_EQ(run.membership().view().known(), 1u);
  EXPECT_EQ(run.membership().false_suspicions(), 0u);
}

TEST(Membership, TheEndOfTheRunIsNoCrash) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2).at(1_s).all_alive(2).at(20_s).end(0).end(1);
  run.finish(20_s);
  EXPECT_TRUE(run.membership().incidents().empty());
  EXPECT_EQ(run.membership().view().total(), 2u);
  EXPECT_DOUBLE_EQ(run.population().peer_seconds(0, 20_s), 40);
}

TEST(Membership, StateInfoOfAChannelIsAViewOfItsOwn) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2);
  const TraceEvent learned{.value = 1, .other = PeerIndex{1}, .channel = ChannelIndex{0}};
  script.at(4_s).put(0, TraceKind::kStateInfoLearned, learned);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "state_info.ch1.t50_s"), 4);
  EXPECT_EQ(metric(run, "state_info.ch1.converged_s"), kNeverSeconds);
}

TEST(Membership, EventsAboutUnknownPeersAndChannelsAreIgnored) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2).at(1_s).alive(0, 7).alive(7, 0).start(7).crash(9).dead(8, 1).leads(9);
  script.put(0, TraceKind::kBlockCommitted, {.value = 1, .channel = ChannelIndex{5}});
  script.put(0, TraceKind::kFaultBegun, {.value = 99});
  script.put(0, TraceKind::kMemberDead, {.other = PeerIndex{1}, .detail = 200});
  run.finish(20_s);
  EXPECT_EQ(run.membership().view().known(), 0u);
  EXPECT_EQ(run.events(), 11u);
}

}  // namespace
}  // namespace hearsay::analysis
