// Context: everything the engines of one node share: who the node is, its configuration and its
// ports.
//
// Engines see the world through this alone. It owns nothing but the node's random stream and
// outlives the engines.
#pragma once

#include "core/base/ids.h"
#include "core/base/random.h"
#include "core/gossip/config.h"
#include "core/gossip/metrics.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/directory.h"
#include "core/ports/transport.h"
#include "core/trace/sink.h"
#include "core/wire/envelope.h"

namespace hearsay {

// What a node is told about itself when it is made.
struct NodeIdentity {
  PeerIndex self = kNoPeer;
  OrgIndex org = kNoOrg;
  std::string internal_endpoint;  // host:port; where the node listens
  std::string external_endpoint;  // "" hides the node from other organisations
};

class alignas(64) Context {
 public:
  Context(NodeIdentity who, const Config& settings, Directory& names, Clock& time,
          Transport& streams, const MessageCrypto& keys, TraceSink& sink, Random node_random,
          bool has_past = false)
      : clock(time),
        sink_(sink),
        self_(who.self),
        org_(who.org),
        directory(names),
        crypto(keys),
        config(settings),
        transport(streams),
        identity(std::move(who)),
        random(node_random),
        settled(has_past),
        phases_(node_random.fork("phases")) {}

  PeerIndex self() const { return self_; }
  OrgIndex org() const { return org_; }
  const std::string& pki_id() const { return directory.pki_id(identity.self); }
  Time now() const { return clock.now(); }

  // Encodes and signs a message of this node's own; null when it cannot be signed.
  EnvelopeRef sign(GossipMessage message) const;
  // The same with the internal endpoint in a secret envelope (alive messages). Quirk: a secret that
  // cannot be signed is left out without a word.
  EnvelopeRef sign_with_secret(GossipMessage message) const;

  // When a loop with this period begins: after `cold`, or, in a settled node, somewhere within the
  // period, as if it had begun long ago.
  Duration first_delay(Duration period, Duration cold) {
    if (!settled || period <= 0) return cold;
    return 1 + static_cast<Duration>(phases_.below64(static_cast<std::uint64_t>(period)));
  }
  Duration first_delay(Duration period) { return first_delay(period, period); }

  // Fills in this node and the present time and reports `event`. By reference: a copy would read
  // what has only just been stored, in wider pieces than it was, and wait for the stores.
  void trace(TraceEvent&& event) const {
    event.time = clock.now();
    event.peer = self_;
    sink_.on_event(event);
  }
  // The two shapes most events have.
  void trace(TraceKind kind, PeerIndex other, std::uint64_t value = 0,
             std::uint8_t detail = 0) const {
    trace({.value = value, .other = other, .kind = kind, .detail = detail});
  }
  void trace_rejected(PeerIndex from, const Envelope& envelope, RejectReason reason) const {
    trace({.other = from,
           .kind = TraceKind::kMessageRejected,
           .detail = static_cast<std::uint8_t>(reason),
           .type = static_cast<std::uint8_t>(envelope.type())});
  }
  void trace_duplicate(PeerIndex from, const Envelope& envelope) const {
    trace({.other = from,
           .kind = TraceKind::kMessageDuplicate,
           .type = static_cast<std::uint8_t>(envelope.type())});
  }

  // What every message touches stands first, in one cache line: who we are and what is asked.
  Clock& clock;

 private:
  TraceSink& sink_;
  const PeerIndex self_;
  const OrgIndex org_;

 public:
  Directory& directory;
  const MessageCrypto& crypto;
  const Config& config;
  Metrics metrics;  // begins with what counts every message
  Transport& transport;
  const NodeIdentity identity;
  const Random random;  // engines fork their own stream by name
  const bool settled;   // the node starts with a Past (past.h)

 private:
  Random phases_;
};

}  // namespace hearsay
