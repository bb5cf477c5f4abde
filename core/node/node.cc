#include "core/node/node.h"

#include <utility>

#include "core/base/prefetch.h"
#include "core/wire/block_message.h"
#include "core/wire/tags.h"

namespace hearsay {

Node::Node(Context& context, std::vector<std::string> bootstrap_endpoints)
    : context_(context),
      identities_(context, this),
      comm_(context, identities_, *this),
      channels_(context.directory),
      router_(context, view_, identities_, channels_, comm_),
      membership_(context, view_, identities_, *this, router_),
      identity_pull_(context, view_, identities_, comm_),
      relayed_state_infos_(context.clock, {.ttl = context.config.state_info_relay_ttl(),
                                           .sweep_kind = TimerKind::kRelayStoreSweep}),
      bootstrap_endpoints_(std::move(bootstrap_endpoints)),
      random_(context.random.fork("node")) {
  comm_.wake_with(*this);
}

Node::~Node() { context_.clock.cancel(wake_); }

void Node::adopt(const Past& past) {
  HS_ASSERT(past.at == context_.now());
  past_ = &past;
  membership_.adopt(past);
  identity_pull_.adopt(past);
}

void Node::start() {
  // Fabric: a process whose own identity is not valid ends right here.
  if (identities_.own_outcome() != PutOutcome::kKnown) return stop();
  identities_.start();
  router_.start();
  membership_.start();
  identity_pull_.start();
  for (const std::string& endpoint : bootstrap_endpoints_) {
    membership_.connect_bootstrap(endpoint);
  }
  settle_later();
}

// Fabric's order.
void Node::stop() {
  if (stopped_) return;
  stopped_ = true;
  acked_sends_.clear();
  for (const auto& state : states_) {
    if (state) state->stop();
  }
  channels_.for_each([](Channel& channel) { channel.stop(); });
  membership_.stop();
  identity_pull_.stop();
  identities_.stop();
  router_.stop();
  subscribers_.end_channels();
  relayed_state_infos_.stop();
  comm_.stop();
  subscribers_.end_wire();
}

// --- 6. the service's calls

void Node::join_channel(std::string_view name, const JoinChannel& join,
                        std::span<const ChannelAnchor> anchors, Ledger& ledger) {
  if (stopped_) return;
  const ChannelIndex index = context_.directory.intern_channel(name);
  if (Channel* known = channels_.find(index)) {
    known->configure(join);
    if (StateProvider* state = state_of(index)) state->on_channel_configured();
  } else {
    const Channel::Parts parts{context_, view_, identities_, comm_, router_, *this};
    Channel& channel = channels_.add(index, std::make_unique<Channel>(parts, index, join));
    if (const Past* past = past_now()) channel.adopt(*past);
    if (states_.size() <= raw(index)) states_.resize(raw(index) + 1u);
    states_[raw(index)] = StateProvider::make({context_, view_, channel, comm_, ledger});
  }
  // Quirk: anchors are contacted even when the configuration was refused as outdated.
  membership_.learn_anchors(anchors);
  settle_later();
}

void Node::leave_channel(std::string_view name) {
  if (Channel* channel = joined(name)) channel->leave();
}

void Node::gossip(GossipMessage message) {
  HS_ASSERT_MSG(is_tag_legal(message) == TagError::kNone,
                "gossip of a message with an illegal tag");
  EnvelopeRef envelope;
  if (message.kind() == ContentKind::kData) {
    envelope = Envelope::unsigned_of(std::move(message));
  } else {
    envelope = context_.sign(std::move(message));
    if (!envelope) return;
  }
  if (is_channel_restricted(envelope->message())) {
    Channel* channel = joined(envelope->message().channel);
    if (channel == nullptr) return;
    // Quirk: pushed even if the store refused it.
    if (envelope->kind() == ContentKind::kData) channel->add_own_block(envelope);
  }
  router_.gossip(envelope);
  settle_later();
}

std::optional<BlockNum> Node::ledger_height(std::string_view name) const {
  const Channel* channel = joined(name);
  const StateProvider* state = channel == nullptr ? nullptr : state_of(channel->index());
  return state == nullptr ? std::nullopt : state->ledger_height();
}

AddOutcome Node::add_payload(std::string_view channel_name, const std::optional<Payload>& block,
                             AddDone done) {
  const Channel* channel = joined(channel_name);
  StateProvider* state = channel == nullptr ? nullptr : state_of(channel->index());
  if (state == nullptr) return AddOutcome::kStopped;
  const AddOutcome outcome = state->add_payload(block, std::move(done));
  if (is_added(outcome) || outcome == AddOutcome::kWaiting) {
    context_.trace({.value = block->seq_num,
                    .channel = channel->index(),
                    .kind = TraceKind::kBlockReceived,
                    .detail = static_cast<std::uint8_t>(BlockOrigin::kDeliver)});
  }
  return outcome;
}

AddOutcome Node::deliver_block(std::string_view channel, const Payload& block, AddDone done) {
  GossipMessage message = block_message(channel, block);
  const AddOutcome outcome =
      add_payload(channel, block, [this, message, done = std::move(done)](AddOutcome late) {
        if (is_added(late)) gossip(message);
        if (done) done(late);
      });
  if (is_added(outcome)) gossip(std::move(message));
  return outcome;
}

void Node::update_ledger_height(std::string_view channel, BlockNum height) {
  if (Channel* known = joined(channel)) known->update_ledger_height(height);
}

void Node::update_chaincodes(std::string_view channel, std::vector<Chaincode> chaincodes) {
  if (Channel* known = joined(channel)) known->update_chaincodes(std::move(chaincodes));
  settle_later();
}

void Node::on_committed(ChannelIndex channel, BlockNum number) {
  if (!stopped_) states_[raw(channel)]->on_committed(number);
}

void Node::on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) {
  if (!stopped_ && !states_[raw(channel)]->on_commit_failed(number, failure)) stop();
}

