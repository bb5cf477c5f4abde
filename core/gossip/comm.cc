#include "core/gossip/comm.h"

#include <utility>

#include <fmt/format.h>

#include "core/wire/codec.h"

namespace hearsay {

const char* comm_failure_name(CommFailure failure) {
  switch (failure) {
    case CommFailure::kNone:
      return "none";
    case CommFailure::kStopping:
      return "stopping";
    case CommFailure::kDial:
      return "dial";
    case CommFailure::kPing:
      return "ping";
    case CommFailure::kHandshake:
      return "handshake";
    case CommFailure::kWrongPeer:
      return "wrong peer";
  }
  return "?";
}

Comm::Comm(Context& context, IdentityMapper& identities, const EndpointBook& endpoints)
    : context_(context),
      transport_(context.transport),
      conns_(context.transport),
      identities_(identities),
      endpoints_(endpoints),
      acks_(context.clock, *this),
      random_(context.random.fork("comm")) {}

Comm::~Comm() {
  for (const Attempt& attempt : attempts_) {
    context_.clock.cancel(attempt.timer);
  }
  context_.clock.cancel(wake_);
}

// --- sending

void Comm::send(PeerIndex to, const EnvelopeRef& envelope) {
  const std::uint32_t route = route_or_none(to);
  if (route >= kFirstLock) [[unlikely]] {
    HS_ASSERT(to != kNoPeer);
    submit({.envelope = envelope, .requested = to}, endpoints_.endpoint_of(to));
    return;
  }
  const ConnId conn{route};
  if (conns_[conn].clear_to_write() && transport_.write(conn, envelope)) [[likely]] {
    trace_sent(to, *envelope);
    return;
  }
  write_or_queue(conn, {.envelope = envelope, .requested = to});
}

void Comm::send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) {
  submit({.envelope = envelope, .requested = to}, endpoint);
}

void Comm::respond(ConnId conn, const EnvelopeRef& envelope) {
  const ConnRecord record = conns_[conn];
  if (!record.established()) {
    if (!stopping_) trace_dropped(record.peer(), *envelope, DropReason::kConnectionClosed);
    return;
  }
  write_or_queue(conn, {.envelope = envelope, .mode = SendMode::kRespond});
}

void Comm::ack(const Received& received, std::string_view error) {
  GossipMessage message;
  message.nonce = received.envelope->message().nonce;
  message.content = Acknowledgement{.error = std::string(error)};
  respond(received.conn, Envelope::unsigned_of(std::move(message)));
}

void Comm::send_with_ack(GossipMessage message, Duration timeout, std::int32_t min_ack,
                         std::span<const PeerIndex> peers, std::uint32_t cookie) {
  CommEvent failed{.kind = CommEvent::Kind::kAcksDone, .cookie = cookie, .ok = peers.empty()};
  std::string error;
  message.nonce = random_.next64();
  if (stopping_) {
    error = kCommStopping;
  } else if (const auto problem = encoding_error(message)) {
    error = "message cannot be encoded";
  }
  if (peers.empty() || !error.empty()) {
    for (const PeerIndex peer : peers)
      failed.acks.results.push_back({peer, error});
    emit(std::move(failed));
    return;
  }
  const EnvelopeRef envelope = Envelope::unsigned_of(std::move(message));
  std::uint32_t row = acks_.begin(envelope->message().nonce, timeout, min_ack, peers, cookie);
  for (const PeerIndex peer : peers) {
    submit({.envelope = envelope, .requested = peer, .ack_row = row++, .mode = SendMode::kAcked},
           endpoints_.endpoint_of(peer));
  }
}

void Comm::submit(Outgoing outgoing, std::string_view endpoint) {
  if (stopping_) return;
  const PeerIndex to = outgoing.requested;
  const std::uint32_t route = to == kNoPeer ? route_of_unknown_ : route_or_none(to);
  if (route < kFirstLock) {
    write_or_queue(ConnId{route}, std::move(outgoing));
  } else if (route == kNone) {
    take_lock(std::move(outgoing), endpoint);
  } else {
    wait_for_lock(route - kFirstLock, std::move(outgoing), endpoint);
  }
}

void Comm::write_or_queue(ConnId conn, Outgoing outgoing) {
  const ConnRecord record = conns_[conn];
  switch (record.phase()) {
    case ConnPhase::kEndedByRemote:
      return write_failed(conn, std::move(outgoing), CloseCause::kRemote);
    case ConnPhase::kEndedBroken:
      return write_failed(conn, std::move(outgoing), CloseCause::kBroken);
    case ConnPhase::kMuted:
      return enqueue(conn, std::move(outgoing));
    default:
      HS_ASSERT(record.established());
  }
  if (record.aux() == ConnRecord::kNoAux && transport_.write(conn, outgoing.envelope)) {
    trace_sent(record.peer(), *outgoing.envelope);
    send_returned(outgoing.ack_row);
    return;
  }
  enqueue(conn, std::move(outgoing));
}

