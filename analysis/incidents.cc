#include "analysis/incidents.h"

#include <algorithm>

namespace hearsay::analysis {

Incidents::Incidents(const View& view)
    : view_(view), loss_of_(view.size(), kNone), return_of_(view.size(), kNone) {}

bool Incidents::watches(std::uint32_t incident, PeerIndex a, PeerIndex b) const {
  if (incidents_[incident].loss) {
    return loss_of_[raw(b)] == incident && loss_of_[raw(a)] != incident && view_.running(a) &&
           view_.visible(a, b);
  }
  return (return_of_[raw(a)] == incident || return_of_[raw(b)] == incident) && view_.counts(a, b);
}

template <typename F>
void Incidents::for_each_pair(std::uint32_t incident, F&& f) const {
  const bool loss = incidents_[incident].loss;
  for (const PeerIndex p : incidents_[incident].peers) {
    for (std::size_t i = 0; i < view_.size(); ++i) {
      const PeerIndex q = peer_index(i);
      if (watches(incident, q, p)) f(q, p);
      // Of a pair of two returned peers each direction is met once as (q, p).
      if (!loss && return_of_[i] != incident && watches(incident, p, q)) f(p, q);
    }
  }
}

void Incidents::recount(std::uint32_t incident, Time at) {
  Incident& it = incidents_[incident];
  it.done = 0;
  it.pairs = 0;
  for_each_pair(incident, [&](PeerIndex a, PeerIndex b) {
    ++it.pairs;
    if (view_.knows(a, b) != it.loss) ++it.done;
  });
  note(incident, at, std::nullopt);
}

void Incidents::note(std::uint32_t incident, Time at, std::optional<Pair> pair) {
  Incident& it = incidents_[incident];
  it.curve.add(at - it.at, it.done, it.pairs);
  if (it.pairs == 0) return;
  for (std::size_t i = 0; i < it.reached.size(); ++i) {
    if (it.reached[i] != kNever || it.done * 100 < Incident::kPercents[i] * it.pairs) continue;
    it.reached[i] = at - it.at;
    if (Incident::kPercents[i] == 100) it.last = pair;
  }
}

std::uint32_t Incidents::open(PeerIndex p, Time at, bool loss) {
  std::uint32_t incident = kNone;
  for (const std::uint32_t i : open_) {
    if (incidents_[i].at == at && incidents_[i].loss == loss) incident = i;
  }
  if (incident == kNone) {
    incident = static_cast<std::uint32_t>(incidents_.size());
    incidents_.push_back({});
    incidents_.back().at = at;
    incidents_.back().loss = loss;
    open_.push_back(incident);
  }
  Incident& it = incidents_[incident];
  it.peers.push_back(p);
  // Whatever the first of several peers seemed to show at this instant was not the whole.
  it.reached.fill(kNever);
  (loss ? loss_of_ : return_of_)[raw(p)] = incident;
  return incident;
}

void Incidents::close(std::uint32_t incident) {
  Incident& it = incidents_[incident];
  it.open = false;
  for_each_pair(incident, [&](PeerIndex a, PeerIndex b) {
    if (!it.undone && view_.knows(a, b) == it.loss) it.undone = {a, b};
  });
  for (const PeerIndex p : it.peers)
    (it.loss ? loss_of_ : return_of_)[raw(p)] = kNone;
  open_.erase(std::find(open_.begin(), open_.end(), incident));
}

void Incidents::lost(PeerIndex p, Time at) {
  if (return_of_[raw(p)] != kNone) close(return_of_[raw(p)]);
  if (loss_of_[raw(p)] == kNone) open(p, at, true);
  population_changed(at);
}

void Incidents::returned(PeerIndex p, Time at) {
  if (loss_of_[raw(p)] != kNone) close(loss_of_[raw(p)]);
  if (return_of_[raw(p)] == kNone) open(p, at, false);
  population_changed(at);
}

void Incidents::population_changed(Time at) {
  for (const std::uint32_t incident : open_)
    recount(incident, at);
}

void Incidents::pair_changed(PeerIndex a, PeerIndex b, bool known, Time at) {
  const auto change = [&](std::uint32_t incident) {
    if (incident == kNone || !watches(incident, a, b)) return;
    Incident& it = incidents_[incident];
    it.done = known != it.loss ? it.done + 1 : it.done - 1;
    note(incident, at, Pair{a, b});
  };
  change(loss_of_[raw(b)]);
  change(return_of_[raw(a)]);
  if (return_of_[raw(b)] != return_of_[raw(a)]) change(return_of_[raw(b)]);
}

void Incidents::finish() {
  while (!open_.empty())
    close(open_.front());
}

}  // namespace hearsay::analysis
