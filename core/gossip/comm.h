// Comm: authenticated connections to other peers (gossip/comm of Fabric v2.5.4: comm_impl.go,
// conn.go).
//
// Above the Transport it keeps at most one connection per peer, shakes hands with ConnEstablish,
// bounds what is queued, drops the newest message when a send buffer is full, waits for acks,
// probes endpoints and says when a peer is presumed dead. Spec: comm.md; section numbers in the
// sources are that page's.
//
// Contract
//
// Comm never calls its owner. What happens meanwhile (a peer presumed dead, a probe that ended) is
// queued; the owner takes it with next_event() after each upcall and each batch of calls.
//
// A connection is registered before its first message is handed out; a dead event precedes the
// removal of the connection; a replaced connection is closed and the new one registered in one
// step.
//
// Handlers run to completion, so Fabric's receive queue (recvBuffSize) is never more than empty.
//
// What a send to a peer meets (route_of_):
//
//     nothing ----> takes the destination lock, dials ----> sends, or: presumed dead
//     a lock -----> waits behind those that dial --------/
//     a connection -> the stream, or its out queue while the stream has no room
//
// Divergence: Fabric limits neither the sends that wait for a dial nor those that block on a full
// buffer; kMaxDialWaiters and kMaxBlockedSends do. The message over the limit is dropped and
// traced.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fifo.h"
#include "core/base/ids.h"
#include "core/base/prefetch.h"
#include "core/gossip/ack_tracker.h"
#include "core/gossip/comm_handshake.h"
#include "core/gossip/connection_table.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/ports/transport.h"

namespace hearsay {

// A message as it reached the node: which connection, and who is at its far end.
struct Received {
  ConnId conn = kNoConn;
  PeerIndex from = kNoPeer;
  EnvelopeRef envelope;
};

// Where to dial a peer. Asked only when a dial is needed.
class EndpointBook {
 public:
  // The endpoint to prefer now; "" when none is known (a dial then fails after the dial timeout).
  virtual std::string_view endpoint_of(PeerIndex peer) const = 0;

 protected:
  ~EndpointBook() = default;
};

// Why a probe or a handshake failed.
enum class CommFailure : std::uint8_t { kNone, kStopping, kDial, kPing, kHandshake, kWrongPeer };
const char* comm_failure_name(CommFailure failure);

// What Comm has to tell its owner.
struct CommEvent {
  enum class Kind : std::uint8_t {
    kPresumedDead,    // peer: to whom a send failed (kNoPeer when it was sent to an endpoint alone)
    kIdentitySwitch,  // peer: the old one; its endpoint is now another peer of the same
                      // organisation
    kProbeDone,       // cookie, ok
    kHandshakeDone,   // cookie, ok; peer: who answered, now known to the identity mapper
    kAcksDone,        // cookie, acks; ok: no peer failed
  };
  Kind kind = Kind::kPresumedDead;
  PeerIndex peer = kNoPeer;
  std::uint32_t cookie = 0;
  bool ok = false;
  CommFailure failure = CommFailure::kNone;
  AggregatedSendResult acks = {};
};

class Comm final : public TimerHandler {
 public:
  // Sends that may wait behind one dial. Fabric: none, each is a goroutine of its own.
  static constexpr std::size_t kMaxDialWaiters = 1000;
  // Blocking sends (responses, acks, SendWithAck) that may wait behind one full buffer.
  static constexpr std::size_t kMaxBlockedSends = 1000;
  // Dials and handshakes under way at once; further inbound streams are refused.
  static constexpr std::size_t kMaxAttempts = 50'000;
  // Connections that have something queued at once; for further ones the buffer is full from the
  // start.
  static constexpr std::size_t kMaxQueues = 50'000;

  // The arguments must outlive the Comm.
  Comm(Context& context, IdentityMapper& identities, const EndpointBook& endpoints);
  Comm(const Comm&) = delete;
  Comm& operator=(const Comm&) = delete;
  // Cancels the timers; does not touch the transport: a crashed node says no farewell.
  ~Comm();

  // Closes all connections and gives up all dials. From now on sends do nothing, probes and
  // acknowledged sends fail at once, inbound streams are refused. What was under way ends without
  // an event.
  void stop();

  // Best effort, in order per connection, never blocks. Dials the peer's endpoint of the book when
  // there is no connection. A dial or a write that fails gives kPresumedDead; a full buffer drops
  // the message.
  void send(PeerIndex to, const EnvelopeRef& envelope);
  // The same, dialling `endpoint` if a dial is needed. `to` may be kNoPeer: then every send dials
  // anew.
  void send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope);
  // On this very connection; waits for room instead of dropping. A write that fails gives no event.
  // A connection that is gone drops the message.
  void respond(ConnId conn, const EnvelopeRef& envelope);

