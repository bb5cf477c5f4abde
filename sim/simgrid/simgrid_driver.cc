#include "sim/simgrid/simgrid_driver.h"

#include <algorithm>

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u/Engine.hpp>

namespace hearsay::sim {

void SimGridDriver::run(Steps& steps, Time until) {
  steps_ = &steps;
  until_ = until;
  arm(std::min(steps.next_time(), until));
  simgrid::s4u::Engine::get_instance()->run();
}

void SimGridDriver::arm(Time at) {
  at_ = at;
  // SimGrid adds up its steps, so its clock may stand a rounding error past an instant of ours.
  const double date = std::max(static_cast<double>(at) * 1e-9, simgrid::s4u::Engine::get_clock());
  simgrid::kernel::timer::Timer::set(date, [this] { ring(); });
}

void SimGridDriver::ring() {
  ++rings_;
  if (!steps_->handle_until(at_)) return;
  const Time next = steps_->next_time();
  if (next <= until_) {
    arm(next);
  } else if (at_ < until_) {
    arm(until_);
  }
}

}  // namespace hearsay::sim
