// Node: one Fabric peer's gossip component, its engines wired together.
//
// Mirrors gossip/gossip/gossip_impl.go: it owns the engines by value, checks every message that
// arrives (tag, signatures that must hold before anything else, spoofed requests) and hands it to
// the engine it is for. Spec: node.md, whose section numbers the source quotes.
//
//   Transport -> Comm -> [gate] -> Membership            alive messages, membership requests,
//   responses
//                               -> Channel -> committer   blocks, state information, leadership
//   Membership, Channel -> Router (Emitter) -> Comm -> Transport
//
// A node lives from construction to stop(); a restarted peer is a new Node. All calls come on one
// strand, and no call into a node re-enters it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/gossip/channel.h"
#include "core/gossip/channel_set.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/gossip/membership.h"
#include "core/gossip/router.h"
#include "core/gossip/view.h"
#include "core/node/committer.h"
#include "core/ports/ledger.h"

namespace hearsay {

struct AnchorPeer {
  OrgIndex org = kNoOrg;
  std::string endpoint;
};

class Node final : public TransportHandler,
                   private ChannelListener,
                   private MembershipLinks,
                   private EndpointBook,
                   private TimerHandler {
 public:
  Node(Context& context, std::vector<std::string> bootstrap_endpoints);
  ~Node();

  // 3. Starts the timers and contacts the bootstrap peers.
  void start();
  // 12. Idempotent. Nothing is announced to others.
  void stop();

  // --- the service's calls, node.md section 6
  // --------------------------------------------------------

  // 8. Creates or reconfigures a channel and contacts its anchor peers. `ledger` holds the
  // channel's blocks and outlives the node; it is ignored when the channel is known already.
  void join_channel(std::string_view name, const JoinChannel& join,
                    std::span<const AnchorPeer> anchors, Ledger& ledger);
  void leave_channel(std::string_view name);

  // Signs (but for data messages, which are not signed) and pushes `message` to others. A message
  // for a channel this node has not joined is dropped. REQUIRES: a legal tag.
  void gossip(GossipMessage message);

  // What the deliver client of a leader does with a block from an orderer: into the ledger's queue,
  // then pushed to the organisation.
  void deliver_block(std::string_view channel, const Payload& block);

  void update_ledger_height(std::string_view channel, BlockNum height);
  void update_chaincodes(std::string_view channel, std::vector<Chaincode> chaincodes);
  void update_metadata(std::string metadata) { membership_.update_metadata(std::move(metadata)); }

  // Alive members, ascending.
  std::vector<PeerIndex> peers() const;
  // Empty for a channel this node has not joined.
  std::vector<PeerIndex> peers_of_channel(std::string_view name) const;

  // The ledger of a channel committed one block more.
  void on_committed(ChannelIndex channel, BlockNum number);

  // --- upcalls of the transport
  // ----------------------------------------------------------------------

  void on_connected(ConnId conn) override;
  void on_pong(ConnId conn) override;
  void on_accepted(ConnId conn) override;
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId conn) override;
  void on_closed(ConnId conn, StreamEnd end) override;

  // A frame will probably come soon: loads what it will touch into the caches. Nothing observable.
  void prefetch(ConnId conn, const Envelope* frame) const;

  // --- for those who look at a run, not for those who take part
  // --------------------------------------

  const View& view() const { return view_; }
  const IdentityMapper& identities() const { return identities_; }
  const Comm& comm() const { return comm_; }
  const Membership& membership() const { return membership_; }
  const Channel* channel(ChannelIndex index) const { return channels_.find(index); }
  bool stopped() const { return stopped_; }

 private:
  // 4. The inbound pipeline.
  void dispatch(const Received& message);
  void dispatch_to_channel(const Received& message);
  void dispatch_to_membership(const Received& message);
  // False when the message may not go on; the reason is traced.
  bool state_info_is_signed(const Received& message) const;
  bool leadership_is_signed(const Received& message) const;
  void relay_state_info(const Received& message);
  void reject(const Received& message, RejectReason reason) const;

  void remember_anchors(ChannelIndex channel, std::span<const AnchorPeer> anchors);
  void drain_comm();

  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // ChannelListener
  void on_block(ChannelIndex channel, const Received& block) override;
  void on_leadership(ChannelIndex channel, const Received& message) override;

  // MembershipLinks
  void send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) override;
  void probe(std::string_view endpoint, std::uint32_t cookie) override;
  void handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie) override;
  void close_conn(PeerIndex peer) override;

  // EndpointBook
  std::string_view endpoint_of(PeerIndex peer) const override;

  Context& context_;
  const std::vector<std::string> bootstrap_endpoints_;
  bool stopped_ = false;

  // Construction order is Fabric's (node.md section 3): identities, comm, channels, emitter,
  // discovery.
  IdentityMapper identities_;
  Comm comm_;
  ChannelSet channels_;
  View view_;
  Router router_;
  Membership membership_;
  // State information of channels this node is not in, kept only to relay each message once.
  LatestStore relayed_state_infos_;
  std::vector<std::unique_ptr<Committer>> committers_;       // by ChannelIndex
  std::vector<std::vector<AnchorPeer>> anchors_of_channel_;  // by ChannelIndex
};

}  // namespace hearsay
