#include "sim/net/access_links.h"

#include <algorithm>

#include "sim/net/link_model.h"

namespace hearsay::sim {

namespace {

constexpr std::int64_t kPsPerNs = 1000;

std::int64_t ps(Time t) { return t * kPsPerNs; }
Time ns_rounded_up(std::int64_t t) { return (t + kPsPerNs - 1) / kPsPerNs; }
std::int64_t transmission(std::uint32_t size, std::uint64_t ps_per_byte) {
  return static_cast<std::int64_t>(size * ps_per_byte);
}

}  // namespace

void AccessLinks::set_default(std::uint64_t bandwidth_bps) {
  default_ps_ = picoseconds_per_byte(bandwidth_bps);
}

void AccessLinks::add_host() {
  links_.push_back({.up_ps = default_ps_, .down_ps = default_ps_});
  limited_ = limited_ || default_ps_ != 0;
}

void AccessLinks::set(HostIndex host, std::uint64_t up_bps, std::uint64_t down_bps) {
  Link& link = links_[raw(host)];
  link.up_ps = picoseconds_per_byte(up_bps);
  link.down_ps = picoseconds_per_byte(down_bps);
  limited_ = limited_ || up_bps != 0 || down_bps != 0;
}

Time AccessLinks::send(HostIndex from, std::uint32_t size, Time now) {
  Link& link = links_[raw(from)];
  if (link.up_ps == 0) return now;
  link.up_free = std::max(link.up_free, ps(now)) + transmission(size, link.up_ps);
  return ns_rounded_up(link.up_free);
}

Time AccessLinks::receive(HostIndex to, std::uint32_t size, std::uint64_t sender_ps, Time now) {
  Link& link = links_[raw(to)];
  if (link.down_ps == 0) return now;
  const std::int64_t first_byte = ps(now) - transmission(size, sender_ps);
  link.down_free = std::max(link.down_free, first_byte) + transmission(size, link.down_ps);
  return std::max(now, ns_rounded_up(link.down_free));
}

std::uint64_t AccessLinks::backlog(HostIndex host, Time now) const {
  const Link& link = links_[raw(host)];
  if (link.up_ps == 0 || link.up_free <= ps(now)) return 0;
  return static_cast<std::uint64_t>(link.up_free - ps(now)) / link.up_ps;
}

Time AccessLinks::backlog_below(HostIndex host, std::uint64_t bytes, Time now) const {
  const Link& link = links_[raw(host)];
  const std::int64_t at = link.up_free - static_cast<std::int64_t>(bytes * link.up_ps);
  return std::max(now, ns_rounded_up(std::max<std::int64_t>(at, 0)));
}

}  // namespace hearsay::sim
