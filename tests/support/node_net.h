// NodeNet: a few whole nodes in a simulated world, each one as the test makes it.
//
// Where a Stage plays a scenario, here the test adds peers one by one, with their organisations,
// endpoints, bootstrap peers and dates of expiry, starts and stops them, and lets them join
// channels. World, network, nodes and keys are the simulator's own. Latency is constant, 1 ms.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/network.h"
#include "sim/run/gossip_peer.h"
#include "sim/world/world.h"
#include "tests/support/attacker.h"
#include "tests/support/blocks.h"
#include "tests/support/forge.h"
#include "tests/support/recording_sink.h"

namespace hearsay::test {

// The configuration of Fabric's gossip_test.go (profile P1 of spec node.md section 15).
Config profile_1();
// Of orgs_test.go and anchor_test.go: the same with a pull each 2 s and ten blocks in the store.
Config profile_3();

struct PeerSpec {
  std::string org = "org1";
  std::string internal{};  // host:port; "" makes one up
  std::string external{};
  std::vector<std::string> bootstrap{};
  std::uint64_t expires = 0;  // Unix nanoseconds; 0: never
};

class NodeNet {
 public:
  explicit NodeNet(Config config = profile_1(), sim::WireMode wire = sim::WireMode::kShared);
  // With it, the peers started from now on may lead; the object outlives them.
  std::function<Delivery&(PeerIndex)> delivery;
  ~NodeNet();

  // Adds a peer that is down.
  PeerIndex add(PeerSpec spec = {});
  // `count` peers of org1 that bootstrap from `bootstrap`.
  std::vector<PeerIndex> add_many(std::size_t count, std::vector<std::string> bootstrap = {});
  // From its next start an Attacker runs in its place, with its identity and key.
  void seize(PeerIndex peer) { hosts_[raw(peer)].seized = true; }

  void start(PeerIndex peer) { world_.start(peer); }
  void start(const std::vector<PeerIndex>& peers);
  void stop(PeerIndex peer) { world_.stop(peer, StopReason::kEnd); }
  bool running(PeerIndex peer) const { return world_.running(peer); }
  // Joins a channel of these organisations.
  void join(PeerIndex peer, std::string_view channel, const std::vector<std::string>& orgs,
            const std::vector<ChannelAnchor>& anchors = {});

  // REQUIRES: running, and not seized (seized).
  Node& node(PeerIndex peer) const;
  GossipService& service(PeerIndex peer) const;
  Attacker& attacker(PeerIndex peer) const;

  const std::string& internal(PeerIndex p) const { return home(p).identity.internal_endpoint; }
  Persona persona(PeerIndex p) const;
  const sim::FakeCrypto& key(PeerIndex p) const { return *home(p).crypto; }
  const std::string& identity(PeerIndex p) const { return directory.identity(p); }
  OrgIndex org(std::string_view name) { return directory.intern_org(name); }

  // Block `number` of a channel that somebody joined, cut by an orderer all peers trust.
  const Payload& block(std::string_view channel, BlockNum number) {
    return blocks_.block(channel, number);
  }

  Time now() const { return world_.now(); }
  void run_for(Duration d) { world_.run_until(world_.now() + d); }
  // Runs until `done` holds, asked each 180 ms as Fabric's tests do; false when it does not within
  // `limit`.
  template <typename Done>
  bool run_until(Done&& done, Duration limit = 180 * kSecond) {
    const Time end = now() + limit;
    while (!done()) {
      if (now() >= end) return false;
      run_for(180 * kMillisecond);
    }
    return true;
  }
  // Each of `peers` sees exactly `count` alive members.
  bool all_see(const std::vector<PeerIndex>& peers, std::size_t count,
               Duration limit = 180 * kSecond);

  sim::CryptoWorld crypto{1};
  Directory directory;
  RecordingSink sink;

 private:
  struct Host {
    sim::PeerHome home;
    bool seized = false;
  };
  const sim::PeerHome& home(PeerIndex p) const { return hosts_[raw(p)].home; }
  std::unique_ptr<sim::Tenant> make_tenant(Host& host, const sim::HostContext& context);

  const Config config_;
  sim::BlockArchive archive_;
  const sim::SharedPorts shared_{directory, sink, 0, archive_};
  Blocks blocks_{crypto, directory,
                 crypto.issue("OrdererMSP", "orderer0", sim::kOrdererIdentitySize),
                 Random::root(1)};
  std::deque<Host> hosts_;
  std::deque<sim::ChannelPlan> plans_;
  sim::World world_;
  sim::Network network_;
};

}  // namespace hearsay::test
