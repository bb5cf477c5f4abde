#include "sim/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/world/bare_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EventLog final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { events.push_back(event); }
  std::vector<TraceEvent> events;
};

TEST(WorldTest, what_comes_soon_is_hinted_at_in_all_steps_each_once) {
  constexpr std::uint64_t kEvents = 60;
  BareWorld bare;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    bare.world.calendar().push(
        {.time = kSecond + static_cast<Time>(i),
         .key = bare.world.next_key(HostIndex{0}),
         .payload = i,
         .host_and_kind = Event::pack(HostIndex{0}, EventKind::kFirstOfNetwork),
         .slot = 0});
  }
  bare.world.run_until(kSecond + 30);
  // The first of a run comes as a surprise; the last of those handled has been hinted at too.
  EXPECT_FALSE(bare.wire.hints.contains(0));
  for (std::uint64_t i = 1; i <= 30; ++i)
    EXPECT_THAT(bare.wire.hints[i], ElementsAre(0, 1, 2, 3, 4, 5)) << "event " << i;
  EXPECT_THAT(bare.wire.hints[31 + 10], ElementsAre(0, 1, 2));
  EXPECT_FALSE(bare.wire.hints.contains(31 + 30));
}

TEST(WorldTest, actions_of_one_instant_run_in_the_order_of_the_calls) {
  BareWorld bare;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i)
    bare.world.call_at(kSecond, [&, i] { order.push_back(i); });
  bare.world.run_until(kSecond);
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(WorldTest, an_action_comes_before_the_hosts_events_of_its_instant) {
  BareWorld bare;
  bare.arm(kSecond, 1);
  bare.world.call_at(kSecond, [&] { bare.log.emplace_back("action"); });
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("action", "1000 1"));
}

