// TimeDriver: whoever decides when the calendar's head is due.
//
// The world knows how to handle everything that is due up to an instant (Steps); the driver says
// which instant comes next. PlainDriver takes them as they come; the driver of sim/simgrid lets
// SimGrid's clock ring once per instant. Both lead through the same events in the same order.
#pragma once

#include "core/base/time.h"

namespace hearsay::sim {

// What a driver drives: the world.
class Steps {
 public:
  // When the next event is due, kNever when none is pending.
  virtual Time next_time() = 0;
  // Handles every event due at or before `until`, those that come up meanwhile too, or as many as
  // were handled when the world was asked to stop; false in that case.
  virtual bool handle_until(Time until) = 0;

 protected:
  ~Steps() = default;
};

class TimeDriver {
 public:
  virtual ~TimeDriver() = default;
  // Leads `steps` through everything due at or before `until`.
  virtual void run(Steps& steps, Time until) = 0;
};

// Virtual time without SimGrid: unit tests, fuzzers, and runs that ask for it.
class PlainDriver final : public TimeDriver {
 public:
  void run(Steps& steps, Time until) override { steps.handle_until(until); }
};

}  // namespace hearsay::sim
