// LinkModel: what lies between two hosts' access links: latency, and perhaps a narrow place.
//
// Hosts belong to zones (zone 0 unless said otherwise). Inside the base model every pair draws
// from one distribution; a zone pair may add a fixed latency to that draw or replace it. A
// platform gives its routes through a RouteSource, which is asked once per zone pair, when the
// pair is first used.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/net/latency.h"
#include "sim/world/event.h"

namespace hearsay::sim {

using ZoneIndex = std::uint16_t;
// The pair table has the square of it.
inline constexpr std::size_t kZonesMax = 2048;

// The way from one zone to another.
struct Route {
  Duration latency = 0;
  // True: the base distribution is drawn on top. False: the latency is exactly this.
  bool adds_base = false;
  // Bandwidth of the narrowest link in bits per second, 0: never narrower than the access links. A
  // frame takes the time it needs there, but does not wait for others.
  std::uint64_t bandwidth_bps = 0;
};

class RouteSource {
 public:
  virtual ~RouteSource() = default;
  virtual Route route(ZoneIndex from, ZoneIndex to) = 0;
};

// Picoseconds one byte takes, rounded down; 0 for bandwidth 0, which means infinite.
// REQUIRES: 0 or at least 1000 bits per second.
std::uint64_t picoseconds_per_byte(std::uint64_t bandwidth_bps);

class LinkModel {
 public:
  explicit LinkModel(Latency base) : base_(std::move(base)) {}

  // Puts a host into a zone. REQUIRES: zone < zones().
  void set_zone(HostIndex host, ZoneIndex zone);
  // Makes `zones` zones; pairs without a route draw from the base only. REQUIRES: <= kZonesMax.
  void make_zones(std::size_t zones);
  std::size_t zones() const { return zones_; }
  // The route between two zones, in both directions; a == b is the route inside a zone.
  void set_route(ZoneIndex a, ZoneIndex b, const Route& route);
  // Between two zones, or inside one (a == b), draw from `latency` instead of the base.
  void set_latency(ZoneIndex a, ZoneIndex b, Latency latency);
  // Makes `zones` zones whose routes come from `source`.
  void use_routes(std::size_t zones, std::shared_ptr<RouteSource> source);

  // What a frame of `size` bytes needs from the sender's to the receiver's access link. `sender_ps`
  // is the time a byte takes on the sender's uplink.
  Duration travel(HostIndex from, HostIndex to, std::uint32_t size, std::uint64_t sender_ps,
                  Random& random) {
    if (zones_ == 0) [[likely]]
      return base_.draw(random);
    return travel_by_zone(from, to, size, sender_ps, random);
  }

 private:
  struct Pair {
    Duration latency = 0;
    std::uint64_t narrow_ps = 0;
    bool known = false;
    bool adds_base = true;
    std::uint32_t own = 0;  // 1 + index of the pair's own distribution, 0: none
  };

  Duration travel_by_zone(HostIndex from, HostIndex to, std::uint32_t size, std::uint64_t sender_ps,
                          Random& random);
  ZoneIndex zone_of(HostIndex host) const {
    return raw(host) < zone_of_host_.size() ? zone_of_host_[raw(host)] : ZoneIndex{0};
  }
  static Pair pair_of(const Route& route);

  Latency base_;
  std::size_t zones_ = 0;
  std::vector<ZoneIndex> zone_of_host_;
  std::vector<Pair> pairs_;
  std::vector<Latency> own_;
  std::shared_ptr<RouteSource> source_;
};

}  // namespace hearsay::sim
