#include "tests/support/stage.h"

#include <cstdio>
#include <utility>

#include "core/base/assert.h"
#include "sim/run/network_builder.h"
#include "sim/scenario/load.h"
#include "sim/scenario/resolve.h"

namespace hearsay::test {

// A GossipPeer and its transport with the tap between them.
class Stage::TappedPeer final : public sim::Tenant, private TransportHandler, private Transport {
 public:
  TappedPeer(PeerIndex self, sim::PeerHome& home, const sim::SharedPorts& shared,
             const sim::HostContext& host, Tap* tap)
      : self_(self),
        tap_(tap),
        transport_(host.transport),
        peer_(home, shared,
              {.host = host.host,
               .clock = host.clock,
               .transport = *this,
               .random = host.random,
               .restarts = host.restarts}),
        handler_(peer_.transport_handler()) {}

  sim::GossipPeer& peer() { return peer_; }

  void start() override { peer_.start(); }
  void stop(StopReason reason) override { peer_.stop(reason); }
  TransportHandler& transport_handler() override { return *this; }

 private:
  ConnId dial(std::string_view endpoint) override {
    const ConnId conn = transport_.dial(endpoint);
    if (tap_ != nullptr) tap_->dials(self_, conn, endpoint);
    return conn;
  }
  void ping(ConnId conn) override { transport_.ping(conn); }
  void open_stream(ConnId conn) override { transport_.open_stream(conn); }
  bool write(ConnId conn, const EnvelopeRef& frame) override {
    return transport_.write(conn, frame);
  }
  bool write_fails(ConnId conn) const override { return transport_.write_fails(conn); }
  ConnTag* tag(ConnId conn) override { return transport_.tag(conn); }
  void close(ConnId conn) override {
    if (tap_ != nullptr) tap_->closes(self_, conn);
    transport_.close(conn);
  }

  void done() {
    if (tap_ != nullptr) tap_->done();
  }

  void on_connected(ConnId conn) override { handler_.on_connected(conn); }
  void on_refused(ConnId conn) override { handler_.on_refused(conn); }
  void on_pong(ConnId conn) override { handler_.on_pong(conn); }
  void on_accepted(ConnId conn) override { handler_.on_accepted(conn); }
  void on_frame(ConnId conn, EnvelopeRef frame) override {
    if (tap_ != nullptr) tap_->frame(self_, conn, *frame);
    handler_.on_frame(conn, std::move(frame));
    done();
  }
  void on_writable(ConnId conn) override { handler_.on_writable(conn); }
  void on_closed(ConnId conn, StreamEnd end) override {
    if (tap_ != nullptr) tap_->ended(self_, conn, end);
    handler_.on_closed(conn, end);
    done();
  }

  const PeerIndex self_;
  Tap* const tap_;
  Transport& transport_;
  sim::GossipPeer peer_;
  TransportHandler& handler_;
};

Stage::Stage(scenario::Scenario plan, TraceSink& trace, Tap* tap, sim::WireMode wire)
    : plan_(scenario::resolve(std::move(plan))),
      trace_(trace),
      tap_(tap),
      unused_world_({.random = Random::root(plan_.seed)}),
      unused_network_(std::make_unique<sim::Network>(unused_world_, sim::NetworkOptions{})),
      cluster_(std::make_unique<sim::Cluster>(plan_, unused_world_, trace)),
      world_({.random = Random::root(plan_.seed), .trace = &trace}),
      network_(sim::build_network(plan_, wire, nullptr, world_)),
      seized_(cluster_->size()),
      blocks_(cluster_->crypto(), cluster_->directory(), cluster_->orderer_identity(),
              world_.random().fork("orderer")) {
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    const PeerIndex peer = peer_index(i);
    world_.add_host(name_of(peer),
                    [this, peer](const sim::HostContext& host) { return make_tenant(peer, host); });
  }
  const auto placed = sim::place_peers(plan_, nullptr, *cluster_, *network_);
  HS_ASSERT(placed.ok());
}

Stage::~Stage() = default;

void Stage::add_orderers() {
  orderers_ = std::make_unique<sim::OrderingService>(plan_, world_, *cluster_);
  const auto placed = sim::place_orderers(plan_, nullptr, *orderers_, *network_);
  HS_ASSERT(placed.ok());
  for (std::size_t i = 0; i < size(); ++i)
    home(peer_index(i)).orderers = &orderers_->endpoints();
  // They start by themselves.
  run_for(0);
}

sim::HostIndex Stage::find_orderer(std::string_view name) const {
  for (std::size_t i = 0; orderers_ && i < orderers_->size(); ++i) {
    if (orderers_->name(i) == name) return orderers_->host(i);
  }
  return kNoPeer;
}

std::string Stage::name_of(PeerIndex host) const {
  return raw(host) < size() ? cluster_->name_of(host) : orderers_->name(raw(host) - size());
}

std::unique_ptr<sim::Tenant> Stage::make_tenant(PeerIndex peer, const sim::HostContext& host) {
  if (seized(peer)) {
    return std::make_unique<Attacker>(host.transport,
                                      signed_by(key(peer), conn_establish(persona(peer))));
  }
  const sim::SharedPorts shared{directory(), trace_, plan_.cpu.commit_block, cluster_->blocks()};
  return std::make_unique<TappedPeer>(peer, home(peer), shared, host, tap_);
}

PeerIndex Stage::find(std::string_view name) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (name_of(peer_index(i)) == name) return peer_index(i);
  }
  return kNoPeer;
}

void Stage::start_all() {
  for (std::size_t i = 0; i < size(); ++i)
    start(peer_index(i));
}

sim::GossipPeer* Stage::peer(PeerIndex peer) const {
  if (seized(peer) || !world_.running(peer)) return nullptr;
  return &static_cast<TappedPeer*>(world_.tenant(peer))->peer();
}

Attacker* Stage::attacker(PeerIndex peer) const {
  return seized(peer) ? static_cast<Attacker*>(world_.tenant(peer)) : nullptr;
}

Persona Stage::persona(PeerIndex peer) const {
  const NodeIdentity& who = home(peer).identity;
  return {cluster_->directory().pki_id(peer), key(peer).identity(), who.internal_endpoint,
          who.external_endpoint};
}

scenario::Scenario scenario_of(const std::string& json) {
  auto loaded = scenario::load_scenario_text(json, "test.json", ".", {});
  if (!loaded.ok()) {
    for (const scenario::Complaint& complaint : loaded.error()) {
      std::fprintf(stderr, "%s\n", complaint.text().c_str());
    }
    HS_ASSERT_MSG(false, "the scenario of a test has mistakes");
  }
  return std::move(loaded).value();
}

}  // namespace hearsay::test
