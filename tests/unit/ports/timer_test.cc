#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/ports/clock.h"

namespace hearsay {
namespace {

// Records what is armed; time stands still.
class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  std::uint64_t unix_time() const override { return 0; }
  TimerId arm(Time at, TimerHandler&, TimerKind, std::uint32_t) override {
    armed.insert(at);
    slots.push_back(at);
    return {static_cast<std::uint32_t>(slots.size() - 1), 0};
  }
  void cancel(TimerId id) override { armed.erase(slots.at(id.slot)); }

  std::set<Time> armed;
  std::vector<Time> slots;
  Time now_ = 100;
};

class NoHandler final : public TimerHandler {
 public:
  void on_timer(TimerKind, std::uint32_t) override {}
};

TEST(Timer, HoldsOneArmingAtATime) {
  FakeClock clock;
  NoHandler handler;
  Timer timer(clock, handler, TimerKind::kUser);
  EXPECT_FALSE(timer.armed());
  timer.arm_after(5);
  EXPECT_EQ(clock.armed, (std::set<Time>{105}));
  timer.arm_at(200);
  EXPECT_EQ(clock.armed, (std::set<Time>{200}));
  EXPECT_TRUE(timer.armed());
  EXPECT_EQ(timer.at(), 200);
  timer.cancel();
  EXPECT_FALSE(timer.armed());
  EXPECT_TRUE(clock.armed.empty());
}

TEST(Timer, CancelsWhenItIsDestroyedUnlessItFired) {
  FakeClock clock;
  NoHandler handler;
  {
    Timer timer(clock, handler, TimerKind::kUser);
    timer.arm_at(150);
  }
  EXPECT_TRUE(clock.armed.empty());
  {
    Timer timer(clock, handler, TimerKind::kUser);
    timer.arm_at(160);
    timer.fired();
    EXPECT_FALSE(timer.armed());
  }
  EXPECT_EQ(clock.armed, (std::set<Time>{160}));
}

TEST(Timer, EveryKindHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t k = 0; k < kTimerKinds; ++k) {
    names.insert(timer_kind_name(static_cast<TimerKind>(k)));
  }
  EXPECT_EQ(names.size(), kTimerKinds);
}

}  // namespace
}  // namespace hearsay
