#include "sim/cli/memory.h"

#include <cstdio>

#include <fmt/format.h>

#include "analysis/format.h"

namespace hearsay::sim {

namespace {

using analysis::bytes_text;

// "s.json: organizations[0].peers: 5000 peers take about 3.4 GiB of memory, 2 GiB can be had (…)"
std::string sentence(const std::string& scenario, const MemoryNeed& need, int runs,
                     const std::string& least, double bytes, double there,
                     const std::string& limit) {
  return fmt::format("{}: {}: {}{} take {} {} of memory, and {} can be had ({})", scenario,
                     need.place, need.what, runs > 1 ? ", run twice at once," : "", least,
                     bytes_text(bytes * runs), bytes_text(there), limit);
}

// What would help, by what takes most.
std::string remedy(const MemoryNeed& need) {
  return need.place.starts_with("blocks") ? "fewer or smaller blocks help, or a larger machine"
                                          : "fewer peers help, or a larger machine";
}

}  // namespace

bool memory_suffices(const std::string& scenario, const MemoryNeed& need, int runs, bool quiet) {
  const MemoryThere there = memory_there(runs);
  if (need.certain * runs > there.at_most) {
    fmt::print(stderr, "{}; {}\nhearsay: {}: nothing was run\n",
               sentence(scenario, need, runs, "at the least", need.certain, there.at_most,
                        there.at_most_limit),
               remedy(need), scenario);
    return false;
  }
  if (need.bytes * runs > there.free && !quiet) {
    fmt::print(stderr, "hearsay: warning: {}; {}\n",
               sentence(scenario, need, runs, "about", need.bytes, there.free, there.free_limit),
               remedy(need));
  }
  return true;
}

void say_out_of_memory(const std::string& scenario, const MemoryNeed& need, int runs) {
  const MemoryThere there = memory_there(runs);
  fmt::print(
      stderr, "hearsay: out of memory: {}; {}\n",
      sentence(scenario, need, runs, "about", need.bytes, there.at_most, there.at_most_limit),
      remedy(need));
}

}  // namespace hearsay::sim
