// Platform: the hosts, links and routes of a SimGrid platform, from an XML file or generated.
//
// It gives the virtual network what it needs of them: a zone for each host, whose routes (latency
// and the narrowest link) SimGrid computes when a pair of zones is first used, and the bandwidth of
// each host's access link. Hosts of one star-shaped SimGrid zone (a <cluster>, say) whose private
// links are alike share a zone here, so 1,000 hosts of a cluster are one row, not 10^6 routes.
//
// SimGrid allows one engine per process, so a process makes one Platform in its life. What is wrong
// with a file is found in a child process first and becomes an error text: no file can abort the
// program, and another may be loaded after a failure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "sim/net/link_model.h"
#include "sim/net/network.h"

namespace hearsay::sim {

// Between two hosts of the simulation that are placed on one host of a platform.
inline constexpr Duration kLoopbackLatency = 10 * kMicrosecond;

// A platform of star-shaped zones, fully connected.
struct GeneratedPlatform {
  struct Zone {
    std::string name;
    std::uint32_t hosts = 0;
    // One way between two hosts of the zone.
    Duration latency = kMillisecond;
  };
  struct Between {
    std::size_t a = 0;  // index into zones
    std::size_t b = 0;
    // One way between a host of a and a host of b. REQUIRES: at least half of both
    // zones' latencies.
    Duration latency = 0;
  };
  std::vector<Zone> zones;
  std::vector<Between> between;     // every pair of zones
  std::uint64_t bandwidth_bps = 0;  // of each host's access link; 0: infinite
};

struct PlatformHost {
  std::string name;
  std::string zone_name;  // SimGrid's
  ZoneIndex zone = 0;     // ours
  std::uint64_t up_bps = 0;
  std::uint64_t down_bps = 0;
};

class Platform {
 public:
  // Loads a SimGrid platform file. The error is a complaint about the file, as platform_file.h
  // words it.
  static Result<Platform> load(const std::string& path);
  static Result<Platform> generate(const GeneratedPlatform& spec);
  // A platform with nothing on it: SimGrid as the clock only.
  static Result<Platform> bare();

  Platform(Platform&&) noexcept;
  Platform& operator=(Platform&&) noexcept;
  ~Platform();

  // In the order of their names, numbers in them compared as numbers.
  const std::vector<PlatformHost>& hosts() const;
  std::size_t zones() const;

  // Makes the links of `network` those of this platform. Call before place().
  void apply(LinkModel& links) const;
  // Puts a host of the simulation on a host of the platform (index into hosts()).
  void place(HostIndex host, std::size_t platform_host, Network& network) const;

 private:
  struct Impl;
  explicit Platform(std::shared_ptr<Impl> impl);

  std::shared_ptr<Impl> impl_;
};

enum class NetworkModel : std::uint8_t { kLatency, kFlow };
// "latency", or an error: "flow" is not available in this version, others never are.
Result<NetworkModel> usable_network_model(std::string_view name);

// "3.32", for --version and manifests.
std::string simgrid_version();

}  // namespace hearsay::sim
