// How Comm comes to a connection: destination locks, dials, handshakes, probes (comm_impl.go,
// conn.go).
#include <algorithm>
#include <utility>

#include "core/gossip/comm.h"

namespace hearsay {

// --- destination locks

void Comm::take_lock(Outgoing outgoing, std::string_view endpoint) {
  const PeerIndex peer = outgoing.requested;
  const std::uint32_t lock = take_slot(locks_, free_locks_);
  HS_ASSERT(lock < kMaxLocks);
  locks_[lock].peer = peer;
  route(peer) = kFirstLock + lock;
  wait_for_lock(lock, std::move(outgoing), endpoint);
  dial_for_first_waiter(lock);
}

void Comm::wait_for_lock(std::uint32_t lock, Outgoing outgoing, std::string_view endpoint) {
  DestinationLock& held = locks_[lock];
  if (held.waiters.size() >= kMaxDialWaiters) {
    trace_dropped(held.peer, *outgoing.envelope, DropReason::kDialFailed);
    send_returned(outgoing.ack_row);
    return;
  }
  held.waiters.push_back({std::move(outgoing), std::string(endpoint)});
}

void Comm::dial_for_first_waiter(std::uint32_t lock) {
  const DestinationLock& held = locks_[lock];
  start_dial(Attempt::Purpose::kConnect, held.waiters.front().endpoint, held.peer, lock);
}

// Fabric: getConnection from step 5 on. `created` is kNoConn when the dial failed.
void Comm::dial_done(std::uint32_t lock, ConnId created, PeerIndex authenticated) {
  const PeerIndex peer = locks_[lock].peer;
  Outgoing outgoing = std::move(locks_[lock].waiters.front().outgoing);
  locks_[lock].waiters.pop_front();
  // Quirk: the entry goes although others may wait for the lock; the next send takes a lock of its
  // own, so that dials to one peer overlap.
  forget_lock(peer);
  if (const ConnId existing = registered(peer); existing != kNoConn) {
    // Somebody connected to us meanwhile: that connection wins, even over a dial that failed.
    if (created != kNoConn) {
      conns_.free(created);
      transport_.close(created);
    }
    write_or_queue(existing, std::move(outgoing));
  } else if (created == kNoConn) {
    trace_dropped(peer, *outgoing.envelope, DropReason::kDialFailed);
    send_returned(outgoing.ack_row);
    presume_dead(peer, CloseCause::kBroken);
  } else {
    register_conn(created, authenticated, true);
    if (conns_[created].established()) {
      write_or_queue(created, std::move(outgoing));
    } else {
      trace_dropped(authenticated, *outgoing.envelope, DropReason::kConnectionClosed);
      send_returned(outgoing.ack_row);
    }
  }
  serve_waiters(lock);
}

// Quirk: whoever waited does not share the failure of the one before but dials again, so that N
// sends to a dead peer fail one dial timeout after another, each with its dead event.
void Comm::serve_waiters(std::uint32_t lock) {
  while (!locks_[lock].waiters.empty()) {
    const ConnId existing = registered(locks_[lock].peer);
    if (existing == kNoConn) return dial_for_first_waiter(lock);
    Outgoing outgoing = std::move(locks_[lock].waiters.front().outgoing);
    locks_[lock].waiters.pop_front();
    write_or_queue(existing, std::move(outgoing));
  }
  locks_[lock] = DestinationLock();
  free_locks_.push_back(lock);
}

void Comm::forget_lock(PeerIndex peer) {
  std::uint32_t& entry = route(peer);
  if (!is_lock(entry)) return;
  entry = raw(std::exchange(locks_[entry - kFirstLock].registered, kNoConn));
}

// --- attempts

void Comm::probe(std::string_view endpoint, std::uint32_t cookie) {
  if (stopping_) {
    return emit(
        {.kind = CommEvent::Kind::kProbeDone, .cookie = cookie, .failure = CommFailure::kStopping});
  }
  start_dial(Attempt::Purpose::kProbe, endpoint, kNoPeer, cookie);
}

void Comm::handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie) {
  // Divergence: Fabric does not refuse this while stopping; no one is left to use the answer.
  if (stopping_) {
    return emit({.kind = CommEvent::Kind::kHandshakeDone,
                 .peer = expected,
                 .cookie = cookie,
                 .failure = CommFailure::kStopping});
  }
  start_dial(Attempt::Purpose::kHandshake, endpoint, expected, cookie);
}

