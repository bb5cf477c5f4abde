#include "sim/simgrid/routes.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>
#include <simgrid/kernel/routing/StarZone.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/s4u/NetZone.hpp>

namespace hearsay::sim {

namespace s4u = simgrid::s4u;

namespace {

std::uint64_t bits_per_second(double bytes_per_second) {
  if (bytes_per_second >= kInfiniteBytesPerSecond) return 0;
  return std::max<std::uint64_t>(1000,
                                 static_cast<std::uint64_t>(std::llround(bytes_per_second * 8)));
}

std::uint64_t narrower(std::uint64_t a, std::uint64_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

// What tells the private links of two hosts of one star zone apart: the routes to and from a third.
using Links = std::pair<HostRoute, HostRoute>;
Links links_as_seen_from(const s4u::Host& other, const s4u::Host& host) {
  return {host_route(host, other), host_route(other, host)};
}

using LinksKey = std::tuple<Duration, std::uint64_t, Duration, std::uint64_t>;
LinksKey key_of(const Links& links) {
  return {links.first.latency, links.first.bandwidth_bps, links.second.latency,
          links.second.bandwidth_bps};
}

bool is_star(const s4u::NetZone& zone) {
  return dynamic_cast<const simgrid::kernel::routing::StarZone*>(zone.get_impl()) != nullptr;
}

// The smallest zone in which both hosts are; null when there is none.
const s4u::NetZone* common_zone(const s4u::Host& a, const s4u::Host& b) {
  for (const s4u::NetZone* zone = a.get_englobing_zone(); zone; zone = zone->get_parent()) {
    for (const s4u::NetZone* other = b.get_englobing_zone(); other; other = other->get_parent()) {
      if (zone == other) return zone;
    }
  }
  return nullptr;
}

// In a Vivaldi zone, a kind of star, hosts may stand at one place with nothing between them. Star
// zones find routes that they lack themselves.
bool may_be_without_links(const s4u::NetZone* zone) { return zone != nullptr && is_star(*zone); }

class Division {
 public:
  explicit Division(ZonedHosts& out) : out_(out) { out_.zone_of.resize(out_.hosts.size()); }

  bool add_zone_of_its_own(std::size_t host) {
    if (out_.zones.size() == kZonesMax) return false;
    out_.zone_of[host] = static_cast<ZoneIndex>(out_.zones.size());
    out_.zones.push_back({out_.hosts[host], nullptr});
    return true;
  }

  void join(std::size_t host, ZoneIndex zone) {
    out_.zone_of[host] = zone;
    if (out_.zones[zone].second == nullptr) out_.zones[zone].second = out_.hosts[host];
  }

  // Hosts of a star zone whose private links look alike go together.
  bool add_star(const std::vector<std::size_t>& members) {
    if (members.size() < 3) {
      return std::all_of(members.begin(), members.end(),
                         [&](std::size_t m) { return add_zone_of_its_own(m); });
    }
    const s4u::Host& first = *out_.hosts[members[0]];
    std::map<LinksKey, ZoneIndex> known;
    for (std::size_t i = 1; i < members.size(); ++i) {
      const LinksKey key = key_of(links_as_seen_from(first, *out_.hosts[members[i]]));
      const auto found = known.find(key);
      if (found != known.end()) {
        join(members[i], found->second);
      } else {
        if (!add_zone_of_its_own(members[i])) return false;
        known.emplace(key, out_.zone_of[members[i]]);
      }
    }
    // The first cannot be seen from itself; a third host compares it with the second.
    const s4u::Host& second = *out_.hosts[members[1]];
    const s4u::Host& third = *out_.hosts[members[2]];
    if (key_of(links_as_seen_from(third, first)) == key_of(links_as_seen_from(third, second))) {
      join(members[0], out_.zone_of[members[1]]);
      return true;
    }
    return add_zone_of_its_own(members[0]);
  }

 private:
  ZonedHosts& out_;
};

}  // namespace

std::optional<std::string> wrong_latency(double seconds) {
  if (std::isnan(seconds)) return "that is no number; write 0s or more";
  if (seconds < 0) return "below 0; write 0s or more";
  if (seconds > kMaxLatencySeconds) return "above 30 days; write 30d or less";
  return std::nullopt;
}

HostRoute host_route(const s4u::Host& from, const s4u::Host& to) {
  if (&from == &to) return {.latency = kLoopbackLatency};
  std::vector<s4u::Link*> links;
  double latency = 0;
  from.route_to(&to, links, &latency);
  // Full zones say nothing of a route that they lack. The words are those of SimGrid's other zones.
  if (links.empty() && latency == 0 && !may_be_without_links(common_zone(from, to))) {
    throw std::invalid_argument(
        fmt::format("No route from '{}' to '{}'", from.get_name(), to.get_name()));
  }
  if (const auto wrong = wrong_latency(latency)) {
    throw std::invalid_argument(fmt::format("the route from \"{}\" to \"{}\" has a latency {}",
                                            from.get_name(), to.get_name(), *wrong));
  }
  HostRoute route{.latency = std::llround(latency * 1e9)};
  for (const s4u::Link* link : links) {
    route.bandwidth_bps = narrower(route.bandwidth_bps, bits_per_second(link->get_bandwidth()));
  }
  if (!links.empty()) {
    route.first_bps = bits_per_second(links.front()->get_bandwidth());
    route.last_bps = bits_per_second(links.back()->get_bandwidth());
  }
  return route;
}

ZonedHosts divide_into_zones() {
  ZonedHosts out;
  out.hosts = s4u::Engine::get_instance()->get_all_hosts();
  std::sort(out.hosts.begin(), out.hosts.end(), [](const s4u::Host* a, const s4u::Host* b) {
    return natural_less(a->get_name(), b->get_name());
  });
  Division division(out);
  // By SimGrid zone, in the order in which the hosts name them.
  std::vector<std::pair<const s4u::NetZone*, std::vector<std::size_t>>> members;
  std::map<std::string, std::size_t> index;
  for (std::size_t h = 0; h < out.hosts.size(); ++h) {
    const s4u::NetZone* zone = out.hosts[h]->get_englobing_zone();
    const auto [place, is_new] = index.try_emplace(zone->get_name(), members.size());
    if (is_new) members.push_back({zone, {}});
    members[place->second].second.push_back(h);
  }
  for (const auto& [zone, hosts] : members) {
    bool fits = true;
    if (is_star(*zone)) {
      fits = division.add_star(hosts);
    } else {
      for (const std::size_t h : hosts)
        fits = fits && division.add_zone_of_its_own(h);
    }
    if (!fits) {
      out.complaint = "the platform has more than " + std::to_string(kZonesMax) +
                      " hosts with routes of their own; put alike hosts into a <cluster>";
      return out;
    }
  }
  return out;
}

Route zone_route(const ZonedHosts& hosts, ZoneIndex from, ZoneIndex to) {
  const s4u::Host* source = hosts.zones[from].first;
  const s4u::Host* target = hosts.zones[to].first;
  if (from == to && hosts.zones[from].second != nullptr) target = hosts.zones[from].second;
  const HostRoute route = host_route(*source, *target);
  return {.latency = route.latency, .adds_base = false, .bandwidth_bps = route.bandwidth_bps};
}

bool natural_less(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
      continue;
    }
    // Two numbers: without leading zeros the longer is larger.
    while (i < a.size() && a[i] == '0')
      ++i;
    while (j < b.size() && b[j] == '0')
      ++j;
    std::size_t m = i;
    std::size_t n = j;
    while (m < a.size() && digit(a[m]))
      ++m;
    while (n < b.size() && digit(b[n]))
      ++n;
    if (m - i != n - j) return m - i < n - j;
    if (const int order = a.compare(i, m - i, b, j, n - j); order != 0) return order < 0;
    i = m;
    j = n;
  }
  if (i < a.size() || j < b.size()) return j < b.size();
  return a < b;
}

}  // namespace hearsay::sim
