// A full mesh of hosts whose tenants pass on whatever arrives: each frame makes its receiver write
// one to a random other host. So a constant number of frames is under way, as in a steady gossip.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/base/random.h"
#include "core/wire/envelope.h"
#include "sim/net/network.h"
#include "sim/world/world.h"

namespace hearsay::sim {

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
  Mesh(std::uint32_t hosts, WireMode wire, std::uint64_t bandwidth_bps = 0)
      : size(hosts),
        network(world, {.links = LinkModel(Latency::lognormal(2 * kMillisecond, 20 * kMillisecond)),
                        .bandwidth_bps = bandwidth_bps,
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

  // Puts `frames` frames of each host under way and lets them mix.
  void set_off(std::int64_t frames) {
    for (Passer* passer : passers) {
      for (std::int64_t i = 0; i < frames; ++i)
        passer->pass_on();
    }
    world.run_until(world.now() + 20 * kMillisecond);
  }
};

inline Passer::Passer(const HostContext& context, Mesh& mesh)
    : mesh_(mesh), host_(context.host), transport_(context.transport), random_(context.random) {}

inline void Passer::start() {
  for (std::uint32_t h = raw(host_) + 1; h < mesh_.size; ++h) {
    transport_.dial("host" + std::to_string(h));
  }
}

inline void Passer::pass_on() {
  const ConnId conn = conns_[random_.below(static_cast<std::uint32_t>(conns_.size()))];
  transport_.write(conn, mesh_.messages[raw(host_)]);
}

inline void Passer::on_frame(ConnId /*conn*/, EnvelopeRef frame) {
  benchmark::DoNotOptimize(frame->wire_size());
  ++mesh_.delivered;
  pass_on();
}

}  // namespace hearsay::sim