std::uint32_t Comm::new_attempt(Attempt::Purpose purpose, PeerIndex expected, std::uint32_t owner) {
  const std::uint32_t slot = take_slot(attempts_, free_attempts_);
  Attempt& attempt = attempts_[slot];
  attempt.purpose = purpose;
  attempt.expected = expected;
  attempt.owner = owner;
  return slot;
}

void Comm::set_deadline(std::uint32_t attempt, TimerKind kind, Duration timeout) {
  context_.clock.cancel(attempts_[attempt].timer);
  attempts_[attempt].timer = context_.clock.arm(context_.now() + timeout, *this, kind, attempt);
}

void Comm::start_dial(Attempt::Purpose purpose, std::string_view endpoint, PeerIndex expected,
                      std::uint32_t owner) {
  const std::uint32_t slot = new_attempt(purpose, expected, owner);
  // An unknown endpoint is one that never answers.
  if (!endpoint.empty()) {
    const ConnId conn = transport_.dial(endpoint);
    conns_.make(conn, {ConnPhase::kDialling, slot, expected});
    attempts_[slot].conn = conn;
  }
  set_deadline(slot, TimerKind::kDialTimeout, context_.config.dial_timeout);
}

void Comm::on_connected(ConnId conn) {
  if (conns_[conn].phase() != ConnPhase::kDialling) return;
  conns_.set_phase(conn, ConnPhase::kPinging);
  set_deadline(conns_[conn].aux(), TimerKind::kPingTimeout, context_.config.conn_timeout);
  transport_.ping(conn);
}

void Comm::on_pong(ConnId conn) {
  if (conns_[conn].phase() != ConnPhase::kPinging) return;
  const std::uint32_t slot = conns_[conn].aux();
  const Attempt attempt = attempts_[slot];
  if (attempt.purpose == Attempt::Purpose::kProbe) {
    end_attempt(slot, true);
    emit({.kind = CommEvent::Kind::kProbeDone, .cookie = attempt.owner, .ok = true});
    return;
  }
  conns_.set_phase(conn, ConnPhase::kShaking);
  transport_.open_stream(conn);
  say_hello(slot);
  // Fabric: a probing stream lives 10 s at most. That matters only with a longer connTimeout.
  const Duration patience = context_.config.conn_timeout;
  set_deadline(slot, TimerKind::kHandshakeTimeout,
               attempt.purpose == Attempt::Purpose::kHandshake
                   ? std::min(patience, kProbeStreamTimeout)
                   : patience);
}

void Comm::on_accepted(ConnId conn) {
  if (stopping_ || attempts_.size() - free_attempts_.size() >= kMaxAttempts) {
    return transport_.close(conn);
  }
  const std::uint32_t slot = new_attempt(Attempt::Purpose::kInbound, kNoPeer, 0);
  attempts_[slot].conn = conn;
  conns_.make(conn, {ConnPhase::kShakingIn, slot, kNoPeer});
  say_hello(slot);
  set_deadline(slot, TimerKind::kHandshakeTimeout, context_.config.conn_timeout);
}

// Neither side waits for the other before it sends. Our message never changes, as there is no TLS
// whose certificate it would have to name.
void Comm::say_hello(std::uint32_t attempt) {
  const bool probing = attempts_[attempt].purpose == Attempt::Purpose::kHandshake;
  EnvelopeRef& hello = probing ? probe_hello_ : hello_;
  if (!hello) hello = make_handshake(context_, {}, probing);
  attempts_[attempt].unsent = !transport_.write(attempts_[attempt].conn, hello);
}

