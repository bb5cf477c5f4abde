// The connection store of Comm: who is registered for whom, and what closing means (conn.go).
#include <algorithm>

#include <fmt/format.h>

#include "core/gossip/comm.h"

namespace hearsay {

namespace {

const char* phase_name(ConnPhase phase) {
  switch (phase) {
    case ConnPhase::kFree:
      return "free";
    case ConnPhase::kDialling:
      return "dialling";
    case ConnPhase::kPinging:
      return "pinging";
    case ConnPhase::kShaking:
      return "shaking hands";
    case ConnPhase::kShakingIn:
      return "shaking hands, inbound";
    case ConnPhase::kDeaf:
      return "outbound, not read";
    case ConnPhase::kEndedByRemote:
      return "outbound, closed by the far end";
    case ConnPhase::kEndedBroken:
      return "outbound, broken";
    case ConnPhase::kMuted:
      return "outbound, not written";
    case ConnPhase::kOpenOut:
      return "outbound";
    case ConnPhase::kOpenIn:
      return "inbound";
  }
  return "?";
}

}  // namespace

ConnId Comm::registered(PeerIndex peer) const {
  const std::uint32_t route = route_or_none(peer);
  return is_lock(route) ? locks_[route - kFirstLock].registered : ConnId{route};
}

std::uint32_t& Comm::route(PeerIndex peer) {
  if (peer == kNoPeer) return route_of_unknown_;
  if (raw(peer) >= route_of_.size()) {
    const std::size_t size = std::max<std::size_t>(raw(peer) + 1, context_.directory.peer_count());
    route_of_.reserve(size);
    route_of_.resize(size, kNone);
  }
  return route_of_[raw(peer)];
}

void Comm::set_registered(PeerIndex peer, ConnId conn) {
  std::uint32_t& entry = route(peer);
  if (is_lock(entry)) {
    locks_[entry - kFirstLock].registered = conn;
  } else {
    entry = raw(conn);
  }
}

void Comm::register_conn(ConnId conn, PeerIndex peer, bool dialled) {
  const ConnId old = registered(peer);
  const bool old_was_inbound = old != kNoConn && conns_[old].inbound();
  if (old != kNoConn) close_established(old, CloseCause::kReplaced);
  set_registered(peer, conn);
  context_.trace(TraceKind::kConnectionOpened, peer, 0, dialled ? 1 : 0);
  // Quirk: the goroutine that served the old inbound stream wakes up and cleans up by PKI-ID, which
  // closes the new connection too.
  if (old_was_inbound) close_established(conn, CloseCause::kReplaced);
}

void Comm::close_registered(PeerIndex peer, CloseCause cause) {
  const ConnId conn = registered(peer);
  if (conn != kNoConn) close_established(conn, cause);
}

void Comm::close_established(ConnId conn, CloseCause cause) {
  const PeerIndex peer = conns_[conn].peer();
  if (registered(peer) == conn) set_registered(peer, kNoConn);
  drop_queue(conn);
  conns_.free(conn);
  transport_.close(conn);
  context_.trace(TraceKind::kConnectionClosed, peer, 0, static_cast<std::uint8_t>(cause));
}

// What is queued is lost without a callback.
void Comm::drop_queue(ConnId conn) {
  const ConnRecord record = conns_[conn];
  if (record.aux() == ConnRecord::kNoAux) return;
  for (const Outgoing& lost : queues_[record.aux()]) {
    trace_dropped(record.peer(), *lost.envelope, DropReason::kConnectionClosed);
    send_returned(lost.ack_row);
  }
  release_queue(conn);
}

void Comm::close_conn(PeerIndex peer) { close_registered(peer, CloseCause::kRequested); }

void Comm::presume_dead(PeerIndex peer, CloseCause cause) {
  // Fabric: disconnect. The event precedes the removal, and nobody removes duplicates.
  emit({.kind = CommEvent::Kind::kPresumedDead, .peer = peer});
  close_registered(peer, cause);
}

// By slot. Whatever is established is registered.
std::vector<ConnId> Comm::all_registered() const {
  std::vector<ConnId> conns;
  for (std::uint32_t i = 0; i < route_of_.size(); ++i) {
    if (const ConnId conn = registered(PeerIndex{i}); conn != kNoConn) conns.push_back(conn);
  }
  std::sort(conns.begin(), conns.end(),
            [](ConnId a, ConnId b) { return conn_slot(a) < conn_slot(b); });
  return conns;
}

void Comm::stop() {
  if (stopping_) return;
  stopping_ = true;
  for (const ConnId conn : all_registered())
    close_established(conn, CloseCause::kStopped);
  // Divergence: Fabric lets dials under way end on their own and then refuses their result.
  for (std::uint32_t i = 0; i < attempts_.size(); ++i) {
    if (attempts_[i].purpose != Attempt::Purpose::kFree) end_attempt(i, true);
  }
  for (DestinationLock& lock : locks_) {
    for (const Waiter& waiter : lock.waiters) {
      trace_dropped(lock.peer, *waiter.outgoing.envelope, DropReason::kDialFailed);
    }
  }
  locks_.clear();
  free_locks_.clear();
  route_of_.clear();
  route_of_unknown_ = kNone;
  acks_.clear();
}

std::string Comm::describe() const {
  std::string out;
  const auto line = [&](PeerIndex peer, ConnId conn, std::size_t waiting) {
    if (conn == kNoConn && waiting == 0) return;
    const ConnRecord record = conns_[conn];
    const bool queued = record.established() && record.aux() != ConnRecord::kNoAux;
    out += fmt::format("peer {}: {}, queued {}, waiting for a dial {}\n", raw(peer),
                       conn == kNoConn ? "no connection" : phase_name(record.phase()),
                       queued ? queues_[record.aux()].size() : 0, waiting);
  };
  for (std::uint32_t i = 0; i < route_of_.size(); ++i) {
    const PeerIndex peer{i};
    std::size_t waiting = 0;
    for (const DestinationLock& lock : locks_) {
      if (lock.peer == peer) waiting += lock.waiters.size();
    }
    line(peer, registered(peer), waiting);
  }
  return out;
}

std::string Comm::overfull() const {
  const auto buffer = static_cast<std::size_t>(context_.config.send_buff_size);
  // One more is with the writer, and blocking sends wait beyond that.
  const std::size_t most = buffer + 1 + kMaxBlockedSends;
  for (const OutQueue& queue : queues_) {
    if (queue.size() > most) return fmt::format("{} messages for one stream", queue.size());
  }
  for (const DestinationLock& lock : locks_) {
    if (lock.waiters.size() > kMaxDialWaiters) {
      return fmt::format("{} messages that wait for one dial", lock.waiters.size());
    }
  }
  if (queues_.size() - free_queues_.size() > kMaxQueues) {
    return fmt::format("{} queues", queues_.size() - free_queues_.size());
  }
  return "";
}

void Comm::emit(CommEvent event) {
  if (!has_events_ && owner_ != nullptr) {
    wake_ = context_.clock.arm(context_.now(), *owner_, TimerKind::kCommEvents);
  }
  events_.push_back(std::move(event));
  has_events_ = true;
}

}  // namespace hearsay
