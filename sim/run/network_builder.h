// From a scenario's network section to a Network, and the peers' places in it.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "sim/net/network.h"
#include "sim/run/cluster.h"
#include "sim/scenario/scenario.h"

namespace hearsay::sim {

// Attached to `world`. The error is SimGrid's about the platform file.
Result<std::unique_ptr<Network>> build_network(const scenario::Scenario& plan, WireMode wire,
                                               World& world);

// Gives each peer its endpoints and its zone.
void place_peers(const scenario::Scenario& plan, const Cluster& cluster, Network& network);

}  // namespace hearsay::sim
