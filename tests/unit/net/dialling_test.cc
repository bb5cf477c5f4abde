#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The time of the only entry of a log, in seconds.
double seconds_of(const std::vector<std::string>& log) {
  EXPECT_EQ(log.size(), 1u);
  return log.empty() ? -1 : std::stod(log.front()) / 1e6;
}

TEST(DiallingTest, a_dial_connects_after_one_round_trip) {
  WiredWorld wired;
  wired.at(0).opens = false;
  wired.at(0).transport.dial("h1");
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre("2000 connected"));
}

TEST(DiallingTest, a_connection_without_stream_is_invisible_to_the_far_end) {
  WiredWorld wired;
  wired.at(0).opens = false;
  const ConnId conn = wired.at(0).transport.dial("h1");
  wired.run_for(kSecond);
  wired.at(0).transport.ping(conn);
  wired.run_for(kSecond);
  wired.at(0).transport.close(conn);
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre("2000 connected", "1002000 pong"));
  EXPECT_THAT(wired.at(1).log, IsEmpty());
}

TEST(DiallingTest, the_far_end_hears_of_a_stream_one_way_after_it_was_opened) {
  WiredWorld wired;
  wired.at(0).transport.dial("h1");
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(1).log, ElementsAre("3000 accepted"));
}

TEST(DiallingTest, frames_may_be_written_right_behind_the_opening) {
  WiredWorld wired(2, {.links = LinkModel(Latency::uniform(0, 5 * kMillisecond))});
  wired.at(0).opens = false;
  const ConnId conn = wired.at(0).transport.dial("h1");
  wired.run_for(kSecond);
  wired.at(0).transport.open_stream(conn);
  for (std::uint64_t i = 0; i < 20; ++i)
    wired.at(0).transport.write(conn, hello(i));
  wired.run_for(kSecond);
  ASSERT_EQ(wired.at(1).accepted.size(), 1u);
  EXPECT_NE(wired.at(1).log.front().find("accepted"), std::string::npos);
  ASSERT_EQ(wired.at(1).frames.size(), 20u);
  EXPECT_TRUE(std::is_sorted(wired.at(1).frames.begin(), wired.at(1).frames.end()));
}

TEST(DiallingTest, a_host_has_several_endpoints) {
  WiredWorld wired;
  wired.network.set_endpoint("outside:7051", HostIndex{1});
  wired.at(0).transport.dial("outside:7051");
  wired.at(0).transport.dial("h1");
  wired.run_for(kSecond);
  EXPECT_EQ(wired.at(1).accepted.size(), 2u);
}

TEST(DiallingTest, a_host_may_dial_itself) {
  WiredWorld wired;
  const ConnId conn = wired.at(0).transport.dial("h0");
  wired.run_for(kSecond);
  wired.at(0).transport.write(conn, hello(9));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(0).frames, ElementsAre(9));
}

TEST(DiallingTest, a_dial_retry_finds_a_later_listener) {
  WiredWorld wired;
  wired.crash(1);
  wired.at(0).transport.dial("h1");
  wired.run_for(500 * kMillisecond);
  wired.restart(1);
  wired.run_for(5 * kSecond);
  const double connected = seconds_of(wired.at(0).log);
  // Refused after 2 ms, again after 1 s +- 20 %, then a round trip.
  EXPECT_GE(connected, 0.8 + 0.004);
  EXPECT_LE(connected, 1.2 + 0.004);
}

TEST(DiallingTest, the_backoff_grows_by_eight_fifths) {
  WiredWorld wired;
  wired.crash(1);
  const RuleGuard guard = install(wired, Verdict::pass());
  FixedRule::asked = 0;
  wired.at(0).transport.dial("h1");
  wired.run_for(60 * kSecond);
  // Attempts near 0, 1, 2.6, 5.2, 9.3, 15.8, 26.3, 43.1 s, each with an answer.
  EXPECT_GE(FixedRule::asked, 2 * 7);
  EXPECT_LE(FixedRule::asked, 2 * 9);
}

