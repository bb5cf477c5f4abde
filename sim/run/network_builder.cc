#include "sim/run/network_builder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hearsay::sim {

namespace {

Latency latency_of(const scenario::Latency& latency) {
  switch (latency.distribution) {
    case scenario::Distribution::kConstant:
      return Latency::constant(latency.value);
    case scenario::Distribution::kUniform:
      return Latency::uniform(latency.min, latency.max);
    case scenario::Distribution::kLognormal:
      break;
  }
  return Latency::lognormal(latency.median, latency.p99);
}

// Zone 0 holds the peers outside of every zone; the scenario's zones follow.
ZoneIndex zone_index(const scenario::Network& network, const std::string& name) {
  const auto found = std::find_if(network.zones.begin(), network.zones.end(),
                                  [&](const auto& zone) { return zone.name == name; });
  HS_ASSERT(found != network.zones.end());
  return static_cast<ZoneIndex>(found - network.zones.begin() + 1);
}

// Those, and behind them one for each orderer with a latency of its own.
std::size_t zones_of(const scenario::Scenario& plan) {
  const auto& orderers = *plan.orderers;
  const auto own = std::count_if(orderers.begin(), orderers.end(),
                                 [](const auto& orderer) { return orderer.latency.has_value(); });
  return plan.network.zones.size() + 1 + static_cast<std::size_t>(own);
}

// What a peer's frames need of its CPU before its node sees them.
ServiceTimes service_times(const scenario::Cpu& cpu) {
  ServiceTimes times;
  const auto of = [&](ContentKind kind) -> Duration& {
    return times.of_kind[static_cast<std::size_t>(kind)];
  };
  of(ContentKind::kAlive) = cpu.verify;
  of(ContentKind::kStateInfo) = cpu.verify;
  of(ContentKind::kLeadership) = cpu.verify;
  of(ContentKind::kData) = cpu.validate_block;
  return times;
}

// The platform's hosts whose netzone is called `zone`; all of them for "".
std::vector<std::size_t> hosts_of_zone(const Platform& platform, const std::string& zone) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < platform.hosts().size(); ++i) {
    if (zone.empty() || platform.hosts()[i].zone_name == zone) found.push_back(i);
  }
  return found;
}

Error<std::string> no_such_zone(const scenario::Scenario& plan, const std::string& zone) {
  return Error{plan.network.platform + ": no host in a zone named \"" + zone +
               "\"; network.zones must name zones of the platform"};
}

// A zone's peers get the hosts of the netzone of that name in turn; peers outside every zone get
// all hosts in turn.
Result<bool> place_on_platform(const scenario::Scenario& plan, const Platform& platform,
                               const Cluster& cluster, Network& network) {
  std::vector<bool> placed(cluster.size());
  const auto place = [&](PeerIndex peer, const std::vector<std::size_t>& hosts, std::size_t turn) {
    platform.place(HostIndex{raw(peer)}, hosts[turn % hosts.size()], network);
    placed[raw(peer)] = true;
  };
  for (const scenario::Zone& zone : plan.network.zones) {
    const auto hosts = hosts_of_zone(platform, zone.name);
    if (hosts.empty()) return no_such_zone(plan, zone.name);
    std::size_t turn = 0;
    for (const PeerIndex peer : cluster.select(zone.peers, "zone " + zone.name)) {
      place(peer, hosts, turn++);
    }
  }
  const auto all = hosts_of_zone(platform, "");
  if (all.empty()) return Error{plan.network.platform + ": the platform has no hosts"};
  std::size_t turn = 0;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    if (!placed[i]) place(peer_index(i), all, turn++);
  }
  return true;
}

}  // namespace

std::unique_ptr<Network> build_network(const scenario::Scenario& plan, WireMode wire,
                                       const Platform* platform, World& world) {
  const scenario::Network& described = plan.network;
  NetworkOptions options;
  options.wire = wire;
  options.service = service_times(plan.cpu);
  if (platform != nullptr) {
    // Routes and access links are the platform's.
    options.links = LinkModel(Latency::constant(0));
    platform->apply(options.links);
    return std::make_unique<Network>(world, std::move(options));
  }
  options.links = LinkModel(latency_of(described.latency));
  options.bandwidth_bps = described.bandwidth;
  if (const std::size_t zones = zones_of(plan); zones > 1) {
    options.links.make_zones(zones);
    for (const scenario::ZonePair& pair : described.between_zones) {
      options.links.set_latency(zone_index(described, pair.a), zone_index(described, pair.b),
                                latency_of(pair.latency));
    }
  }
  return std::make_unique<Network>(world, std::move(options));
}

Result<bool> place_peers(const scenario::Scenario& plan, const Platform* platform,
                         const Cluster& cluster, Network& network) {
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const PeerIndex peer = peer_index(i);
    for (const std::string& endpoint : cluster.endpoints_of(peer)) {
      network.set_endpoint(endpoint, HostIndex{raw(peer)});
    }
  }
  if (platform != nullptr) return place_on_platform(plan, *platform, cluster, network);
  for (const scenario::Zone& zone : plan.network.zones) {
    for (const PeerIndex peer : cluster.select(zone.peers, "zone " + zone.name)) {
      network.links().set_zone(HostIndex{raw(peer)}, zone_index(plan.network, zone.name));
    }
  }
  return true;
}

Result<bool> place_orderers(const scenario::Scenario& plan, const Platform* platform,
                            const OrderingService& orderers, Network& network) {
  auto own_zone = static_cast<ZoneIndex>(plan.network.zones.size() + 1);
  const auto zones = static_cast<ZoneIndex>(zones_of(plan));
  for (std::size_t i = 0; i < orderers.size(); ++i) {
    const scenario::OrdererNode& orderer = (*plan.orderers)[i];
    const HostIndex host = orderers.host(i);
    network.set_endpoint(orderers.endpoint(i), host);
    if (platform != nullptr) {
      const auto hosts = hosts_of_zone(*platform, orderer.zone);
      if (hosts.empty()) return no_such_zone(plan, orderer.zone);
      platform->place(host, hosts[i % hosts.size()], network);
      continue;
    }
    if (orderer.bandwidth) network.set_access(host, *orderer.bandwidth, *orderer.bandwidth);
    if (!orderer.zone.empty()) {
      network.links().set_zone(host, zone_index(plan.network, orderer.zone));
    } else if (orderer.latency) {
      for (ZoneIndex zone = 0; zone < zones; ++zone)
        network.links().set_latency(own_zone, zone, latency_of(*orderer.latency));
      network.links().set_zone(host, own_zone++);
    }
  }
  return true;
}

}  // namespace hearsay::sim
