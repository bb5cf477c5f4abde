// What a correct emitter shows (spec: push.md 11, statements 1-5, and the consequences of 2.3).
#include "core/gossip/emitter.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/bare_node.h"
#include "tests/support/messages.h"

namespace hearsay::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EmitterTest : public testing::Test, public BatchSink {
 protected:
  struct Batch {
    Time at;
    std::vector<std::uint64_t> items;
    std::vector<PeerIndex> except;
  };

  void make(std::int32_t iterations, std::int32_t burst, Duration latency) {
    Config config;
    config.propagate_iterations = iterations;
    config.max_propagation_burst_size = burst;
    config.max_propagation_burst_latency = latency;
    emitter.reset();
    node = std::make_unique<BareNode>(config);
    emitter = std::make_unique<Emitter>(node->context, *this);
    batches.clear();
  }
  void make_and_start(std::int32_t iterations, std::int32_t burst, Duration latency) {
    make(iterations, burst, latency);
    emitter->start();
  }

  void route(std::span<const Emission> batch) override {
    Batch seen{.at = node->clock.now(), .items = {}, .except = {}};
    for (const Emission& emission : batch) {
      seen.items.push_back(block_number(*emission.envelope));
      seen.except.push_back(emission.except);
    }
    batches.push_back(std::move(seen));
    if (add_while_routing) emitter->add(block(99), kNoPeer);
  }

  void add(std::uint64_t number) { emitter->add(block(number), kNoPeer); }
  std::vector<std::vector<std::uint64_t>> batch_items() const {
    std::vector<std::vector<std::uint64_t>> out;
    for (const Batch& batch : batches)
      out.push_back(batch.items);
    return out;
  }
  std::vector<Time> batch_times() const {
    std::vector<Time> out;
    for (const Batch& batch : batches)
      out.push_back(batch.at);
    return out;
  }
  std::int64_t emissions_of(std::uint64_t number) const {
    std::int64_t count = 0;
    for (const Batch& batch : batches) {
      count += std::count(batch.items.begin(), batch.items.end(), number);
    }
    return count;
  }

  std::unique_ptr<BareNode> node;
  std::unique_ptr<Emitter> emitter;
  std::vector<Batch> batches;
  bool add_while_routing = false;
};

// --- statements 1-5

TEST_F(EmitterTest, ThreeAdditionsBelowTheBurstSizeWait) {  // 1
  make_and_start(1, 10, 1 * kSecond);
  for (int i = 0; i < 3; ++i)
    add(1);
  EXPECT_EQ(emitter->size(), 3u);
  EXPECT_THAT(batches, IsEmpty());
}

TEST_F(EmitterTest, AfterStopNothingMoreIsEmitted) {  // 2
  make_and_start(10, 1, 100 * kMillisecond);
  add(1);
  node->clock.run_for(100 * kMillisecond);
  emitter->stop();
  node->clock.run_for(1 * kSecond);
  EXPECT_LT(batches.size(), 5u);
  EXPECT_EQ(batches.size(), 2u) << "the burst and the period that ended at 100 ms";
}

TEST_F(EmitterTest, ABurstAndNinePeriodsMakeTenIterations) {  // 3
  make_and_start(10, 1, 10 * kMillisecond);
  add(1);
  node->clock.run_for(500 * kMillisecond);
  EXPECT_EQ(batches.size(), 10u);
  EXPECT_EQ(emitter->size(), 0u);
}

TEST_F(EmitterTest, EachItemHasItsOwnIterations) {  // 4
  make_and_start(5, 100, 500 * kMillisecond);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    add(i);
    if (i < 5) node->clock.run_for(600 * kMillisecond);
  }
  emitter->stop();
  node->clock.run_for(5 * kSecond);
  EXPECT_EQ(emissions_of(1), 4);
  EXPECT_EQ(emissions_of(2), 3);
  EXPECT_EQ(emissions_of(3), 2);
  EXPECT_EQ(emissions_of(4), 1);
  EXPECT_EQ(emissions_of(5), 0);
}

TEST_F(EmitterTest, FiftyImmediateAdditionsMakeFiveBursts) {  // 5
  make_and_start(1, 10, 800 * kMillisecond);
  for (std::uint64_t i = 0; i < 50; ++i)
    add(i);
  EXPECT_EQ(batches.size(), 5u);
  EXPECT_EQ(emitter->size(), 0u);
  node->clock.run_for(2 * kSecond);
  EXPECT_EQ(batches.size(), 5u);
}

// --- consequences (2.3) and transitions (2.2)

TEST_F(EmitterTest, ABatchKeepsTheOrderAndTheExclusions) {
  make_and_start(1, 3, 10 * kMillisecond);
  emitter->add(block(7), kNoPeer);
  emitter->add(block(5), PeerIndex{4});
  emitter->add(block(6), kNoPeer);
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_THAT(batches[0].items, ElementsAre(7, 5, 6));
  EXPECT_THAT(batches[0].except, ElementsAre(kNoPeer, PeerIndex{4}, kNoPeer));
}

