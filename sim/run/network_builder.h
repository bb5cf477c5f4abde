// From a scenario's network section to a Network, and the peers' places in it.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "sim/net/network.h"
#include "sim/run/cluster.h"
#include "sim/run/ordering_service.h"
#include "sim/scenario/scenario.h"
#include "sim/simgrid/platform.h"

namespace hearsay::sim {

// The links, rules and streams a scenario asks for, attached to `world`. `platform` is null without
// a platform file.
std::unique_ptr<Network> build_network(const scenario::Scenario& plan, WireMode wire,
                                       const Platform* platform, World& world);

// Gives each peer its endpoints and its place: a zone, or a host of the platform. The error names
// the zone that the platform does not have.
Result<bool> place_peers(const scenario::Scenario& plan, const Platform* platform,
                         const Cluster& cluster, Network& network);

// The same for the orderers, with the links they have to themselves.
Result<bool> place_orderers(const scenario::Scenario& plan, const Platform* platform,
                            const OrderingService& orderers, Network& network);

}  // namespace hearsay::sim
