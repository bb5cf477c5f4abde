// Streams under rules: stalls, retransmission, flow control, giving up, holding.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr HostIndex kA{0};
constexpr HostIndex kB{1};

TEST(StallTest, a_blackhole_that_heals_delivers_everything_in_order) {
  WiredWorld wired(2, {.links = LinkModel(Latency::uniform(0, 20 * kMillisecond))});
  const ConnId conn = wired.stream(0, 1, kSecond);
  RuleGuard guard = install(wired, Verdict::drop());
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_TRUE(wired.at(0).transport.write(conn, hello(i)));
    wired.run_for(100 * kMillisecond);
  }
  EXPECT_THAT(wired.at(1).frames, IsEmpty());
  guard.release();
  for (std::uint64_t i = 50; i < 60; ++i)
    wired.at(0).transport.write(conn, hello(i));
  wired.run_for(20 * kSecond);
  ASSERT_THAT(wired.at(1).frames, SizeIs(60));
  EXPECT_TRUE(std::is_sorted(wired.at(1).frames.begin(), wired.at(1).frames.end()));
  EXPECT_THAT(wired.trace.drops, IsEmpty());
}

TEST(StallTest, retransmissions_come_after_200_ms_doubling) {
  for (const auto& [heal, arrival] : {std::pair{0.1, 0.2}, {0.3, 0.6}, {1.0, 1.4}, {10.0, 12.6}}) {
    WiredWorld wired;
    const ConnId conn = wired.stream();
    RuleGuard guard = install(wired, Verdict::drop());
    const Time start = wired.world.now();
    wired.at(0).transport.write(conn, hello(1));
    wired.run_for(static_cast<Duration>(heal * 1e9));
    guard.release();
    wired.run_for(30 * kSecond);
    ASSERT_THAT(wired.at(1).arrivals, SizeIs(1));
    EXPECT_DOUBLE_EQ(to_seconds(wired.at(1).arrivals[0] - start), arrival + 0.001);
  }
}

TEST(StallTest, the_other_direction_is_not_concerned) {
  WiredWorld wired;
  wired.stream();
  const RuleGuard guard = install(wired, Verdict::drop(), kA, kB);
  wired.at(1).transport.write(wired.at(1).accepted[0], hello(7));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(0).frames, ElementsAre(7));
}

TEST(StallTest, a_stream_stalled_for_80_seconds_breaks_at_both_ends) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  const RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(1, 100));
  wired.run_for(79 * kSecond);
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  wired.run_for(2 * kSecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre("80003000 broken"));
  EXPECT_THAT(wired.at(1).log, ElementsAre("80003000 broken"));
  EXPECT_TRUE(wired.at(0).transport.write_fails(conn));
  ASSERT_THAT(wired.trace.drops, SizeIs(1));
  EXPECT_EQ(wired.trace.drops[0].detail, static_cast<std::uint8_t>(DropReason::kConnectionClosed));
  EXPECT_EQ(wired.trace.drops[0].peer, kA);
}

TEST(StallTest, a_stream_that_healed_does_not_break_later) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(10 * kSecond);
  guard.release();
  wired.run_for(10 * kSecond);
  // Another stall of the same stream counts from its own beginning.
  guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(2));
  wired.run_for(45 * kSecond);
  guard.release();
  wired.run_for(60 * kSecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1, 2));
  EXPECT_FALSE(wired.at(0).transport.write_fails(conn));
}

TEST(StallTest, a_stall_that_moves_now_and_then_does_not_break) {
  // Lets one frame through every 30 s.
  struct Trickle final : Rule {
    Verdict on_frame(const FrameInfo& /*frame*/, Time now) override {
      if (now < next) return Verdict::drop();
      next = now + 30 * kSecond;
      return Verdict::pass();
    }
    Time next = 30 * kSecond;
  };
  WiredWorld wired;
  const ConnId conn = wired.stream();
  const RuleGuard guard = wired.network.install(std::make_unique<Trickle>());
  for (std::uint64_t i = 0; i < 4; ++i)
    wired.at(0).transport.write(conn, hello(i));
  wired.run_for(400 * kSecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(wired.at(0).log, IsEmpty());
}

TEST(StallTest, what_is_written_behind_a_healed_stall_does_not_overtake_it) {
  WiredWorld wired(2, {.links = LinkModel(Latency::uniform(0, 400 * kMillisecond))});
  const ConnId conn = wired.stream(0, 1, 3 * kSecond);
  RuleGuard guard = install(wired, Verdict::drop());
  for (std::uint64_t i = 0; i < 30; ++i)
    wired.at(0).transport.write(conn, hello(i));
  guard.release();
  wired.run_for(200 * kMillisecond);  // sent again, and under way
  for (std::uint64_t i = 30; i < 60; ++i)
    wired.at(0).transport.write(conn, hello(i));
  wired.run_for(5 * kSecond);
  ASSERT_THAT(wired.at(1).frames, SizeIs(60));
  EXPECT_TRUE(std::is_sorted(wired.at(1).frames.begin(), wired.at(1).frames.end()));
}

TEST(StallTest, window_full_says_no_then_on_writable) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::drop());
  std::uint64_t taken = 0;
  while (wired.at(0).transport.write(conn, hello(taken, 1024)))
    ++taken;
  EXPECT_EQ(taken, 64u);
  guard.release();
  std::uint64_t next = taken;
  wired.at(0).on_room = [&] { wired.at(0).transport.write(conn, hello(next++, 1024)); };
  wired.run_for(kSecond);
  EXPECT_EQ(next, 65u);
  ASSERT_THAT(wired.at(1).frames, SizeIs(65));
  EXPECT_TRUE(std::is_sorted(wired.at(1).frames.begin(), wired.at(1).frames.end()));
}