TEST(DiallingTest, a_refusal_ends_an_attempt_whose_first_syn_was_lost) {
  WiredWorld wired;
  wired.crash(1);
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.dial("h1");
  wired.run_for(500 * kMillisecond);
  guard.release();
  wired.run_for(kSecond);  // the second SYN is refused at 1.002 s
  wired.restart(1);
  wired.run_for(30 * kSecond);
  EXPECT_NEAR(seconds_of(wired.at(0).log), 2.0, 0.21);
}

TEST(DiallingTest, an_unknown_endpoint_is_resolved_again_at_each_attempt) {
  WiredWorld wired;
  wired.at(0).transport.dial("later");
  wired.run_for(100 * kMillisecond);
  wired.network.set_endpoint("later", HostIndex{1});
  wired.run_for(5 * kSecond);
  EXPECT_NEAR(seconds_of(wired.at(0).log), 1.0, 0.21);
}

TEST(DiallingTest, a_closed_dial_is_never_heard_of_again) {
  WiredWorld wired;
  const ConnId early = wired.at(0).transport.dial("h1");
  wired.at(0).transport.close(early);
  wired.run_for(kSecond);
  const ConnId on_its_way = wired.at(0).transport.dial("h1");
  wired.run_for(1500 * kMicrosecond);  // the answer is under way
  wired.at(0).transport.close(on_its_way);
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  EXPECT_THAT(wired.at(1).log, IsEmpty());
}

TEST(DiallingTest, a_swallowed_syn_is_sent_again_after_1_2_4_8_seconds) {
  for (const auto& [heal, connected] : {std::pair{0.5, 1.0}, {1.5, 3.0}, {3.5, 7.0}, {8.0, 15.0}}) {
    WiredWorld wired;
    RuleGuard guard = install(wired, Verdict::drop());
    wired.at(0).transport.dial("h1");
    wired.run_for(static_cast<Duration>(heal * 1e9));
    guard.release();
    wired.run_for(20 * kSecond);
    EXPECT_DOUBLE_EQ(seconds_of(wired.at(0).log), connected + 0.002);
  }
}

TEST(DiallingTest, an_attempt_without_answer_fails_after_20_seconds_and_is_followed_by_another) {
  WiredWorld wired;
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.dial("h1");
  wired.run_for(16 * kSecond);
  guard.release();
  wired.run_for(20 * kSecond);
  EXPECT_NEAR(seconds_of(wired.at(0).log), 21.0, 0.21);
}

TEST(DiallingTest, a_swallowed_answer_is_as_a_swallowed_syn) {
  WiredWorld wired;
  RuleGuard guard = install(wired, Verdict::drop(), HostIndex{1}, HostIndex{0});
  wired.at(0).transport.dial("h1");
  wired.run_for(500 * kMillisecond);
  guard.release();
  wired.run_for(20 * kSecond);
  EXPECT_DOUBLE_EQ(seconds_of(wired.at(0).log), 1.002);
}

TEST(DiallingTest, a_blackholed_ping_is_silence) {
  WiredWorld wired;
  const ConnId conn = wired.stream();
  RuleGuard guard = install(wired, Verdict::drop());
  wired.at(0).transport.ping(conn);
  wired.run_for(10 * kSecond);
  guard.release();
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  wired.at(0).transport.ping(conn);
  wired.run_for(kSecond);
  EXPECT_EQ(wired.at(0).log.size(), 1u);
}

TEST(DiallingTest, a_crash_between_connecting_and_opening_breaks_the_connection) {
  WiredWorld wired;
  wired.at(0).opens = false;
  const ConnId conn = wired.at(0).transport.dial("h1");
  wired.run_for(2 * kMillisecond);
  wired.crash(1);
  wired.run_for(10 * kMillisecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre("2000 connected", "3000 broken"));
  EXPECT_TRUE(wired.at(0).transport.write_fails(conn));
}

TEST(DiallingTest, a_dialler_that_crashes_leaves_nothing_behind) {
  WiredWorld wired;
  wired.at(0).transport.dial("h1");
  wired.run_for(500 * kMicrosecond);
  wired.crash(0);
  wired.run_for(kSecond);
  wired.restart(0);
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  EXPECT_THAT(wired.at(1).log, IsEmpty());
}

}  // namespace
}  // namespace hearsay::sim
