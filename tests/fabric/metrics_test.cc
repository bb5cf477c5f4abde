// When a peer's metrics are updated (spec: metrics 5, statements 2 to 5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/run/runner.h"
#include "tests/fabric/state_fixture.h"
#include "tests/support/stage.h"

namespace hearsay {
namespace {

using comm_test::CommNode;
using comm_test::CommWorld;
using comm_test::RawPeer;
using state_test::StateNode;
using test::Stage;

constexpr ChannelIndex kCh{0};

std::optional<std::uint64_t> gauge_of(const Metrics& metrics, Metric metric,
                                      ChannelIndex channel = kCh) {
  const Gauge* gauge = metrics.find_gauge(metric, channel);
  if (gauge == nullptr) return std::nullopt;
  return gauge->value();
}

struct StateMetrics : testing::Test {
  const Metrics& metrics() const { return node.node.context.metrics; }
  void push(BlockNum number) { node.state->add_payload(fake_payload(number), {}); }

  CommWorld world;
  StateNode node{world, "a", 100};
};

// 2.
TEST_F(StateMetrics, ACommitSetsTheHeightAndObservesItsDuration) {
  node.ledger.commit_time = 30 * kMillisecond;
  EXPECT_EQ(gauge_of(metrics(), Metric::kStateHeight), std::nullopt) << "not at the start";
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), std::nullopt);
  push(100);
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), 0u) << "popped at once";
  EXPECT_EQ(gauge_of(metrics(), Metric::kStateHeight), std::nullopt) << "not before the commit";
  world.clock.run_for(kSecond);
  EXPECT_EQ(gauge_of(metrics(), Metric::kStateHeight), 101u);
  const Histogram* commit = metrics().find_histogram(Metric::kStateCommitDuration, kCh);
  ASSERT_NE(commit, nullptr);
  EXPECT_EQ(commit->count(), 1u);
  EXPECT_EQ(commit->sum(), 30 * kMillisecond);
}

TEST_F(StateMetrics, ABlockOutOfOrderWaitsAndIsSeenInTheBuffer) {
  push(102);
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), 1u);
  push(102);
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), 1u) << "a duplicate reports too";
  push(100);
  push(101);
  world.clock.run_for(kSecond);
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), 0u);
  EXPECT_EQ(gauge_of(metrics(), Metric::kStateHeight), 103u);
}

TEST_F(StateMetrics, AFailedCommitUpdatesNeither) {
  node.ledger.failure = CommitFailure::kValidation;
  push(100);
  world.clock.run_for(kSecond);
  EXPECT_EQ(gauge_of(metrics(), Metric::kStateHeight), std::nullopt);
  EXPECT_EQ(metrics().find_histogram(Metric::kStateCommitDuration, kCh), nullptr);
}

TEST_F(StateMetrics, ARejectionBeforeTheBufferReportsNothing) {
  node.state->add_payload(std::nullopt, {});
  EXPECT_EQ(gauge_of(metrics(), Metric::kPayloadBufferSize), std::nullopt);
}

struct CommMetrics : testing::Test {
  static std::uint64_t sent(const CommNode& n) { return n.context.metrics.messages_sent.value(); }
  static std::uint64_t received(const CommNode& n) {
    return n.context.metrics.messages_received.value();
  }
  static std::uint64_t overflow(const CommNode& n) {
    return n.context.metrics.overflow_count.value();
  }

  CommWorld world;
  CommNode a{world, "Org1MSP", "a", "a:7051"};
  CommNode b{world, "Org1MSP", "b", "b:7051"};
};

// 3.
TEST_F(CommMetrics, TheFirstMessageCountsOnceOnBothSidesAndTheHandshakeNotAtAll) {
  a.send(b, 0);
  world.clock.run_for(kSecond);
  EXPECT_EQ(sent(a), 1u);
  EXPECT_EQ(received(a), 0u);
  EXPECT_EQ(sent(b), 0u);
  EXPECT_EQ(received(b), 1u);
}

TEST_F(CommMetrics, FloodingASlowReceiverEndsInAnOverflow) {
  world.config.send_buff_size = 20;
  a.send(b, 0);
  world.clock.run_for(kSecond);
  world.net.set_window(4);
  world.net.stall("b:7051", true);
  for (int i = 1; i <= 25; ++i)
    a.send(b, static_cast<std::uint64_t>(i));
  EXPECT_EQ(sent(a), 5u) << "one before, four on the way";
  EXPECT_EQ(overflow(a), 0u) << "one with the writer, twenty in the buffer";
  a.send(b, 26);
  EXPECT_EQ(overflow(a), 1u);
  a.send(b, 27);
  EXPECT_EQ(overflow(a), 2u);
}

