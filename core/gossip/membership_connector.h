// Connector: first contact with an endpoint of which nothing is known but its name.
//
// Mirrors Connect and sendUntilAcked of gossip/discovery/discovery_impl.go, connect2BootstrapPeers
// and learnAnchorPeers of gossip/gossip/gossip_impl.go, Fabric v2.5.4. Spec:
// discovery.md 9.1, 9.2, 13.
//
//   connect --> Identifying --ok--> AwaitingAck --response with our nonce--> done
//                ^      |            ^      |
//                |    failed         |   5 s passed
//                |      v            |      v
//                +-- Pausing         +-- Resting        (each pause: reconnectInterval)
//
// Each half counts its attempts for itself, up to maxConnectionAttempts; then the endpoint is given
// up.
//
// Quirk: an ack that comes during the pause is not noticed, because nobody subscribes to it then.
//
// Quirk: calls are not de-duplicated, two Connects to one endpoint both run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/gossip/membership_links.h"
#include "core/gossip/membership_own_alive.h"

namespace hearsay {

class Connector final : public TimerHandler {
 public:
  Connector(Context& context, const IdentityMapper& mapper, MembershipLinks& links,
            OwnAlive& own_alive);
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;
  ~Connector() { stop(); }

  // Whom the endpoint must turn out to belong to.
  enum class Expect : std::uint8_t {
    kOwnOrg,  // a bootstrap peer, or an anchor listed for our organisation
    kAnyOrg,  // an anchor listed for another organisation
    kNobody,  // do not identify: ask whoever answers, and tell it no secret
  };

  // Starts to contact `endpoint`, unless it is one of our own.
  //
  // Quirk: own endpoints are told by plain comparison, so "" is our own when we have no external
  // endpoint.
  void connect(std::string_view endpoint, Expect expect);
  void on_handshake_done(std::uint32_t cookie, PeerIndex peer, bool ok);
  // A membership response with this nonce came.
  void on_ack(std::uint64_t nonce);
  void stop();

  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // Endpoints still being tried.
  std::size_t pending() const { return contacts_.size(); }

 private:
  struct Identifying {};
  struct Pausing {
    TimerId timer;
  };
  struct Request {
    EnvelopeRef envelope;
    PeerIndex target = kNoPeer;
    std::int32_t attempts = 0;
  };
  struct AwaitingAck {
    Request request;
    TimerId timer;
  };
  struct Resting {
    Request request;
    TimerId timer;
  };
  struct Contact {
    std::uint32_t id = 0;
    Expect expect{};
    std::int32_t attempts = 0;  // identifications begun
    std::string endpoint;
    std::variant<Identifying, Pausing, AwaitingAck, Resting> phase;
  };

  bool is_own_endpoint(std::string_view endpoint) const;
  Contact* find(std::uint32_t id);
  void give_up(std::uint32_t id);
  void identify(Contact& contact);
  void identified(Contact& contact, PeerIndex peer);
  void send(Contact& contact, Request request);
  void cancel_timer(Contact& contact);
  TimerId arm(TimerKind kind, Duration after, std::uint32_t id);

  Context& context_;
  const IdentityMapper& mapper_;
  MembershipLinks& links_;
  OwnAlive& own_alive_;
  Random random_;
  std::string loopback_name_;     // "localhost:PORT"
  std::string loopback_address_;  // "127.0.0.1:PORT"
  std::vector<Contact> contacts_;
  std::uint32_t next_id_ = 0;
};

}  // namespace hearsay
