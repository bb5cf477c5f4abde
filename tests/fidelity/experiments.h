// The experiments that were made with real Fabric and with its push rule alone, made with hearsay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearsay::fidelity {

// One number per seed.
using Sample = std::vector<double>;

struct ColdStart {
  Sample p50, p90, p99, p100;
};
struct Loss {
  Sample p50, p100;
};
struct Steady {
  Sample alive_idle, alive_busy, push_share, data_per_block;
};
// The push rule: covered peers (the source included) and transmissions, one number per block.
struct Push {
  Sample covered, transmissions;
};

// All peers start one after the other within N * 6 ms.
ColdStart cold_start(unsigned peers, unsigned seeds);
// The same with all starts within `spread` and a constant one-way latency, both as text with a
// unit.
ColdStart cold_start(unsigned peers, unsigned seeds, const std::string& spread,
                     const std::string& latency);
// Each peer at a random moment within 5 s, the bootstrap peer first; 100 % of pairs after the last
// start.
Sample staggered_start(unsigned peers, unsigned seeds);
// 40 blocks, one a second, from 55 s on.
Steady steady(unsigned peers, unsigned seeds);
// A quarter of the peers, never the bootstrap peer.
Loss crash(unsigned peers, unsigned seeds);
Loss blackhole(unsigned peers, unsigned seeds);

Push push_rule(unsigned peers, unsigned blocks, std::uint64_t seed);

}  // namespace hearsay::fidelity
