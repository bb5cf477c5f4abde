#include "sim/fault/schedule.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;

class NotedFault final : public Fault {
 public:
  NotedFault(World& world, std::vector<std::string>& log) : world_(world), log_(log) {}
  void begin(std::span<const FaultTarget> targets) override {
    log_.push_back("begin " + std::to_string(targets.size()) + at());
  }
  void end() override { log_.push_back("end" + at()); }

 private:
  std::string at() const { return " @" + std::to_string(world_.now() / kSecond); }
  World& world_;
  std::vector<std::string>& log_;
};

class FaultLog final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override {
    if (event.kind == TraceKind::kFaultBegun || event.kind == TraceKind::kFaultEnded) {
      events.push_back(event);
    }
  }
  std::vector<TraceEvent> events;
};

TEST(ScheduleTest, faults_begin_and_end_at_their_times_with_the_hosts_of_the_moment) {
  WiredWorld wired(3);
  std::vector<std::string> log;
  std::vector<FaultTarget> hosts = {{HostIndex{0}}};
  FaultSchedule schedule(wired.world);
  schedule.add({.at = 2 * kSecond,
                .until = 5 * kSecond,
                .targets = [&] { return hosts; },
                .fault = std::make_unique<NotedFault>(wired.world, log)});
  schedule.add({.at = 3 * kSecond,
                .until = {},
                .targets = [&] { return hosts; },
                .fault = std::make_unique<NotedFault>(wired.world, log)});
  wired.run_for(kSecond);
  hosts = {{HostIndex{1}}, {HostIndex{2}}};
  wired.run_for(20 * kSecond);
  EXPECT_THAT(log, ElementsAre("begin 2 @2", "begin 2 @3", "end @5"));
}

TEST(ScheduleTest, beginning_and_end_are_traced_under_the_faults_number) {
  FaultLog trace;
  World world({.random = Random::root(1), .trace = &trace});
  Network network(world, {});
  std::vector<std::string> log;
  FaultSchedule schedule(world);
  for (int i = 0; i < 2; ++i) {
    schedule.add({.at = (2 - i) * kSecond,
                  .until = 3 * kSecond,
                  .targets =
                      [] {
                        return std::vector<FaultTarget>{{HostIndex{7}, 3}};
                      },
                  .fault = std::make_unique<NotedFault>(world, log)});
  }
  world.run_until(5 * kSecond);
  ASSERT_EQ(trace.events.size(), 4u);
  EXPECT_EQ(trace.events[0].value, 1u);
  EXPECT_EQ(trace.events[0].time, kSecond);
  EXPECT_EQ(trace.events[0].peer, HostIndex{7});
  EXPECT_EQ(trace.events[0].detail, 3u) << "the host's group";
  EXPECT_EQ(trace.events[1].value, 0u);
  EXPECT_EQ(trace.events[3].kind, TraceKind::kFaultEnded);
}

}  // namespace
}  // namespace hearsay::sim
