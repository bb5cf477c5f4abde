// GossipPeer: a Fabric peer as a tenant of the world.
//
// Its node does the gossip, its service joins the channels and elects their leaders, and its
// delivery pulls the blocks of those it leads from the orderers, over the same transport.
//
// What a peer is (identity, keys, configuration, bootstrap peers) and what outlives its process
// (the committed blocks) is a PeerHome, made once. Each start of the host makes a GossipPeer around
// it: fresh engines with an empty view, as when a process starts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/deliver/deliver_service.h"
#include "core/node/gossip_service.h"
#include "core/node/node.h"
#include "core/node/node_deliver_target.h"
#include "sim/model/chain.h"
#include "sim/model/fake_crypto.h"
#include "sim/model/stream_block_source.h"
#include "sim/run/transport_switch.h"
#include "sim/world/tenant.h"

namespace hearsay::sim {

// What all peers of a world share.
struct SharedPorts {
  Directory& directory;
  TraceSink& trace;
  Duration commit_block;
  BlockArchive& blocks;
};

// A channel as peers are told to join it.
struct ChannelPlan {
  std::string name;
  ConfigUpdate config;
  Time join_at = 0;
};

class GossipPeer;

struct PeerHome {
  NodeIdentity identity;
  const Config* config = nullptr;
  std::unique_ptr<FakeCrypto> crypto;
  std::vector<std::string> bootstrap;
  std::vector<const ChannelPlan*> channels;
  // What the peer knows when it first starts; null: nothing. Outlives the home.
  const Past* past = nullptr;
  std::map<ChannelIndex, ChainStore> chains;
  // Where the orderers of every channel are, host:port; null: there are none, and nobody leads.
  // Outlives the home.
  const std::vector<std::string>* orderers = nullptr;
  DeliverVersion deliver_version = DeliverVersion::kV2;
  // A delivery of a test's own instead; it outlives the process. May be empty.
  std::function<Delivery&(GossipPeer&)> delivery;
  // Called from inside the peer's start or join, with the height of its ledger there. May be empty.
  std::function<void(GossipPeer&, ChannelIndex, BlockNum)> on_joined;
  // Called when the node has stopped itself: its process ends. May be empty.
  std::function<void()> on_died;
};

class GossipPeer final : public Tenant, private LedgerHandler {
 public:
  GossipPeer(PeerHome& home, const SharedPorts& shared, const HostContext& host);

  void start() override;
  void stop(StopReason reason) override;
  TransportHandler& transport_handler() override { return switch_; }

  // Joins what it was told to and whose time has come; called again when more has.
  void join_due_channels();
  bool joined(ChannelIndex channel) const { return node_.channel(channel) != nullptr; }

  Node& node() { return node_; }
  const Node& node() const { return node_; }
  // What the process has counted since it started.
  const Metrics& metrics() const { return context_.metrics; }
  GossipService& service() { return service_; }
  const GossipService& service() const { return service_; }

 private:
  Delivery* delivery() {
    return home_.delivery ? &home_.delivery(*this) : static_cast<Delivery*>(delivery_.get());
  }
  void on_committed(ChannelIndex channel, BlockNum number) override {
    node_.on_committed(channel, number);
  }
  void on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) override;

  // Not for a peer that comes back, nor for one that starts at another time.
  static bool has_past(const PeerHome& home, const HostContext& host) {
    return home.past != nullptr && host.restarts == 0 && home.past->at == host.clock.now();
  }

  // What every frame touches stands first and side by side.
  alignas(64) TransportSwitch switch_;
  StreamBlockSource block_source_;
  Context context_;
  std::vector<std::unique_ptr<Chain>> ledgers_;  // outlive the node's use of them
  Node node_;
  PeerHome& home_;
  Clock& clock_;
  const Duration commit_block_;
  BlockArchive& blocks_;
  NodeDeliverTarget target_;
  std::unique_ptr<DeliverService> delivery_;  // null without orderers
  GossipService service_;
};

}  // namespace hearsay::sim
