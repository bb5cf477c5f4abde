#include "analysis/traffic.h"

#include <gtest/gtest.h>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

TEST(Traffic, CountsByTypeAndReason) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2).at(1_s).sent(0, 1, kAliveMsg, 300).sent(0, 1, kAliveMsg, 200);
  script.delivered(1, 0, kAliveMsg).put(1, TraceKind::kMessageDuplicate, {.type = kAliveMsg});
  script.put(0, TraceKind::kMessageDropped,
             {.detail = static_cast<std::uint8_t>(DropReason::kDialFailed), .type = kAliveMsg});
  script.put(1, TraceKind::kMessageRejected,
             {.detail = static_cast<std::uint8_t>(RejectReason::kBadMac), .type = 3});
  run.finish(10_s);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.sent"), 2);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.bytes"), 500);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.received"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.dropped"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.duplicates"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "messages.Hello.block.rejected"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "drops.dial_failed"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "drops.node_stopped"), 0);
  EXPECT_DOUBLE_EQ(metric(run, "rejects.bad_mac"), 1);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.sent_per_peer_s"), 0.1);
}

TEST(Traffic, RatesAreOfThePeersThatRan) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2);
  for (int i = 0; i < 10; ++i) {
    if (i == 5) script.crash(1);
    script.at(i * kSecond + 500_ms).sent(0, 1, kAliveMsg, 100);
  }
  // Peer 1 crashed at 4.5 s: 10 messages in 14.5 peer-seconds.
  run.finish(10_s);
  EXPECT_NEAR(metric(run, "messages.AliveMsg.sent_per_peer_s"), 10 / 14.5, 1e-12);
  // From 5 s on, peer 0 alone.
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.late_per_peer_s"), 1);
  EXPECT_DOUBLE_EQ(run.traffic().sent_per_peer_s(kAliveMsg, 6_s, 9_s), 1);
  EXPECT_DOUBLE_EQ(run.traffic().sent_per_peer_s(kAliveMsg, 0, 4_s), 0.5);
  EXPECT_DOUBLE_EQ(run.traffic().bytes_per_peer_s(6_s, 9_s), 100);
  EXPECT_TRUE(std::isnan(run.traffic().sent_per_peer_s(kAliveMsg, 3_s, 3_s)));
}

TEST(Traffic, LongRunsAreKeptInLongerSlots) {
  RunObserver run(facts_of(2));
  Script script(run);
  script.start_all(2);
  constexpr int kSeconds = 20'000;
  for (int i = 0; i < kSeconds; ++i)
    script.at(i * kSecond + 1).sent(0, 1, kAliveMsg, 1);
  run.finish(kSeconds * kSecond);
  EXPECT_NEAR(metric(run, "messages.AliveMsg.late_per_peer_s"), 0.5, 0.001);
  EXPECT_NEAR(run.traffic().sent_per_peer_s(kAliveMsg, 1'000_s, 2'000_s), 0.5, 0.01);
}

TEST(Traffic, AnEventFarAheadIsNoTrouble) {
  RunObserver run(facts_of(2));
  Script(run).start_all(2).sent(0, 1, kAliveMsg, 1).at(3'000'000'000_s).sent(0, 1, kAliveMsg, 1);
  run.finish(3'000'000'001_s);
  EXPECT_DOUBLE_EQ(metric(run, "messages.AliveMsg.sent"), 2);
}

}  // namespace
}  // namespace hearsay::analysis