// --- upcalls

void Node::on_connected(ConnId conn) {
  comm_.on_connected(conn);
  settle();
}

void Node::on_pong(ConnId conn) {
  comm_.on_pong(conn);
  settle();
}

void Node::on_accepted(ConnId conn) {
  comm_.on_accepted(conn);
  settle();
}

void Node::on_frame(ConnId conn, EnvelopeRef frame) {
  PeerIndex from = kNoPeer;
  if (comm_.on_frame(conn, frame, from)) {
    const Received received{conn, from, std::move(frame)};
    // What no engine would take is no loss when a program takes it.
    const bool heard = tapped_ && subscribers_.publish(received);
    if (!heard || is_for_engines(*received.envelope)) dispatch(received);
  }
  settle();
}

void Node::prefetch(unsigned step, ConnId conn, const Envelope* frame) const {
  if (step == 0) return prefetch_self();
  if (step == 1) prefetch_line(&context_);
  if (step == 2) {
    prefetch_line(&context_.clock);
    identities_.prefetch(comm_.peer_of(conn));
  }
  if (frame == nullptr) return;
  const PeerIndex subject = frame->subject_memo();
  if (frame->kind() == ContentKind::kAlive) {
    if (step == 1) view_.prefetch(subject);
  } else if (frame->kind() == ContentKind::kStateInfo) {
    if (step == 1) identities_.prefetch(subject);
    channels_.prefetch(step - 1, frame->channel_memo(), subject);
  }
}

// The first cache line of each engine that frames meet.
void Node::prefetch_self() const {
  prefetch_line(this);
  prefetch_line(&identities_);
  prefetch_line(&comm_);
  prefetch_line(&channels_);
  prefetch_line(&view_);
  prefetch_line(&router_);
  prefetch_line(&membership_);
}

void Node::on_writable(ConnId conn) {
  comm_.on_writable(conn);
  settle();
}

void Node::on_closed(ConnId conn, StreamEnd end) {
  comm_.on_closed(conn, end);
  settle();
}

