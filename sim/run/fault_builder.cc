#include "sim/run/fault_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/scenario/keys.h"
#include "sim/scenario/resolve.h"

namespace hearsay::sim {

namespace {

using scenario::FaultKind;
using scenario::Selector;

std::vector<FaultTarget> in_group(const std::vector<PeerIndex>& peers, std::size_t group) {
  std::vector<FaultTarget> targets;
  targets.reserve(peers.size());
  for (const PeerIndex peer : peers)
    targets.push_back({peer, static_cast<std::uint8_t>(group)});
  return targets;
}

// Group after group takes from those who are left, so that "25% of org1" and "org1" are a quarter
// and the rest.
std::vector<FaultTarget> groups_of(const scenario::Fault& fault, const std::string& purpose,
                                   const Cluster& cluster) {
  static_assert(scenario::kMaxFaultGroups == kMaxFaultGroups);
  const scenario::Population& population = cluster.population();
  Selector taken = Selector::nobody();
  const auto take = [&](const std::vector<PeerIndex>& peers) {
    for (const PeerIndex peer : peers)
      taken.parts.push_back(scenario::selector_of(peer, population));
  };
  take(cluster.select(fault.bridge, purpose + " bridge"));
  std::vector<FaultTarget> targets;
  for (std::size_t i = 0; i < fault.groups.size(); ++i) {
    const auto peers = cluster.select(Selector::without(fault.groups[i], taken),
                                      purpose + " group" + std::to_string(i));
    const auto more = in_group(peers, i + 1);
    targets.insert(targets.end(), more.begin(), more.end());
    take(peers);
  }
  std::sort(targets.begin(), targets.end(),
            [](const FaultTarget& a, const FaultTarget& b) { return a.host < b.host; });
  return targets;
}

std::vector<FaultTarget> faulty_orderers(const scenario::Fault& fault,
                                         const OrderingService& orderers) {
  std::vector<FaultTarget> targets;
  for (std::size_t i = 0; i < orderers.size(); ++i) {
    const auto& names = fault.orderers;
    if (std::find(names.begin(), names.end(), orderers.name(i)) != names.end()) {
      targets.push_back({orderers.host(i), 0});
    }
  }
  return targets;
}

std::unique_ptr<Fault> make_fault(const scenario::Fault& fault, World& world, Network& network,
                                  OrderingService& orderers) {
  switch (fault.kind) {
    case FaultKind::kCrash:
      return std::make_unique<Crash>(world);
    case FaultKind::kIsolate:
      return std::make_unique<Isolate>(network);
    case FaultKind::kPartition:
      return std::make_unique<Partition>(
          network, fault.one_way ? Partition::Ways::kOne : Partition::Ways::kBoth);
    case FaultKind::kOrderer:
      if (fault.action == scenario::OrdererAction::kOutage) return std::make_unique<Crash>(world);
      return std::make_unique<Misconduct>(orderers, conduct_of(fault));
  }
  return nullptr;
}

}  // namespace

FaultPlan build_fault(const scenario::Scenario& plan, std::size_t index, World& world,
                      Network& network, const Cluster& cluster, OrderingService& orderers) {
  const scenario::Fault& fault = plan.faults[index];
  FaultPlan made;
  made.at = fault.at;
  if (fault.lasts) made.until = fault.at + *fault.lasts;
  if (plan.heal_at && (!made.until || *made.until > *plan.heal_at)) {
    made.until = std::max(*plan.heal_at, fault.at);
  }
  made.targets = [&fault, &cluster, &orderers, purpose = "fault" + std::to_string(index)] {
    if (fault.kind == FaultKind::kOrderer) return faulty_orderers(fault, orderers);
    if (fault.kind == FaultKind::kPartition) return groups_of(fault, purpose, cluster);
    return in_group(cluster.select(fault.peers, purpose), 0);
  };
  made.fault = make_fault(fault, world, network, orderers);
  return made;
}

std::string fault_name(const scenario::Fault& fault) {
  std::string name(scenario::words::kFaultKinds[static_cast<std::size_t>(fault.kind)]);
  if (fault.kind == FaultKind::kOrderer) {
    name +=
        " " + std::string(scenario::words::kOrdererActions[static_cast<std::size_t>(fault.action)]);
    for (std::size_t i = 0; i < fault.orderers.size(); ++i)
      name += (i > 0 ? ", " : " ") + fault.orderers[i];
    return name;
  }
  if (fault.kind != FaultKind::kPartition) return name + " " + scenario::to_json(fault.peers);
  for (std::size_t i = 0; i < fault.groups.size(); ++i)
    name += (i > 0 ? " | " : " ") + scenario::to_json(fault.groups[i]);
  return name;
}

}  // namespace hearsay::sim
