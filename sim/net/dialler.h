// Dialler: how connections come about on the virtual network, and Ping.
//
// Mirrors gRPC's connectivity (grpc doc/connection-backoff.md) over Linux TCP: a refused attempt is
// followed by another after the backoff; a swallowed SYN is sent again by the kernel; an attempt
// without answer has failed after 20 s. The owner ends it all by closing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "sim/world/event.h"

namespace hearsay::sim {

class Network;
class VirtualTransport;

// gRPC's backoff between attempts.
inline constexpr Duration kBackoffFirst = kSecond;
inline constexpr Duration kBackoffMax = 120 * kSecond;
// An attempt without any answer.
inline constexpr Duration kConnectTimeout = 20 * kSecond;
// Linux: the first retransmission of a SYN; each next waits twice as long.
inline constexpr Duration kSynRetransmit = kSecond;

class Dialler {
 public:
  explicit Dialler(Network& network) : network_(network) {}

  ConnId dial(VirtualTransport& from, std::string_view endpoint);
  // The owner closed, or its host went down, while dialling.
  void forget(std::uint32_t dial);
  void ping(VirtualTransport& from, ConnId conn);

  void on_syn(const Event& event);
  void on_syn_ack(const Event& event);
  void on_refused(const Event& event);
  void on_dial_again(const Event& event);
  void on_ping(const Event& event);
  void on_pong(const Event& event);

 private:
  struct Dial {
    std::string endpoint;
    Time begun = 0;          // of this attempt
    std::uint32_t syns = 0;  // sent in this attempt
    Duration backoff = kBackoffFirst;
  };

  void attempt(VirtualTransport& from, ConnId conn);
  void again_at(VirtualTransport& from, ConnId conn, Time at);
  void syn_lost(VirtualTransport& from, ConnId conn);
  void attempt_failed(VirtualTransport& from, ConnId conn);
  void send_ping(VirtualTransport& from, ConnId conn, EventKind kind);

  Network& network_;
  std::vector<Dial> dials_;
  std::vector<std::uint32_t> free_;
};

}  // namespace hearsay::sim