TEST_F(EmitterTest, PeriodsEndAtTheirOwnPaceWheneverMessagesCome) {
  make(1, 10, 10 * kMillisecond);
  node->clock.run_for(3 * kMillisecond);
  emitter->start();  // periods end at 13, 23, 33 ... ms
  node->clock.run_for(1 * kMillisecond);
  add(1);
  node->clock.run_for(20 * kMillisecond);
  add(2);  // at 24 ms
  node->clock.run_for(100 * kMillisecond);
  add(3);  // at 124 ms
  node->clock.run_for(100 * kMillisecond);
  EXPECT_THAT(batch_times(), ElementsAre(13 * kMillisecond, 33 * kMillisecond, 133 * kMillisecond));
}

TEST_F(EmitterTest, ABurstDoesNotShiftThePeriods) {
  make_and_start(1, 2, 10 * kMillisecond);
  node->clock.run_for(4 * kMillisecond);
  add(1);
  add(2);  // a burst at 4 ms
  add(3);
  node->clock.run_for(20 * kMillisecond);
  EXPECT_THAT(batch_times(), ElementsAre(4 * kMillisecond, 10 * kMillisecond));
}

TEST_F(EmitterTest, AMessageAddedWhenAPeriodEndsWaitsAWholePeriod) {
  make_and_start(1, 10, 10 * kMillisecond);
  node->clock.run_for(10 * kMillisecond);
  add(1);
  node->clock.run_for(100 * kMillisecond);
  EXPECT_THAT(batch_times(), ElementsAre(20 * kMillisecond));
}

TEST_F(EmitterTest, ABurstIsAnIterationForEveryMessage) {
  make_and_start(2, 3, 10 * kMillisecond);
  add(1);
  add(2);
  add(3);  // burst: one iteration of each is spent
  node->clock.run_for(100 * kMillisecond);
  EXPECT_THAT(batch_items(), ElementsAre(ElementsAre(1, 2, 3), ElementsAre(1, 2, 3)));
}

TEST_F(EmitterTest, AStreamBurnsTheIterationsOfOldMessages) {
  make_and_start(3, 2, 10 * kMillisecond);
  for (std::uint64_t i = 1; i <= 5; ++i)
    add(i);
  EXPECT_THAT(batch_items(), ElementsAre(ElementsAre(1, 2), ElementsAre(1, 2, 3),
                                         ElementsAre(1, 2, 3, 4), ElementsAre(3, 4, 5)));
  node->clock.run_for(1 * kSecond);
  for (std::uint64_t i = 1; i <= 5; ++i)
    EXPECT_EQ(emissions_of(i), 3) << i;
}

TEST_F(EmitterTest, NothingIsArmedWhileNothingWaits) {
  make_and_start(1, 10, 10 * kMillisecond);
  EXPECT_EQ(node->clock.timers_armed(), 0u);
  add(1);
  add(2);
  EXPECT_EQ(node->clock.timers_armed(), 1u);
  node->clock.run_for(10 * kMillisecond);
  EXPECT_EQ(node->clock.timers_armed(), 0u);
}

TEST_F(EmitterTest, WithoutIterationsAdditionsAreDiscarded) {
  make_and_start(0, 1, 10 * kMillisecond);
  add(1);
  EXPECT_EQ(emitter->size(), 0u);
  EXPECT_EQ(node->clock.timers_armed(), 0u);
  node->clock.run_for(1 * kSecond);
  EXPECT_THAT(batches, IsEmpty());
}

TEST_F(EmitterTest, WhatWaitsAtStopIsDropped) {
  make_and_start(1, 10, 10 * kMillisecond);
  add(1);
  emitter->stop();
  emitter->stop();
  node->clock.run_for(1 * kSecond);
  EXPECT_THAT(batches, IsEmpty());
}

TEST_F(EmitterTest, AfterStopAdditionsOnlyGrowTheBuffer) {
  make_and_start(1, 2, 10 * kMillisecond);
  emitter->stop();
  for (std::uint64_t i = 0; i < 5; ++i)
    add(i);
  EXPECT_EQ(emitter->size(), 5u);
  node->clock.run_for(1 * kSecond);
  EXPECT_THAT(batches, IsEmpty());
}

TEST_F(EmitterTest, ABufferFilledBeforeStartGoesOutWithTheFirstPeriod) {
  make(1, 10, 10 * kMillisecond);
  add(1);
  node->clock.run_for(50 * kMillisecond);
  EXPECT_THAT(batches, IsEmpty());
  emitter->start();
  node->clock.run_for(50 * kMillisecond);
  EXPECT_THAT(batch_times(), ElementsAre(60 * kMillisecond));
}

using EmitterDeathTest = EmitterTest;

TEST_F(EmitterDeathTest, RoutingMustNotAdd) {
  make_and_start(1, 1, 10 * kMillisecond);
  add_while_routing = true;
  EXPECT_DEATH(add(1), "routing a batch must not add to it");
}

TEST_F(EmitterDeathTest, NegativeIterationsAreAProgrammingError) {
  EXPECT_DEATH(make(-1, 10, 10 * kMillisecond), "propagateIterations is negative");
}

}  // namespace
}  // namespace hearsay::test
