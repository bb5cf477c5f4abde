// AccessLinks: each host's own uplink and downlink, first in, first out, O(1) state a host.
//
// A frame occupies the uplink for size / bandwidth behind what was sent before, travels, and
// occupies the downlink likewise behind what arrived before. Between equal idle links the bytes
// flow through: the frame's last byte leaves the downlink when it arrives there, so size /
// bandwidth is paid once, as on a route whose narrowest link counts.
//
// Times inside are picoseconds, so that bandwidths that divide 8e12 are exact; that bounds a run
// with bandwidth to 106 days.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/world/event.h"

namespace hearsay::sim {

class AccessLinks {
 public:
  // The bandwidth of hosts added from now on, bits per second, 0: infinite.
  void set_default(std::uint64_t bandwidth_bps);
  void add_host();
  void set(HostIndex host, std::uint64_t up_bps, std::uint64_t down_bps);

  // True when some host has a finite link; else nothing here needs to be called.
  bool limited() const { return limited_; }

  // The frame's last byte leaves the uplink at the returned instant.
  Time send(HostIndex from, std::uint32_t size, Time now) {
    Link& link = links_[raw(from)];
    if (link.up_ps == 0) return now;
    link.up_free = std::max(link.up_free, ps(now)) + transmission(size, link.up_ps);
    return ns_rounded_up(link.up_free);
  }
  // The frame's last byte came to the downlink at `now`, having left an uplink with `sender_ps`
  // picoseconds per byte; the result, `now` or later, is when it is through.
  Time receive(HostIndex to, std::uint32_t size, std::uint64_t sender_ps, Time now) {
    Link& link = links_[raw(to)];
    if (link.down_ps == 0) return now;
    const std::int64_t first_byte = ps(now) - transmission(size, sender_ps);
    link.down_free = std::max(link.down_free, first_byte) + transmission(size, link.down_ps);
    return link.down_free <= ps(now) ? now : ns_rounded_up(link.down_free);
  }

  std::uint64_t up_ps(HostIndex host) const { return links_[raw(host)].up_ps; }
  // No more than `bytes` wait for the uplink.
  bool backlog_within(HostIndex host, std::uint64_t bytes, Time now) const {
    const Link& link = links_[raw(host)];
    return link.up_free - ps(now) <= static_cast<std::int64_t>(bytes * link.up_ps);
  }
  // Bytes that wait for the uplink.
  std::uint64_t backlog(HostIndex host, Time now) const;
  // When no more than `bytes` will wait, if nothing else is sent.
  Time backlog_below(HostIndex host, std::uint64_t bytes, Time now) const;

 private:
  static constexpr std::int64_t kPsPerNs = 1000;
  static std::int64_t ps(Time t) { return t * kPsPerNs; }
  static Time ns_rounded_up(std::int64_t t) { return (t + kPsPerNs - 1) / kPsPerNs; }
  static std::int64_t transmission(std::uint32_t size, std::uint64_t ps_per_byte) {
    return static_cast<std::int64_t>(size * ps_per_byte);
  }

  struct Link {
    std::int64_t up_free = 0;  // ps
    std::int64_t down_free = 0;
    std::uint64_t up_ps = 0;  // a byte; 0: infinite
    std::uint64_t down_ps = 0;
  };

  std::vector<Link> links_;
  std::uint64_t default_ps_ = 0;
  bool limited_ = false;
};

}  // namespace hearsay::sim
