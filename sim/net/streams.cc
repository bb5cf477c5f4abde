#include "sim/net/streams.h"

#include <algorithm>
#include <utility>

#include "sim/net/net_event.h"
#include "sim/net/network.h"

namespace hearsay::sim {

// --- what the owner asks for ---

void Streams::open(VirtualTransport& from, ConnId id) {
  Conn* conn = from.conns_.find(id);
  if (conn == nullptr || conn->state == ConnState::kEnded) return;
  HS_ASSERT_MSG(conn->state == ConnState::kConnected, "open_stream before on_connected, or twice");
  conn->state = ConnState::kOpen;
  submit(from, *conn, id, {net_event::kOpen, nullptr});
}

bool Streams::write(VirtualTransport& from, ConnId id, const EnvelopeRef& frame) {
  Conn* conn = from.conns_.find(id);
  if (conn == nullptr) return true;
  const std::uint32_t size = frame->wire_size();
  if (conn->state == ConnState::kEnded) {
    network_.trace_drop(from.host_, conn->far_host, frame->type(), size,
                        DropReason::kConnectionClosed);
    return true;
  }
  HS_ASSERT_MSG(conn->state == ConnState::kOpen, "write before the stream is open");
  if (!has_room(from, *conn, id, size)) return false;
  submit(from, *conn, id, {net_event::kFrame, frame, size});
  return true;
}

// False: the write is refused, and on_writable will follow.
bool Streams::has_room(VirtualTransport& from, Conn& conn, ConnId id, std::uint32_t size) {
  const Time now = network_.world_.now();
  if (conn.stalled()) {
    const Stall& stall = stalls_[conn.extra];
    if (stall.bytes == 0 || stall.bytes + size <= limits_.window_bytes) return true;
    conn.flags |= Conn::kWantsRoom;
    return false;
  }
  if (!network_.limited_ || uplink_clear(from)) return true;
  if (from.turn_ && uplink_has_room(from)) return true;
  const bool idle = conn.last_arrival <= now && (conn.flags & Conn::kWantsRoom) == 0;
  if (idle && size <= limits_.short_write_bytes) return true;
  wait_for_uplink(from, conn, id);
  return false;
}

bool Streams::uplink_has_room(const VirtualTransport& from) const {
  return network_.access_.backlog_within(from.host_, limits_.uplink_backlog_bytes,
                                         network_.world_.now());
}

bool Streams::uplink_clear(const VirtualTransport& from) const {
  return from.waiting_.empty() && uplink_has_room(from);
}

// First come, first served: or new writes would pass those that wait, for ever under a steady load.
void Streams::wait_for_uplink(VirtualTransport& from, Conn& conn, ConnId id) {
  if ((conn.flags & Conn::kWantsRoom) != 0) return;
  conn.flags |= Conn::kWantsRoom;
  from.waiting_.push_back(id);
  if (!from.turn_due_) announce_turn(from);
}

void Streams::announce_turn(VirtualTransport& from) {
  from.turn_due_ = true;
  const Time room = network_.access_.backlog_below(from.host_, limits_.uplink_backlog_bytes / 2,
                                                   network_.world_.now());
  network_.post(from.host_, room, net_event::kUplink, from.host_, 0, 0);
}

void Streams::close(VirtualTransport& from, ConnId id) {
  Conn* conn = from.conns_.find(id);
  if (conn == nullptr) return;
  if (conn->state == ConnState::kDialling) {
    network_.dialler_.forget(conn->extra);
  } else if (conn->state != ConnState::kEnded) {
    submit(from, *conn, id, {net_event::kClose, nullptr});
    if (conn->stalled()) stalls_[conn->extra].conn = kNoConn;
  }
  from.conns_.release(id);
}

void Streams::host_stopped(VirtualTransport& host, StopReason reason) {
  const EventKind ending = reason == StopReason::kCrash ? net_event::kReset : net_event::kClose;
  for (std::uint32_t slot = 0; slot < host.conns_.slots(); ++slot) {
    const ConnId id = host.conns_.id_of(slot);
    Conn* conn = host.conns_.find(id);
    if (conn == nullptr) continue;
    if (conn->state == ConnState::kDialling) {
      network_.dialler_.forget(conn->extra);
    } else if (conn->state != ConnState::kEnded) {
      if (conn->stalled()) drop_queue(stalls_[conn->extra]);
      submit(host, *conn, id, {ending, nullptr});
      if (conn->stalled()) stalls_[conn->extra].conn = kNoConn;
    }
    host.conns_.release(id);
  }
  host.waiting_.clear();
}

// --- sending ---

Verdict Streams::judge(HostIndex from, HostIndex to, const Item& item) const {
  if (network_.rules_.empty()) return Verdict::pass();
  const FrameKind kind = item.kind == net_event::kFrame ? FrameKind::kFrame : FrameKind::kControl;
  return network_.rules_.judge({from, to, kind, item.size, item.frame.get()},
                               network_.world_.now());
}

void Streams::submit(VirtualTransport& from, Conn& conn, ConnId id, Item item) {
  if (conn.stalled()) {
    Stall& stall = stalls_[conn.extra];
    stall.bytes += item.size;
    stall.queue.push_back(std::move(item));
    return;
  }
  const Verdict verdict = judge(from.host_, conn.far_host, item);
  if (!verdict.travels()) {
    begin_stall(from.host_, conn, id, verdict, std::move(item));
    return;
  }
  travel(from, conn.far_host, conn.far_conn, item, verdict.delay, conn.last_arrival);
}

void Streams::travel(VirtualTransport& from, HostIndex far_host, ConnId far_conn, const Item& item,
                     Duration delay, Time& last_arrival) {
  const Time arrival = whole_microsecond(network_.arrival(from, far_host, item.size) + delay);
  last_arrival = std::max(last_arrival, arrival);
  const std::uint64_t payload = item.frame ? network_.pack_frame(item.frame) : 0;
  network_.post(from.host_, last_arrival, item.kind, far_host, raw(far_conn), payload);
}

// --- stalls ---

void Streams::begin_stall(HostIndex host, Conn& conn, ConnId id, Verdict verdict, Item item) {
  std::uint32_t index = static_cast<std::uint32_t>(stalls_.size());
  if (free_.empty()) {
    stalls_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Stall& stall = stalls_[index];
  stall.host = host;
  stall.conn = id;
  stall.far_host = conn.far_host;
  stall.far_conn = conn.far_conn;
  stall.last_arrival = conn.last_arrival;
  stall.since = network_.world_.now();
  stall.retries = 0;
  stall.held = stall.may_give_up = false;
  stall.bytes = item.size;
  stall.queue.push_back(std::move(item));
  conn.flags |= Conn::kStalled;
  conn.extra = index;
  wait(index, verdict);
}

void Streams::wait(std::uint32_t index, Verdict verdict) {
  Stall& stall = stalls_[index];
  const Time now = network_.world_.now();
  const bool was_held = std::exchange(stall.held, verdict.action == Verdict::Action::kHold);
  if (stall.held) return;
  if (was_held) {
    stall.since = now;
    stall.retries = 0;
  }
  const std::uint64_t name = pack_pair(stall.generation, index);
  Duration pause = limits_.retransmit_first;
  for (std::uint32_t i = 0; i < stall.retries && pause < limits_.retransmit_max; ++i)
    pause *= 2;
  ++stall.retries;
  network_.post(stall.host, now + std::min(pause, limits_.retransmit_max), net_event::kRetransmit,
                stall.host, 0, name);
  if (!stall.may_give_up) {
    stall.may_give_up = true;
    network_.post(stall.host, stall.since + limits_.give_up_after, net_event::kGiveUp, stall.host,
                  0, name);
  }
}

// Sends what passes, in order.
void Streams::flush(std::uint32_t index) {
  Stall& stall = stalls_[index];
  bool moved = false;
  while (!stall.queue.empty()) {
    const Verdict verdict = judge(stall.host, stall.far_host, stall.queue.front());
    if (!verdict.travels()) {
      if (moved) {
        stall.since = network_.world_.now();
        stall.retries = 0;
        tell_room(stall);
      }
      wait(index, verdict);
      return;
    }
    const Item item = std::move(stall.queue.front());
    stall.queue.pop_front();
    stall.bytes -= item.size;
    moved = true;
    travel(network_.at(stall.host), stall.far_host, stall.far_conn, item, verdict.delay,
           stall.last_arrival);
  }
  tell_room(stall);
  finish(index);
}

void Streams::tell_room(const Stall& stall) {
  if (stall.conn == kNoConn || stall.bytes > limits_.window_bytes / 2) return;
  const Conn* conn = network_.at(stall.host).conns_.find(stall.conn);
  if (conn == nullptr || (conn->flags & Conn::kWantsRoom) == 0) return;
  network_.post(stall.host, network_.world_.now(), net_event::kRoom, stall.host, raw(stall.conn),
                0);
}

void Streams::drop_queue(Stall& stall) {
  for (const Item& item : stall.queue) {
    if (!item.frame) continue;
    network_.trace_drop(stall.host, stall.far_host, item.frame->type(), item.size,
                        DropReason::kConnectionClosed);
  }
  stall.queue.clear();
  stall.bytes = 0;
}

void Streams::finish(std::uint32_t index) {
  Stall& stall = stalls_[index];
  if (stall.conn != kNoConn) {
    if (Conn* conn = network_.at(stall.host).conns_.find(stall.conn)) {
      conn->flags &= static_cast<std::uint8_t>(~Conn::kStalled);
      conn->extra = kNoExtra;
      conn->last_arrival = stall.last_arrival;
    }
  }
  HS_ASSERT(stall.queue.empty());
  stall.host = kNoPeer;
  ++stall.generation;
  free_.push_back(index);
}

void Streams::release_holds() {
  for (std::uint32_t i = 0; i < stalls_.size(); ++i) {
    if (stalls_[i].host != kNoPeer && stalls_[i].held) flush(i);
  }
}

Streams::Stall* Streams::named(const Event& event) {
  Stall& stall = stalls_[low_of(event.payload)];
  const bool same = stall.host != kNoPeer && stall.generation == high_of(event.payload);
  return same ? &stall : nullptr;
}

// --- what comes up ---

void Streams::on_retransmit(const Event& event) {
  const Stall* stall = named(event);
  if (stall != nullptr && !stall->held) flush(low_of(event.payload));
}

void Streams::on_give_up(const Event& event) {
  Stall* found = named(event);
  if (found == nullptr) return;
  Stall& stall = *found;
  stall.may_give_up = false;
  if (stall.held) return;
  const Time now = network_.world_.now();
  if (now < stall.since + limits_.give_up_after) {
    stall.may_give_up = true;
    network_.post(stall.host, stall.since + limits_.give_up_after, net_event::kGiveUp, stall.host,
                  0, event.payload);
    return;
  }
  VirtualTransport& host = network_.at(stall.host);
  const ConnId id = stall.conn;
  network_.post(stall.host, now, net_event::kReset, stall.far_host, raw(stall.far_conn), 0);
  drop_queue(stall);
  finish(low_of(event.payload));
  Conn* conn = id == kNoConn ? nullptr : host.conns_.find(id);
  if (conn == nullptr) return;
  conn->state = ConnState::kEnded;
  conn->flags = 0;
  host.handler_->on_closed(id, StreamEnd::kBroken);
}

void Streams::on_open(const Event& event) {
  VirtualTransport& here = network_.at(event.host());
  Conn* conn = here.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state != ConnState::kAccepted) return;
  conn->state = ConnState::kOpen;
  here.handler_->on_accepted(ConnId{event.slot});
}

void Streams::on_end(const Event& event, StreamEnd end) {
  VirtualTransport& here = network_.at(event.host());
  const ConnId id{event.slot};
  Conn* conn = here.conns_.find(id);
  if (conn == nullptr || conn->state == ConnState::kEnded) return;
  if (conn->stalled()) {
    const std::uint32_t stall = conn->extra;
    drop_queue(stalls_[stall]);
    finish(stall);
  }
  if (conn->state == ConnState::kAccepted) {
    here.conns_.release(id);
    return;
  }
  conn->state = ConnState::kEnded;
  conn->flags = 0;
  here.handler_->on_closed(id, end);
}

void Streams::on_room(const Event& event) {
  VirtualTransport& here = network_.at(event.host());
  Conn* conn = here.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state != ConnState::kOpen) return;
  if ((conn->flags & Conn::kWantsRoom) == 0) return;
  conn->flags &= static_cast<std::uint8_t>(~Conn::kWantsRoom);
  here.handler_->on_writable(ConnId{event.slot});
}

// Lets those that wait write, one after the other, while there is room. Who is refused again waits
// behind the others.
void Streams::on_uplink(const Event& event) {
  VirtualTransport& here = network_.at(event.host());
  here.turn_due_ = false;
  here.turn_ = true;
  while (!here.waiting_.empty() && uplink_has_room(here)) {
    const ConnId id = here.waiting_.front();
    here.waiting_.pop_front();
    Conn* conn = here.conns_.find(id);
    if (conn == nullptr || conn->state != ConnState::kOpen) continue;
    if ((conn->flags & Conn::kWantsRoom) == 0) continue;
    conn->flags &= static_cast<std::uint8_t>(~Conn::kWantsRoom);
    here.handler_->on_writable(id);
  }
  here.turn_ = false;
  if (!here.waiting_.empty()) announce_turn(here);
}

}  // namespace hearsay::sim
