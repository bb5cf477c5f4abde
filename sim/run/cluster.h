// Cluster: the peers of a scenario in a world, ready to run.
//
// Turns organisations, channels and configuration into directory entries, keys, homes and hosts; it
// knows the engines, the world below it does not. What happens over time (starts, blocks, faults)
// is arranged by the runner.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/directory.h"
#include "core/trace/facts.h"
#include "sim/run/gossip_peer.h"
#include "sim/run/past_maker.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace hearsay::sim {

class Cluster {
 public:
  // `plan` is resolved and valid; it and everything else outlives the cluster. Adds one host per
  // peer, in the order of the scenario, so that a peer's index is its host's.
  Cluster(const scenario::Scenario& plan, World& world, TraceSink& trace);

  const scenario::Population& population() const { return population_; }
  std::size_t size() const { return homes_.size(); }
  std::string name_of(PeerIndex peer) const { return population_.name_of(peer); }
  const std::string& pki_id(PeerIndex peer) const { return directory_.pki_id(peer); }

  // The endpoints under which a host is dialled: the internal one, and the external one if it has
  // one.
  std::vector<std::string> endpoints_of(PeerIndex peer) const;

  // Null while the peer is down.
  GossipPeer* peer(PeerIndex peer) const;
  const PeerHome& home(PeerIndex peer) const { return homes_[raw(peer)]; }
  PeerHome& home(PeerIndex peer) { return homes_[raw(peer)]; }
  // The committed blocks of a peer that is up or down; null when it never joined the channel.
  const ChainStore* chain(PeerIndex peer, ChannelIndex channel) const;
  // Who leads an organisation in a channel: the static leaders, running or not, or those that
  // consider themselves elected now.
  std::vector<PeerIndex> leaders(std::string_view org, std::string_view channel) const;
  // When the peer starts, where an override says so; drawn anew by each call from the same numbers.
  std::vector<std::optional<Time>> override_starts() const;
  std::vector<PeerIndex> select(const scenario::Selector& selector, std::string_view purpose) const;

  CryptoWorld& crypto() { return crypto_; }
  BlockArchive& blocks() { return blocks_; }
  Directory& directory() { return directory_; }
  // The identity of an orderer, which may sign the blocks of every channel.
  std::string issue_orderer(const std::string& name);
  // One of them.
  const std::string& orderer_identity() const { return orderer_identity_; }

  // The table behind the trace's numbers.
  RunFacts facts() const;

 private:
  void make_configs();
  void find_expiries();
  void make_leader_configs();
  void make_election_configs(const scenario::Organization& org);
  // The part of a channel's configuration that an organisation has.
  ChannelOrg channel_org(const scenario::Organization& org) const;
  void make_peers();
  void make_channels();
  void assign_bootstrap();
  void make_pasts();
  OrgIndex org_index(std::string_view name) const;
  std::vector<PeerIndex> members_of(const ChannelPlan& channel) const;
  // Which past it shares, from 1; 0 for none.
  std::uint32_t circle_of(const PeerHome& home) const;

  const scenario::Scenario& plan_;
  World& world_;
  const Random random_;
  const scenario::Population population_;
  Directory directory_;
  CryptoWorld crypto_;
  BlockArchive blocks_;
  SharedPorts shared_;
  std::string orderer_identity_;
  std::deque<Config> configs_;  // the first is everybody's; the rest are overrides
  std::vector<const Config*> config_of_;
  std::vector<Time> expires_of_;      // when each identity expires; kNever
  std::deque<ChannelPlan> channels_;  // one per channel
  std::deque<PeerHome> homes_;
  std::deque<Past> pasts_;  // one for each instant at which converged organisations start
};

// The purpose for which the peers of the scenario's event `index` are selected.
std::string event_purpose(std::size_t index);

// Fabric's keys of a scenario applied to a configuration. REQUIRES: validated entries.
void apply_config(Config& config, const scenario::ConfigMap& entries);

}  // namespace hearsay::sim