void Comm::receive_handshake(ConnId conn, const EnvelopeRef& frame) {
  const std::uint32_t slot = conns_[conn].aux();
  const Attempt attempt = attempts_[slot];
  const bool inbound = attempt.purpose == Attempt::Purpose::kInbound;
  PeerIndex peer = kNoPeer;
  const HandshakeVerdict verdict = judge_handshake(*frame, TlsHashes{}, identities_, peer);
  if (verdict == HandshakeVerdict::kProbe && inbound) return end_attempt(slot, true);

  const bool wrong_peer = !inbound && attempt.expected != kNoPeer && peer != attempt.expected;
  bool accepted = verdict == HandshakeVerdict::kAccepted;
  CommFailure failure = CommFailure::kHandshake;
  if (accepted && wrong_peer &&
      (attempt.purpose == Attempt::Purpose::kHandshake || !may_replace(attempt.expected, peer))) {
    accepted = false;
    failure = CommFailure::kWrongPeer;
  }
  if (!accepted) {
    context_.trace_rejected(peer != kNoPeer ? peer : attempt.expected, *frame,
                            verdict == HandshakeVerdict::kUndecodable ? RejectReason::kUndecodable
                                                                      : RejectReason::kHandshake);
    return fail_attempt(slot, failure);
  }
  if (attempt.purpose == Attempt::Purpose::kHandshake) {
    end_attempt(slot, true);
    return emit({.kind = CommEvent::Kind::kHandshakeDone,
                 .peer = peer,
                 .cookie = attempt.owner,
                 .ok = true});
  }
  end_attempt(slot, false);
  conns_.establish(conn, inbound ? ConnPhase::kOpenIn : ConnPhase::kOpenOut, peer, frame);
  if (inbound) return register_conn(conn, peer, false);
  dial_done(attempt.owner, conn, peer);
}

// Another peer answered than the one we dialled: fine when it is of the same organisation, whose
// peer then has changed its certificate.
bool Comm::may_replace(PeerIndex expected, PeerIndex actual) {
  // Fabric: an expected peer whose identity we do not hold has no organisation, and so is refused.
  if (identities_.org_of(actual) != identities_.org_of(expected)) return false;
  emit({.kind = CommEvent::Kind::kIdentitySwitch, .peer = expected});
  return true;
}

void Comm::fail_attempt(std::uint32_t slot, CommFailure failure) {
  const Attempt attempt = attempts_[slot];
  end_attempt(slot, true);
  switch (attempt.purpose) {
    case Attempt::Purpose::kConnect:
      context_.trace(TraceKind::kDialFailed, attempt.expected);
      return dial_done(attempt.owner, kNoConn, kNoPeer);
    case Attempt::Purpose::kProbe:
      return emit(
          {.kind = CommEvent::Kind::kProbeDone, .cookie = attempt.owner, .failure = failure});
    case Attempt::Purpose::kHandshake:
      return emit({.kind = CommEvent::Kind::kHandshakeDone,
                   .peer = attempt.expected,
                   .cookie = attempt.owner,
                   .failure = failure});
    case Attempt::Purpose::kInbound:
      return;
    case Attempt::Purpose::kFree:
      HS_ASSERT_MSG(false, "an attempt that had ended");
  }
}

void Comm::end_attempt(std::uint32_t slot, bool close_transport) {
  const ConnId conn = attempts_[slot].conn;
  context_.clock.cancel(attempts_[slot].timer);
  attempts_[slot] = Attempt();
  free_attempts_.push_back(slot);
  if (!close_transport || conn == kNoConn) return;
  conns_.free(conn);
  transport_.close(conn);
}

}  // namespace hearsay
