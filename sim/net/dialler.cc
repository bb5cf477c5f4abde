#include "sim/net/dialler.h"

#include <algorithm>

#include "sim/net/net_event.h"
#include "sim/net/network.h"

namespace hearsay::sim {

ConnId Dialler::dial(VirtualTransport& from, std::string_view endpoint) {
  std::uint32_t index = static_cast<std::uint32_t>(dials_.size());
  if (free_.empty()) {
    dials_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  dials_[index] = Dial{.endpoint = std::string(endpoint), .begun = network_.world_.now()};
  const ConnId id = from.conns_.allocate(ConnState::kDialling);
  from.conns_.find(id)->extra = index;
  attempt(from, id);
  return id;
}

void Dialler::forget(std::uint32_t dial) {
  dials_[dial].endpoint.clear();
  free_.push_back(dial);
}

// Sends one SYN.
void Dialler::attempt(VirtualTransport& from, ConnId id) {
  Dial& dial = dials_[from.conns_.find(id)->extra];
  const auto listener = network_.endpoints_.find(dial.endpoint);
  // A name that nothing has (yet): the resolver fails at once, and is asked again
  // after the backoff.
  if (listener == network_.endpoints_.end()) return attempt_failed(from, id);
  const HostIndex to = listener->second;
  ++dial.syns;
  Duration delay = 0;
  if (!network_.rules_.empty()) {
    const Verdict verdict =
        network_.rules_.judge({from.host_, to, FrameKind::kDial}, network_.world_.now());
    if (!verdict.travels()) return syn_lost(from, id);
    delay = verdict.delay;
  }
  network_.post(from.host_, network_.arrival(from, to, 0) + delay, net_event::kSyn, to, 0,
                pack_pair(raw(from.host_), raw(id)));
}

void Dialler::again_at(VirtualTransport& from, ConnId id, Time at) {
  network_.post(from.host_, at, net_event::kDialAgain, from.host_, raw(id), 0);
}

// The kernel sends the SYN again until the attempt has lasted too long.
void Dialler::syn_lost(VirtualTransport& from, ConnId id) {
  const Dial& dial = dials_[from.conns_.find(id)->extra];
  const Time next = dial.begun + kSynRetransmit * ((Duration{1} << dial.syns) - 1);
  if (next < dial.begun + kConnectTimeout) {
    again_at(from, id, std::max(next, network_.world_.now()));
  } else {
    attempt_failed(from, id);
  }
}

// Fabric: dials with gRPC's WithBlock, which tries again after base 1 s, factor 1.6, jitter 20 %.
void Dialler::attempt_failed(VirtualTransport& from, ConnId id) {
  Dial& dial = dials_[from.conns_.find(id)->extra];
  Time end = network_.world_.now();
  if (dial.syns > 1) end = std::max(end, dial.begun + kConnectTimeout);
  const auto jitter = static_cast<std::uint64_t>(dial.backoff) * 4 / 10;
  const Duration wait =
      dial.backoff * 8 / 10 + static_cast<Duration>(from.random_.below64(jitter + 1));
  dial.backoff = std::min(dial.backoff * 8 / 5, kBackoffMax);
  dial.syns = 0;
  dial.begun = end + wait;
  again_at(from, id, dial.begun);
}

void Dialler::on_dial_again(const Event& event) {
  VirtualTransport& from = network_.at(event.host());
  const Conn* conn = from.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state != ConnState::kDialling) return;
  attempt(from, ConnId{event.slot});
}

// At the listener's host.
void Dialler::on_syn(const Event& event) {
  VirtualTransport& listener = network_.at(event.host());
  VirtualTransport& from = network_.at(HostIndex{high_of(event.payload)});
  const ConnId far{low_of(event.payload)};
  Duration delay = 0;
  if (!network_.rules_.empty()) {
    const Verdict verdict = network_.rules_.judge({listener.host_, from.host_, FrameKind::kDial},
                                                  network_.world_.now());
    if (!verdict.travels()) {
      // The answer is swallowed: to the dialler as if its SYN had been.
      const Conn* conn = from.conns_.find(far);
      if (conn != nullptr && conn->state == ConnState::kDialling) syn_lost(from, far);
      return;
    }
    delay = verdict.delay;
  }
  const Time answer = network_.arrival(listener, from.host_, 0) + delay;
  if (!listener.up()) {
    network_.post(listener.host_, answer, net_event::kRefused, from.host_, raw(far), 0);
    return;
  }
  const ConnId id = listener.conns_.allocate(ConnState::kAccepted);
  Conn& conn = *listener.conns_.find(id);
  conn.far_host = from.host_;
  conn.far_conn = far;
  // The answer is the first thing this end sends; a reset must not overtake it.
  conn.last_arrival = answer;
  network_.post(listener.host_, answer, net_event::kSynAck, from.host_, raw(far),
                pack_pair(raw(listener.host_), raw(id)));
}

void Dialler::on_syn_ack(const Event& event) {
  VirtualTransport& from = network_.at(event.host());
  const ConnId id{event.slot};
  Conn* conn = from.conns_.find(id);
  if (conn == nullptr || conn->state != ConnState::kDialling) {
    // The dialler has gone meanwhile; its kernel resets what the listener has accepted.
    const HostIndex far_host{high_of(event.payload)};
    network_.post(from.host_, network_.arrival(from, far_host, 0), net_event::kReset, far_host,
                  low_of(event.payload), 0);
    return;
  }
  forget(conn->extra);
  conn->extra = kNoExtra;
  conn->state = ConnState::kConnected;
  conn->far_host = HostIndex{high_of(event.payload)};
  conn->far_conn = ConnId{low_of(event.payload)};
  from.handler_->on_connected(id);
}

void Dialler::on_refused(const Event& event) {
  VirtualTransport& from = network_.at(event.host());
  const Conn* conn = from.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state != ConnState::kDialling) return;
  dials_[conn->extra].syns = 0;
  attempt_failed(from, ConnId{event.slot});
  from.handler_->on_refused(ConnId{event.slot});
}

