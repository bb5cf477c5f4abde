// What membership costs per alive message: the simulator's hottest handler. 0.56 N^2 deliveries per
// simulated second, nearly all of them duplicates, and about as many elements of responses.
#include "core/gossip/membership.h"

#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/wire/codec.h"

namespace hearsay {
namespace {

class StillClock final : public Clock {
 public:
  Time now() const override { return time; }
  std::uint64_t unix_time() const override { return 1; }
  TimerId arm(Time, TimerHandler&, TimerKind, std::uint32_t) override { return {}; }
  void cancel(TimerId) override {}
  Time time = 0;
};

class NoCrypto final : public MessageCrypto {
 public:
  std::string pki_id_of(std::string_view identity) const override { return std::string(identity); }
  IdentityVerdict validate_identity(std::string_view) const override {
    return IdentityVerdict::kValid;
  }
  std::uint64_t revision() const override { return 0; }
  std::optional<std::uint64_t> expiration(std::string_view) const override { return 0; }
  std::string org_of(std::string_view) const override { return "org1"; }
  std::string sign(std::string_view) const override { return "signature"; }
  bool verify(std::string_view, std::string_view, std::string_view) const override { return true; }
  bool verify_by_channel(std::string_view, std::string_view, std::string_view,
                         std::string_view) const override {
    return true;
  }
  bool verify_block(std::string_view, std::uint64_t, std::string_view) const override {
    return true;
  }
};

class NoStreams final : public Transport {
 public:
  ConnId dial(std::string_view) override { return kNoConn; }
  void ping(ConnId) override {}
  void open_stream(ConnId) override {}
  bool write(ConnId, const EnvelopeRef&) override { return false; }
  bool write_fails(ConnId) const override { return true; }
  ConnTag* tag(ConnId) override { return nullptr; }
  void close(ConnId) override {}
};

class NoSink final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { benchmark::DoNotOptimize(event.value); }
};

class NoNet final : public MembershipLinks, public Gossiper {
 public:
  void send_to(PeerIndex, std::string_view, const EnvelopeRef& e) override { last = e; }
  void probe(std::string_view, std::uint32_t) override {}
  void handshake(std::string_view, PeerIndex, std::uint32_t) override {}
  void close_conn(PeerIndex) override {}
  void gossip(const EnvelopeRef&) override {}
  void forward(const EnvelopeRef&, PeerIndex) override {}
  EnvelopeRef last;
};

// N peers, of which a number hold full views.
class Crowd {
 public:
  Crowd(std::size_t peers, std::size_t observers) {
    const OrgIndex org = directory.intern_org("org1");
    for (std::size_t i = 0; i < peers; ++i) {
      const std::string name = "peer" + std::to_string(i) + ".org1:7051";
      directory.intern_peer(name, name, org);
    }
    next_round();
    for (std::size_t i = 0; i < observers; ++i) {
      nodes.push_back(std::make_unique<Node>(*this, peer_index(i)));
      for (const EnvelopeRef& message : alive)
        nodes[i]->take(message);
    }
  }
  // A new alive message of everybody.
  void next_round() {
    ++seq;
    alive.clear();
    for (std::size_t i = 0; i < directory.peer_count(); ++i)
      alive.push_back(make(peer_index(i)));
  }
  EnvelopeRef make(PeerIndex p) const {
    AliveMessage content;
    content.membership = Member{"", "", directory.pki_id(p)};
    content.timestamp = PeerTime{1, seq};
    GossipMessage message;
    message.tag = Tag::kEmpty;
    message.content = std::move(content);
    std::string payload = encode_message(message);
    auto secret = std::make_unique<SecretEnvelope>();
    secret->payload = encode_secret(directory.pki_id(p));
    secret->signature = "signature";
    return Envelope::signed_of(std::move(message), std::move(payload), "signature",
                               std::move(secret));
  }
  EnvelopeRef request_of(PeerIndex p) const {
    GossipMessage message;
    message.tag = Tag::kEmpty;
    message.content = MembershipRequest{make(p), {}};
    return Envelope::unsigned_of(std::move(message));
  }

  struct Node {
    Node(Crowd& crowd, PeerIndex self)
        : context({self, OrgIndex{0}, crowd.directory.pki_id(self), ""}, crowd.config,
                  crowd.directory, crowd.clock, crowd.streams, crowd.crypto, crowd.sink,
                  Random::root(raw(self))),
          mapper(context),
          membership(context, view, mapper, crowd.net, crowd.net) {
      view.reserve(crowd.directory.peer_count());
      for (std::size_t i = 0; i < crowd.directory.peer_count(); ++i) {
        const PeerIndex p = peer_index(i);
        mapper.put(crowd.directory.pki_id(p), crowd.directory.identity(p));
      }
    }
    void take(const EnvelopeRef& message) { membership.on_message({kNoConn, kNoPeer, message}); }
    Context context;
    View view;
    IdentityMapper mapper;
    Membership membership;
  };

  Config config;
  Directory directory;
  StillClock clock;
  NoCrypto crypto;
  NoStreams streams;
  NoSink sink;
  NoNet net;
  std::uint64_t seq = 0;
  std::vector<EnvelopeRef> alive;
  std::vector<std::unique_ptr<Node>> nodes;
};

// A duplicate at a random node about a random peer: rows come from memory, not from the cache.
void duplicate_alive_message(benchmark::State& state) {
  Crowd crowd(1'000, 1'000);
  Random random = Random::root(1);
  for (auto _ : state) {
    crowd.nodes[random.below(1'000)]->take(crowd.alive[random.below(1'000)]);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(duplicate_alive_message);

void new_alive_message(benchmark::State& state) {
  Crowd crowd(1'000, 200);
  std::int64_t items = 0;
  for (auto _ : state) {
    state.PauseTiming();
    crowd.next_round();
    state.ResumeTiming();
    for (const EnvelopeRef& message : crowd.alive) {
      for (auto& node : crowd.nodes)
        node->take(message);
    }
    items += 200'000;
  }
  state.SetItemsProcessed(items);
}
BENCHMARK(new_alive_message);

// Building a response of N elements and dropping it, at a node chosen at random.
void build_response(benchmark::State& state) {
  Crowd crowd(1'000, 1'000);
  const EnvelopeRef request = crowd.request_of(peer_index(7));
  Random random = Random::root(1);
  for (auto _ : state)
    crowd.nodes[random.below(1'000)]->take(request);
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(build_response);

// Reading a response whose elements the reader's store all has.
void read_known_response(benchmark::State& state) {
  Crowd crowd(1'000, 1'000);
  crowd.nodes[0]->take(crowd.request_of(peer_index(7)));
  const EnvelopeRef response = crowd.net.last;
  Random random = Random::root(1);
  for (auto _ : state)
    crowd.nodes[1 + random.below(999)]->take(response);
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(read_known_response);

// The 2.5 s check and the 5 s sweep on a view in steady state.
void check_and_sweep(benchmark::State& state) {
  Crowd crowd(1'000, 100);
  std::size_t i = 0;
  for (auto _ : state) {
    Membership& membership = crowd.nodes[i++ % 100]->membership;
    membership.on_timer(TimerKind::kCheckAlive, 0);
    membership.on_timer(TimerKind::kAliveStoreSweep, 0);
  }
}
BENCHMARK(check_and_sweep);

}  // namespace
}  // namespace hearsay
