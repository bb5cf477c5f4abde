// MembershipLinks: what membership asks of the connections below it.
//
// The discovery adapter of Fabric's gossip node (gossip/gossip/gossip_impl.go, discoveryAdapter)
// seen from discovery: SendToPeer, Ping, the handshake behind Connect, CloseConn. An implementation
// only enqueues; it never calls Membership from inside one of these calls. Answers come later
// through Membership::on_probe_done and on_handshake_done, each exactly once per cookie while the
// node runs.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/ids.h"
#include "core/wire/envelope.h"

namespace hearsay {

class MembershipLinks {
 public:
  // Sends one message, asynchronously and as best effort: over the connection to `to` if there is
  // one, else over a new one to `endpoint`. `to` is kNoPeer when nobody has been identified behind
  // the endpoint.
  virtual void send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) = 0;

  // Does anybody answer a ping at `endpoint`? Answer: on_probe_done(cookie, ok).
  virtual void probe(std::string_view endpoint, std::uint32_t cookie) = 0;

  // Who answers at `endpoint`? A probing handshake whose connection is closed afterwards.
  // `expected` is kNoPeer when anybody will do. Answer: on_handshake_done(cookie, peer, ok); when
  // ok the identity of `peer` is in the identity mapper.
  virtual void handshake(std::string_view endpoint, PeerIndex expected, std::uint32_t cookie) = 0;

  // Closes the connection to `peer`, if there is one. Causes no presumed-dead event.
  virtual void close_conn(PeerIndex peer) = 0;

 protected:
  ~MembershipLinks() = default;
};

}  // namespace hearsay
