// The experiments that were made with real Fabric and with its push rule alone, made with hearsay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace hearsay::fidelity {

// One organisation, "org1", in one channel, "ch1".
struct Organisation {
  unsigned peers = 0;
  bool elected = false;  // its leader; else the first peer leads
};
// A scenario of the measurement's set-up; `rest` is more of its JSON, beginning with a comma.
std::string scenario_text(Organisation org, std::uint64_t seed, const std::string& spread,
                          const std::string& duration, const std::string& rest);
scenario::Scenario parse(const std::string& text);

// Within what time the peers of a cluster that was started at one moment begin: one was made after
// the other, and the last was there after 10 to 250 ms, of which 10 is taken for clusters of eight.
std::string at_once(unsigned peers);
inline constexpr const char* kApart = "5s";

// One way between two processes of one machine.
inline constexpr const char* kLoopback = "200us";

// One number per seed.
using Sample = std::vector<double>;

struct ColdStart {
  Sample p50, p90, p99, p100;
};
struct Loss {
  Sample p50, p100;
};
// N/4 peers that crashed start again; and what they missed is theirs again.
struct Restart {
  Sample p50, p90, p100;
};
// The 40 blocks of the measurement.
struct Steady {
  std::map<std::string, Sample> idle, busy;  // messages of a type sent per peer and second
  Sample total;                              // of all types, busy
  Sample push_share, pull_share, data_per_block, full_blocks_per_block;
  Sample pull_latency;  // of all deliveries by pull in all runs
  unsigned never = 0;   // (block, peer) pairs

  // The runs of `more` become runs of this.
  void append(const Steady& more);
};
struct LateJoin {
  Sample first_commit, caught_up, requests, responses;
};
// The push rule: covered peers (the source included) and transmissions, one number per block.
struct Push {
  Sample covered, transmissions;
};

// All peers start within N * 6 ms, which stands for starts and first connections.
ColdStart cold_start(unsigned peers, unsigned seeds);
// The same with all starts within `spread` and a constant one-way latency, both as text with a
// unit.
ColdStart cold_start(unsigned peers, unsigned seeds, const std::string& spread,
                     const std::string& latency);
// Each peer at a random moment within 5 s, the bootstrap peer first; 100 % of pairs after the last
// start.
Sample staggered_start(unsigned peers, unsigned seeds);
// 40 blocks, one in each second, from 55 s on. `types`: the message types to count.
Steady steady(unsigned peers, unsigned seeds, const std::string& spread, bool state_transfer,
              const std::vector<std::string>& types, const std::string& latency = kLoopback);
// A quarter of the peers, never the bootstrap peer.
Loss crash(unsigned peers, unsigned seeds);
Loss blackhole(unsigned peers, unsigned seeds);
// Crashed peers start again 60 s later.
Restart restart(unsigned peers, unsigned seeds);
// Three peers start 3.3 s apart when the 40 blocks are over, state transfer on.
LateJoin late_join(unsigned peers, unsigned seeds);

Push push_rule(unsigned peers, unsigned blocks, std::uint64_t seed);

}  // namespace hearsay::fidelity
