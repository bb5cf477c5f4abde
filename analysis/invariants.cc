#include "analysis/invariants.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"
#include "core/base/assert.h"

namespace hearsay::analysis {
namespace {

constexpr std::array<std::string_view, kInvariants> kNames = {
    "ledger.in_order",       "ledger.equal_bytes",    "membership.no_peer_both_alive_and_dead",
    "message.accepted_once", "buffers.within_limits", "channels.no_leak",
    "liveness.after_heal"};

Invariant invariant_of(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  HS_ASSERT_MSG(found != kNames.end(), "no invariant has this name");
  return static_cast<Invariant>(found - kNames.begin());
}

// Which organisations can be expected to know each other's peers at the end of a run: peers meet
// others' at anchors, and once they have met, word spreads without, and the dead are called again.
class Meetings {
 public:
  using Pairs = std::span<const std::pair<PeerIndex, PeerIndex>>;

  // `lost`: who knew whom before.
  Meetings(const RunFacts& facts, Pairs lost, const View& view, const Population& population)
      : facts_(facts), anchored_(facts.orgs.size()), met_(facts.orgs.size() * facts.orgs.size()) {
    for (std::size_t i = 0; i < view.size(); ++i) {
      const PeerIndex a = peer_index(i);
      if (!population.reachable(a)) continue;
      if (facts.peers[i].anchor) anchored_[org_of(a)] = true;
      for (std::size_t j = 0; j < view.size(); ++j) {
        const PeerIndex b = peer_index(j);
        if (!met_[place(a, b)] && view.knows(a, b) && population.reachable(b))
          met_[place(a, b)] = true;
      }
    }
    for (const auto& [a, b] : lost) {
      if (population.reachable(a) && population.reachable(b)) met_[place(a, b)] = true;
    }
  }

  bool expected(PeerIndex a, PeerIndex b) const {
    const std::size_t mine = org_of(a), theirs = org_of(b);
    return mine == theirs || anchored_[mine] || anchored_[theirs] || met_[place(a, b)] ||
           met_[place(b, a)];
  }

 private:
  std::size_t org_of(PeerIndex p) const { return raw(facts_.peers[raw(p)].org); }
  std::size_t place(PeerIndex a, PeerIndex b) const {
    return org_of(a) * anchored_.size() + org_of(b);
  }

