// From the faults of a scenario to those of a world.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/fault/schedule.h"
#include "sim/net/network.h"
#include "sim/run/cluster.h"
#include "sim/run/ordering_service.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace hearsay::sim {

// The scenario's fault `index`, ready to be scheduled. Everything given outlives it.
FaultPlan build_fault(const scenario::Scenario& plan, std::size_t index, World& world,
                      Network& network, const Cluster& cluster, OrderingService& orderers);

// As a person would call it: `isolate "org1/3"`.
std::string fault_name(const scenario::Fault& fault);

}  // namespace hearsay::sim
