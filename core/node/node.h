// Node: one Fabric peer's gossip component, its engines wired together.
//
// Mirrors gossip/gossip/gossip_impl.go: it owns the engines by value, checks every message that
// arrives (tag, signatures that must hold before anything else, spoofed requests) and hands it to
// the engine it is for. Spec: node.md, whose section numbers the source quotes.
//
//   Transport -> Comm -> [gate] -> Membership     alive messages, requests and responses
//                               -> IdentityPull   pull messages about identities
//                               -> Channel        blocks, their pull, state information, leadership
//                               -> StateProvider  state requests and responses; accepted blocks
//   Membership, Channel -> Router (Emitter) -> Comm -> Transport
//
// A node lives from construction to stop(); a restarted peer is a new Node. All calls come on one
// strand, and no engine is called while another is at work: what a program wants to hear
// (subscribers, outcomes of sends) it hears at the end of an upcall, when the engines rest, and
// never from inside a call of its own, stop() and accept() of a stopped node excepted. So a handler
// may call all of the API below. Predicates and filters are asked in the middle of things: they may
// look, and change nothing.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/gossip/channel.h"
#include "core/gossip/channel_set.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/gossip/identity_pull.h"
#include "core/gossip/membership.h"
#include "core/gossip/router.h"
#include "core/gossip/state_provider.h"
#include "core/gossip/view.h"
#include "core/node/criteria.h"
#include "core/node/subscribers.h"
#include "core/ports/ledger.h"

namespace hearsay {

// Who hears the leadership messages that channels accepted, in the middle of things: it may look
// and note, and calls nothing of the node.
class LeadershipListener {
 public:
  virtual void on_leadership(ChannelIndex channel, PeerIndex creator, bool is_declaration) = 0;

 protected:
  ~LeadershipListener() = default;
};

class Node final : public TransportHandler,
                   private ChannelListener,
                   private MembershipLinks,
                   private EndpointBook,
                   private IdentityPurgeListener,
                   private TimerHandler {
 public:
  Node(Context& context, std::vector<std::string> bootstrap_endpoints);
  ~Node();

  // Begins in the middle of things, with what `past` says this node knows. The part about channels
  // is taken in when they are joined at the same instant. REQUIRES: before start(), with a settled
  // context, at the instant of the past; `past` lives that long.
  void adopt(const Past& past);
  // 3. Starts the timers and contacts the bootstrap peers.
  void start();
  // 12. Idempotent. Nothing is announced to others.
  void stop();

  // --- the service's calls, node.md section 6

  // 8. Creates or reconfigures a channel and contacts its anchor peers. `ledger` holds the
  // channel's blocks and outlives the node; it is ignored when the channel is known already.
  void join_channel(std::string_view name, const JoinChannel& join,
                    std::span<const ChannelAnchor> anchors, Ledger& ledger);
  // Announced with the next publication of state information. Does nothing for an unknown channel.
  void leave_channel(std::string_view name);

  // Signs (but for data messages, which are not signed) and pushes `message` to others. A message
  // for a channel this node has not joined is dropped. REQUIRES: a legal tag.
  void gossip(GossipMessage message);

  // How many blocks the ledger of a channel holds; nullopt when it cannot be read, and for a
  // channel without state provider.
  std::optional<BlockNum> ledger_height(std::string_view channel) const;
  // A block from an orderer goes into the ledger's queue. With kWaiting, and then only, `done` is
  // called once, later; until then no other block may be added. It is not pushed to others.
  AddOutcome add_payload(std::string_view channel, const std::optional<Payload>& block,
                         AddDone done = {});
  // A block from outside, for those who have no deliver client: adds it and, once it is in the
  // queue, pushes it to the organisation, as a leader's deliver client does. An error means:
  // nothing was pushed. Does not ask peer.deliveryclient.blockGossipEnabled.
  AddOutcome deliver_block(std::string_view channel, const Payload& block, AddDone done = {});

  void update_ledger_height(std::string_view channel, BlockNum height);
  void update_chaincodes(std::string_view channel, std::vector<Chaincode> chaincodes);
  // Others learn it with the next alive message.
  void update_metadata(std::string metadata) { membership_.update_metadata(std::move(metadata)); }

  // Sends `message`, unsigned, to each of `peers` as best effort: nobody acknowledges it, and a
  // full buffer drops it. A peer that is not in the view cannot be dialled, only reached over a
  // connection that is there.
  void send(GossipMessage message, std::span<const PeerIndex> peers);
  // 7. Sends `message` to some of the peers that fit and waits for their acknowledgements, which
  // subscribers give. `done` hears the outcome once, later, unless the node is stopped before.
  //
  // Quirk: with min_ack 0 it ends with the first answer if that is a failure, else it waits for
  // all; and a peer that cannot be reached takes the time of its dial and then the timeout.
  void send_by_criteria(GossipMessage message, SendCriteria criteria, SendDone done);
  // Answers on the connection `message` came over; waits for room in its buffer. Dropped when that
  // connection is gone.
  void respond(const Received& message, GossipMessage answer);
  // Acknowledges `message`, which came with send_by_criteria; with an `error` the sender counts it
  // as a failure. The node never acknowledges by itself.
  void ack(const Received& message, std::string_view error = {});

  // 5. From now on `subscriber` hears what it wants, after those that came before it. It outlives
  // the node.
  void accept(Subscriber& subscriber) { subscribers_.add(subscriber); }
  void accept(WireSubscriber& subscriber) {
    tapped_ = true;
    subscribers_.add(subscriber);
  }

  // Null: nobody. It outlives the node's use of it.
  void set_leadership_listener(LeadershipListener* listener) { leadership_ = listener; }
  // Whom membership never forgets because a channel names them; the service fills it.
  AnchorTracker& anchor_tracker() { return membership_.anchor_tracker(); }

  // Alive members, ascending; none after stop().
  std::vector<PeerIndex> peers() const;
  // The same with what is known of each, and its last alive message.
  std::vector<NetworkMember> members() const { return membership_.members(); }
  // Alive, eligible and not known to have left; none for a channel this node has not joined, or has
  // left.
  std::vector<PeerIndex> peers_of_channel(std::string_view name) const;
  // The same with what is known of each, its properties in the channel and its state information.
  std::vector<NetworkMember> members_of_channel(std::string_view name) const;
  // Ourselves, as others may see us. Quirk: takes a sequence number of the alive messages.
  NetworkMember self_membership_info() { return membership_.self(); }
  // The state information this node last signed; null for a channel it has not joined.
  EnvelopeRef self_channel_info(std::string_view name) const;
  // A filter that lets those members of a channel pass whose state information `accepts`. An error
  // for a channel this node has not joined. It must not outlive the node.
  Result<PeerPredicate> peer_filter(std::string_view channel, PeerSignaturePredicate accepts) const;

  // 9. Forgets the identities that have become idle, and those that `suspected` and are no longer
  // valid. Connections with their owners are closed; they die in the view by silence.
  void suspect_peers(const PeerSuspector& suspected);
  // All identities this node knows, its own included.
  std::vector<PeerIdentityInfo> identity_info() const { return identities_.identity_info(); }
  // Is the identity known, and of our organisation?
  bool is_in_my_org(PeerIndex peer) const { return identities_.in_my_org(peer); }

  // The ledger of a channel committed one block more, or could not. When it fails for another
  // reason than validation the node stops, as a peer's process would.
  void on_committed(ChannelIndex channel, BlockNum number);
  void on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure);

