// What SimGrid costs: its clock as our driver, and, to compare, one of its mailbox messages per
// frame.
//
// A process may hold one SimGrid engine, so each measurement runs in a child. Each repetition is
// one child; "items" are frames.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include "sim/simgrid/platform.h"
#include "sim/simgrid/simgrid_driver.h"
#include "tests/bench/mesh.h"

namespace hearsay::sim {
namespace {

namespace s4u = simgrid::s4u;

struct Measured {
  double seconds = 0;
  std::uint64_t frames = 0;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Runs `body` in a child, which reports by calling what it is given and is ended there.
using Report = std::function<void(const Measured&)>;
Measured in_child(const std::function<void(const Report&)>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    body([&](const Measured& measured) {
      ::_exit(::write(ends[1], &measured, sizeof measured) == sizeof measured ? 0 : 1);
    });
    ::_exit(2);
  }
  ::close(ends[1]);
  Measured measured;
  if (::read(ends[0], &measured, sizeof measured) != sizeof measured) measured = {};
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return measured;
}

void run_in_children(benchmark::State& state, const std::function<void(const Report&)>& body) {
  std::int64_t frames = 0;
  for (auto _ : state) {
    const Measured measured = in_child(body);
    if (measured.frames == 0) {
      state.SkipWithError("the child failed");
      return;
    }
    state.SetIterationTime(measured.seconds);
    frames += static_cast<std::int64_t>(measured.frames);
  }
  state.SetItemsProcessed(frames);
}

// The mesh of mesh.h led by a driver, CPU seconds for 100 ms of virtual time.
void mesh_led_by(benchmark::State& state, bool by_simgrid) {
  const auto hosts = static_cast<std::uint32_t>(state.range(0));
  run_in_children(state, [=](const Report& report) {
    auto platform = Platform::bare();
    if (!platform) return;
    SimGridDriver bell(platform.value());
    PlainDriver plain;
    TimeDriver& driver = by_simgrid ? static_cast<TimeDriver&>(bell) : plain;
    Mesh mesh(hosts, WireMode::kShared);
    mesh.set_off(10);
    const std::uint64_t before = mesh.delivered;
    const double start = cpu_seconds();
    mesh.world.run_until(mesh.world.now() + 100 * kMillisecond, driver);
    report({cpu_seconds() - start, mesh.delivered - before});
  });
}

// The same traffic as SimGrid's own messages: an actor per host that passes on what its mailbox
// gives.
void mailbox_mesh(benchmark::State& state) {
  const auto hosts = static_cast<std::uint32_t>(state.range(0));
  const std::int64_t under_way = state.range(1);
  constexpr std::uint64_t kFrames = 100'000;
  constexpr std::uint64_t kFrameBytes = 130;
  run_in_children(state, [=](const Report& report) {
    xbt_log_control_set("root.thres:critical");
    s4u::Engine engine("mailboxes");
    s4u::Engine::set_config("network/model:CM02");
    s4u::NetZone* zone = s4u::create_star_zone("world");
    std::vector<s4u::Host*> machines;
    for (std::uint32_t h = 0; h < hosts; ++h) {
      const std::string name = "host" + std::to_string(h);
      machines.push_back(zone->create_host(name, 1e9));
      s4u::SplitDuplexLink* link = zone->create_split_duplex_link("link" + name, 125e6);
      link->set_latency(1e-3);
      link->seal();
      zone->add_route(machines.back()->get_netpoint(), nullptr, nullptr, nullptr,
                      {{link, s4u::LinkInRoute::Direction::UP}}, true);
      machines.back()->seal();
    }
    zone->seal();
    Random random = Random::root(1);
    std::uint64_t delivered = 0;
    double start = 0;
    static int frame = 0;
    for (std::uint32_t h = 0; h < hosts; ++h) {
      const std::string name = "host" + std::to_string(h);
      s4u::Actor::create(name, machines[h], [&, name] {
        s4u::Mailbox* own = s4u::Mailbox::by_name(name);
        own->set_receiver(s4u::Actor::self());
        const auto pass_on = [&] {
          s4u::Mailbox* to = s4u::Mailbox::by_name("host" + std::to_string(random.below(hosts)));
          to->put_init(&frame, kFrameBytes)->detach();
        };
        for (std::int64_t i = 0; i < under_way; ++i)
          pass_on();
        for (;;) {
          own->get<int>();
          ++delivered;
          if (delivered == kFrames / 4) start = cpu_seconds();
          if (delivered == kFrames) report({cpu_seconds() - start, kFrames - kFrames / 4});
          pass_on();
        }
      });
    }
    engine.run();
  });
}

BENCHMARK_CAPTURE(mesh_led_by, plain, false)->Arg(100)->Arg(1'000)->UseManualTime()->Iterations(3);
BENCHMARK_CAPTURE(mesh_led_by, simgrid, true)->Arg(100)->Arg(1'000)->UseManualTime()->Iterations(3);
BENCHMARK(mailbox_mesh)->Args({100, 10})->Args({1'000, 1})->UseManualTime()->Iterations(1);

}  // namespace
}  // namespace hearsay::sim
