#include "sim/net/access_links.h"

#include <algorithm>

#include "sim/net/link_model.h"

namespace hearsay::sim {

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
