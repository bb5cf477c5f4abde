// GossipService: what ties a peer's channels together: gossip, ledger, election and delivery.
//
// Mirrors gossip/service/gossip_service.go (GossipService) of Fabric v2.5.4 and the part of
// core/peer/peer.go that creates a channel. Spec: service.md, whose section numbers the source
// quotes. Private data is not part of this version.
//
//   configuration --> ConfigEventer --> anchors tracked, Node::join_channel
//   Node --leadership messages--> LeaderElection --leads or not--> Delivery: start, stop
//                                       ^------- yields when delivery has ended ------+
//
// Some of Fabric's calls are for the program around it alone: nothing here uses them.
//
// The node, its ledgers and the delivery are the caller's. Calls come on the node's strand, not
// from inside an upcall of the node or of the delivery, finalisers excepted.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/gossip/context.h"
#include "core/gossip/election.h"
#include "core/node/config_eventer.h"
#include "core/node/node.h"
#include "core/ports/delivery.h"
#include "core/ports/ledger.h"

namespace hearsay {

class GossipService final : private ConfigReceiver, private LeadershipListener {
 public:
  // Without a delivery nobody pulls blocks, and no leader is elected. All outlive it.
  GossipService(Context& context, Node& node, Delivery* delivery);
  GossipService(const GossipService&) = delete;
  GossipService& operator=(const GossipService&) = delete;

  // 4. Takes part in a channel: joins it as `config` says, then initialises it. `ledger` holds its
  // blocks and outlives the service.
  Result<bool> create_channel(const ConfigUpdate& config, Ledger& ledger);
  // 4, 5. A block with a configuration of a channel that was created has been committed. An error
  // for another channel.
  Result<bool> process_config(const ConfigUpdate& config);

  // 8. Elects the channel's leader, or leads by configuration: once per channel and process. An
  // error, with Fabric's words, where Fabric ends the process: when leaders are both elected and
  // static; and for a channel that was not joined.
  //
  // Divergence: Fabric initialises a channel whose configuration does not name the peer's
  // organisation, and lets it pull blocks that it can give to nobody.
  Result<bool> initialize_channel(std::string_view channel);

  // 10. A block of the orderer for the ledger; see Node::add_payload(). Divergence: an unknown
  // channel, which crashes Fabric, is kStopped.
  AddOutcome add_payload(std::string_view channel, const std::optional<Payload>& block,
                         AddDone done = {});
  // 10. A committed block; never one that still waits to be. Fabric: v1.0 only.
  std::optional<BlockBytes> get_block(std::string_view channel, BlockNum number) const;

  // 11. Ends all, the node included. Idempotent.
  void stop();

  // 6. Whether it is an anchor peer of a channel that this peer is in, host:port.
  bool is_anchor_peer(std::string_view endpoint) const {
    return node_.anchor_tracker().is_anchor(endpoint);
  }
  // Null when no leader is elected in the channel.
  const LeaderElection* election(ChannelIndex channel) const;
  // Elected, or static with delivery begun.
  bool is_leader(ChannelIndex channel) const;

 private:
  // One channel, and what its election asks for.
  class Chain final : public ElectionLinks {
   public:
    Chain(GossipService& service, ChannelIndex index, std::string_view name, Ledger& ledger)
        : service_(service),
          index_(index),
          name_(name),
          ledger_(ledger),
          eventer_(service),
          gauge_(service.context_.metrics.gauge(Metric::kLeaderElectionLeader, index)) {}

    const std::string& name() const { return name_; }
    Ledger& ledger() const { return ledger_; }
    ConfigEventer& eventer() { return eventer_; }
    const Channel* channel() const { return service_.node_.channel(index_); }

    void elect();
    void lead_by_configuration();
    void stop();
    void yield();
    const LeaderElection* election() const { return election_.get(); }
    void on_message(PeerIndex creator, bool is_declaration);
    bool leads() const { return election_ ? election_->is_leader() : leads_by_configuration_; }

   private:
    std::size_t peer_count() const override;
    bool is_peer(PeerIndex peer) const override;
    void gossip(GossipMessage message) override;
    void on_status(bool is_leader) override;
    void report_metric(bool is_leader) override { gauge_.set(is_leader ? 1 : 0); }

    GossipService& service_;
    const ChannelIndex index_;
    const std::string name_;
    Ledger& ledger_;
    ConfigEventer eventer_;
    std::unique_ptr<LeaderElection> election_;
    bool leads_by_configuration_ = false;
    Gauge& gauge_;
  };

  Chain* chain_of(ChannelIndex channel) const {
    return raw(channel) < chains_.size() ? chains_[raw(channel)].get() : nullptr;
  }
  Chain* chain_of(std::string_view name) const {
    return chain_of(context_.directory.find_channel(name));
  }

  void update_anchors(const ConfigUpdate& config) override;
  void on_leadership(ChannelIndex channel, PeerIndex creator, bool is_declaration) override;

  Context& context_;
  Node& node_;
  Delivery* const delivery_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<Chain>> chains_;  // by ChannelIndex
};

}  // namespace hearsay
