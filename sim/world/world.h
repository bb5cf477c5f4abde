// World: the calendar, the hosts and their tenants, and what the runner does to them.
//
// It owns the machinery that every protocol needs and none of the protocol: hosts are names with a
// factory for what lives there (tenant.h). The network (sim/net) is attached behind the interface
// Wire, so that this room does not know links and streams either.
//
//   World world({.random = Random::root(seed)});
//   Network network(world, …);                       // attaches itself
//   HostIndex peer = world.add_host("org1/0", factory);
//   world.call_at(0, [&] { world.start(peer); });
//   world.run_until(120 * kSecond, driver);
//
// Contract: events come in the order of event.h; an action of the world comes before all hosts'
// events of the same instant. Nothing here depends on anything but the calls made.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/trace/sink.h"
#include "sim/world/calendar.h"
#include "sim/world/node_clock.h"
#include "sim/world/tenant.h"
#include "sim/world/time_driver.h"

namespace hearsay::sim {

// What the world needs of a network.
class Wire {
 public:
  // A host was added; its index is the number of hosts added before.
  virtual void host_added(HostIndex host, const std::string& name) = 0;
  virtual Transport& transport(HostIndex host) = 0;
  // The host listens from now on and `tenant` hears its upcalls.
  virtual void host_started(HostIndex host, Tenant& tenant) = 0;
  // The host is gone: every connection of it ends, for a crash as if the machine had reset them.
  virtual void host_stopped(HostIndex host, StopReason reason) = 0;
  // An event with a kind of EventKind::kFirstOfNetwork or above is due.
  virtual void on_event(const Event& event) = 0;
  // A hint: `event` will be due soon. Comes in steps, from 0 to kHintSteps - 1; what one asked the
  // memory for is in the caches at the next. Nothing observable may happen.
  static constexpr unsigned kHintSteps = 6;
  virtual void hint(unsigned step, const Event& event) = 0;
  // The event will never be due: release what it owns.
  virtual void discard(const Event& event) = 0;

 protected:
  ~Wire() = default;
};

struct WorldOptions {
  Random random = Random::root(0);
  // Hears about hosts that start and stop, and what the network drops. May be null.
  TraceSink* trace = nullptr;
};

class World final : private Steps {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Called once by the network, before any host is added.
  void attach(Wire& wire);

  // Adds a host that is down. Names are for messages and for random streams: unique by convention.
  HostIndex add_host(std::string name, TenantFactory factory);
  std::size_t hosts() const { return hosts_.size(); }
  const std::string& name(HostIndex host) const { return at(host).name; }

  // Makes a new tenant and starts it. REQUIRES: the host is down. Like stop(), not to be called by
  // a tenant for its own host.
  void start(HostIndex host);
  // kEnd: the tenant may say goodbye, then what is left open is closed. kCrash: the connections
  // break first, as when a process is killed and the kernel closes them. Either way the timers
  // vanish, the tenant is destroyed and frames in flight to the host are dropped. Does nothing when
  // it is down.
  void stop(HostIndex host, StopReason reason);
  bool running(HostIndex host) const { return at(host).tenant != nullptr; }
  // The tenant of a running host, else null. For whoever made the factory and knows the type.
  Tenant* tenant(HostIndex host) const { return at(host).tenant.get(); }
  // Moves the host's wall clock; virtual time is not concerned.
  void set_unix_offset(HostIndex host, Duration offset);

  Time now() const { return now_; }
  // Runs `action` at `at` (at the present instant when that has passed), before the hosts' events
  // of that instant; actions of one instant run in the order of the calls.
  void call_at(Time at, std::function<void()> action);

  // Handles everything due at or before `until`; then now() is `until`. False when it was asked to
  // stop before: now() is then the time of the last event handled.
  bool run_until(Time until, TimeDriver& driver);
  // The same with a PlainDriver.
  bool run_until(Time until);

  // Ends run_until after the event at hand.
  void request_stop() { stop_requested_ = true; }
  // A flag that a signal handler sets to non-zero, looked at every few hundred events. May be null.
  void set_stop_flag(const volatile std::sig_atomic_t* flag) { stop_flag_ = flag; }
  // Calls `hook` after each `every` events, for progress lines. It may look at the world only.
  void set_progress(std::uint64_t every, std::function<void()> hook);

  // Events handled: timers that fired, actions, whatever the network had due. Cancelled timers
  // do not count.
  std::uint64_t events() const { return events_; }

  Calendar& calendar() { return calendar_; }
  std::uint64_t next_key(HostIndex host) { return keys_[raw(host)]++; }
  // A timer was cancelled whose event is still pending.
  void timer_cancelled() {
    if (++cancelled_ > kSweepAbove && 2 * cancelled_ > calendar_.far()) sweep();
  }
  const Random& random() const { return random_; }
  void trace(const TraceEvent& event) {
    if (trace_ != nullptr) trace_->on_event(event);
  }
  bool traced() const { return trace_ != nullptr; }

  // Destroys the tenants and releases every pending event. Called by the destructors of
  // world and network.
  void shut_down();

 private:
  // So many cancelled timers at least are worth a look through the calendar.
  static constexpr std::size_t kSweepAbove = 4096;

  struct Host {
    std::string name;
    TenantFactory factory;
    NodeClock clock;
    std::unique_ptr<Tenant> tenant;
    std::uint32_t starts = 0;
  };

  const Host& at(HostIndex host) const { return *hosts_[raw(host)]; }
  Host& at(HostIndex host) { return *hosts_[raw(host)]; }
  Time next_time() override { return calendar_.head_time(); }
  bool handle_until(Time until) override;
  void handle(const Event& event);
  void look_ahead();
  void run_action(std::uint32_t index);
  bool look_up();
  void sweep();

  Calendar calendar_;
  Time now_ = 0;
  std::uint64_t events_ = 0;
  std::size_t cancelled_ = 0;  // since the last sweep
  Wire* wire_ = nullptr;
  // The next key of each host; apart from the hosts, so that stamping an event touches
  // one hot line.
  std::vector<std::uint64_t> keys_;
  std::uint64_t world_key_ = first_key(kWorldOrigin);
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<std::function<void()>> actions_;
  std::vector<std::uint32_t> free_actions_;
  Random random_;
  TraceSink* trace_;
  bool stop_requested_ = false;
  const volatile std::sig_atomic_t* stop_flag_ = nullptr;
  std::uint64_t look_up_at_ = 0;
  std::uint64_t progress_every_ = 0;
  std::uint64_t progress_at_ = 0;
  std::function<void()> progress_;
};

}  // namespace hearsay::sim
