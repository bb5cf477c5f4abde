#include "sim/simgrid/platform.h"

#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/s4u/NetZone.hpp>
#include <simgrid/version.h>

#include "sim/simgrid/engine.h"
#include "sim/simgrid/platform_file.h"
#include "sim/simgrid/routes.h"
#include "sim/simgrid/trial.h"

namespace hearsay::sim {

namespace s4u = simgrid::s4u;

namespace {

// Up to here every pair of zones is asked for its route when a platform is tried; above, a sample.
constexpr std::size_t kAllPairsMax = 256;

using Builder = std::function<void(const s4u::Engine&)>;

// Asks for the routes that will be asked for, so that a gap shows before the run.
void ask_for_routes(const ZonedHosts& hosts, const SayStep& say_step) {
  const std::size_t zones = hosts.zones.size();
  for (std::size_t a = 0; a < zones; ++a) {
    // SimGrid 3.32 reads uninitialised memory when a zoneRoute is missing.
    say_step("computing routes from " + hosts.zones[a].first->get_name() +
             "; perhaps a route is missing");
    for (std::size_t b = 0; b < zones; ++b) {
      if (zones > kAllPairsMax && b != 0 && b != (a + 1) % zones) continue;
      zone_route(hosts, static_cast<ZoneIndex>(a), static_cast<ZoneIndex>(b));
    }
  }
}

// SimGrid takes links that no network can have.
std::optional<std::string> impossible_link(const s4u::Engine& engine) {
  for (const s4u::Link* link : engine.get_all_links()) {
    const std::string name = "the link \"" + link->get_name() + "\" ";
    if (const auto wrong = wrong_latency(link->get_latency())) {
      return name + "has a latency " + *wrong;
    }
    if (std::isnan(link->get_bandwidth())) {
      return name + "has a bandwidth that is no number; write 1kbps or more";
    }
    if (link->get_bandwidth() <= 0) return name + "has no bandwidth; write 1kbps or more";
  }
  return std::nullopt;
}

// Builds the platform and looks at all of it. What is wrong, or nothing.
std::optional<std::string> try_building(const Builder& build, bool wants_hosts,
                                        const SayStep& say_step) {
  try {
    say_step("reading the platform");
    const auto engine = make_engine(false);
    build(*engine);
    engine->seal_platform();
    if (auto wrong = impossible_link(*engine)) return wrong;
    if (!wants_hosts) return std::nullopt;
    say_step("comparing the routes of a cluster's hosts");
    const ZonedHosts hosts = divide_into_zones();
    if (!hosts.complaint.empty()) return hosts.complaint;
    if (hosts.hosts.empty()) return "the platform has no host; write a <host> or a <cluster>";
    ask_for_routes(hosts, say_step);
    return std::nullopt;
  } catch (const std::exception& e) {
    return e.what();
  }
}

void build_zones(const GeneratedPlatform& spec) {
  s4u::NetZone* world = s4u::create_full_zone("world");
  const double bandwidth = spec.bandwidth_bps == 0 ? kInfiniteBytesPerSecond
                                                   : static_cast<double>(spec.bandwidth_bps) / 8;
  std::vector<s4u::NetZone*> zones;
  std::vector<simgrid::kernel::routing::NetPoint*> routers;
  for (const GeneratedPlatform::Zone& zone_spec : spec.zones) {
    s4u::NetZone* zone = s4u::create_star_zone(zone_spec.name);
    zone->set_parent(world);
    for (std::uint32_t h = 0; h < zone_spec.hosts; ++h) {
      const std::string name = zone_spec.name + "-" + std::to_string(h);
      s4u::Host* host = zone->create_host(name, 1e9);
      s4u::SplitDuplexLink* link = zone->create_split_duplex_link("link-" + name, bandwidth);
      link->set_latency(to_seconds(zone_spec.latency) / 2);
      link->seal();
      zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                      {{link, s4u::LinkInRoute::Direction::UP}}, true);
      host->seal();
    }
    routers.push_back(zone->create_router(zone_spec.name + "-router"));
    zone->seal();
    zones.push_back(zone);
  }
  for (const GeneratedPlatform::Between& between : spec.between) {
    const Duration rest =
        between.latency - spec.zones[between.a].latency / 2 - spec.zones[between.b].latency / 2;
    s4u::Link* link =
        world->create_link("link-" + spec.zones[between.a].name + "-" + spec.zones[between.b].name,
                           kInfiniteBytesPerSecond);
    link->set_latency(to_seconds(std::max<Duration>(rest, 0)));
    link->seal();
    world->add_route(zones[between.a]->get_netpoint(), zones[between.b]->get_netpoint(),
                     routers[between.a], routers[between.b],
                     {{link, s4u::LinkInRoute::Direction::NONE}}, true);
  }
  world->seal();
}

}  // namespace

