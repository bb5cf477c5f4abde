#include "analysis/leadership.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

TEST(Leadership, CountsLeadersPerOrganisationAndChannel) {
  RunObserver run(facts_of(2, 2));
  Script script(run);
  script.start_all(4).at(6_s).leads(0).leads(1).leads(2).at(7_s).steps_down(1);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.final"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.max_simultaneous"), 2);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.first_s"), 6);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.changes"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.single_since_s"), 7);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org2.final"), 1);
  EXPECT_EQ(evidence(run, "leaders.ch1.org1.final"), "leading at the end: org1/0");
}

TEST(Leadership, ACrashedLeaderLeadsNobody) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2).leads(0).at(5_s).crash(0).at(16_s).leads(1).leads(1);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.final"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.max_simultaneous"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.changes"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.single_since_s"), 16);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.vacant_s"), 11);
}

TEST(Leadership, TheLongestTimeWithoutALeaderCountsFromTheFirst) {
  RunObserver run(facts_of(2, 2));
  Script(run).start_all(4).at(6_s).leads(0).at(8_s).steps_down(0).at(9_s).leads(2).leads(0);
  Script(run).at(15_s).steps_down(0);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.vacant_s"), 5) << "to the end of the run";
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org2.vacant_s"), 0);
}

TEST(Leadership, WithoutLeadersThereIsNone) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2);
  run.finish(20_s);
  EXPECT_DOUBLE_EQ(metric(run, "leaders.ch1.org1.final"), 0);
  EXPECT_EQ(metric(run, "leaders.ch1.org1.first_s"), kNeverSeconds);
}

}  // namespace
}  // namespace hearsay::analysis
