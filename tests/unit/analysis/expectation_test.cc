#include "analysis/expectation.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/report_words.h"
#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;
using testing::Contains;
using testing::Not;

// Three peers; converged at 4 s; block 1 reaches org1/2 after 3 s, block 2 at once.
class ExpectationTest : public testing::Test {
 protected:
  ExpectationTest() : run_(facts_of(3)) {
    Script script(run_);
    script.start_all(3).at(4_s).all_alive(3);
    script.at(10_s).block(0, 1, BlockOrigin::kDeliver).push(0, 1, 1);
    script.at(13_s).block(2, 1, BlockOrigin::kPull, 1);
    script.at(20_s).block(0, 2, BlockOrigin::kDeliver).push(0, 1, 2).push(0, 2, 2).leads(0);
    run_.finish(100_s);
  }
  PromiseResult judge(Promise promise) { return evaluate({&promise, 1}, run_).front(); }

  RunObserver run_;
};

Promise at_most(std::string metric, double max, std::string stat = "max") {
  return {.metric = std::move(metric), .stat = std::move(stat), .max = max};
}

TEST_F(ExpectationTest, TheMaximumIsMeantWithoutAStatistic) {
  const PromiseResult broken = judge(at_most("blocks.t100_s", 2));
  EXPECT_FALSE(broken.pass);
  EXPECT_DOUBLE_EQ(broken.value, 3);
  EXPECT_EQ(broken.evidence, "block 1 reached org1/2 last, 3 s");
  EXPECT_TRUE(judge(at_most("blocks.t100_s", 3)).pass);
  EXPECT_TRUE(judge(at_most("blocks.t100_s", 2, "p50")).pass);
}

TEST_F(ExpectationTest, SingleNumbersNeedNoStatistic) {
  EXPECT_TRUE(judge(at_most("membership.converged_s", 4)).pass);
  EXPECT_FALSE(judge(at_most("membership.converged_s", 3.9)).pass);
  EXPECT_TRUE(judge({.metric = "leaders.ch1.org1.final", .equals = 1}).pass);
  EXPECT_FALSE(judge({.metric = "leaders.ch1.org1.final", .equals = 2}).pass);
  EXPECT_TRUE(judge({.metric = "blocks.coverage_push", .min = 0.75}).pass);
}

TEST_F(ExpectationTest, ALowerBoundIsEvidencedByTheSmallest) {
  const PromiseResult broken = judge({.metric = "blocks.coverage_push", .min = 0.9});
  EXPECT_FALSE(broken.pass);
  EXPECT_EQ(broken.evidence, "block 1 reached 1 of 2 receivers by push");
}

TEST_F(ExpectationTest, WhatCouldNotBeMeasuredKeepsNoPromise) {
  const PromiseResult result = judge(at_most("membership.detection_s", 1000));
  EXPECT_FALSE(result.pass);
  EXPECT_EQ(result.evidence, "no peer was lost");
  EXPECT_FALSE(judge({.metric = "membership.detection_s", .min = 0}).pass);
}

TEST(Expectation, WhatNeverHappenedExceedsEveryBound) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2);
  run.finish(10_s);
  const Promise promise = at_most("membership.converged_s", 1e300);
  const PromiseResult result = evaluate({&promise, 1}, run).front();
  EXPECT_FALSE(result.pass);
  EXPECT_EQ(result_text(result),
            "never; 2 of 2 pairs still unknown at the end: org1/0 does not know org1/1");
}

TEST_F(ExpectationTest, InvariantsThatNobodyCheckedAreNotKept) {
  EXPECT_TRUE(judge({.invariant = "ledger.in_order"}).pass);
  const PromiseResult unseen = judge({.invariant = "ledger.equal_bytes"});
  EXPECT_FALSE(unseen.pass);
  EXPECT_EQ(unseen.evidence, "nobody checked it");
  const PromiseResult all = judge({.invariant = "all"});
  EXPECT_TRUE(all.pass);
  EXPECT_EQ(all.evidence,
            "5 invariants held; not judged: ledger.equal_bytes, buffers.within_limits");
}

