// Elections that talk to each other with nothing but latency between them, as in Fabric's
// election_test.go: who is in whose view, and who can be reached, a test says.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/assert.h"
#include "core/gossip/election.h"
#include "tests/support/bare_node.h"

namespace hearsay::test {

using namespace literals;

inline Config election_settings() {
  Config config;
  config.use_leader_election = true;
  config.org_leader = false;
  config.election_startup_grace_period = 500_ms;
  config.election_membership_sample_interval = 100_ms;
  config.leader_alive_threshold = 500_ms;
  config.leader_election_duration = 500_ms;
  return config;
}

// A message as it left an election.
struct Said {
  Time at = 0;
  PeerIndex by = kNoPeer;
  GossipMessage message;

  const LeadershipMessage& content() const { return *message.get<LeadershipMessage>(); }
};

class ElectionNet {
 public:
  class Member final : public ElectionLinks {
   public:
    Member(ElectionNet& net, PeerIndex self)
        : net_(net),
          crypto_(net.authority_, ""),
          context_(
              {.self = self, .org = OrgIndex{0}, .internal_endpoint = "", .external_endpoint = ""},
              net.config, net.directory, net.clock, net.transport_, crypto_, net.sink,
              Random::root(raw(self))),
          election(context_, net.channel, *this) {}

    std::size_t peer_count() const override { return view.size(); }
    bool is_peer(PeerIndex peer) const override { return view.contains(peer); }
    void gossip(GossipMessage message) override { net_.send(context_.self(), message); }
    void on_status(bool leads) override {
      EXPECT_EQ(election.is_leader(), leads) << "is_leader() is up to date before anybody is told";
      statuses.push_back(leads);
    }
    void report_metric(bool leads) override {
      gauges.push_back(leads);
      said_at_gauge = net_.said.size();
    }

    std::set<PeerIndex> view;
    std::vector<bool> statuses;
    std::vector<bool> gauges;
    std::size_t said_at_gauge = 0;
    bool cut_off = false;  // neither heard nor hearing

   private:
    ElectionNet& net_;
    FakeCrypto crypto_;
    Context context_;

   public:
    LeaderElection election;
  };

  explicit ElectionNet(std::uint64_t seed = 1, Config settings = election_settings())
      : config(settings), channel(directory.intern_channel("ch")), random_(Random::root(seed)) {}

  // A peer whose PKI-ID is `id`, in nobody's view and not started.
  PeerIndex add(const std::string& id) {
    const PeerIndex p =
        directory.intern_peer(id, "identity of " + id, directory.intern_org("org1"));
    HS_ASSERT(raw(p) == members_.size());
    members_.push_back(std::make_unique<Member>(*this, p));
    return p;
  }
  // Adds a peer and starts it, among those of `group`, which all have each other in their view.
  PeerIndex start(const std::string& id, std::vector<PeerIndex>& group) {
    const PeerIndex p = add(id);
    for (const PeerIndex q : group) {
      at(p).view.insert(q);
      at(q).view.insert(p);
    }
    group.push_back(p);
    at(p).election.start();
    return p;
  }
  // Starts peers `first`, `first` - 1 … `last`, each `gap` after the one before.
  std::vector<PeerIndex> start_many(int first, int last, Duration gap = 0) {
    std::vector<PeerIndex> group;
    for (int i = first; i >= last; --i) {
      start("p" + std::to_string(i), group);
      if (gap > 0 && i > last) clock.run_for(gap);
    }
    return group;
  }

  Member& at(PeerIndex p) { return *members_[raw(p)]; }
  std::string name(PeerIndex p) const { return directory.pki_id(p); }
  std::vector<std::string> leaders(const std::vector<PeerIndex>& among) {
    std::vector<std::string> found;
    for (const PeerIndex p : among) {
      if (at(p).election.is_leader()) found.push_back(name(p));
    }
    std::ranges::sort(found);
    return found;
  }
  // Polls each 300 ms, for at most `limit`, until these alone lead.
  bool led_by(const std::vector<std::string>& who, const std::vector<PeerIndex>& among,
              Duration limit) {
    for (const Time end = clock.now() + limit; clock.now() <= end; clock.run_for(300_ms)) {
      if (leaders(among) == who) return true;
    }
    return false;
  }
  bool single_leader(const std::vector<PeerIndex>& among, Duration limit) {
    for (const Time end = clock.now() + limit; clock.now() <= end; clock.run_for(300_ms)) {
      if (leaders(among).size() == 1) return true;
    }
    return false;
  }
  // Hands a message of `from` to `to` at once.
  void tell(PeerIndex to, PeerIndex from, bool declaration) {
    at(to).election.on_message(from, declaration);
  }
  // How many messages of this sort `by` has sent.
  std::size_t count(PeerIndex by, bool declarations) const {
    return static_cast<std::size_t>(std::ranges::count_if(said, [&](const Said& s) {
      return s.by == by && s.content().is_declaration == declarations;
    }));
  }

  const Config config;
  FakeClock clock;
  Directory directory;
  RecordingSink sink;
  const ChannelIndex channel;
  std::vector<Said> said;

 private:
  void send(PeerIndex from, const GossipMessage& message) {
    said.push_back({clock.now(), from, message});
    if (at(from).cut_off) return;
    const bool declaration = message.get<LeadershipMessage>()->is_declaration;
    for (const PeerIndex to : at(from).view) {
      const Duration delay = 1_ms + static_cast<Duration>(random_.below64(4'000'001));
      clock.call_after(delay, [this, from, to, declaration] {
        if (!at(to).cut_off) tell(to, from, declaration);
      });
    }
  }

  FakeAuthority authority_;
  UnusedTransport transport_;
  Random random_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace hearsay::test
