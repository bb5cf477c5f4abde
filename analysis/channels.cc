#include "analysis/channels.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"

namespace hearsay::analysis {

Channels::Channels(const RunFacts& facts, const Population& population)
    : facts_(facts),
      population_(population),
      seen_(facts.channels.size(), std::vector<std::uint32_t>(facts.peers.size())),
      peak_(facts.peers.size()) {}

template <typename Count>
Channels::Range Channels::range_of(OrgIndex org, Count&& count) const {
  Range range;
  for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
    const PeerIndex p = peer_index(i);
    if (facts_.peers[i].org != org || !population_.running(p)) continue;
    const std::uint64_t n = count(p);
    if (range.least_of == kNoPeer || n < range.least) range.least = n, range.least_of = p;
    if (range.most_of == kNoPeer || n > range.most) range.most = n, range.most_of = p;
  }
  return range;
}

void Channels::add_range(std::vector<std::string> path, const Range& range, Metrics& out) const {
  const auto says = [&](PeerIndex p, std::uint64_t n) {
    if (p == kNoPeer) return std::string("no peer of it runs");
    return fmt::format("{} sees {}", peer_text(facts_, p), n);
  };
  const auto put = [&](const char* name, PeerIndex p, std::uint64_t n) {
    path.emplace_back(name);
    out.add(path, n, {says(p, n), says(p, n)});
    path.pop_back();
  };
  put("min", range.least_of, range.least);
  put("max", range.most_of, range.most);
}

void Channels::add_metrics(const View& view, Metrics& out) const {
  for (std::size_t o = 0; o < facts_.orgs.size(); ++o) {
    const OrgIndex org{static_cast<std::uint16_t>(o)};
    add_range({"views", facts_.orgs[o]},
              range_of(org, [&](PeerIndex p) { return view.known_to(p); }), out);
    const auto ever = [&](PeerIndex p) { return std::max(peak_[raw(p)], view.known_to(p)); };
    const Range peak = range_of(org, ever);
    const std::string who =
        peak.most_of == kNoPeer
            ? "no peer of it runs"
            : fmt::format("{} saw {}", peer_text(facts_, peak.most_of), peak.most);
    out.add({"views", facts_.orgs[o], "peak"}, peak.most, {who, who});
  }
  for (std::size_t c = 0; c < facts_.channels.size(); ++c) {
    std::vector<OrgIndex> orgs;
    for (const PeerIndex p : facts_.channels[c].members) {
      const OrgIndex org = facts_.peers[raw(p)].org;
      if (std::find(orgs.begin(), orgs.end(), org) == orgs.end()) orgs.push_back(org);
    }
    // Names of metrics are asked for before there are peers.
    for (std::size_t o = 0; o < facts_.orgs.size() && facts_.peers.empty(); ++o) {
      orgs.push_back(OrgIndex{static_cast<std::uint16_t>(o)});
    }
    for (const OrgIndex org : orgs) {
      add_range({"channels", facts_.channels[c].name, facts_.orgs[raw(org)]},
                range_of(org, [&](PeerIndex p) { return seen_[c][raw(p)]; }), out);
    }
  }
}

}  // namespace hearsay::analysis