struct Platform::Impl final : RouteSource {
  std::unique_ptr<s4u::Engine> engine;
  ZonedHosts zoned;
  std::vector<PlatformHost> hosts;

  Route route(ZoneIndex from, ZoneIndex to) override { return zone_route(zoned, from, to); }

  void describe_hosts() {
    zoned = divide_into_zones();
    // The access link of a zone's hosts: the ends of a route to some other host.
    std::vector<HostRoute> out(zoned.zones.size());
    std::vector<HostRoute> in(zoned.zones.size());
    for (std::size_t z = 0; z < zoned.zones.size(); ++z) {
      const s4u::Host* host = zoned.zones[z].first;
      const s4u::Host* other = zoned.zones[z].second;
      if (other == nullptr) other = zoned.zones[(z + 1) % zoned.zones.size()].first;
      out[z] = host_route(*host, *other);
      in[z] = host_route(*other, *host);
    }
    for (std::size_t h = 0; h < zoned.hosts.size(); ++h) {
      const ZoneIndex zone = zoned.zone_of[h];
      hosts.push_back({.name = zoned.hosts[h]->get_name(),
                       .zone_name = zoned.hosts[h]->get_englobing_zone()->get_name(),
                       .zone = zone,
                       .up_bps = out[zone].first_bps,
                       .down_bps = in[zone].last_bps});
    }
  }

  static Result<std::shared_ptr<Impl>> make(const Builder& build, bool wants_hosts) {
    if (engine_was_made()) {
      return Error{std::string("SimGrid allows one platform in a process")};
    }
    if (auto wrong = try_in_child(
            [&](const SayStep& say_step) { return try_building(build, wants_hosts, say_step); })) {
      return Error{std::move(*wrong)};
    }
    try {
      auto impl = std::make_shared<Impl>();
      impl->engine = make_engine(true);
      build(*impl->engine);
      impl->engine->seal_platform();
      if (wants_hosts) impl->describe_hosts();
      return impl;
    } catch (const std::exception& e) {
      return Error{std::string(e.what())};
    }
  }
};

Platform::Platform(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Platform::Platform(Platform&&) noexcept = default;
Platform& Platform::operator=(Platform&&) noexcept = default;
Platform::~Platform() = default;

Result<Platform> Platform::load(const std::string& path) {
  if (auto wrong = unreadable_platform(path)) return Error{std::move(*wrong)};
  auto impl = Impl::make([&](const s4u::Engine& engine) { engine.load_platform(path); }, true);
  if (!impl) return Error{platform_complaint(path, impl.error())};
  return Platform(std::move(impl).value());
}

Result<Platform> Platform::generate(const GeneratedPlatform& spec) {
  auto impl = Impl::make([&](const s4u::Engine& /*engine*/) { build_zones(spec); }, true);
  if (!impl) return Error{"generated platform: " + impl.error()};
  return Platform(std::move(impl).value());
}

Result<Platform> Platform::bare() {
  auto impl = Impl::make(
      [](const s4u::Engine& /*engine*/) { s4u::create_full_zone("world")->seal(); }, false);
  if (!impl) return Error{"SimGrid: " + impl.error()};
  return Platform(std::move(impl).value());
}

const std::vector<PlatformHost>& Platform::hosts() const { return impl_->hosts; }

std::size_t Platform::zones() const { return impl_->zoned.zones.size(); }

void Platform::apply(LinkModel& links) const { links.use_routes(zones(), impl_); }

void Platform::place(HostIndex host, std::size_t platform_host, Network& network) const {
  const PlatformHost& place = impl_->hosts.at(platform_host);
  network.links().set_zone(host, place.zone);
  network.set_access(host, place.up_bps, place.down_bps);
}

Result<NetworkModel> usable_network_model(std::string_view name) {
  if (name == "latency") return NetworkModel::kLatency;
  if (name == "flow") {
    return Error{
        std::string("network model \"flow\" is not available in this version; write "
                    "\"latency\"")};
  }
  return Error{"unknown network model \"" + std::string(name) + "\"; write \"latency\""};
}

std::string simgrid_version() {
  return std::to_string(SIMGRID_VERSION_MAJOR) + "." + std::to_string(SIMGRID_VERSION_MINOR);
}

}  // namespace hearsay::sim
