// SimGridDriver: SimGrid's clock leads the world.
//
// Exactly one SimGrid kernel timer is armed, at the calendar's head. When it rings, everything due
// at that instant is handled and the next is armed; when nothing is due before the end, one at the
// end. So SimGrid advances its clock, its profiles and (later) its flows in step with ours, and the
// order of our events is the calendar's, as with PlainDriver. SimGrid's time is seconds in a
// double; ours stays integer and is never taken from there.
//
// simgrid/kernel/Timer.hpp stands outside SimGrid's public interface, but is installed and
// unchanged from 3.32 to 4.1. Engine::run_until is not used: it may return 10 us early.
#pragma once

#include "sim/simgrid/platform.h"
#include "sim/world/time_driver.h"

namespace hearsay::sim {

class SimGridDriver final : public TimeDriver {
 public:
  // `platform` owns the engine and must outlive the driver.
  explicit SimGridDriver(const Platform& platform) { static_cast<void>(platform); }

  void run(Steps& steps, Time until) override;

  // How often the bell rang, for tests and benches.
  std::uint64_t rings() const { return rings_; }

 private:
  void arm(Time at);
  void ring();

  Steps* steps_ = nullptr;
  Time until_ = 0;
  Time at_ = 0;
  std::uint64_t rings_ = 0;
};

}  // namespace hearsay::sim
