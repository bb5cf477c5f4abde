// A world of hosts whose tenants write down what the transport tells them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/envelope.h"
#include "sim/net/network.h"
#include "sim/world/world.h"

namespace hearsay::sim {

// An envelope whose hello carries `nonce` and is padded to at most `size` bytes in all, when size
// is not 0.
inline EnvelopeRef hello(std::uint64_t nonce, std::uint32_t size = 0) {
  const auto make = [&](std::size_t padding) {
    GossipMessage message;
    message.nonce = nonce;
    message.content = GossipHello{.nonce = nonce, .metadata = std::string(padding, 'x')};
    return Envelope::unsigned_of(std::move(message));
  };
  EnvelopeRef envelope = make(0);
  if (size <= envelope->wire_size()) return envelope;
  std::size_t padding = size - envelope->wire_size();
  do {
    envelope = make(padding--);
  } while (envelope->wire_size() > size);
  return envelope;
}

// Logs "<microseconds> <upcall> <what>".
class Scribe final : public Tenant, public TransportHandler {
 public:
  explicit Scribe(const HostContext& context)
      : transport(context.transport), clock_(context.clock) {}

  void start() override {}
  void stop(StopReason reason) override {
    if (reason == StopReason::kEnd && farewell) farewell();
  }
  TransportHandler& transport_handler() override { return *this; }

  void on_connected(ConnId conn) override {
    note("connected", conn);
    if (opens) transport.open_stream(conn);
  }
  void on_pong(ConnId conn) override { note("pong", conn); }
  void on_accepted(ConnId conn) override {
    accepted.push_back(conn);
    note("accepted", conn);
  }
  void on_frame(ConnId /*conn*/, EnvelopeRef frame) override {
    log.push_back(std::to_string(clock_.now() / kMicrosecond) + " frame " +
                  std::to_string(frame->message().nonce));
    frames.push_back(frame->message().nonce);
    arrivals.push_back(clock_.now());
  }
  void on_writable(ConnId conn) override {
    note("writable", conn);
    if (on_room) on_room();
    if (on_writable_to) on_writable_to(conn);
  }
  void on_closed(ConnId conn, StreamEnd end) override {
    note(end == StreamEnd::kBroken ? "broken" : "closed", conn);
  }

  Transport& transport;
  bool opens = true;  // opens the stream as soon as it is connected
  std::function<void()> farewell;
  std::function<void()> on_room;
  std::function<void(ConnId)> on_writable_to;
  std::vector<std::string> log;
  std::vector<ConnId> accepted;
  std::vector<std::uint64_t> frames;
  std::vector<Time> arrivals;

 private:
  void note(const char* what, ConnId conn) {
    static_cast<void>(conn);
    log.push_back(std::to_string(clock_.now() / kMicrosecond) + " " + what);
  }
  Clock& clock_;
};

class DropLog final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override {
    if (event.kind == TraceKind::kMessageDropped) drops.push_back(event);
  }
  std::vector<TraceEvent> drops;
};

// Hosts h0, h1 … are up and can be dialled by name. Latency is 1 ms unless options say otherwise.
struct WiredWorld {
  explicit WiredWorld(int hosts = 2, NetworkOptions options = {})
      : world({.random = Random::root(11), .trace = &trace}), network(world, std::move(options)) {
    for (int i = 0; i < hosts; ++i) {
      const std::string name = "h" + std::to_string(i);
      const HostIndex host = world.add_host(
          name, [](const HostContext& context) { return std::make_unique<Scribe>(context); });
      network.set_endpoint(name, host);
      world.start(host);
    }
  }

  Scribe& at(std::uint32_t host) const {
    return static_cast<Scribe&>(*world.tenant(HostIndex{host}));
  }
  void run_for(Duration d) { world.run_until(world.now() + d); }
  void crash(std::uint32_t host) { world.stop(HostIndex{host}, StopReason::kCrash); }
  void restart(std::uint32_t host) { world.start(HostIndex{host}); }

  // An open stream from host `a` to host `b`; 3 ms pass at 1 ms latency. Clears the logs.
  ConnId stream(std::uint32_t a = 0, std::uint32_t b = 1, Duration settle = 3 * kMillisecond) {
    const ConnId conn = at(a).transport.dial("h" + std::to_string(b));
    run_for(settle);
    at(a).log.clear();
    at(b).log.clear();
    return conn;
  }

  DropLog trace;
  World world;
  Network network;
};

// Answers every frame from `from` to `to` (kNoPeer: from or to anybody) with one verdict.
class FixedRule final : public Rule {
 public:
  explicit FixedRule(Verdict verdict, HostIndex from = kNoPeer, HostIndex to = kNoPeer)
      : verdict_(verdict), from_(from), to_(to) {}
  Verdict on_frame(const FrameInfo& frame, Time /*now*/) override {
    ++asked;
    const bool match =
        (from_ == kNoPeer || frame.from == from_) && (to_ == kNoPeer || frame.to == to_);
    return match ? verdict_ : Verdict::pass();
  }
  static inline int asked = 0;

 private:
  Verdict verdict_;
  HostIndex from_;
  HostIndex to_;
};

inline RuleGuard install(WiredWorld& wired, Verdict verdict, HostIndex from = kNoPeer,
                         HostIndex to = kNoPeer) {
  return wired.network.install(std::make_unique<FixedRule>(verdict, from, to));
}

}  // namespace hearsay::sim