  // --- upcalls of the transport

  void on_connected(ConnId conn) override;
  void on_pong(ConnId conn) override;
  void on_accepted(ConnId conn) override;
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId conn) override;
  void on_closed(ConnId conn, StreamEnd end) override;

  void prefetch(unsigned step, ConnId conn, const Envelope* frame) const override;

  // --- for those who look at a run, not for those who take part

  const View& view() const { return view_; }
  const IdentityMapper& identities() const { return identities_; }
  const Comm& comm() const { return comm_; }
  const Membership& membership() const { return membership_; }
  const IdentityPull& identity_pull() const { return identity_pull_; }
  const Channel* channel(ChannelIndex index) const { return channels_.find(index); }
  // Null for a channel this node has not joined, or whose ledger could not be read then.
  const StateProvider* state(ChannelIndex index) const { return state_of(index); }
  bool stopped() const { return stopped_; }

 private:
  void prefetch_self() const;

  // 4. The inbound pipeline.
  static bool is_for_engines(const Envelope& envelope);
  void dispatch(const Received& message);
  void dispatch_to_channel(const Received& message);
  void dispatch_to_state(const Received& message);
  StateProvider* state_of(ChannelIndex index) const {
    return raw(index) < states_.size() ? states_[raw(index)].get() : nullptr;
  }
  void dispatch_to_membership(const Received& message);
  // False when the message may not go on; the reason is traced.
  bool state_info_is_signed(const Received& message) const;
  bool leadership_is_signed(const Received& message) const;
  void relay_state_info(const Received& message);
  void reject(const Received& message, RejectReason reason) const;

  // Null for a channel this node has not joined, and for all once it has stopped.
  Channel* joined(std::string_view channel) const {
    return stopped_ ? nullptr : channels_.find(channel);
  }
  // The end of each upcall: what comm has to say to the engines, then what programs wait for.
  void settle();
  // The past, while it is the present.
  const Past* past_now() const {
    return past_ != nullptr && past_->at == context_.now() ? past_ : nullptr;
  }
  void drain_comm();
  void call_out();
  // The end of a call that was not an upcall: programs hear the rest later.
  void settle_later();

  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // ChannelListener
  void on_block(ChannelIndex channel, const Received& block, BlockOrigin source) override;
  void on_state_info(ChannelIndex channel, const Received& message) override;
  void on_leadership(ChannelIndex channel, const Received& message) override;

  // MembershipLinks
  void send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) override;
  void probe(std::string_view endpoint, std::uint32_t cookie) override;
  void handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie) override;
  void close_conn(PeerIndex peer) override;

  // IdentityPurgeListener
  void on_identity_purge(PeerIndex peer) override;

  // EndpointBook
  std::string_view endpoint_of(PeerIndex peer) const override;

  // What every frame touches ends the first cache line.
  Context& context_;
  bool stopped_ = false;
  bool calling_out_ = false;
  bool tapped_ = false;              // a WireSubscriber may want frames
  std::uint32_t calls_waiting_ = 0;  // of subscribers_ and acked_sends_

  // Construction order is Fabric's (node.md section 3): identities, comm, channels, emitter,
  // discovery, identity pull. Each begins a cache line, with what frames touch first.
  alignas(64) IdentityMapper identities_;
  alignas(64) Comm comm_;
  ChannelSet channels_;
  alignas(64) View view_;
  alignas(64) Router router_;
  alignas(64) Membership membership_;
  IdentityPull identity_pull_;
  // State information of channels this node is not in, kept only to relay each message once.
  LatestStore relayed_state_infos_;
  std::vector<std::unique_ptr<StateProvider>> states_;  // by ChannelIndex

  const std::vector<std::string> bootstrap_endpoints_;
  const Past* past_ = nullptr;
  Random random_;
  Subscribers subscribers_{calls_waiting_};
  LeadershipListener* leadership_ = nullptr;
  AckedSends acked_sends_{calls_waiting_};
  TimerId wake_;
};

}  // namespace hearsay