// Fabric: outBuff holds sendBuffSize, and the writer one more while the stream has no room for it.
std::size_t Comm::capacity_of(ConnRecord record) const {
  const auto buffer = static_cast<std::size_t>(context_.config.send_buff_size);
  return record.phase() == ConnPhase::kMuted ? buffer : buffer + 1;
}

void Comm::enqueue(ConnId conn, Outgoing outgoing) {
  const ConnRecord record = conns_[conn];
  std::uint32_t slot = record.aux();
  if (slot == ConnRecord::kNoAux) {
    if (queues_.size() - free_queues_.size() >= kMaxQueues) {
      trace_overflow(record.peer(), outgoing);
      return send_returned(outgoing.ack_row);
    }
    slot = take_slot(queues_, free_queues_);
    conns_.set_aux(conn, slot);
  }
  OutQueue& queue = queues_[slot];
  const std::size_t capacity = capacity_of(record);
  const std::size_t limit = outgoing.blocking() ? capacity + kMaxBlockedSends : capacity;
  const std::uint32_t row = outgoing.ack_row;
  if (queue.size() >= limit) {
    // Fabric: the newest is dropped, and nobody is told.
    trace_overflow(record.peer(), outgoing);
    send_returned(row);
    return;
  }
  queue.push_back(std::move(outgoing));
  // Beyond the capacity the sender is blocked; flush() lets it go.
  if (queue.size() <= capacity) send_returned(row);
}

void Comm::flush(ConnId conn) {
  const ConnRecord record = conns_[conn];
  OutQueue& queue = queues_[record.aux()];
  const std::size_t capacity = capacity_of(record);
  while (!queue.empty() && transport_.write(conn, queue.front().envelope)) {
    trace_sent(record.peer(), *queue.front().envelope);
    queue.pop_front();
    if (queue.size() >= capacity) send_returned(queue[capacity - 1].ack_row);
  }
  if (queue.empty()) release_queue(conn);
}

void Comm::release_queue(ConnId conn) {
  const std::uint32_t slot = conns_[conn].aux();
  conns_.set_aux(conn, ConnRecord::kNoAux);
  queues_[slot] = OutQueue();
  free_queues_.push_back(slot);
}

void Comm::write_failed(ConnId conn, Outgoing outgoing, CloseCause cause) {
  trace_dropped(conns_[conn].peer(), *outgoing.envelope, DropReason::kConnectionClosed);
  send_returned(outgoing.ack_row);
  if (outgoing.mode == SendMode::kRespond) {
    // Quirk: the writer is gone but the connection stays registered: from now on sends to this peer
    // fill its buffer and then overflow, without a dead event.
    conns_.set_phase(conn, ConnPhase::kMuted);
    return;
  }
  presume_dead(outgoing.requested, cause);
  // Divergence: after an identity switch the connection is registered under its new peer. Fabric
  // leaves it there, closed, and loses whatever is sent to it; here it is removed.
  if (conns_[conn].established()) close_established(conn, cause);
}

// --- receiving

bool Comm::on_frame(ConnId conn, const EnvelopeRef& frame, PeerIndex& from) {
  const ConnRecord record = conns_[conn];
  if (!record.open()) [[unlikely]] {
    if (record.phase() == ConnPhase::kShaking || record.phase() == ConnPhase::kShakingIn) {
      receive_handshake(conn, frame);
    } else if (record.established()) {
      // Nobody reads any more: sent for nothing, like what arrives behind the end of a stream.
      trace_dropped(record.peer(), *frame, DropReason::kConnectionClosed);
    }
    return false;
  }
  context_.metrics.messages_received.add();
  const Envelope& envelope = *frame;
  if (envelope.malformed()) [[unlikely]] {
    receive_garbage(conn, envelope);
    return false;
  }
  from = record.peer();
  context_.trace({.value = envelope.fingerprint(),
                  .other = from,
                  .size = envelope.wire_size(),
                  .channel = channel_of(envelope),
                  .kind = TraceKind::kMessageDelivered,
                  .type = static_cast<std::uint8_t>(envelope.type())});
  if (envelope.kind() != ContentKind::kAck) [[likely]]
    return true;
  acks_.on_ack(envelope.message().nonce, from, envelope.message().get<Acknowledgement>()->error);
  drain_acks();
  return false;
}

void Comm::receive_garbage(ConnId conn, const Envelope& frame) {
  const ConnRecord record = conns_[conn];
  context_.trace_rejected(record.peer(), frame, RejectReason::kUndecodable);
  if (record.inbound()) {
    close_established(conn, CloseCause::kBroken);
  } else {
    // Quirk: an outbound connection is no longer read, but still registered and written to.
    conns_.set_phase(conn, ConnPhase::kDeaf);
  }
}

