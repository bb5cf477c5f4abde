// MembershipNet: a few Membership objects on a network made of nothing but latency.
//
// Connections, handshakes and probes of comm are reduced to their outcome: who runs at an endpoint
// answers after the latency, who does not makes dials fail at once and sends end in presumed-dead.
// Push follows discovery.md 11.8 without batching. Everything sent, dialled, pinged and closed is
// written down.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/gossip/membership.h"
#include "tests/support/fake_clock.h"

namespace hearsay::test {

// An identity is the text "org/name"; a PKI-ID "pki:" and the identity; a signature a hash keyed by
// the signer's identity. Counts its calls; can be told to fail.
class PlainCrypto final : public MessageCrypto {
 public:
  explicit PlainCrypto(std::string identity) : identity_(std::move(identity)) {}

  static std::string signature_of(std::string_view identity, std::string_view payload);

  std::string pki_id_of(std::string_view identity) const override;
  IdentityVerdict validate_identity(std::string_view identity) const override;
  std::uint64_t revision() const override { return 0; }
  std::optional<std::uint64_t> expiration(std::string_view) const override { return 0; }
  std::string org_of(std::string_view identity) const override;
  std::string sign(std::string_view payload) const override;
  bool verify(std::string_view identity, std::string_view signature,
              std::string_view payload) const override;
  bool verify_by_channel(std::string_view, std::string_view, std::string_view,
                         std::string_view) const override {
    return false;
  }
  bool verify_block(std::string_view, std::uint64_t, std::string_view) const override {
    return false;
  }

  mutable int signs = 0;
  mutable int verifies = 0;
  // sign() gives nothing once this many signatures were made; negative: never.
  int signs_left = -1;

 private:
  std::string identity_;
};

class EventLog final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { events.push_back(event); }
  std::size_t count(TraceKind kind, PeerIndex other = kNoPeer) const;
  std::size_t rejected(RejectReason reason) const;

  std::vector<TraceEvent> events;
};

// Membership sees no transport; the Context wants one.
class NoTransport final : public Transport {
 public:
  ConnId dial(std::string_view) override { return kNoConn; }
  void ping(ConnId) override {}
  void open_stream(ConnId) override {}
  bool write(ConnId, const EnvelopeRef&) override { return false; }
  bool write_fails(ConnId) const override { return true; }
  ConnTag* tag(ConnId) override { return nullptr; }
  void close(ConnId) override {}
};

struct NetOptions {
  Config config;
  bool push = true;
  bool bytes = false;            // encode and decode every frame
  bool identities_known = true;  // everybody knows all identities from the start
  bool sync = false;             // the periodic sync; without it pullInterval becomes a day
  Duration latency = 2 * kMillisecond;
};

// The configuration of Fabric's discovery tests: alive 300 ms, expiration 3 s, reconnect 3 s.
Config quick_config();

struct Sent {
  Time time = 0;
  PeerIndex from = kNoPeer;
  PeerIndex to = kNoPeer;
  std::string endpoint;
  EnvelopeRef envelope;
};
struct Contacted {
  Time time = 0;
  PeerIndex from = kNoPeer;
  std::string endpoint;
};
struct Closed {
  PeerIndex by = kNoPeer;
  PeerIndex whom = kNoPeer;
};

// Parts of an alive message made by hand.
struct AliveParts {
  std::uint64_t inc = 1;
  std::uint64_t seq = 1;
  std::string endpoint{};
  std::string metadata{};
  std::optional<std::string> internal{};  // with a secret, when set
  std::string identity{};
};

class MembershipNet {
 public:
  explicit MembershipNet(NetOptions options = {});
  ~MembershipNet();

  // Adds a peer that is not running yet. With `external` "" it is hidden from other organisations.
  PeerIndex add(std::string_view org, std::string_view internal, std::string_view external = "");
  // `count` peers "NAME0:7051" and so on, whose external endpoints equal the internal ones.
  std::vector<PeerIndex> add_many(std::string_view org, std::string_view name, std::size_t count);

  void start(PeerIndex p);
  void start(const std::vector<PeerIndex>& peers);
  void stop(PeerIndex p);
  // Stops all that run.
  void stop_all();
  bool running(PeerIndex p) const;

  Membership& at(PeerIndex p);
  View& view(PeerIndex p);
  IdentityMapper& mapper(PeerIndex p);
  PlainCrypto& crypto(PeerIndex p);
  EventLog& log(PeerIndex p);
  OrgIndex org(std::string_view name) { return directory.intern_org(name); }
  const std::string& internal(PeerIndex p) const;

  // Hands a message to a peer as the node would, over a connection with `from`.
  void deliver(PeerIndex to, PeerIndex from, const EnvelopeRef& envelope);

  // Messages made by hand. Every call gives a new object.
  EnvelopeRef alive(PeerIndex subject, const AliveParts& parts) const;
  static EnvelopeRef request(EnvelopeRef self_info, std::uint64_t nonce = 0);
  static EnvelopeRef response(std::vector<EnvelopeRef> alive, std::vector<EnvelopeRef> dead = {},
                              std::uint64_t nonce = 0);
  static EnvelopeRef through_bytes(const EnvelopeRef& envelope);

  void run_for(Duration d) { clock.run_for(d); }
  // Runs until `done` holds, asked every millisecond; false when it does not within `limit`.
  template <typename Done>
  bool run_until(Done&& done, Duration limit) {
    const Time end = clock.now() + limit;
    while (!done()) {
      if (clock.now() >= end) return false;
      clock.run_for(kMillisecond);
    }
    return true;
  }
  // All of `peers` see exactly `count` alive members, within `limit`.
  bool all_see(const std::vector<PeerIndex>& peers, std::uint32_t count,
               Duration limit = 15 * kSecond);

  std::vector<Sent> sent_of(PeerIndex from, ContentKind kind) const;

  NetOptions options;
  FakeClock clock;
  Directory directory;
  std::vector<Sent> sent;
  std::vector<Contacted> pings;
  std::vector<Contacted> handshakes;
  std::vector<Closed> closed;
  // When set, a message for which it says false is lost without a trace.
  std::function<bool(const Sent&)> lets_pass;
  // When set, probes stay open; answer them with Membership::on_probe_done.
  bool hold_probes = false;
  std::vector<std::uint32_t> held_probes;

 private:
  struct Peer;
  Peer& peer(PeerIndex p);
  PeerIndex running_at(std::string_view endpoint) const;
  void carry(const Sent& message);
  void introduce(PeerIndex a, PeerIndex b);
  void push(Peer& origin, const EnvelopeRef& envelope, PeerIndex except);

  NoTransport transport_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::set<std::pair<PeerIndex, PeerIndex>> connected_;
};

}  // namespace hearsay::test
