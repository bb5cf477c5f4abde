#include "analysis/channels.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

Script& sees(Script& script, unsigned p, std::uint64_t peers) {
  return script.put(p, TraceKind::kChannelView, {.value = peers, .channel = ChannelIndex{0}});
}

TEST(Channels, ViewsAreThoseOfRunningPeersAtTheEndAndTheirPeak) {
  RunObserver run(facts_of(3));
  Script script(run);
  script.start_all(3).at(1_s).all_alive(3).at(2_s);
  script.dead(0, 1).dead(1, 0).dead(1, 2).crash(2);
  run.finish(10_s);
  EXPECT_EQ(metric(run, "views.org1.min"), 0);
  EXPECT_EQ(metric(run, "views.org1.max"), 1);
  EXPECT_EQ(metric(run, "views.org1.peak"), 2);
  EXPECT_EQ(evidence(run, "views.org1.max"), "org1/0 sees 1");
}

TEST(Channels, TheLastLookOfEachPeerCounts) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2);
  sees(script.at(5_s), 0, 1);
  sees(script, 1, 1);
  sees(script.at(10_s), 1, 0);
  run.finish(10_s);
  EXPECT_EQ(metric(run, "channels.ch1.org1.min"), 0);
  EXPECT_EQ(metric(run, "channels.ch1.org1.max"), 1);
}

TEST(Channels, WhoLeftIsOwedNothingAnyMore) {
  RunFacts facts = facts_of(3);
  facts.faults.push_back({.name = "leave_channel org1/1", .leaves = ChannelIndex{0}});
  RunObserver run(facts);
  Script script(run);
  script.start_all(3).at(1_s).block(0, 1, BlockOrigin::kDeliver);
  script.at(2_s).fault(2, 1, true).at(3_s).block(0, 2, BlockOrigin::kDeliver);
  script.push(0, 2, 2).push(0, 1, 2);
  run.finish(10_s);
  EXPECT_EQ(metric(run, "blocks.never"), 1);
  EXPECT_EQ(evidence(run, "blocks.never"), "block 1 never reached org1/2");
  EXPECT_EQ(metric(run, "blocks.coverage_push"), 0.5) << "org1/2 of block 1 and block 2";
}

TEST(Channels, WhomNobodyCanReachAtTheEndMissesNothing) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2).at(1_s).fault(0, 1, true).block(0, 1, BlockOrigin::kDeliver);
  run.finish(10_s);
  EXPECT_EQ(metric(run, "blocks.never"), 0);
}

}  // namespace
}  // namespace hearsay::analysis
