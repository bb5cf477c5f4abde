// OwnAlive: the alive messages a node makes about itself.
//
// Mirrors aliveMsgAndInternalEndpoint and createSignedAliveMessage of
// gossip/discovery/discovery_impl.go and SignMessage of gossip/gossip/gossip_impl.go
// (discoverySecurityAdapter), Fabric v2.5.4. Spec: discovery.md section 6.
//
// The incarnation is the wall clock at construction. Quirk: every message built takes a sequence
// number, also those for requests, for uncached responses and for self(), so gaps are normal.
#pragma once

#include <cstdint>
#include <string>

#include "core/gossip/context.h"

namespace hearsay {

class OwnAlive {
 public:
  explicit OwnAlive(Context& context);

  // From now on and for publishCertPeriod the node's identity is embedded. In a settled node that
  // time is over.
  void start() {
    if (!context_.settled) {
      publish_identity_until_ = context_.now() + context_.config.publish_cert_period;
    }
  }
  // Takes a message made before the start for the last heartbeat.
  void adopt(const EnvelopeRef& heartbeat) { heartbeat_ = heartbeat; }

  // A new signed alive message, with the internal endpoint in its secret unless that is empty or
  // cannot be signed. Null when signing fails.
  EnvelopeRef build();
  // As build(), remembered for responses.
  EnvelopeRef build_heartbeat();
  // The last heartbeat; before the first a new message, which is not remembered. Null when signing
  // fails.
  EnvelopeRef for_response();
  // A new alive message without signature and secret.
  EnvelopeRef build_unsigned();
  // A membership request (unsigned, as Fabric's) around a new alive message; without the internal
  // endpoint when `with_internal` is false. Null when signing fails.
  EnvelopeRef build_request(bool with_internal, std::uint64_t nonce);

  const std::string& endpoint() const { return endpoint_; }
  const std::string& metadata() const { return metadata_; }
  // Seen by others with the next message built.
  void set_endpoint(std::string_view endpoint) { endpoint_ = endpoint; }
  void set_metadata(std::string_view metadata) { metadata_ = metadata; }

  std::uint64_t incarnation() const { return incarnation_; }
  std::uint64_t sequence() const { return sequence_; }

 private:
  GossipMessage next_message();

  Context& context_;
  const std::uint64_t incarnation_;
  std::uint64_t sequence_ = 0;
  Time publish_identity_until_ = 0;
  std::string endpoint_;  // external; may change while running
  std::string metadata_;
  EnvelopeRef heartbeat_;
};

}  // namespace hearsay
