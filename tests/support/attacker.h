// Attacker: a tenant without a protocol. It opens streams, says what a test tells it to say, and
// listens.
//
// Each stream begins with a ConnEstablish: the one given to dial(), or the default one towards
// those that dial the attacker. After that the far end is at the test's mercy.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "core/ports/transport.h"
#include "sim/world/tenant.h"

namespace hearsay::test {

class Attacker final : public sim::Tenant, private TransportHandler {
 public:
  // `hello` is said on inbound streams, and by default on outbound ones.
  Attacker(Transport& transport, EnvelopeRef hello)
      : transport_(transport), hello_(std::move(hello)) {}

  // Connects, pings, opens a stream and says `hello` (nothing when null).
  ConnId dial(std::string_view endpoint, EnvelopeRef hello);
  ConnId dial(std::string_view endpoint) { return dial(endpoint, hello_); }
  // Is the stream open, and has the far end said its ConnEstablish?
  bool ready(ConnId conn) const;
  bool open(ConnId conn) const { return streams_.contains(conn); }
  // All streams that are ready(), those that others opened to us included.
  std::vector<ConnId> ready_streams() const;
  // REQUIRES: open(conn).
  void write(ConnId conn, const EnvelopeRef& frame) { transport_.write(conn, frame); }
  void close(ConnId conn);

  // Called for each frame that comes, the far end's ConnEstablish included. May be empty.
  std::function<void(ConnId, const EnvelopeRef&)> heard;

  void start() override {}
  void stop(StopReason) override {}
  TransportHandler& transport_handler() override { return *this; }

 private:
  struct Stream {
    EnvelopeRef hello;  // what we will say
    bool greeted = false;
  };

  void on_connected(ConnId conn) override { transport_.ping(conn); }
  void on_pong(ConnId conn) override;
  void on_accepted(ConnId conn) override;
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId) override {}
  void on_closed(ConnId conn, StreamEnd end) override;

  Transport& transport_;
  EnvelopeRef hello_;
  std::map<ConnId, Stream> streams_;
};

}  // namespace hearsay::test