TEST_F(CommMetrics, ABlockingSendWaitsAndIsNoOverflow) {
  world.config.send_buff_size = 2;
  a.send(b, 0);
  world.clock.run_for(kSecond);
  ASSERT_EQ(b.received.size(), 1u);
  world.net.set_window(1);
  world.net.stall("a:7051", true);
  for (std::uint64_t i = 1; i <= 5000; ++i)
    b.comm.respond(b.received[0].conn, CommNode::message(i));
  EXPECT_GT(b.traced(TraceKind::kMessageDropped, DropReason::kSendBufferFull), 0u)
      << "here the number of those who wait has a limit";
  EXPECT_EQ(overflow(b), 0u);
}

TEST_F(CommMetrics, WhatCannotBeDecodedIsCountedBeforeItEndsTheConnection) {
  RawPeer raw{world, "Org1MSP", "r", "r:7051"};
  raw.connect("b:7051", {raw.hello(), RawPeer::garbage(), CommNode::message(1)});
  world.clock.run_for(kSecond);
  EXPECT_EQ(received(b), 1u);
}

TEST_F(CommMetrics, AMessageToTwoPeersCountsTwice) {
  CommNode c{world, "Org1MSP", "c", "c:7051"};
  a.send(b, 1);
  a.send(c, 1);
  world.clock.run_for(kSecond);
  EXPECT_EQ(sent(a), 2u);
}

// 4.
TEST(MembershipMetrics, AlonePeersReportNobodyAndThenTheSecond) {
  RecordingSink sink;
  Stage stage(test::scenario_of(R"({ "duration": "1h",
      "organizations": [ { "name": "org1", "peers": 2 } ],
      "channels": [ { "name": "A" } ] })"),
              sink);
  const PeerIndex first{0}, second{1};
  stage.start(first);
  const auto total = [&] {
    return gauge_of(stage.peer(first)->metrics(), Metric::kMembershipTotalPeersKnown);
  };
  stage.run_for(4 * kSecond);
  EXPECT_EQ(total(), std::nullopt) << "one interval after joining";
  stage.run_for(2 * kSecond);
  EXPECT_EQ(total(), 0u);
  stage.start(second);
  stage.run_for(60 * kSecond);
  EXPECT_EQ(total(), 1u);
}

// Metrics are looked at by virtual time, and nobody notices.
TEST(RunMetrics, LookingChangesNoDigest) {
  const scenario::Scenario plan = test::scenario_of(R"({ "duration": "40s",
      "organizations": [ { "name": "org1", "peers": 8 } ],
      "channels": [ { "name": "A" } ], "blocks": [ { "start": "20s" } ] })");
  sim::RunOptions options;
  options.clock = sim::ClockKind::kPlain;
  const auto digest = [&](Duration interval) {
    auto runner = sim::Runner::make(plan, options);
    std::vector<Time> looks;
    if (interval > 0) runner.value()->look_every(interval, [&](Time at) { looks.push_back(at); });
    const std::string hex = runner.value()->run().digest_hex;
    const auto expected = interval > 0 ? 40 * kSecond / interval : 0;
    EXPECT_EQ(looks.size(), static_cast<std::size_t>(expected));
    if (!looks.empty()) {
      EXPECT_EQ(looks.front(), interval);
    }
    return hex;
  };
  EXPECT_EQ(digest(0), digest(kSecond));
  EXPECT_EQ(digest(0), digest(7 * kMillisecond));
}

// Derived: nothing is received that was not sent.
TEST(RunMetrics, AllThatIsReceivedWasSent) {
  RecordingSink sink;
  Stage stage(test::scenario_of(R"({ "duration": "1h",
      "organizations": [ { "name": "org1", "peers": 8 } ],
      "channels": [ { "name": "A" } ] })"),
              sink);
  stage.start_all();
  stage.run_for(30 * kSecond);
  std::uint64_t sent = 0, received = 0;
  for (std::size_t i = 0; i < stage.size(); ++i) {
    const Metrics& metrics = stage.peer(peer_index(i))->metrics();
    sent += metrics.messages_sent.value();
    received += metrics.messages_received.value();
  }
  EXPECT_GT(received, 100u);
  EXPECT_LE(received, sent);
  EXPECT_GE(received + 50, sent) << "all but what is under way";
}

}  // namespace
}  // namespace hearsay
