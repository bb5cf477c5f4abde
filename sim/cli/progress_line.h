// ProgressLine: one line on stderr that says how far a run has come, on terminals only.
#pragma once

#include <chrono>

#include "sim/run/runner.h"

namespace hearsay::sim {

class ProgressLine {
 public:
  // Is stderr a terminal?
  bool wanted() const;
  // Draws the line anew, a few times a second at most.
  void show(const Progress& progress);
  // Removes the line, if one was drawn.
  void clear();

 private:
  using WallClock = std::chrono::steady_clock;
  WallClock::time_point begin_ = WallClock::now();
  WallClock::time_point last_{};
  bool drawn_ = false;
};

}  // namespace hearsay::sim
