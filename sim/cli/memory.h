// What a run's memory comes to, for the person who started it.
#pragma once

#include <string>

#include "sim/run/memory_need.h"

namespace hearsay::sim {

// Compares the need of `runs` runs at once with the memory there is. False, with the reason on
// stderr, if even what is certain exceeds all there could be; a warning, unless `quiet`, if the
// estimate exceeds what is free.
bool memory_suffices(const std::string& scenario, const MemoryNeed& need, int runs, bool quiet);

// Says that the memory has run out, what was wanted and what would help.
void say_out_of_memory(const std::string& scenario, const MemoryNeed& need, int runs);

}  // namespace hearsay::sim
