#include "sim/net/link_model.h"

#include <utility>

#include "core/base/assert.h"

namespace hearsay::sim {

std::uint64_t picoseconds_per_byte(std::uint64_t bandwidth_bps) {
  if (bandwidth_bps == 0) return 0;
  HS_ASSERT(bandwidth_bps >= 1000);
  return 8'000'000'000'000ULL / bandwidth_bps;
}

void LinkModel::make_zones(std::size_t zones) {
  HS_ASSERT(zones > 0 && zones <= kZonesMax);
  zones_ = zones;
  pairs_.assign(zones * zones, Pair{});
}

void LinkModel::set_zone(HostIndex host, ZoneIndex zone) {
  HS_ASSERT(zone < zones_);
  if (raw(host) >= zone_of_host_.size()) zone_of_host_.resize(raw(host) + 1, 0);
  zone_of_host_[raw(host)] = zone;
}

LinkModel::Pair LinkModel::pair_of(const Route& route) {
  HS_ASSERT(route.latency >= 0);
  return {.latency = route.latency,
          .narrow_ps = picoseconds_per_byte(route.bandwidth_bps),
          .known = true,
          .adds_base = route.adds_base};
}

void LinkModel::set_route(ZoneIndex a, ZoneIndex b, const Route& route) {
  HS_ASSERT(a < zones_ && b < zones_);
  pairs_[a * zones_ + b] = pairs_[b * zones_ + a] = pair_of(route);
}

void LinkModel::set_latency(ZoneIndex a, ZoneIndex b, Latency latency) {
  HS_ASSERT(a < zones_ && b < zones_);
  own_.push_back(std::move(latency));
  const Pair pair{
      .known = true, .adds_base = false, .own = static_cast<std::uint32_t>(own_.size())};
  pairs_[a * zones_ + b] = pairs_[b * zones_ + a] = pair;
}

void LinkModel::use_routes(std::size_t zones, std::shared_ptr<RouteSource> source) {
  make_zones(zones);
  source_ = std::move(source);
}

Duration LinkModel::travel_by_zone(HostIndex from, HostIndex to, std::uint32_t size,
                                   std::uint64_t sender_ps, Random& random) {
  const ZoneIndex a = zone_of(from);
  const ZoneIndex b = zone_of(to);
  Pair& pair = pairs_[a * zones_ + b];
  if (!pair.known && source_ != nullptr) pair = pair_of(source_->route(a, b));
  Duration travel = pair.latency;
  if (pair.adds_base) travel += base_.draw(random);
  if (pair.own != 0) travel += own_[pair.own - 1].draw(random);
  if (pair.narrow_ps > sender_ps) {
    travel += static_cast<Duration>((pair.narrow_ps - sender_ps) * size / 1000);
  }
  return travel;
}

}  // namespace hearsay::sim