TEST_F(ExpectationTest, TheRunnersFindingsCount) {
  run_.note_checked("ledger.equal_bytes");
  EXPECT_TRUE(judge({.invariant = "ledger.equal_bytes"}).pass);
  run_.report_violation("buffers.within_limits", "org1/2 holds 201 frames for org1/0");
  run_.report_violation("buffers.within_limits", "org1/1 too");
  const PromiseResult all = judge({.invariant = "all"});
  EXPECT_FALSE(all.pass);
  EXPECT_EQ(all.value, 2);
  EXPECT_EQ(all.evidence, "buffers.within_limits: org1/2 holds 201 frames for org1/0");
  EXPECT_EQ(judge({.invariant = "buffers.within_limits"}).evidence,
            "org1/2 holds 201 frames for org1/0 (the first of 2)");
}

TEST(Expectation, KnownNamesHoldTheContractsAndNoCurve) {
  std::vector<std::string> names, numbers;
  for (const KnownMetric& metric : known_metrics(facts_of(2))) {
    names.push_back(metric.name);
    if (metric.stats.empty()) numbers.push_back(metric.name);
  }
  for (const char* name :
       {"membership.converged_s", "membership.false_suspicions", "membership.detection_s",
        "blocks.count", "blocks.coverage_push", "blocks.t50_s", "blocks.t100_s", "blocks.hops",
        "blocks.by_source.push", "blocks.transmissions_per_block", "blocks.never",
        "leaders.ch1.org1.final", "state_transfer.requests", "messages.AliveMsg.sent_per_peer_s",
        "messages.Hello.block.sent", "views.org1.peak", "channels.ch1.org1.min"}) {
    EXPECT_THAT(names, Contains(name));
  }
  EXPECT_THAT(names, Not(Contains("membership.known_pairs")));
  EXPECT_THAT(numbers, Contains("blocks.never"));
  EXPECT_THAT(numbers, Not(Contains("blocks.t50_s")));
  EXPECT_EQ(known_invariants().size(), 8u);
}

TEST_F(ExpectationTest, WhatCannotBeJudgedFailsAndSaysWhy) {
  const auto why = [this](const Promise& promise) {
    const PromiseResult result = judge(promise);
    EXPECT_FALSE(result.pass);
    return result.evidence;
  };
  EXPECT_EQ(why(at_most("blocks.t100", 4)), "there is no metric \"blocks.t100\"");
  EXPECT_EQ(why(at_most("blocks.t100_s", 4, "p98")), "\"blocks.t100_s\" has no statistic \"p98\"");
  EXPECT_EQ(why({.metric = "blocks.count"}), "nothing is promised: min, max or equals is missing");
  EXPECT_EQ(why({.invariant = "ledger.inorder"}), "there is no invariant \"ledger.inorder\"");
  EXPECT_EQ(why({.min = 1, .invariant = "all"}), "an invariant has neither a metric nor bounds");
  EXPECT_EQ(why({.metric = "blocks.count", .min = 2, .max = 1}),
            "min is greater than max, so no value can do");
  EXPECT_EQ(why({.metric = "blocks.count", .min = 2, .equals = 2}),
            "equals stands alone, without min and max");
  EXPECT_EQ(why({.metric = "membership.known_pairs", .min = 1}),
            "\"membership.known_pairs\" is a curve, not a number");
  EXPECT_EQ(why({.metric = "leaders.ch2.org1.final", .equals = 1}),
            "there is no metric \"leaders.ch2.org1.final\"");
  EXPECT_EQ(why({}), "a promise names a metric or an invariant");
}

TEST(Expectation, PromisesReadAsTheyAreWritten) {
  EXPECT_EQ(promise_text(at_most("blocks.t100_s", 45, "p99")), "blocks.t100_s p99 <= 45");
  EXPECT_EQ(promise_text({.metric = "a.b", .min = 0.25, .max = 1}), "a.b >= 0.25 and <= 1");
  EXPECT_EQ(promise_text({.invariant = "all"}), "invariant all");
}

}  // namespace
}  // namespace hearsay::analysis
