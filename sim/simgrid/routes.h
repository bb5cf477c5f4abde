// What SimGrid knows of routes, in our units. Only sim/simgrid includes this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/net/link_model.h"
#include "sim/simgrid/platform.h"

namespace simgrid::s4u {
class Host;
}

namespace hearsay::sim {

// A route from host to host, asked of SimGrid.
struct HostRoute {
  Duration latency = 0;
  std::uint64_t bandwidth_bps = 0;  // the narrowest link, 0: none is finite
  std::uint64_t first_bps = 0;      // the first link
  std::uint64_t last_bps = 0;       // the last link
  bool operator==(const HostRoute&) const = default;
};
// May throw what SimGrid throws, and std::invalid_argument for a route that is not there or has a
// wrong latency. A host's route to itself is the loopback.
HostRoute host_route(const simgrid::s4u::Host& from, const simgrid::s4u::Host& to);

// Thirty days: no network is slower, and sums of it fit into a Duration.
inline constexpr double kMaxLatencySeconds = 30.0 * 24 * 3600;
// What is wrong with the latency of a link or a route, and what would be right; or nothing.
std::optional<std::string> wrong_latency(double seconds);

// Links faster than this count as infinite.
inline constexpr double kInfiniteBytesPerSecond = 1e14;

// The hosts of a platform, in natural order of their names, and their division into zones.
struct ZonedHosts {
  std::vector<simgrid::s4u::Host*> hosts;
  std::vector<ZoneIndex> zone_of;
  // One or two hosts of each zone; the second is null when the zone has one.
  struct Pair {
    simgrid::s4u::Host* first = nullptr;
    simgrid::s4u::Host* second = nullptr;
  };
  std::vector<Pair> zones;
  std::string complaint;  // not empty: the division failed
};
// Divides all hosts of the engine into zones of hosts with equal routes.
ZonedHosts divide_into_zones();

// The route between two zones.
Route zone_route(const ZonedHosts& hosts, ZoneIndex from, ZoneIndex to);

// "eu-2" before "eu-10".
bool natural_less(const std::string& a, const std::string& b);

}  // namespace hearsay::sim