void Node::on_timer(TimerKind kind, std::uint32_t) {
  // Something happened in comm outside of the upcalls above: a send of an engine's timer found a
  // broken stream, a dial ran out of time.
  HS_ASSERT(kind == TimerKind::kCommEvents);
  settle();
}

void Node::settle() {
  drain_comm();
  call_out();
}

void Node::settle_later() {
  drain_comm();
  // From inside a handler: call_out() is at work and will see it.
  if (calling_out_ || calls_waiting_ == 0) return;
  context_.clock.cancel(wake_);
  wake_ = context_.clock.arm(context_.now(), *this, TimerKind::kCommEvents);
}

// The engines rest here, so that whatever a handler calls finds them at rest.
void Node::call_out() {
  if (calling_out_ || calls_waiting_ == 0) return;
  calling_out_ = true;
  while (!stopped_ && (subscribers_.deliver_one() || acked_sends_.tell_one()))
    drain_comm();
  calling_out_ = false;
}

void Node::drain_comm() {
  if (!comm_.has_events()) return;  // nearly always
  CommEvent event;
  while (!stopped_ && comm_.next_event(event)) {
    switch (event.kind) {
      case CommEvent::Kind::kPresumedDead:
        membership_.on_presumed_dead(event.peer);
        break;
      case CommEvent::Kind::kIdentitySwitch:
        membership_.on_identity_switch(event.peer);
        break;
      case CommEvent::Kind::kProbeDone:
        membership_.on_probe_done(event.cookie, event.ok);
        break;
      case CommEvent::Kind::kHandshakeDone:
        membership_.on_handshake_done(event.cookie, event.peer, event.ok);
        break;
      case CommEvent::Kind::kAcksDone:
        acked_sends_.on_acks(event.cookie, std::move(event.acks));
        break;
    }
  }
}

// --- 4. the inbound pipeline

void Node::reject(const Received& message, RejectReason reason) const {
  context_.trace_rejected(message.from, *message.envelope, reason);
}

// Fabric's node does not subscribe to all kinds; the private data ones have subscribers of their
// own.
bool Node::is_for_engines(const Envelope& envelope) {
  return envelope.kind() != ContentKind::kConn && envelope.kind() != ContentKind::kEmpty &&
         !is_private_data_msg(envelope.message());
}

void Node::dispatch(const Received& message) {
  const Envelope& envelope = *message.envelope;
  const ContentKind kind = envelope.kind();
  // The state provider subscribes to these itself, before the node looks at tags.
  if (StateProvider::takes(kind)) return dispatch_to_state(message);
  if (!is_for_engines(envelope)) return reject(message, RejectReason::kUnexpected);
  if (stopped_) return;
  if (kind == ContentKind::kNone) return reject(message, RejectReason::kNoContent);
  if (is_tag_legal(envelope.message()) != TagError::kNone) {
    return reject(message, RejectReason::kIllegalTag);
  }
  if (is_channel_restricted(envelope.message())) return dispatch_to_channel(message);
  switch (kind) {
    case ContentKind::kAlive:
    case ContentKind::kMemReq:
    case ContentKind::kMemRes:
      return dispatch_to_membership(message);
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
      return identity_pull_.on_message(message);
    default:
      return reject(message, RejectReason::kUnexpected);
  }
}

void Node::dispatch_to_membership(const Received& message) {
  RejectReason why{};
  if (message.envelope->kind() == ContentKind::kMemReq &&
      !Membership::request_is_genuine(context_.directory, message, &why)) {
    return reject(message, why);
  }
  membership_.on_message(message);
}

void Node::dispatch_to_channel(const Received& message) {
  const ContentKind kind = message.envelope->kind();
  if (kind == ContentKind::kStateInfo && !state_info_is_signed(message)) return;
  Channel* channel = channels_.of(message);
  if (channel == nullptr) {
    if (kind == ContentKind::kStateInfo) return relay_state_info(message);
    return reject(message, RejectReason::kUnknownChannel);
  }
  if (kind == ContentKind::kLeadership && !leadership_is_signed(message)) return;
  channel->on_message(message);
}

