// Streams: what happens on an open connection when things do not simply pass: rules, stalls,
// retransmission, flow control, closing, breaking.
//
// One direction of a stream is plain or stalled. A Stall holds what this end wants to send, in
// order, the closing included; it outlives its connection when the owner closes meanwhile, because
// TCP goes on retransmitting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/fifo.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/ports/transport.h"
#include "core/trace/event.h"
#include "sim/net/rule.h"
#include "sim/world/event.h"

namespace hearsay::sim {

class Network;
class VirtualTransport;
struct Conn;

struct StreamLimits {
  // What a stalled stream takes before write() is false: HTTP/2's initial window.
  std::uint32_t window_bytes = 64 * 1024;
  // What may wait for an uplink before write() is false: Linux's largest socket buffer (tcp_wmem).
  std::uint64_t uplink_backlog_bytes = 4 * 1024 * 1024;
  // What a stream that has nothing under way may write all the same: its own socket is empty, and
  // fair queueing (Linux: fq_codel) sends a short new flow before the long ones.
  std::uint32_t short_write_bytes = 16 * 1024;
  // The first retransmission after a loss (Linux: TCP_RTO_MIN); each next waits twice as long, at
  // most retransmit_max (TCP_RTO_MAX).
  Duration retransmit_first = 200 * kMillisecond;
  Duration retransmit_max = 120 * kSecond;
  // Fabric: gossip clients ping after 60 s without activity and give up 20 s later.
  // Divergence: grpc-go sets TCP_USER_TIMEOUT to those 20 s, by which Linux breaks a connection
  // with unacknowledged bytes sooner; and an idle stream breaks only after something is written.
  Duration give_up_after = 80 * kSecond;
};

class Streams {
 public:
  Streams(Network& network, const StreamLimits& limits) : network_(network), limits_(limits) {}

  void open(VirtualTransport& from, ConnId conn);
  // Everything write() must look at when the way is not plain.
  bool write(VirtualTransport& from, ConnId conn, const EnvelopeRef& frame);
  void close(VirtualTransport& from, ConnId conn);
  // Ends every connection of a host that goes down.
  void host_stopped(VirtualTransport& host, StopReason reason);
  // A rule came or went: what is on hold is tried again.
  void release_holds();

  void on_open(const Event& event);
  void on_end(const Event& event, StreamEnd end);
  void on_retransmit(const Event& event);
  void on_give_up(const Event& event);
  void on_room(const Event& event);
  void on_uplink(const Event& event);

  // The uplink takes a write: no more waits for it than it may hold, and no stream waits for its
  // turn. Only asked when bandwidth is finite.
  bool uplink_clear(const VirtualTransport& from) const;

  // Stalled directions, for tests.
  std::size_t stalled() const { return stalls_.size() - free_.size(); }

 private:
  // Something on its way through a stream. A null frame is an opening or an ending.
  struct Item {
    EventKind kind;
    EnvelopeRef frame;
    std::uint32_t size = 0;
  };
  struct Stall {
    HostIndex host = kNoPeer;  // kNoPeer: free
    ConnId conn = kNoConn;     // kNoConn: the owner has closed
    HostIndex far_host = kNoPeer;
    ConnId far_conn = kNoConn;
    Time last_arrival = 0;
    Time since = 0;  // when what is at the head was first lost
    std::uint32_t generation = 0;
    std::uint32_t retries = 0;
    std::uint64_t bytes = 0;
    bool held = false;
    bool may_give_up = false;  // a kGiveUp is pending
    Fifo<Item> queue;
  };

  // Sends an item, or queues it when the stream is stalled or stalls now.
  void submit(VirtualTransport& from, Conn& conn, ConnId id, Item item);
  void travel(VirtualTransport& from, HostIndex far_host, ConnId far_conn, const Item& item,
              Duration delay, Time& last_arrival);
  Verdict judge(HostIndex from, HostIndex to, const Item& item) const;
  bool has_room(VirtualTransport& from, Conn& conn, ConnId id, std::uint32_t size);
  bool uplink_has_room(const VirtualTransport& from) const;
  void wait_for_uplink(VirtualTransport& from, Conn& conn, ConnId id);
  void announce_turn(VirtualTransport& from);

  void begin_stall(HostIndex host, Conn& conn, ConnId id, Verdict verdict, Item item);
  // Decides when a stall is tried again.
  void wait(std::uint32_t index, Verdict verdict);
  void flush(std::uint32_t index);
  void tell_room(const Stall& stall);
  void drop_queue(Stall& stall);
  // Frees a stall; its connection, if it is still there, is plain again.
  void finish(std::uint32_t index);
  // The stall an event names, if it is still that one.
  Stall* named(const Event& event);

  Network& network_;
  StreamLimits limits_;
  std::deque<Stall> stalls_;
  std::vector<std::uint32_t> free_;
};

}  // namespace hearsay::sim