  const RunFacts& facts_;
  std::vector<bool> anchored_;  // by organisation: an anchor of it can be reached
  std::vector<bool> met_;       // by two: a peer of the first knows one of the second, or knew it
};

}  // namespace

std::span<const std::string_view> invariant_names() { return kNames; }

Invariants::Invariants(const RunFacts& facts)
    : facts_(facts),
      ledgers_(facts.channels.size()),
      left_(facts.channels.size()),
      first_commits_(facts.channels.size()) {
  for (const Invariant seen : {Invariant::kLedgerInOrder, Invariant::kNoPeerBothAliveAndDead,
                               Invariant::kAcceptedOnce, Invariant::kNoLeak}) {
    states_[static_cast<std::size_t>(seen)].checked = true;
  }
  for (const ChannelFacts& channel : facts.channels) {
    IndexBits& members = members_.emplace_back();
    for (const PeerIndex p : channel.members)
      members.set(p);
  }
}

void Invariants::violate(Invariant invariant, std::string evidence) {
  InvariantState& state = states_[static_cast<std::size_t>(invariant)];
  state.checked = true;
  if (state.violations++ == 0) state.evidence = std::move(evidence);
}

void Invariants::report_violation(std::string_view invariant, std::string evidence) {
  violate(invariant_of(invariant), std::move(evidence));
}

void Invariants::note_checked(std::string_view invariant) {
  states_[static_cast<std::size_t>(invariant_of(invariant))].checked = true;
}

void Invariants::leaked(const TraceEvent& event) {
  const std::string type = event.type < facts_.types.size() ? facts_.types[event.type] : "message";
  violate(Invariant::kNoLeak,
          fmt::format("{}, which is not in {}, got a {} of it from {} at {}",
                      peer_text(facts_, event.peer), channel_text(facts_, event.channel), type,
                      peer_text(facts_, event.other), seconds_text(seconds(event.time))));
}

void Invariants::on_state_info(const TraceEvent& event) {
  const PeerFacts& owner = facts_.peers[raw(event.other)];
  const bool member = members_[raw(event.channel)].test(event.peer);
  if (member && (owner.external_endpoint || owner.org == facts_.peers[raw(event.peer)].org)) return;
  violate(Invariant::kNoLeak,
          fmt::format("{} learned the state of {} in {} at {}", peer_text(facts_, event.peer),
                      owner.name, channel_text(facts_, event.channel),
                      seconds_text(seconds(event.time))));
}

void Invariants::on_alive(const TraceEvent& event, const View& view) {
  if (!view.visible(event.peer, event.other)) {
    violate(Invariant::kNoLeak,
            fmt::format("{} learned of {} at {}", peer_text(facts_, event.peer),
                        peer_text(facts_, event.other), seconds_text(seconds(event.time))));
  }
  if (!view.knows(event.peer, event.other)) return;
  violate(Invariant::kNoPeerBothAliveAndDead,
          fmt::format("{} held {} alive already when it came alive at {}",
                      peer_text(facts_, event.peer), peer_text(facts_, event.other),
                      seconds_text(seconds(event.time))));
}

void Invariants::on_dead(const TraceEvent& event, const View& view) {
  if (facts_.peers[raw(event.peer)].org != facts_.peers[raw(event.other)].org) {
    lost_.emplace_back(event.peer, event.other);
  }
  const bool alive = view.knows(event.peer, event.other);
  const bool hearsay = DeathCause{event.detail} == DeathCause::kLearnedDead;
  // Only strangers are learned dead; only the living die.
  if (alive != hearsay) return;
  violate(Invariant::kNoPeerBothAliveAndDead,
          fmt::format("{} {} at {}, {} it alive", peer_text(facts_, event.peer),
                      (hearsay ? "believed hearsay that " : "declared dead ") +
                          peer_text(facts_, event.other) + (hearsay ? " is dead" : ""),
                      seconds_text(seconds(event.time)), alive ? "holding" : "not holding"));
}

void Invariants::on_accepted_again(const TraceEvent& event, Time first) {
  violate(
      Invariant::kAcceptedOnce,
      fmt::format("{} accepted block {} of {} by push at {}, having it since {}",
                  peer_text(facts_, event.peer), event.value, channel_text(facts_, event.channel),
                  seconds_text(seconds(event.time)), seconds_text(seconds(first))));
}

void Invariants::on_committed(const TraceEvent& event) {
  std::vector<Ledger>& ledgers = ledgers_[raw(event.channel)];
  if (ledgers.empty()) {
    ledgers.assign(facts_.peers.size(), {facts_.channels[raw(event.channel)].first_block, false});
  }
  Ledger& ledger = ledgers[raw(event.peer)];
  const bool back = ledger.may_go_back && event.value < ledger.next;
  if (event.value != ledger.next && !back) {
    violate(
        Invariant::kLedgerInOrder,
        fmt::format("{} committed block {} of {} at {} where block {} was due",
                    peer_text(facts_, event.peer), event.value, channel_text(facts_, event.channel),
                    seconds_text(seconds(event.time)), ledger.next));
  }
  ledger = {event.value + 1, false};
  // Blocks come in order, so of those that nobody had before the next one is first.
  std::vector<Time>& first = first_commits_[raw(event.channel)];
  if (event.value == facts_.channels[raw(event.channel)].first_block + first.size()) {
    first.push_back(event.time);
  }
}

void Invariants::restarted(PeerIndex p) {
  for (IndexBits& left : left_)
    left.clear(p);
  for (std::vector<Ledger>& ledgers : ledgers_) {
    if (!ledgers.empty()) ledgers[raw(p)].may_go_back = true;
  }
}

// What was committed by somebody long enough ago and is not everywhere.
std::string Invariants::unequal_heights(Time end, const Population& population) const {
  for (std::size_t c = 0; c < ledgers_.size(); ++c) {
    if (ledgers_[c].empty()) continue;
    const std::vector<Time>& first = first_commits_[c];
    const auto recent = std::upper_bound(first.begin(), first.end(), end - kLivenessGrace);
    const BlockNum due =
        facts_.channels[c].first_block + static_cast<BlockNum>(recent - first.begin());
    PeerIndex low = kNoPeer;
    PeerIndex high = kNoPeer;
    for (const PeerIndex p : facts_.channels[c].members) {
      if (!population.reachable(p) || left_[c].test(p)) continue;
      const BlockNum next = ledgers_[c][raw(p)].next;
      if (low == kNoPeer || next < ledgers_[c][raw(low)].next) low = p;
      if (high == kNoPeer || next > ledgers_[c][raw(high)].next) high = p;
    }
    if (low == high || ledgers_[c][raw(low)].next >= due) continue;
    return fmt::format("{} has height {} in {}, {} has {}", peer_text(facts_, low),
                       ledgers_[c][raw(low)].next, facts_.channels[c].name, peer_text(facts_, high),
                       ledgers_[c][raw(high)].next);
  }
  return "";
}

// Two reachable peers of which one should know the other and does not.
std::string Invariants::strangers(const View& view, const Population& population) const {
  if (view.complete()) return "";
  const Meetings meetings(facts_, lost_, view, population);
  for (std::size_t i = 0; i < view.size(); ++i) {
    for (std::size_t j = 0; j < view.size(); ++j) {
      const PeerIndex a = peer_index(i);
      const PeerIndex b = peer_index(j);
      if (!view.counts(a, b) || view.knows(a, b)) continue;
      if (!population.reachable(a) || !population.reachable(b)) continue;
      if (population.parted(a, b) || !meetings.expected(a, b)) continue;
      return peer_text(facts_, a) + " does not know " + peer_text(facts_, b);
    }
  }
  return "";
}

// What is wrong with the leaders of an organisation in a channel. Nobody hears of a leader whom
// nobody can reach, so another takes its place; nothing takes the place of a static one.
// Fabric: who has left sees nobody in the channel and elects itself, and is heard by nobody; a
// static leader that has left still gets blocks and pushes them.
std::string Invariants::bad_seat(const std::pair<ChannelIndex, OrgIndex>& where,
                                 const Leadership::Seat& seat, const Population& population) const {
  if (seat.first == kNever) return "";
  const auto counts = [&](PeerIndex p) {
    return population.reachable(p) && !left_[raw(where.first)].test(p);
  };
  bool is_static = false;
  std::size_t members = 0;
  for (const PeerIndex p : facts_.channels[raw(where.first)].members) {
    if (facts_.peers[raw(p)].org != where.second) continue;
    is_static = is_static || facts_.peers[raw(p)].static_leader;
    if (counts(p)) ++members;
  }
  const auto leaders =
      static_cast<std::size_t>(std::count_if(seat.leaders.begin(), seat.leaders.end(),
                                             [&](PeerIndex p) { return is_static || counts(p); }));
  if (members == 0 || leaders == 1 || (is_static && leaders > 0)) return "";
  return fmt::format("{} in {} has {}", facts_.orgs[raw(where.second)],
                     channel_text(facts_, where.first), plural(leaders, "leader"));
}

void Invariants::finish(Time end, const View& view, const Leadership& leadership,
                        const Population& population) {
  std::vector<std::string> wrong;
  if (std::string who = strangers(view, population); !who.empty()) wrong.push_back(std::move(who));
  // Each side of a partition that stands has its own leaders, and its own height.
  for (const auto& [where, seat] : leadership.seats()) {
    if (population.parted()) break;
    if (std::string bad = bad_seat(where, seat, population); !bad.empty()) {
      wrong.push_back(std::move(bad));
    }
  }
  if (facts_.catches_up && !population.parted()) {
    if (std::string heights = unequal_heights(end, population); !heights.empty()) {
      wrong.push_back(std::move(heights));
    }
  }
  InvariantState& state = states_[static_cast<std::size_t>(Invariant::kLivenessAfterHeal)];
  const Duration quiet = end - population.last_disturbance();
  if (wrong.empty() || quiet >= kLivenessGrace) {
    state.checked = true;
    for (std::string& what : wrong)
      violate(Invariant::kLivenessAfterHeal, std::move(what));
  } else if (state.violations == 0) {
    state.evidence = fmt::format("{}, but the run ends {} after the last start, stop or fault",
                                 wrong.front(), seconds_text(seconds(quiet)));
  }
}

}  // namespace hearsay::analysis