void Node::dispatch_to_state(const Received& message) {
  if (stopped_) return;
  const Channel* channel = channels_.find(message.envelope->message().channel);
  StateProvider* state = channel == nullptr ? nullptr : state_of(channel->index());
  if (state == nullptr) return reject(message, RejectReason::kUnknownChannel);
  state->on_message(message);
}

// Step 3: before anything else is known of the message, its origin's signature must hold.
bool Node::state_info_is_signed(const Received& message) const {
  const Envelope& envelope = *message.envelope;
  // Divergence: Fabric's comparator crashes on a message without timestamp.
  if (!envelope.has_stamp()) return reject(message, RejectReason::kMissingTimestamp), false;
  const PeerIndex origin = context_.directory.subject(envelope);
  if (!identities_.knows(origin)) return reject(message, RejectReason::kUnknownIdentity), false;
  if (!identities_.verify(origin, envelope)) {
    return reject(message, RejectReason::kBadSignature), false;
  }
  return true;
}

bool Node::leadership_is_signed(const Received& message) const {
  const Envelope& envelope = *message.envelope;
  if (envelope.subject_pki_id().empty()) return reject(message, RejectReason::kMissingPkiId), false;
  if (!envelope.has_stamp()) return reject(message, RejectReason::kMissingTimestamp), false;
  const PeerIndex creator = context_.directory.subject(envelope);
  if (!identities_.knows(creator)) return reject(message, RejectReason::kUnknownIdentity), false;
  if (!identities_.verify(creator, envelope)) {
    return reject(message, RejectReason::kBadSignature), false;
  }
  return true;
}

// Step 4, "None": a channel we are not in still spreads through us, inside our organisation.
// Quirk: the store is keyed by the owner alone, so of two such channels of one owner only the one
// it joined last (whose incarnation is larger) passes.
void Node::relay_state_info(const Received& message) {
  if (!identities_.in_my_org(message.from)) return reject(message, RejectReason::kUnknownChannel);
  const PeerIndex owner = context_.directory.subject(*message.envelope);
  if (!relayed_state_infos_.add(owner, message.envelope)) {
    return context_.trace_duplicate(message.from, *message.envelope);
  }
  router_.forward(message.envelope, message.from);
}

// --- what channels accepted

void Node::on_block(ChannelIndex channel, const Received& block, BlockOrigin source) {
  const auto& data = *block.envelope->message().get<DataMessage>();
  context_.trace({.value = data.payload->seq_num,
                  .other = block.from,
                  .channel = channel,
                  .kind = TraceKind::kBlockReceived,
                  .detail = static_cast<std::uint8_t>(source)});
  if (StateProvider* state = state_of(channel)) state->on_block(data);
  subscribers_.publish(block.envelope);
}

void Node::on_state_info(ChannelIndex, const Received& message) {
  subscribers_.publish(message.envelope);
}

void Node::on_leadership(ChannelIndex channel, const Received& message) {
  const Envelope& envelope = *message.envelope;
  if (leadership_ != nullptr) {
    leadership_->on_leadership(channel, context_.directory.subject(envelope),
                               envelope.message().get<LeadershipMessage>()->is_declaration);
  }
  subscribers_.publish(message.envelope);
}

// --- what the engines ask of comm

void Node::send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) {
  comm_.send_to(to, endpoint, envelope);
}

void Node::probe(std::string_view endpoint, std::uint32_t cookie) { comm_.probe(endpoint, cookie); }

void Node::handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie) {
  comm_.handshake(endpoint, expected, cookie);
}

void Node::close_conn(PeerIndex peer) { comm_.close_conn(peer); }

// Fabric v2.5.4 does not tell discovery: the peer dies there by silence, as what it says no longer
// counts.
void Node::on_identity_purge(PeerIndex peer) {
  comm_.close_conn(peer);
  identity_pull_.remove(peer);
}

std::string_view Node::endpoint_of(PeerIndex peer) const { return view_.preferred_endpoint(peer); }

}  // namespace hearsay
