#include "analysis/incidents.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

// Four peers that know each other at 1 s.
class IncidentsTest : public testing::Test {
 protected:
  IncidentsTest() : run_(facts_of(4)), script_(run_) {
    script_.start_all(4).at(1_s).all_alive(4).at(10_s);
  }
  const Incident& incident(std::size_t i) { return run_.membership().incidents().at(i); }

  RunObserver run_;
  Script script_;
};

TEST_F(IncidentsTest, ACrashIsNoticedWhenTheSurvivorsHaveDroppedTheDead) {
  script_.crash(3).at(12_s).dead(0, 3).at(13_s).dead(1, 3).at(15_s).dead(2, 3);
  run_.finish(20_s);
  EXPECT_EQ(incident(0).pairs, 3u);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 3);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p90"), 5);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "max"), 5);
  EXPECT_EQ(evidence(run_, "membership.detection_s"),
            "org1/3 lost at 10 s; org1/2 dropped org1/3 last, after 5 s");
  EXPECT_EQ(incident(0).curve.points(),
            (std::vector<CurvePoint>{{0, 0, 3}, {2_s, 1, 3}, {3_s, 2, 3}, {5_s, 3, 3}}));
}

TEST_F(IncidentsTest, PeersThatCrashTogetherAreOneLossAndDoNotObserveEachOther) {
  script_.crash(2).crash(3).at(11_s).dead(0, 2).dead(0, 3).dead(1, 2).at(14_s).dead(1, 3);
  run_.finish(20_s);
  ASSERT_EQ(run_.membership().incidents().size(), 1u);
  EXPECT_EQ(incident(0).pairs, 4u);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "max"), 4);
}

TEST_F(IncidentsTest, AReadoptedDeadPeerDelaysTheFullDetection) {
  script_.crash(3).at(11_s).dead(0, 3).dead(1, 3).at(12_s).alive(0, 3).at(13_s).dead(2, 3);
  script_.at(18_s).dead(0, 3);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "max"), 8);
}

TEST_F(IncidentsTest, WhatWasNotNoticedBeforeTheReturnNeverWas) {
  // That it is dropped once more after its return is another story.
  script_.crash(3).at(11_s).dead(0, 3).dead(1, 3).at(12_s).start(3).at(15_s).dead(2, 3);
  run_.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 1);
  EXPECT_EQ(metric(run_, "membership.detection_s", "max"), kNeverSeconds);
  EXPECT_EQ(evidence(run_, "membership.detection_s"),
            "org1/3 lost at 10 s; org1/2 listed org1/3 to the last");
}

TEST_F(IncidentsTest, AReturnIsOverWhenEverybodySeesTheReturnedAndTheyEverybody) {
  script_.crash(3).at(11_s).dead(0, 3).dead(1, 3).dead(2, 3).at(20_s).start(3);
  script_.at(21_s).alive(3, 0).alive(0, 3).alive(3, 1).at(23_s).alive(3, 2).alive(1, 3);
  script_.at(26_s).alive(2, 3);
  run_.finish(30_s);
  EXPECT_EQ(incident(1).pairs, 6u);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.recovery_s", "p50"), 1);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.recovery_s", "max"), 6);
  EXPECT_EQ(evidence(run_, "membership.recovery_s"),
            "org1/3 back at 20 s; org1/2 learned of org1/3 last, after 6 s");
}

TEST_F(IncidentsTest, AnIsolatedPeerRunsButCountsAsLost) {
  script_.fault(0, 1, true).at(35_s).dead(0, 1).dead(2, 1).at(37_s).dead(3, 1).dead(1, 0);
  script_.at(60_s).fault(0, 1, false).at(61_s).alive(0, 1).alive(2, 1).alive(3, 1).alive(1, 0);
  run_.finish(70_s);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 25);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "max"), 27);
  // 1 still knew 2 and 3, so four of six pairs are new.
  EXPECT_DOUBLE_EQ(metric(run_, "membership.recovery_s", "max"), 1);
  EXPECT_EQ(run_.membership().false_suspicions(), 0u);
}

TEST_F(IncidentsTest, OfSeveralLossesTheSlowestSpeaks) {
  script_.crash(3).at(11_s).dead(0, 3).dead(1, 3).dead(2, 3);
  script_.at(30_s).crash(2).at(39_s).dead(0, 2).dead(1, 2);
  run_.finish(70_s);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "max"), 9);
  EXPECT_DOUBLE_EQ(metric(run_, "membership.detection_s", "p50"), 9);
}

TEST_F(IncidentsTest, ARunWithoutLossHasNothingToDetect) {
  run_.finish(20_s);
  EXPECT_TRUE(std::isnan(metric(run_, "membership.detection_s", "max")));
  EXPECT_EQ(evidence(run_, "membership.detection_s"), "no peer was lost");
}

// Random lives, against counting each open incident's pairs from scratch after each event.
TEST(Incidents, CountsAgreeWithCountingFromScratch) {
  const RunFacts facts = facts_of(4, 2, true);
  View view(facts);
  Incidents incidents(view);
  Random random = Random::root(5).fork("incidents");
  std::vector<bool> cut(8), ever(8);
  const auto id = [](std::size_t i) { return peer_index(i); };
  for (Time t = 0; t < 20'000; t += random.below(3)) {
    const std::size_t a = random.below(8);
    const std::size_t b = random.below(8);
    const std::uint32_t what = random.below(30);
    if (what == 0 && !view.running(id(a))) {
      view.start(id(a), t);
      ever[a] ? incidents.returned(id(a), t) : incidents.population_changed(t);
      ever[a] = true;
    } else if (what == 1 && view.running(id(a)) && !cut[a]) {
      view.stop(id(a), t);
      incidents.lost(id(a), t);
    } else if (what == 2 && view.running(id(a))) {
      cut[a] ? incidents.returned(id(a), t) : incidents.lost(id(a), t);
      cut[a] = !cut[a];
    } else if (what < 15 && a != b) {
      if (view.learn(id(a), id(b), t)) incidents.learned(id(a), id(b), t);
    } else if (what >= 15 && a != b) {
      if (view.lose(id(a), id(b), t)) incidents.dropped(id(a), id(b), t);
    }
    for (const Incident& it : incidents.all()) {
      if (!it.open) continue;
      std::vector<bool> in(8);
      for (const PeerIndex p : it.peers)
        in[raw(p)] = true;
      std::uint64_t pairs = 0;
      std::uint64_t done = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        for (std::size_t j = 0; j < 8; ++j) {
          const bool watched =
              it.loss ? !in[i] && in[j] && view.running(id(i)) && view.visible(id(i), id(j))
                      : (in[i] || in[j]) && view.counts(id(i), id(j));
          if (!watched) continue;
          ++pairs;
          done += view.knows(id(i), id(j)) != it.loss ? 1 : 0;
        }
      }
      ASSERT_EQ(it.pairs, pairs) << t;
      ASSERT_EQ(it.done, done) << t;
    }
  }
  EXPECT_GT(incidents.all().size(), 100u);
}

}  // namespace
}  // namespace hearsay::analysis
