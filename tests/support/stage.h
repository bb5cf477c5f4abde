// Stage: the peers of a scenario in a real world, with hosts that a test can take over.
//
// World, network, nodes, keys and configuration are the simulator's own; nothing is mocked. What
// the runner does over time (starts, faults, blocks) is left to the test. A peer that was seized
// runs an Attacker with the peer's identity and key instead of a node. A Tap stands between each
// node and its transport and sees what passes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/network.h"
#include "sim/run/cluster.h"
#include "sim/run/ordering_service.h"
#include "sim/world/world.h"
#include "tests/support/attacker.h"
#include "tests/support/blocks.h"
#include "tests/support/forge.h"

namespace hearsay::test {

// Looks only. Called before the node, or the network, is.
class Tap {
 public:
  // The node has dealt with what the transport told it; what comes next has another cause.
  virtual void done() {}
  virtual void dials(PeerIndex /*by*/, ConnId, std::string_view /*endpoint*/) {}
  virtual void frame(PeerIndex /*at*/, ConnId, const Envelope&) {}
  virtual void ended(PeerIndex /*at*/, ConnId, StreamEnd) {}
  virtual void closes(PeerIndex /*by*/, ConnId) {}

 protected:
  ~Tap() = default;
};

class Stage {
 public:
  // The scenario is resolved here. `tap` may be null; `trace` and `tap` outlive the stage.
  Stage(scenario::Scenario plan, TraceSink& trace, Tap* tap = nullptr,
        sim::WireMode wire = sim::WireMode::kShared);
  ~Stage();

  // Adds the scenario's orderers: from now on leaders pull their blocks. REQUIRES: nobody was
  // started.
  void add_orderers();
  // Null without them.
  sim::OrderingService* orderers() { return orderers_.get(); }
  // Of an orderer; kNoPeer when none has the name.
  sim::HostIndex find_orderer(std::string_view name) const;

  // Peers.
  std::size_t size() const { return cluster_->size(); }
  // A peer's, or an orderer's.
  std::string name_of(PeerIndex host) const;
  // kNoPeer when nobody has the name.
  PeerIndex find(std::string_view name) const;

  // REQUIRES: it is down.
  void seize(PeerIndex peer) { seized_[raw(peer)] = true; }
  bool seized(PeerIndex peer) const { return seized_[raw(peer)]; }
  void start(PeerIndex peer) { world_.start(peer); }
  void start_all();
  void run_for(Duration d) { world_.run_until(world_.now() + d); }

  // Null while the peer is down, and when it is seized (not seized).
  sim::GossipPeer* peer(PeerIndex peer) const;
  Attacker* attacker(PeerIndex peer) const;
  Node& node(PeerIndex p) const { return peer(p)->node(); }

  const sim::PeerHome& home(PeerIndex peer) const { return cluster_->home(peer); }
  sim::PeerHome& home(PeerIndex peer) { return cluster_->home(peer); }
  const sim::FakeCrypto& key(PeerIndex peer) const { return *home(peer).crypto; }
  Persona persona(PeerIndex peer) const;

  // Block `number` of `channel`, cut by an orderer all peers trust.
  const Payload& block(std::string_view channel, BlockNum number) {
    return blocks_.block(channel, number);
  }

  sim::World& world() { return world_; }
  sim::Network& network() { return *network_; }
  sim::Cluster& cluster() { return *cluster_; }
  Directory& directory() { return cluster_->directory(); }

 private:
  class TappedPeer;

  std::unique_ptr<sim::Tenant> make_tenant(PeerIndex peer, const sim::HostContext& host);

  const scenario::Scenario plan_;
  TraceSink& trace_;
  Tap* const tap_;
  // The cluster is asked what its peers are; the hosts that run are this stage's own.
  sim::World unused_world_;
  std::unique_ptr<sim::Network> unused_network_;
  std::unique_ptr<sim::Cluster> cluster_;
  sim::World world_;
  std::unique_ptr<sim::OrderingService> orderers_;
  std::unique_ptr<sim::Network> network_;
  std::vector<bool> seized_;

  Blocks blocks_;
};

// A scenario from JSON; asserts that there is no complaint.
scenario::Scenario scenario_of(const std::string& json);

}  // namespace hearsay::test
