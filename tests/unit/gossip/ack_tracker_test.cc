#include "core/gossip/ack_tracker.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace hearsay {
namespace {

using namespace hearsay::literals;

constexpr PeerIndex kP{1};
constexpr PeerIndex kQ{2};

class AckTrackerTest : public testing::Test, public TimerHandler {
 protected:
  void on_timer(TimerKind kind, std::uint32_t cookie) override {
    EXPECT_EQ(kind, TimerKind::kAckTimeout);
    acks.on_timer(cookie);
  }
  std::uint32_t begin(std::int32_t min_ack, std::vector<PeerIndex> peers) {
    return acks.begin(7, 1_s, min_ack, peers, 5);
  }
  // "" while nothing has ended.
  std::string ended() {
    AckTracker::Done done;
    if (!acks.next_done(done)) return "";
    EXPECT_EQ(done.cookie, 5u);
    return done.result.to_string();
  }
  FakeClock clock;
  AckTracker acks{clock, *this};
};

TEST_F(AckTrackerTest, AnAckOfAnotherNonceOrPeerIsIgnored) {
  const auto row = begin(1, {kP});
  acks.send_returned(row);
  acks.on_ack(8, kP, "");
  acks.on_ack(7, kQ, "");
  EXPECT_EQ(ended(), "");
  acks.on_ack(7, kP, "");
  EXPECT_EQ(ended(), "{\"successes\":1}");
  EXPECT_EQ(acks.waiting(), 0u);
  EXPECT_EQ(clock.timers_armed(), 0u);
}

TEST_F(AckTrackerTest, AnAckBeforeTheSendReturnsWaitsForIt) {
  const auto row = begin(1, {kP});
  acks.on_ack(7, kP, "no");
  EXPECT_EQ(ended(), "");
  acks.send_returned(row);
  EXPECT_EQ(ended(), "{\"failures\":{\"no\":1}}");
}

TEST_F(AckTrackerTest, ATopicKeepsTheFirstFiftyAcks) {
  std::vector<PeerIndex> peers(52, kP);
  const auto row = begin(-1, peers);
  for (int i = 0; i < 51; ++i)
    acks.on_ack(7, kP, "");
  for (std::uint32_t i = 0; i < 52; ++i)
    acks.send_returned(row + i);
  EXPECT_EQ(acks.waiting(), 2u);
  clock.run_for(1_s);
  EXPECT_EQ(ended(), "{\"failures\":{\"timed out\":2},\"successes\":50}");
}

TEST_F(AckTrackerTest, TheTopicDiesWithItsTimeToLive) {
  const auto row = begin(1, {kP, kQ});
  acks.send_returned(row);
  clock.run_until(900_ms);
  acks.send_returned(row + 1);
  clock.run_until(1001_ms);
  acks.on_ack(7, kQ, "");  // too late, although its row waits until 1.9 s
  EXPECT_EQ(ended(), "");
  clock.run_until(1900_ms);
  EXPECT_EQ(ended(), "{\"failures\":{\"timed out\":2}}");
}

TEST_F(AckTrackerTest, WhatComesAfterTheEndIsIgnored) {
  const auto row = begin(1, {kP, kQ});
  acks.send_returned(row);
  acks.on_ack(7, kP, "");
  EXPECT_EQ(ended(), "{\"successes\":1}");
  acks.send_returned(row + 1);
  acks.send_returned(row);
  acks.on_ack(7, kQ, "");
  clock.run_for(5_s);
  EXPECT_EQ(ended(), "");
}

TEST_F(AckTrackerTest, SendReturnedTwiceDoesNotProlongTheWait) {
  const auto row = begin(1, {kP});
  acks.send_returned(row);
  clock.run_until(500_ms);
  acks.send_returned(row);
  EXPECT_EQ(clock.timers_armed(), 1u);
  clock.run_until(1_s);
  EXPECT_EQ(ended(), "{\"failures\":{\"timed out\":1}}");
}

TEST_F(AckTrackerTest, ClearForgetsEverything) {
  acks.send_returned(begin(1, {kP}));
  acks.clear();
  EXPECT_EQ(clock.timers_armed(), 0u);
  acks.on_ack(7, kP, "");
  EXPECT_EQ(ended(), "");
}

TEST(AggregatedSendResultTest, TextIsEscapedAsGoDoes) {
  AggregatedSendResult result{{{kP, "a \"b\" \\ <c>\n\x01"}, {kQ, "B"}}};
  EXPECT_EQ(result.to_string(),
            "{\"failures\":{\"B\":1,\"a \\\"b\\\" \\\\ \\u003cc\\u003e\\n\\u0001\":1}}");
}

}  // namespace
}  // namespace hearsay