TEST(StallTest, a_stalled_stream_takes_one_frame_of_any_size) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  const RuleGuard guard = install(wired, Verdict::drop());
  EXPECT_TRUE(wired.at(0).transport.write(conn, hello(1, 200'000)));
  EXPECT_FALSE(wired.at(0).transport.write(conn, hello(2)));
}

TEST(StallTest, a_held_frame_waits_until_the_rule_goes_however_long) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::hold());
  wired.at(0).transport.write(conn, hello(1));
  wired.at(0).transport.write(conn, hello(2));
  wired.run_for(300 * kSecond);
  EXPECT_THAT(wired.at(1).frames, IsEmpty());
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  guard.release();
  wired.run_for(kMillisecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1, 2));
}

TEST(StallTest, a_delayed_frame_makes_the_stream_behind_it_late) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::delayed(50 * kMillisecond));
  wired.at(0).transport.write(conn, hello(1));
  guard.release();
  wired.at(0).transport.write(conn, hello(2));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(1).log, ElementsAre("54000 frame 1", "54000 frame 2"));
}

TEST(StallTest, a_close_behind_stalled_frames_arrives_behind_them) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(1));
  wired.at(0).transport.close(conn);
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(1).log, IsEmpty());
  guard.release();
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(1).log, ElementsAre("1404000 frame 1", "1404000 closed"));
}

TEST(StallTest, a_swallowed_reset_is_heard_after_the_healing_or_when_the_far_end_gives_up) {
  for (const bool heals : {true, false}) {
    WiredWorld wired;
    wired.stream();
    RuleGuard guard = install(wired, Verdict::drop());
    wired.crash(1);
    wired.run_for(kSecond);
    EXPECT_THAT(wired.at(0).log, IsEmpty());
    if (heals) guard.release();
    wired.run_for(100 * kSecond);
    EXPECT_THAT(wired.at(0).log, ElementsAre(heals ? "1404000 broken" : "80003000 broken"));
  }
}

TEST(StallTest, a_crash_drops_what_was_stalled) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(1));
  wired.crash(0);
  guard.release();
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(1).frames, IsEmpty());
  ASSERT_THAT(wired.at(1).log, SizeIs(1));
  EXPECT_THAT(wired.trace.drops, SizeIs(1));
}

TEST(StallTest, when_both_directions_stall_each_end_hears_of_the_break_once) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  const RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(5 * kSecond);
  wired.at(1).transport.write(wired.at(1).accepted[0], hello(2));
  wired.run_for(200 * kSecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre("80003000 broken"));
  EXPECT_THAT(wired.at(1).log, ElementsAre("80003000 broken"));
  EXPECT_THAT(wired.trace.drops, SizeIs(2));
}

// Drops each frame with one chance in four: every frame still arrives, once, in order.
TEST(StallTest, random_loss_is_only_delay) {
  struct Loss final : Rule {
    Verdict on_frame(const FrameInfo& /*frame*/, Time /*now*/) override {
      return random.below(4) == 0 ? Verdict::drop() : Verdict::pass();
    }
    Random random = Random::root(9);
  };
  WiredWorld wired;
  const ConnId conn = wired.stream();
  const RuleGuard guard = wired.network.install(std::make_unique<Loss>());
  for (std::uint64_t i = 0; i < 500; ++i) {
    ASSERT_TRUE(wired.at(0).transport.write(conn, hello(i)));
    wired.run_for(50 * kMillisecond);
  }
  wired.run_for(60 * kSecond);
  ASSERT_THAT(wired.at(1).frames, SizeIs(500));
  EXPECT_TRUE(std::is_sorted(wired.at(1).frames.begin(), wired.at(1).frames.end()));
}

TEST(StallTest, a_rule_for_others_costs_only_being_asked) {
  WiredWorld wired(3);
  const ConnId conn = wired.stream();
  const RuleGuard guard = install(wired, Verdict::drop(), HostIndex{2});
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(2 * kMillisecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1));
}

}  // namespace
}  // namespace hearsay::sim