TEST(WorldTest, hosts_events_of_one_instant_come_in_the_order_of_the_hosts) {
  BareWorld bare(3);
  bare.arm(kSecond, 2, 2);
  bare.arm(kSecond, 0, 0);
  bare.arm(kSecond, 1, 1);
  bare.world.run_until(kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1000 0", "1000 1", "1000 2"));
}

TEST(WorldTest, an_action_for_the_past_runs_at_the_present_instant) {
  BareWorld bare;
  bare.world.run_until(2 * kSecond);
  Time ran = -1;
  bare.world.call_at(kSecond, [&] { ran = bare.world.now(); });
  bare.world.run_until(3 * kSecond);
  EXPECT_EQ(ran, 2 * kSecond);
}

TEST(WorldTest, an_action_may_add_actions) {
  BareWorld bare;
  std::vector<Time> at;
  std::function<void()> again = [&] {
    at.push_back(bare.world.now());
    if (at.size() < 4) bare.world.call_at(bare.world.now() + 1, again);
  };
  bare.world.call_at(0, again);
  bare.world.run_until(kSecond);
  EXPECT_THAT(at, ElementsAre(0, 1, 2, 3));
}

TEST(WorldTest, run_until_includes_its_end_and_moves_the_clock_there) {
  BareWorld bare;
  bare.arm(kSecond, 1);
  bare.arm(kSecond + 1, 2);
  EXPECT_TRUE(bare.world.run_until(kSecond));
  EXPECT_EQ(bare.world.now(), kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1000 1"));
  EXPECT_TRUE(bare.world.run_until(5 * kSecond));
  EXPECT_EQ(bare.world.now(), 5 * kSecond);
  EXPECT_THAT(bare.log, ElementsAre("1000 1", "1000 2"));
}

TEST(WorldTest, request_stop_ends_the_run_after_the_event_at_hand) {
  BareWorld bare;
  bare.world.call_at(kSecond, [&] { bare.world.request_stop(); });
  bare.arm(2 * kSecond, 1);
  EXPECT_FALSE(bare.world.run_until(5 * kSecond));
  EXPECT_EQ(bare.world.now(), kSecond);
  EXPECT_THAT(bare.log, IsEmpty());
  EXPECT_TRUE(bare.world.run_until(5 * kSecond));
  EXPECT_THAT(bare.log, ElementsAre("2000 1"));
}

TEST(WorldTest, the_stop_flag_ends_the_run_soon) {
  BareWorld bare;
  volatile std::sig_atomic_t flag = 0;
  bare.world.set_stop_flag(&flag);
  int count = 0;
  std::function<void()> tick = [&] {
    if (++count == 1000) flag = 1;
    bare.world.call_at(bare.world.now() + 1, tick);
  };
  bare.world.call_at(0, tick);
  EXPECT_FALSE(bare.world.run_until(kSecond));
  EXPECT_GE(count, 1000);
  EXPECT_LE(count, 2000);
}

TEST(WorldTest, progress_is_told_after_each_so_many_events) {
  BareWorld bare;
  std::vector<std::uint64_t> told;
  bare.world.set_progress(100, [&] { told.push_back(bare.world.events()); });
  for (int i = 0; i < 350; ++i)
    bare.world.call_at(i, [] {});
  bare.world.run_until(kSecond);
  EXPECT_THAT(told, ElementsAre(100, 200, 300));
}

TEST(WorldTest, counts_the_events_handled_but_not_cancelled_timers) {
  BareWorld bare;
  bare.arm(1, 1);
  bare.tenant().clock.cancel(bare.arm(2, 2));
  bare.world.call_at(3, [] {});
  bare.world.run_until(kSecond);
  EXPECT_EQ(bare.world.events(), 2u);
}

TEST(WorldTest, an_orderly_stop_lets_the_tenant_say_goodbye_before_the_wire_goes) {
  BareWorld bare;
  bare.world.stop(HostIndex{0}, StopReason::kEnd);
  EXPECT_THAT(bare.log, ElementsAre("stop"));
  EXPECT_THAT(bare.wire.log, ElementsAre("wire down"));
  EXPECT_FALSE(bare.world.running(HostIndex{0}));
  EXPECT_EQ(bare.world.tenant(HostIndex{0}), nullptr);
}

TEST(WorldTest, stopping_a_stopped_host_does_nothing) {
  BareWorld bare;
  bare.world.stop(HostIndex{0}, StopReason::kCrash);
  bare.log.clear();
  bare.wire.log.clear();
  bare.world.stop(HostIndex{0}, StopReason::kCrash);
  EXPECT_THAT(bare.log, IsEmpty());
  EXPECT_THAT(bare.wire.log, IsEmpty());
}

TEST(WorldTest, each_start_makes_a_new_tenant_with_the_same_random_stream) {
  NoWire wire;
  World world({.random = Random::root(7)});
  world.attach(wire);
  std::vector<std::uint32_t> draws;
  std::vector<std::uint32_t> restarts;
  std::vector<std::string> log;
  const HostIndex host = world.add_host("a", [&](const HostContext& context) {
    Random random = context.random;
    draws.push_back(random.next32());
    restarts.push_back(context.restarts);
    return std::make_unique<TimerTenant>(context, log);
  });
  world.start(host);
  world.stop(host, StopReason::kCrash);
  world.start(host);
  EXPECT_EQ(draws[0], draws[1]);
  EXPECT_THAT(restarts, ElementsAre(0, 1));
}

TEST(WorldTest, starts_and_stops_are_traced) {
  EventLog trace;
  BareWorld bare(1, &trace);
  bare.world.run_until(kSecond);
  bare.world.stop(HostIndex{0}, StopReason::kCrash);
  ASSERT_EQ(trace.events.size(), 2u);
  EXPECT_EQ(trace.events[0].kind, TraceKind::kNodeStarted);
  EXPECT_EQ(trace.events[0].value, kUnixEpoch);
  EXPECT_EQ(trace.events[1].kind, TraceKind::kNodeStopped);
  EXPECT_EQ(trace.events[1].time, kSecond);
  EXPECT_EQ(trace.events[1].detail, static_cast<std::uint8_t>(StopReason::kCrash));
}

TEST(WorldTest, shut_down_discards_what_the_network_has_pending) {
  BareWorld bare;
  bare.world.calendar().push({kSecond, bare.world.next_key(HostIndex{0}), 77,
                              Event::pack(HostIndex{0}, EventKind::kFirstOfNetwork), 0});
  bare.arm(kSecond, 1);
  bare.world.shut_down();
  EXPECT_THAT(bare.wire.log, ElementsAre("discard 77"));
  EXPECT_TRUE(bare.world.calendar().empty());
}

}  // namespace
}  // namespace hearsay::sim
