#include "analysis/leadership.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"

namespace hearsay::analysis {

Leadership::Leadership(const RunFacts& facts) : facts_(facts) {
  for (std::size_t c = 0; c < facts.channels.size(); ++c) {
    const ChannelIndex channel{static_cast<std::uint16_t>(c)};
    for (const PeerIndex p : facts.channels[c].members)
      seats_[{channel, facts.peers[raw(p)].org}];
  }
}

void Leadership::on_declared(const TraceEvent& event) {
  Seat& seat = seats_[{event.channel, facts_.peers[raw(event.peer)].org}];
  if (std::find(seat.leaders.begin(), seat.leaders.end(), event.peer) != seat.leaders.end()) return;
  seat.leaders.push_back(event.peer);
  if (seat.vacant_since != kNever) {
    seat.vacancy = std::max(seat.vacancy, event.time - seat.vacant_since);
    seat.vacant_since = kNever;
  }
  seat.max_simultaneous = std::max(seat.max_simultaneous, seat.leaders.size());
  if (seat.first == kNever) {
    seat.first = event.time;
  } else {
    ++seat.changes;
  }
  seat.single_since = seat.leaders.size() == 1 ? event.time : kNever;
}

void Leadership::remove(Seat& seat, PeerIndex p, Time at) {
  if (std::erase(seat.leaders, p) == 0) return;
  seat.single_since = seat.leaders.size() == 1 ? at : kNever;
  if (seat.leaders.empty()) seat.vacant_since = at;
}

void Leadership::on_stepped_down(const TraceEvent& event) {
  remove(seats_[{event.channel, facts_.peers[raw(event.peer)].org}], event.peer, event.time);
}

void Leadership::stopped(PeerIndex p, Time at) {
  for (auto& [where, seat] : seats_)
    remove(seat, p, at);
}

void Leadership::add_metrics(Time end, Metrics& out) const {
  for (const auto& [where, seat] : seats_) {
    const std::string org = raw(where.second) < facts_.orgs.size()
                                ? facts_.orgs[raw(where.second)]
                                : fmt::format("org {}", raw(where.second));
    const std::string channel = channel_text(facts_, where.first);
    const auto path = [&](const char* name) {
      return std::vector<std::string>{"leaders", channel, org, name};
    };
    std::string who = "nobody leads at the end";
    for (std::size_t i = 0; i < seat.leaders.size() && i < 3; ++i) {
      who = (i == 0 ? "leading at the end: " : who + ", ") + peer_text(facts_, seat.leaders[i]);
    }
    if (seat.leaders.size() > 3) who += ", …";
    out.add(path("final"), std::uint64_t{seat.leaders.size()}, {who, who});
    out.add(path("max_simultaneous"), std::uint64_t{seat.max_simultaneous});
    out.add(path("first_s"), seconds(seat.first));
    out.add(path("changes"), seat.changes);
    out.add(path("single_since_s"), seconds(seat.single_since));
    const Duration open = seat.vacant_since == kNever ? 0 : end - seat.vacant_since;
    out.add(path("vacant_s"), seconds(std::max(seat.vacancy, open)));
  }
}

}  // namespace hearsay::analysis
