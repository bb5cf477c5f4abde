// A small random scenario: what differs from seed to seed is everything that may.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.h"

namespace hearsay::test {

// 2 to 12 peers in 1 to 3 organisations with static and elected leaders, one channel, 1 to 4
// orderers, faults of all kinds at random times, a jittered configuration, blocks. Every fault has
// ended at heal_at; five minutes of peace follow, then the run ends. Resolved and valid.
scenario::Scenario random_scenario(std::uint64_t seed);

}  // namespace hearsay::test
