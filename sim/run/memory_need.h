// How much memory a run will take, told from its scenario, and how much there is.
//
// The figures per pair, block and byte are measured (docs/performance.md); together they come
// within a third of what a run of a minute takes. Nothing here reaches a result: it serves to say
// beforehand what would otherwise end in the middle.
#pragma once

#include <cstdint>
#include <string>

#include "sim/net/wire_mode.h"
#include "sim/scenario/scenario.h"

namespace hearsay::sim {

struct MemoryNeed {
  double bytes = 0;    // at the peak, about
  double certain = 0;  // no run of the scenario takes less
  // What takes most of it: "organizations[0].peers", "100000 peers".
  std::string place;
  std::string what;
};

MemoryNeed memory_need(const scenario::Scenario& plan, WireMode wire);

struct MemoryThere {
  double free = 0;     // bytes that can be had now
  double at_most = 0;  // if all others let go of theirs
  // Who sets either bound, in words.
  std::string free_limit;
  std::string at_most_limit;
};

// For `runs` runs at once, each a process of its own: of the machine, the control group and the
// processes, the narrowest. `root` stands before /proc and /sys. What cannot be read sets no bound.
MemoryThere memory_there(int runs, const std::string& root = "");

}  // namespace hearsay::sim