  // Sends `message` with a fresh nonce, unsigned, to each peer, and waits for their acks. Ends with
  // kAcksDone once the number of acks equals min_ack or all peers have answered or timed out.
  void send_with_ack(GossipMessage message, Duration timeout, std::int32_t min_ack,
                     std::span<const PeerIndex> peers, std::uint32_t cookie);
  // Acknowledges what came with send_with_ack; `error` "" for success.
  void ack(const Received& received, std::string_view error);

  // Dial and ping, no more. Ends with kProbeDone.
  void probe(std::string_view endpoint, std::uint32_t cookie);
  // Dial, ping and shake hands on a stream of its own, to learn who is there; disturbs no
  // connection. With `expected` given, another peer is a failure. Ends with kHandshakeDone.
  void handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie);

  // Closes and forgets the connection registered for `peer`, if any. No event.
  void close_conn(PeerIndex peer);

  // --- upcalls of the transport and of the clock, forwarded by the node
  void on_connected(ConnId conn);
  void on_pong(ConnId conn);
  void on_accepted(ConnId conn);
  // True: `frame` is a message for the node, sent by `from`. False: it was an ack, a handshake,
  // garbage, or came on a connection that is not (or no longer) trusted, and has been dealt with.
  bool on_frame(ConnId conn, const EnvelopeRef& frame, PeerIndex& from);
  void on_writable(ConnId conn);
  void on_closed(ConnId conn, StreamEnd end);
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // Events also come up when an engine's timer makes it send; the owner cannot drain behind that.
  // From now on `owner` gets a timer of kind kCommEvents, due at once, when an event is the first
  // to wait.
  void wake_with(TimerHandler& owner) { owner_ = &owner; }
  bool has_events() const { return has_events_; }
  // Takes the oldest event; false when there is none.
  bool next_event(CommEvent& out) {
    if (!has_events_) return false;
    out = std::move(events_.front());
    events_.pop_front();
    has_events_ = !events_.empty();
    return true;
  }

  // Is a connection registered for `peer`? Quirk: an outbound one whose far end is gone still is,
  // until the next write to it fails.
  bool connected(PeerIndex peer) const { return registered(peer) != kNoConn; }
  ConnId connection_of(PeerIndex peer) const { return registered(peer); }
  // Who is at the far end, as far as is known.
  PeerIndex peer_of(ConnId conn) const { return conns_[conn].peer(); }
  // Ahead of a send to `to`: first the one and, when that has had some time, the other.
  void prefetch_route(PeerIndex to) const {
    if (raw(to) < route_of_.size()) prefetch_line(&route_of_[raw(to)]);
  }
  void prefetch_send(PeerIndex to) const {
    const std::uint32_t route = route_or_none(to);
    if (route < kFirstLock) transport_.prefetch(ConnId{route});
  }
  // The ConnEstablish the far end of an established connection proved itself with; null for others.
  // Fabric: ConnectionInfo.Auth, which channels evaluate against their readers policy.
  EnvelopeRef handshake_of(ConnId conn) const { return conns_.handshake_of(conn); }
  // One line per connection and lock, by peer.
  std::string describe() const;
  // What holds more than it may; "" when nothing does. For those who judge a run.
  std::string overfull() const;

 private:
  // What a send to a peer meets: a connection, by its id; a lock, above all ids; or nothing.
  static constexpr std::uint32_t kFirstLock = kConnIdLimit;
  static constexpr std::uint32_t kNone = raw(kNoConn);
  static constexpr std::uint32_t kMaxLocks = kNone - kFirstLock;
  static bool is_lock(std::uint32_t route) { return route - kFirstLock < kMaxLocks; }

  enum class SendMode : std::uint8_t { kSend, kAcked, kRespond };
  struct Outgoing {
    EnvelopeRef envelope;
    PeerIndex requested = kNoPeer;  // whom a failure declares dead
    std::uint32_t ack_row = AckTracker::kNoRow;
    SendMode mode = SendMode::kSend;
    bool blocking() const { return mode != SendMode::kSend; }
  };
  struct Waiter {
    Outgoing outgoing;
    std::string endpoint;
  };
  // Fabric: an entry of destinationLocks, and the goroutines that wait for it. The first waiter is
  // the one that dials.
  struct DestinationLock {
    PeerIndex peer = kNoPeer;
    ConnId registered = kNoConn;  // the connection for peer while route_of_ names the lock
    Fifo<Waiter> waiters;
  };
  // A dial, or an inbound stream, up to the end of its handshake.
  struct Attempt {
    enum class Purpose : std::uint8_t { kFree, kConnect, kProbe, kHandshake, kInbound };
    Purpose purpose = Purpose::kFree;
    bool unsent = false;  // the stream had no room for our ConnEstablish
    ConnId conn = kNoConn;
    PeerIndex expected = kNoPeer;
    std::uint32_t owner = 0;  // kConnect: the lock; kProbe, kHandshake: the cookie
    TimerId timer;
  };
  using OutQueue = Fifo<Outgoing>;

  // comm.cc: sending on connections, receiving.
  void submit(Outgoing outgoing, std::string_view endpoint);
  void write_or_queue(ConnId conn, Outgoing outgoing);
  void enqueue(ConnId conn, Outgoing outgoing);
  void flush(ConnId conn);
  void write_failed(ConnId conn, Outgoing outgoing, CloseCause cause);
  void receive_garbage(ConnId conn, const Envelope& frame);
  void fail_queue_head(ConnId conn, CloseCause cause);
  void release_queue(ConnId conn);
  std::size_t capacity_of(ConnRecord record) const;
  void send_returned(std::uint32_t ack_row);
  void drain_acks();
  ChannelIndex channel_of(const Envelope& envelope) const;
  void trace_sent(PeerIndex to, const Envelope& envelope) const;
  void trace_overflow(PeerIndex to, const Outgoing& outgoing) const;
  void trace_dropped(PeerIndex to, const Envelope& envelope, DropReason reason) const;

  // comm_store.cc: who is registered for whom.
  ConnId registered(PeerIndex peer) const;
  void set_registered(PeerIndex peer, ConnId conn);
  std::vector<ConnId> all_registered() const;
  std::uint32_t& route(PeerIndex peer);
  std::uint32_t route_or_none(PeerIndex peer) const {
    return raw(peer) < route_of_.size() ? route_of_[raw(peer)] : kNone;
  }
  void register_conn(ConnId conn, PeerIndex peer, bool dialled);
  void close_registered(PeerIndex peer, CloseCause cause);
  void close_established(ConnId conn, CloseCause cause);
  void drop_queue(ConnId conn);
  void presume_dead(PeerIndex peer, CloseCause cause);

  // comm_dial.cc: locks, attempts, handshakes.
  void take_lock(Outgoing outgoing, std::string_view endpoint);
  void wait_for_lock(std::uint32_t lock, Outgoing outgoing, std::string_view endpoint);
  void start_dial(Attempt::Purpose purpose, std::string_view endpoint, PeerIndex expected,
                  std::uint32_t owner);
  void dial_for_first_waiter(std::uint32_t lock);
  void dial_done(std::uint32_t lock, ConnId created, PeerIndex authenticated);
  void serve_waiters(std::uint32_t lock);
  void forget_lock(PeerIndex peer);
  void say_hello(std::uint32_t attempt);
  void receive_handshake(ConnId conn, const EnvelopeRef& frame);
  bool may_replace(PeerIndex expected, PeerIndex actual);
  void fail_attempt(std::uint32_t attempt, CommFailure failure);
  void end_attempt(std::uint32_t attempt, bool close_transport);
  void set_deadline(std::uint32_t attempt, TimerKind kind, Duration timeout);
  std::uint32_t new_attempt(Attempt::Purpose purpose, PeerIndex expected, std::uint32_t owner);
  void emit(CommEvent event);
  template <typename T>
  static std::uint32_t take_slot(std::vector<T>& slots, std::vector<std::uint32_t>& free_slots) {
    if (free_slots.empty()) {
      slots.emplace_back();
      return static_cast<std::uint32_t>(slots.size() - 1);
    }
    const std::uint32_t slot = free_slots.back();
    free_slots.pop_back();
    return slot;
  }

  // First what every message touches, in one cache line.
  Context& context_;
  Transport& transport_;
  bool has_events_ = false;  // events_ holds some
  bool stopping_ = false;
  std::uint32_t route_of_unknown_ = kNone;  // for kNoPeer: kNone or a lock
  std::vector<std::uint32_t> route_of_;     // by PeerIndex
  ConnectionTable conns_;
  IdentityMapper& identities_;
  const EndpointBook& endpoints_;

  // The rare ones, with lists of free slots.
  std::vector<OutQueue> queues_;
  std::vector<std::uint32_t> free_queues_;
  std::vector<DestinationLock> locks_;
  std::vector<std::uint32_t> free_locks_;
  std::vector<Attempt> attempts_;
  std::vector<std::uint32_t> free_attempts_;

  EnvelopeRef hello_;        // our ConnEstablish
  EnvelopeRef probe_hello_;  // the same with the probe flag
  AckTracker acks_;
  Random random_;
  std::deque<CommEvent> events_;
  TimerHandler* owner_ = nullptr;
  TimerId wake_;
};

}  // namespace hearsay