// --- Ping ---

void Dialler::ping(VirtualTransport& from, ConnId id) {
  const Conn* conn = from.conns_.find(id);
  if (conn == nullptr || conn->state == ConnState::kEnded) return;
  HS_ASSERT_MSG(conn->state == ConnState::kConnected || conn->state == ConnState::kOpen,
                "ping before on_connected");
  send_ping(from, id, net_event::kPing);
}

void Dialler::send_ping(VirtualTransport& from, ConnId id, EventKind kind) {
  Conn& conn = *from.conns_.find(id);
  if (conn.stalled()) return;
  Duration delay = 0;
  if (!network_.rules_.empty()) {
    const Verdict verdict =
        network_.rules_.judge({from.host_, conn.far_host, FrameKind::kPing}, network_.world_.now());
    if (!verdict.travels()) return;
    delay = verdict.delay;
  }
  const Time arrival =
      std::max(network_.arrival(from, conn.far_host, 0) + delay, conn.last_arrival);
  conn.last_arrival = arrival;
  network_.post(from.host_, arrival, kind, conn.far_host, raw(conn.far_conn), 0);
}

void Dialler::on_ping(const Event& event) {
  VirtualTransport& here = network_.at(event.host());
  const ConnId id{event.slot};
  const Conn* conn = here.conns_.find(id);
  if (conn == nullptr || conn->state == ConnState::kEnded) return;
  send_ping(here, id, net_event::kPong);
}

void Dialler::on_pong(const Event& event) {
  VirtualTransport& here = network_.at(event.host());
  const Conn* conn = here.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state == ConnState::kEnded) return;
  here.handler_->on_pong(ConnId{event.slot});
}

}  // namespace hearsay::sim
