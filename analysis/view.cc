#include "analysis/view.h"

#include <algorithm>
#include <set>

#include "core/base/assert.h"

namespace hearsay::analysis {

View::View(const RunFacts& facts)
    : rows_(facts.peers.size()),
      known_by_(facts.peers.size()),
      running_(facts.peers.size()),
      member_(facts.peers.size(), true),
      ever_started_(facts.peers.size()) {
  std::size_t orgs = facts.orgs.size();
  for (const PeerFacts& peer : facts.peers) {
    external_.push_back(peer.external_endpoint);
    org_.push_back(raw(peer.org));
    orgs = std::max(orgs, std::size_t{raw(peer.org)} + 1);
  }
  org_running_.resize(orgs);
  org_external_.resize(orgs);
  meet_.assign(orgs * orgs, facts.channels.empty());
  for (const ChannelFacts& channel : facts.channels) {
    std::set<std::size_t> present;
    for (const PeerIndex p : channel.members)
      present.insert(org_[raw(p)]);
    for (const std::size_t a : present) {
      for (const std::size_t b : present)
        meet_[a * orgs + b] = true;
    }
  }
  for (std::size_t i = 0; i < facts.peers.size(); ++i) {
    if (facts.peers[i].circle == 0) continue;
    circle_.resize(facts.peers.size());
    circle_[i] = facts.peers[i].circle;
  }
}

View::View(const RunFacts& facts, const ChannelFacts& channel) : View(facts) {
  member_.assign(member_.size(), false);
  for (const PeerIndex p : channel.members)
    member_[raw(p)] = true;
  if (!channel.circles) circle_.clear();
}

// Adds to the total (or takes from it) the pairs of p with the peers that run now; p itself must
// not be among them.
void View::count_peer(PeerIndex p, bool starts) {
  const std::size_t org = org_[raw(p)];
  std::uint64_t others = org_running_[org];
  for (std::size_t o = 0; o < org_external_.size() && external_[raw(p)]; ++o) {
    if (o != org && meet(o, org)) others += org_external_[o];
  }
  total_ = starts ? total_ + 2 * others : total_ - 2 * others;
}

void View::start(PeerIndex p, Time at) {
  HS_ASSERT(!running(p));
  running_[raw(p)] = true;
  if (!member_[raw(p)]) return;
  count_peer(p, true);
  ++org_running_[org_[raw(p)]];
  if (external_[raw(p)]) ++org_external_[org_[raw(p)]];
  if (known_by_[raw(p)] > 0) {
    for (std::size_t i = 0; i < size(); ++i) {
      const PeerIndex a = peer_index(i);
      if (rows_[i].test(p) && counts(a, p)) ++known_;
    }
  }
  if (!ever_started_[raw(p)]) {
    ever_started_[raw(p)] = true;
    enter_circle(p);
    next_ = 0;
    reached_.fill(kNever);
    last_learned_.reset();
    latest_.reset();
  }
  update(at);
}

// p knows the others of its circle from the start.
void View::enter_circle(PeerIndex p) {
  if (circle_.empty() || circle_[raw(p)] == 0) return;
  for (std::size_t i = 0; i < size(); ++i) {
    const PeerIndex b = peer_index(i);
    if (circle_[i] != circle_[raw(p)] || !visible(p, b) || !rows_[raw(p)].set(b)) continue;
    ++known_by_[i];
    if (counts(p, b)) ++known_;
  }
}

void View::stop(PeerIndex p, Time at) {
  HS_ASSERT(running(p));
  rows_[raw(p)].for_each([&](PeerIndex b) {
    --known_by_[raw(b)];
    if (counts(p, b)) --known_;
  });
  rows_[raw(p)].clear_all();
  if (known_by_[raw(p)] > 0) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (rows_[i].test(p) && counts(peer_index(i), p)) --known_;
    }
  }
  running_[raw(p)] = false;
  if (!member_[raw(p)]) return;
  --org_running_[org_[raw(p)]];
  if (external_[raw(p)]) --org_external_[org_[raw(p)]];
  count_peer(p, false);
  update(at);
}

bool View::learn(PeerIndex a, PeerIndex b, Time at) {
  if (!running(a) || !rows_[raw(a)].set(b)) return false;
  ++known_by_[raw(b)];
  if (counts(a, b)) {
    ++known_;
    latest_ = {a, b};
    update(at);
  }
  return true;
}

bool View::lose(PeerIndex a, PeerIndex b, Time at) {
  if (!rows_[raw(a)].clear(b)) return false;
  --known_by_[raw(b)];
  if (counts(a, b)) {
    --known_;
    update(at);
  }
  return true;
}

void View::update(Time at) {
  curve_.add(at, known_, total_);
  while (next_ < kPercents.size() && known_ * 100 >= kPercents[next_] * total_) {
    if (kPercents[next_] == 100) last_learned_ = latest_;
    reached_[next_++] = at;
  }
  if (!complete()) {
    complete_since_ = kNever;
  } else if (complete_since_ == kNever) {
    complete_since_ = at;
  }
}

std::optional<Pair> View::missing() const {
  for (std::size_t i = 0; i < size() && !complete(); ++i) {
    for (std::size_t j = 0; j < size(); ++j) {
      const PeerIndex a = peer_index(i);
      const PeerIndex b = peer_index(j);
      if (counts(a, b) && !knows(a, b)) return Pair{a, b};
    }
  }
  return std::nullopt;
}

}  // namespace hearsay::analysis
