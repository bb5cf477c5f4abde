#include "sim/world/node_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/world/bare_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NodeClockTest, a_timer_fires_once_at_its_time) {
  BareWorld bare;
  bare.arm(5 * kMillisecond, 1);
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("5 1"));
}

TEST(NodeClockTest, cancelled_timers_do_not_fire) {
  BareWorld bare;
  bare.arm(5 * kMillisecond, 1);
  const TimerId id = bare.arm(6 * kMillisecond, 2);
  bare.tenant().clock.cancel(id);
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("5 1"));
}

TEST(NodeClockTest, cancelled_timers_do_not_stay_in_the_calendar) {
  BareWorld bare;
  bare.arm(5 * kSecond, 1);
  for (std::uint32_t i = 0; i < 100'000; ++i)
    bare.tenant().clock.cancel(bare.arm(3 * kSecond + i, 2));
  bare.arm(4 * kSecond, 3);
  EXPECT_LT(bare.world.calendar().size(), 10'000u);
  bare.world.run_until(10 * kSecond);
  EXPECT_THAT(bare.log, ElementsAre("4000 3", "5000 1"));
}

TEST(NodeClockTest, timers_of_one_instant_fire_in_the_order_of_arming) {
  BareWorld bare;
  for (std::uint32_t i = 0; i < 100; ++i)
    bare.arm(kMillisecond, i);
  bare.world.run_until(kSecond);
  ASSERT_EQ(bare.log.size(), 100u);
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_EQ(bare.log[i], "1 " + std::to_string(i));
}

TEST(NodeClockTest, any_timer_id_may_be_cancelled) {
  BareWorld bare;
  Clock& clock = bare.tenant().clock;
  clock.cancel(TimerId{});
  const TimerId fired = bare.arm(kMillisecond, 1);
  bare.world.run_until(2 * kMillisecond);
  bare.arm(3 * kMillisecond, 2);  // takes the same slot
  clock.cancel(fired);
  clock.cancel(fired);
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1 1", "3 2"));
}

TEST(NodeClockTest, a_time_that_has_passed_fires_at_once_but_not_inside_the_call) {
  BareWorld bare;
  bare.world.run_until(kSecond);
  bare.arm(kMillisecond, 1);
  EXPECT_THAT(bare.log, IsEmpty());
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1000 1"));
}

TEST(NodeClockTest, a_handler_may_arm_and_cancel) {
  BareWorld bare;
  bare.arm(kMillisecond, 1);
  const TimerId other = bare.arm(2 * kMillisecond, 2);
  bare.tenant().then = [&] {
    bare.tenant().clock.cancel(other);
    bare.arm(3 * kMillisecond, 3);
  };
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1 1", "3 3"));
}

TEST(NodeClockTest, a_stopped_hosts_timers_are_gone) {
  BareWorld bare;
  bare.arm(5 * kMillisecond, 1);
  bare.world.stop(HostIndex{0}, StopReason::kCrash);
  bare.world.start(HostIndex{0});
  bare.log.clear();
  bare.arm(6 * kMillisecond, 2);
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("6 2"));
}

TEST(NodeClockTest, unix_time_goes_with_virtual_time_and_offset) {
  BareWorld bare;
  EXPECT_EQ(bare.tenant().clock.unix_time(), 1'700'000'000'000'000'000ULL);
  bare.world.run_until(3 * kSecond);
  EXPECT_EQ(bare.tenant().clock.unix_time(), 1'700'000'003'000'000'000ULL);
  bare.world.set_unix_offset(HostIndex{0}, -5 * kSecond);
  EXPECT_EQ(bare.tenant().clock.unix_time(), 1'699'999'998'000'000'000ULL);
  EXPECT_EQ(bare.tenant().clock.now(), 3 * kSecond);
}

TEST(NodeClockTest, the_raii_timer_cancels_when_destroyed) {
  BareWorld bare;
  {
    Timer timer(bare.tenant().clock, bare.tenant(), TimerKind::kUser);
    timer.arm_after(kMillisecond);
  }
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, IsEmpty());
}

}  // namespace
}  // namespace hearsay::sim
