#include "analysis/membership.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"

namespace hearsay::analysis {
namespace {

std::vector<std::string> below(std::vector<std::string> path, std::string name) {
  path.push_back(std::move(name));
  return path;
}

std::string view_evidence(const View& view, const RunFacts& facts) {
  if (view.reached(3) == kNever) {
    const std::uint64_t missing = view.total() - view.known();
    std::string text =
        fmt::format("{} of {} still unknown at the end", missing, plural(view.total(), "pair"));
    if (const auto pair = view.missing()) {
      text += fmt::format(": {} does not know {}", peer_text(facts, pair->first),
                          peer_text(facts, pair->second));
    } else {
      text = "all pairs known at the end, but never since the last peer first started";
    }
    return text;
  }
  const std::string when = seconds_text(seconds(view.reached(3)));
  const auto last = view.last_learned();
  if (!last) return fmt::format("complete when the last peer started, at {}", when);
  return fmt::format("{} learned of {} last, at {}", peer_text(facts, last->first),
                     peer_text(facts, last->second), when);
}

std::string incident_evidence(const Incident& it, const RunFacts& facts) {
  const std::string who =
      it.peers.size() == 1
          ? peer_text(facts, it.peers.front())
          : fmt::format("{} and {} more", peer_text(facts, it.peers.front()), it.peers.size() - 1);
  const std::string what =
      fmt::format("{} {} at {}", who, it.loss ? "lost" : "back", seconds_text(seconds(it.at)));
  if (it.reached.back() == kNever) {
    if (!it.undone) return fmt::format("{}; not all {} at once", what, plural(it.pairs, "pair"));
    return fmt::format("{}; {} {} {} to the last", what, peer_text(facts, it.undone->first),
                       it.loss ? "listed" : "did not know", peer_text(facts, it.undone->second));
  }
  const std::string after = seconds_text(seconds(it.reached.back()));
  if (!it.last) return fmt::format("{}; done after {}", what, after);
  return fmt::format("{}; {} {} {} last, after {}", what, peer_text(facts, it.last->first),
                     it.loss ? "dropped" : "learned of", peer_text(facts, it.last->second), after);
}

}  // namespace

Membership::Membership(const RunFacts& facts, const Population& population)
    : facts_(facts), population_(population), view_(facts), incidents_(view_) {}

void Membership::started(PeerIndex p, Time at, bool first) {
  view_.start(p, at);
  if (first) {
    incidents_.population_changed(at);
  } else {
    incidents_.returned(p, at);
  }
}

void Membership::stopped(PeerIndex p, Time at) {
  view_.stop(p, at);
  incidents_.lost(p, at);
}

void Membership::on_alive(const TraceEvent& event) {
  if (!view_.learn(event.peer, event.other, event.time)) return;
  incidents_.learned(event.peer, event.other, event.time);
}

void Membership::on_dead(const TraceEvent& event) {
  // Hearing of a stranger that it is dead accuses nobody.
  const bool accused = view_.knows(event.peer, event.other);
  on_forgotten(event);
  if (!accused || !population_.reachable(event.peer) || !population_.reachable(event.other)) return;
  if (population_.parted(event.peer, event.other)) return;
  if (false_suspicions_++ == 0) first_suspicion_ = event;
}

void Membership::on_forgotten(const TraceEvent& event) {
  if (!view_.lose(event.peer, event.other, event.time)) return;
  incidents_.dropped(event.peer, event.other, event.time);
}

// Of several incidents the slowest speaks.
void Membership::add_incidents(Metrics& out, const char* name, bool loss) const {
  static constexpr std::array<std::string_view, 3> kStats = {"p50", "p90", "max"};
  std::array<double, 3> worst{kNothing, kNothing, kNothing};
  const Incident* slowest = nullptr;
  for (const Incident& it : incidents_.all()) {
    if (it.loss != loss || it.pairs == 0) continue;
    for (std::size_t i = 0; i < worst.size(); ++i) {
      const double s = seconds(it.reached[i]);
      if (!(worst[i] >= s)) worst[i] = s;
    }
    if (slowest == nullptr || it.reached.back() > slowest->reached.back()) slowest = &it;
  }
  Spread spread;
  for (std::size_t i = 0; i < worst.size(); ++i)
    spread.stats.emplace_back(kStats[i], worst[i]);
  std::string evidence = loss ? "no peer was lost" : "no peer came back";
  if (slowest != nullptr) evidence = incident_evidence(*slowest, facts_);
  out.add({"membership", name}, spread, {evidence, evidence});
}

void Membership::add_metrics(Metrics& out) const {
  add_view_metrics(view_, facts_, {"membership"}, out);
  out.add({"membership", "known_pairs"}, view_.curve());
  std::string suspicion = "nobody was declared dead wrongly";
  if (false_suspicions_ > 0) {
    const std::uint8_t cause = first_suspicion_.detail;
    suspicion = fmt::format(
        "first: {} declared {} dead at {} ({})", peer_text(facts_, first_suspicion_.peer),
        peer_text(facts_, first_suspicion_.other), seconds_text(seconds(first_suspicion_.time)),
        cause < kDeathCauses ? death_cause_name(DeathCause{cause}) : "?");
  }
  out.add({"membership", "false_suspicions"}, false_suspicions_, {suspicion, suspicion});
  add_incidents(out, "detection_s", true);
  add_incidents(out, "recovery_s", false);
}

void add_view_metrics(const View& view, const RunFacts& facts, std::vector<std::string> path,
                      Metrics& out) {
  const std::string evidence = view_evidence(view, facts);
  const Evidence both{evidence, evidence};
  out.add(below(path, "converged_s"), seconds(view.reached(3)), both);
  std::string stays = "complete ever since";
  if (const auto pair = view.missing()) {
    stays = fmt::format("at the end {} does not know {}", peer_text(facts, pair->first),
                        peer_text(facts, pair->second));
  }
  out.add(below(path, "stays_s"), seconds(view.complete_since()), {stays, stays});
  for (std::size_t i = 0; i < View::kPercents.size(); ++i) {
    out.add(below(path, fmt::format("t{}_s", View::kPercents[i])), seconds(view.reached(i)), both);
  }
}

}  // namespace hearsay::analysis
