#include "sim/run/network_builder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/simgrid/platform.h"

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

}  // namespace

Result<std::unique_ptr<Network>> build_network(const scenario::Scenario& plan, WireMode wire,
                                               World& world) {
  const scenario::Network& described = plan.network;
  NetworkOptions options;
  options.links = LinkModel(latency_of(described.latency));
  options.bandwidth_bps = described.bandwidth;
  options.wire = wire;
  options.service = service_times(plan.cpu);
  if (!described.platform.empty()) {
    // Routes and access links are the platform's.
    options.links = LinkModel(Latency::constant(0));
    options.bandwidth_bps = 0;
  }
  auto network = std::make_unique<Network>(world, std::move(options));
  if (described.platform.empty() && !described.zones.empty()) {
    network->links().make_zones(described.zones.size() + 1);
    for (const scenario::ZonePair& pair : described.between_zones) {
      network->links().set_latency(zone_index(described, pair.a), zone_index(described, pair.b),
                                   latency_of(pair.latency));
    }
  }
  return network;
}

void place_peers(const scenario::Scenario& plan, const Cluster& cluster, Network& network) {
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const PeerIndex peer = peer_index(i);
    for (const std::string& endpoint : cluster.endpoints_of(peer)) {
      network.set_endpoint(endpoint, HostIndex{raw(peer)});
    }
  }
  if (!plan.network.platform.empty()) return;
  for (const scenario::Zone& zone : plan.network.zones) {
    for (const PeerIndex peer : cluster.select(zone.peers, "zone " + zone.name)) {
      network.links().set_zone(HostIndex{raw(peer)}, zone_index(plan.network, zone.name));
    }
  }
}

}  // namespace hearsay::sim