void Comm::on_writable(ConnId conn) {
  const ConnRecord record = conns_[conn];
  if (record.aux() == ConnRecord::kNoAux) return;
  switch (record.phase()) {
    case ConnPhase::kShaking:
    case ConnPhase::kShakingIn:
      if (attempts_[record.aux()].unsent) say_hello(record.aux());
      return;
    case ConnPhase::kOpenOut:
    case ConnPhase::kOpenIn:
    case ConnPhase::kDeaf:
      return flush(conn);
    default:
      return;
  }
}

void Comm::on_closed(ConnId conn, StreamEnd end) {
  const bool remote = end == StreamEnd::kRemoteClosed;
  const CloseCause cause = remote ? CloseCause::kRemote : CloseCause::kBroken;
  switch (conns_[conn].phase()) {
    case ConnPhase::kPinging:
      return fail_attempt(conns_[conn].aux(), CommFailure::kPing);
    case ConnPhase::kOpenOut:
    case ConnPhase::kDeaf:
      // Quirk: the end of an outbound stream is not noticed: the connection stays registered until
      // the next write fails, which is at once when one is waiting for room.
      conns_.set_phase(conn, remote ? ConnPhase::kEndedByRemote : ConnPhase::kEndedBroken);
      return fail_queue_head(conn, cause);
    case ConnPhase::kOpenIn:
      fail_queue_head(conn, cause);
      if (conns_[conn].established()) close_established(conn, cause);
      return;
    // Quirk: a stream that ends during the handshake is noticed when the time for it is up.
    case ConnPhase::kShaking:
    case ConnPhase::kShakingIn:
    default:
      return;
  }
}

// The writer was waiting for room with this message in its hands.
void Comm::fail_queue_head(ConnId conn, CloseCause cause) {
  const std::uint32_t slot = conns_[conn].aux();
  if (slot == ConnRecord::kNoAux) return;
  Outgoing head = std::move(queues_[slot].front());
  queues_[slot].pop_front();
  if (queues_[slot].empty()) release_queue(conn);
  write_failed(conn, std::move(head), cause);
}

void Comm::on_timer(TimerKind kind, std::uint32_t cookie) {
  switch (kind) {
    case TimerKind::kDialTimeout:
      return fail_attempt(cookie, CommFailure::kDial);
    case TimerKind::kPingTimeout:
      return fail_attempt(cookie, CommFailure::kPing);
    case TimerKind::kHandshakeTimeout:
      return fail_attempt(cookie, CommFailure::kHandshake);
    case TimerKind::kAckTimeout:
      acks_.on_timer(cookie);
      return drain_acks();
    default:
      HS_ASSERT_MSG(false, "a timer that Comm never armed");
  }
}

// --- acks, traces

void Comm::send_returned(std::uint32_t ack_row) {
  if (ack_row == AckTracker::kNoRow) return;
  acks_.send_returned(ack_row);
  drain_acks();
}

void Comm::drain_acks() {
  AckTracker::Done done;
  while (acks_.next_done(done)) {
    const bool ok = done.result.nack_count() == 0;
    emit({.kind = CommEvent::Kind::kAcksDone,
          .cookie = done.cookie,
          .ok = ok,
          .acks = std::move(done.result)});
  }
}

// The channel that a message names, by name or by MAC.
ChannelIndex Comm::channel_of(const Envelope& envelope) const {
  if (envelope.kind() == ContentKind::kAlive) return kNoChannel;
  if (envelope.kind() == ContentKind::kStateInfo) {
    return context_.directory.channel_of_state_info(envelope);
  }
  const std::string& name = envelope.message().channel;
  return name.empty() ? kNoChannel : context_.directory.find_channel(name);
}

void Comm::trace_sent(PeerIndex to, const Envelope& envelope) const {
  context_.metrics.messages_sent.add();
  context_.trace({.value = envelope.fingerprint(),
                  .other = to,
                  .size = envelope.wire_size(),
                  .kind = TraceKind::kMessageSent,
                  .type = static_cast<std::uint8_t>(envelope.type())});
}

void Comm::trace_overflow(PeerIndex to, const Outgoing& outgoing) const {
  // Fabric: who waits for room never overflows; here the number of those who wait is limited too.
  if (!outgoing.blocking()) context_.metrics.overflow_count.add();
  trace_dropped(to, *outgoing.envelope, DropReason::kSendBufferFull);
}

void Comm::trace_dropped(PeerIndex to, const Envelope& envelope, DropReason reason) const {
  context_.trace({.other = to,
                  .size = envelope.wire_size(),
                  .kind = TraceKind::kMessageDropped,
                  .detail = static_cast<std::uint8_t>(reason),
                  .type = static_cast<std::uint8_t>(envelope.type())});
}

}  // namespace hearsay
