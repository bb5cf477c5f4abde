// VirtualTransport: one host's Transport on the virtual network.
//
// The far half of each call is in Network. What this end shows (see core/ports/transport.h, and
// network.h for the figures):
//
//   dial --SYN--> listener up: SYN-ACK --> on_connected, one round trip after the call
//                 host down:   refused; again after gRPC's backoff (1 s, x 1.6, +-20 %)
//                 swallowed:   the SYN again after 1, 2, 4, 8 s; after 20 s the attempt has failed
//
// until the owner closes. Calls for a connection that is gone, or of a host that is
// down, do nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/fifo.h"
#include "core/base/random.h"
#include "core/ports/transport.h"
#include "sim/net/conn_table.h"

namespace hearsay::sim {

class Network;

// What every frame touches is in the first cache line.
class alignas(64) VirtualTransport final : public Transport {
 public:
  VirtualTransport(Network& network, HostIndex host, const Random& random)
      : network_(network), host_(host), random_(random) {}

  ConnId dial(std::string_view endpoint) override;
  void ping(ConnId conn) override;
  void open_stream(ConnId conn) override;
  bool write(ConnId conn, const EnvelopeRef& frame) override;
  bool write_fails(ConnId conn) const override;
  ConnTag* tag(ConnId id) override {
    Conn* conn = conns_.find(id);
    return conn == nullptr ? nullptr : &conn->tag;
  }
  void prefetch(ConnId conn) const override { conns_.prefetch(conn); }
  void close(ConnId conn) override;

 private:
  friend class Network;
  friend class Dialler;
  friend class Streams;

  bool up() const { return handler_ != nullptr; }

  Network& network_;
  TransportHandler* handler_ = nullptr;  // null: the host is down
  HostIndex host_;
  ConnTable conns_;
  Random random_;
  Time cpu_free_ = 0;
  // Connections whose write was refused because the uplink was full, in that order.
  Fifo<ConnId> waiting_;
  bool turn_due_ = false;  // a kUplink is pending
  bool turn_ = false;      // it is the turn of one that waited
};

}  // namespace hearsay::sim
