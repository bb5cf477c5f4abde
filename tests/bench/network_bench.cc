// The network alone: N hosts in a full mesh of streams; each frame that arrives makes its receiver
// write one to a random other host. So a constant number of frames is under way, as in a steady
// gossip.
#include "sim/net/network.h"

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/base/random.h"
#include "core/wire/envelope.h"
#include "sim/world/world.h"

namespace hearsay::sim {
namespace {

struct Mesh;

// Dials every host with a higher number, then passes on whatever arrives.
class Passer final : public Tenant, private TransportHandler {
 public:
  Passer(const HostContext& context, Mesh& mesh);
  void start() override;
  void stop(StopReason /*reason*/) override {}
  TransportHandler& transport_handler() override { return *this; }
  void pass_on();

 private:
  void on_connected(ConnId conn) override {
    transport_.open_stream(conn);
    conns_.push_back(conn);
  }
  void on_pong(ConnId /*conn*/) override {}
  void on_accepted(ConnId conn) override { conns_.push_back(conn); }
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId /*conn*/) override {}
  void on_closed(ConnId /*conn*/, StreamEnd /*end*/) override {}

  Mesh& mesh_;
  HostIndex host_;
  Transport& transport_;
  Random random_;
  std::vector<ConnId> conns_;
};

struct Mesh {
  Mesh(std::uint32_t hosts, WireMode wire)
      : size(hosts),
        network(world, {.links = LinkModel(Latency::lognormal(2 * kMillisecond, 20 * kMillisecond)),
                        .wire = wire}) {
    for (std::uint32_t h = 0; h < hosts; ++h) {
      const std::string name = "host" + std::to_string(h);
      const HostIndex host = world.add_host(name, [this](const HostContext& context) {
        auto passer = std::make_unique<Passer>(context, *this);
        passers.push_back(passer.get());
        return passer;
      });
      network.set_endpoint(name, host);
      GossipMessage message;
      message.nonce = h;
      message.content = GossipHello{.nonce = h, .metadata = std::string(100, 'x')};
      messages.push_back(Envelope::unsigned_of(std::move(message)));
    }
    for (std::uint32_t h = 0; h < hosts; ++h)
      world.start(HostIndex{h});
    world.run_until(kSecond);
  }

  std::uint32_t size;
  World world{{.random = Random::root(1)}};
  Network network;
  std::vector<Passer*> passers;
  std::vector<EnvelopeRef> messages;
  std::uint64_t delivered = 0;
};

Passer::Passer(const HostContext& context, Mesh& mesh)
    : mesh_(mesh), host_(context.host), transport_(context.transport), random_(context.random) {}

void Passer::start() {
  for (std::uint32_t h = raw(host_) + 1; h < mesh_.size; ++h) {
    transport_.dial("host" + std::to_string(h));
  }
}

void Passer::pass_on() {
  const ConnId conn = conns_[random_.below(static_cast<std::uint32_t>(conns_.size()))];
  transport_.write(conn, mesh_.messages[raw(host_)]);
}

void Passer::on_frame(ConnId /*conn*/, EnvelopeRef frame) {
  benchmark::DoNotOptimize(frame->wire_size());
  ++mesh_.delivered;
  pass_on();
}

// Arguments: hosts, frames under way per host.
void network_mesh(benchmark::State& state, WireMode wire) {
  Mesh mesh(static_cast<std::uint32_t>(state.range(0)), wire);
  for (Passer* passer : mesh.passers) {
    for (std::int64_t i = 0; i < state.range(1); ++i)
      passer->pass_on();
  }
  mesh.world.run_until(mesh.world.now() + 20 * kMillisecond);
  const std::uint64_t before = mesh.delivered;
  for (auto _ : state)
    mesh.world.run_until(mesh.world.now() + 5 * kMillisecond);
  state.SetItemsProcessed(static_cast<std::int64_t>(mesh.delivered - before));
}

BENCHMARK_CAPTURE(network_mesh, shared, WireMode::kShared)
    ->Args({100, 10})
    ->Args({1'000, 10})
    ->Args({3'000, 30})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(network_mesh, bytes, WireMode::kBytes)
    ->Args({100, 10})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hearsay::sim
