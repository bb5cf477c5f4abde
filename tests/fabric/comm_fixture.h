// Nodes that consist of Comm alone, on a network in memory; and a raw peer that speaks frames.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/gossip/comm.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_crypto.h"
#include "tests/support/fake_transport.h"
#include "tests/support/recording_sink.h"

namespace hearsay::comm_test {

struct CommWorld {
  FakeClock clock;
  FakeNetwork net{clock};
  Directory directory;
  FakeAuthority authority;
  RecordingSink sink;
  Config config = [] {
    Config c;
    c.dial_timeout = 300 * kMillisecond;  // as in Fabric's comm_test.go
    return c;
  }();

  // The peer's index; its name is part of its identity.
  PeerIndex peer(std::string_view org, std::string_view name) {
    const std::string identity = fake_identity(org, name);
    return directory.intern_peer(pki_id_of_identity(identity), identity, directory.intern_org(org));
  }
};

class CommNode final : public TransportHandler, public EndpointBook, public TimerHandler {
 public:
  CommNode(CommWorld& w, std::string_view org, std::string_view name, std::string_view endpoint)
      : world(w),
        self(w.peer(org, name)),
        where(endpoint),
        crypto(w.authority, w.directory.identity(self)),
        context({self, w.directory.org(self), where, where}, w.config, w.directory, w.clock,
                w.net.attach(where, *this), crypto, w.sink, Random::root(1).fork(name)),
        identities(context),
        comm(context, identities, *this) {
    comm.wake_with(*this);
  }

  // Learns `other` as if they had met before.
  void meet(const CommNode& other) {
    identities.put(other.context.pki_id(), world.directory.identity(other.self));
  }
  void send(const CommNode& to, std::uint64_t nonce) { send(to.self, to.where, nonce); }
  void send(PeerIndex to, std::string_view endpoint, std::uint64_t nonce) {
    comm.send_to(to, endpoint, message(nonce));
    drain();
  }
  static EnvelopeRef message(std::uint64_t nonce) {
    GossipMessage m;
    m.nonce = nonce;
    m.tag = Tag::kEmpty;
    m.content = EmptyMessage{};
    return Envelope::unsigned_of(std::move(m));
  }

  std::vector<std::uint64_t> nonces() const {
    std::vector<std::uint64_t> all;
    for (const Received& r : received)
      all.push_back(r.envelope->message().nonce);
    return all;
  }
  std::size_t count(CommEvent::Kind kind) const {
    std::size_t n = 0;
    for (const CommEvent& e : events)
      n += e.kind == kind ? 1 : 0;
    return n;
  }
  std::vector<Time> dead_times() const {
    std::vector<Time> times;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].kind == CommEvent::Kind::kPresumedDead) times.push_back(event_times[i]);
    }
    return times;
  }
  std::size_t traced(TraceKind kind) const { return world.sink.count(self, kind); }
  template <typename Detail>
  std::size_t traced(TraceKind kind, Detail detail) const {
    return world.sink.count(self, kind, detail);
  }
  bool linked(const CommNode& other) const { return comm.connected(other.self); }

  void drain() {
    CommEvent event;
    while (comm.next_event(event)) {
      events.push_back(event);
      event_times.push_back(world.clock.now());
    }
  }

  void on_timer(TimerKind /*kind*/, std::uint32_t /*cookie*/) override { drain(); }
  void on_connected(ConnId c) override { comm.on_connected(c), drain(); }
  void on_pong(ConnId c) override { comm.on_pong(c), drain(); }
  void on_accepted(ConnId c) override { comm.on_accepted(c), drain(); }
  void on_writable(ConnId c) override { comm.on_writable(c), drain(); }
  void on_closed(ConnId c, StreamEnd end) override { comm.on_closed(c, end), drain(); }
  void on_frame(ConnId c, EnvelopeRef frame) override {
    PeerIndex from = kNoPeer;
    if (comm.on_frame(c, frame, from)) {
      received.push_back({c, from, frame});
      if (on_message) on_message(Received(received.back()));
    }
    drain();
  }
  std::string_view endpoint_of(PeerIndex peer) const override {
    const auto it = book.find(peer);
    return it == book.end() ? std::string_view() : it->second;
  }

  CommWorld& world;
  const PeerIndex self;
  const std::string where;
  FakeCrypto crypto;
  Context context;
  IdentityMapper identities;
  Comm comm;
  std::map<PeerIndex, std::string> book;
  std::vector<Received> received;
  std::vector<CommEvent> events;
  std::vector<Time> event_times;
  std::function<void(const Received&)> on_message;
};

// A peer without Comm: what it writes is what the test gives it.
class RawPeer final : public TransportHandler {
 public:
  RawPeer(CommWorld& w, std::string_view org, std::string_view name, std::string_view endpoint)
      : world(w),
        self(w.peer(org, name)),
        crypto(w.authority, w.directory.identity(self)),
        transport(w.net.attach(std::string(endpoint), *this)) {}

  // Connects, and writes `say` as soon as the stream is open.
  ConnId connect(std::string_view endpoint, std::vector<EnvelopeRef> say) {
    const ConnId conn = transport.dial(endpoint);
    to_write[conn] = std::move(say);
    return conn;
  }
  ConnEstablish hello_content() const {
    ConnEstablish hello;
    hello.pki_id = world.directory.pki_id(self);
    hello.identity = world.directory.identity(self);
    return hello;
  }
  EnvelopeRef sealed(Content content, std::string_view signature_tail = {}) const {
    GossipMessage m;
    m.tag = Tag::kEmpty;
    m.content = std::move(content);
    std::string payload = encode_message(m);
    std::string signature = crypto.sign(payload) + std::string(signature_tail);
    return Envelope::signed_of(std::move(m), std::move(payload), std::move(signature), nullptr);
  }
  EnvelopeRef hello() const { return sealed(hello_content()); }
  static EnvelopeRef garbage() { return Envelope::received("\x01", "", nullptr, ""); }

  void on_connected(ConnId c) override { transport.ping(c); }
  void on_pong(ConnId c) override {
    transport.open_stream(c);
    for (const EnvelopeRef& frame : to_write[c])
      transport.write(c, frame);
  }
  void on_accepted(ConnId c) override {
    accepted.push_back(c);
    for (const EnvelopeRef& frame : greeting)
      transport.write(c, frame);
  }
  void on_writable(ConnId /*c*/) override {}
  void on_closed(ConnId c, StreamEnd /*end*/) override {
    closed.emplace_back(c, world.clock.now());
  }
  void on_frame(ConnId c, EnvelopeRef frame) override {
    frames.emplace_back(c, frame);
    if (heard) heard(c, *frame);
  }

  CommWorld& world;
  const PeerIndex self;
  FakeCrypto crypto;
  Transport& transport;
  std::map<ConnId, std::vector<EnvelopeRef>> to_write;
  std::vector<EnvelopeRef> greeting;  // written to every stream accepted
  std::vector<ConnId> accepted;
  std::vector<std::pair<ConnId, Time>> closed;
  std::vector<std::pair<ConnId, EnvelopeRef>> frames;
  std::function<void(ConnId, const Envelope&)> heard;
};

}  // namespace hearsay::comm_test
