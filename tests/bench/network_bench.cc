// The network alone, in both wire modes. See mesh.h.
#include <benchmark/benchmark.h>

#include "tests/bench/mesh.h"

namespace hearsay::sim {
namespace {

// Arguments: hosts, frames under way per host.
void network_mesh(benchmark::State& state, WireMode wire, std::uint64_t bandwidth_bps) {
  Mesh mesh(static_cast<std::uint32_t>(state.range(0)), wire, bandwidth_bps);
  mesh.set_off(state.range(1));
  const std::uint64_t before = mesh.delivered;
  for (auto _ : state)
    mesh.world.run_until(mesh.world.now() + 5 * kMillisecond);
  state.SetItemsProcessed(static_cast<std::int64_t>(mesh.delivered - before));
}

BENCHMARK_CAPTURE(network_mesh, gigabit, WireMode::kShared, 1'000'000'000)
    ->Args({1'000, 10})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(network_mesh, shared, WireMode::kShared, 0)
    ->Args({100, 10})
    ->Args({1'000, 10})
    ->Args({3'000, 30})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(network_mesh, bytes, WireMode::kBytes, 0)
    ->Args({100, 10})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hearsay::sim
