// A world with a network that carries nothing, for tests of the calendar's side of things.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/world/world.h"

namespace hearsay::sim {

class NoTransport final : public Transport {
 public:
  ConnId dial(std::string_view /*endpoint*/) override { return kNoConn; }
  void ping(ConnId /*conn*/) override {}
  void open_stream(ConnId /*conn*/) override {}
  bool write(ConnId /*conn*/, const EnvelopeRef& /*frame*/) override { return true; }
  bool write_fails(ConnId /*conn*/) const override { return true; }
  ConnTag* tag(ConnId /*conn*/) override { return nullptr; }
  void close(ConnId /*conn*/) override {}
};

// Notes what the world tells it.
class NoWire final : public Wire {
 public:
  void host_added(HostIndex /*host*/, const std::string& name) override {
    log.push_back("added " + name);
  }
  Transport& transport(HostIndex /*host*/) override { return transport_; }
  void host_started(HostIndex /*host*/, Tenant& /*tenant*/) override { log.push_back("wire up"); }
  void host_stopped(HostIndex /*host*/, StopReason /*reason*/) override {
    log.push_back("wire down");
  }
  void on_event(const Event& event) override {
    log.push_back("event " + std::to_string(event.payload));
  }
  void hint(unsigned step, const Event& event) override { hints[event.payload].push_back(step); }
  void discard(const Event& event) override {
    log.push_back("discard " + std::to_string(event.payload));
  }

  std::vector<std::string> log;
  std::map<std::uint64_t, std::vector<unsigned>> hints;  // by payload

 private:
  NoTransport transport_;
};

// Writes "<now in ms> <cookie>" for each timer into a shared log.
class TimerTenant final : public Tenant, public TransportHandler, public TimerHandler {
 public:
  TimerTenant(const HostContext& context, std::vector<std::string>& log)
      : clock(context.clock), log_(log) {}

  void start() override { log_.push_back("start"); }
  void stop(StopReason reason) override {
    log_.push_back(reason == StopReason::kCrash ? "crash" : "stop");
  }
  TransportHandler& transport_handler() override { return *this; }
  void on_timer(TimerKind /*kind*/, std::uint32_t cookie) override {
    log_.push_back(std::to_string(clock.now() / kMillisecond) + " " + std::to_string(cookie));
    if (then) std::exchange(then, nullptr)();
  }
  void on_connected(ConnId /*conn*/) override {}
  void on_pong(ConnId /*conn*/) override {}
  void on_accepted(ConnId /*conn*/) override {}
  void on_frame(ConnId /*conn*/, EnvelopeRef /*frame*/) override {}
  void on_writable(ConnId /*conn*/) override {}
  void on_closed(ConnId /*conn*/, StreamEnd /*end*/) override {}

  Clock& clock;
  std::function<void()> then;

 private:
  std::vector<std::string>& log_;
};

struct BareWorld {
  explicit BareWorld(int hosts = 1, TraceSink* trace = nullptr)
      : world({.random = Random::root(7), .trace = trace}) {
    world.attach(wire);
    for (int i = 0; i < hosts; ++i) {
      world.add_host("host" + std::to_string(i), [this](const HostContext& context) {
        return std::make_unique<TimerTenant>(context, log);
      });
      world.start(peer_index(static_cast<std::size_t>(i)));
    }
    log.clear();
    wire.log.clear();
  }
  ~BareWorld() { world.shut_down(); }

  TimerTenant& tenant(std::uint32_t host = 0) const {
    return static_cast<TimerTenant&>(*world.tenant(HostIndex{host}));
  }
  TimerId arm(Time at, std::uint32_t cookie, std::uint32_t host = 0) const {
    return tenant(host).clock.arm(at, tenant(host), TimerKind::kUser, cookie);
  }

  NoWire wire;
  std::vector<std::string> log;
  World world;
};

}  // namespace hearsay::sim
