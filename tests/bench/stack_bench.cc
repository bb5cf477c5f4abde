// The whole stack: peers of one organisation in steady state, everything a run has attached but
// files.
//
// Each iteration simulates one second. Items are message deliveries. Views are full from the start,
// and nearly all pairs have connected when the measurement begins; a block a second is pushed from
// the leader, pull closes the gaps, and the state information that commits cause is a good half of
// the traffic. What a delivery costs at one size is comparable with that at another in one run of
// this program only.

#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "analysis/observer.h"
#include "sim/run/runner.h"
#include "sim/run/trace_file.h"
#include "sim/scenario/load.h"

namespace hearsay::sim {
namespace {

// After this, nearly all pairs are connected and the first gaps have been closed.
constexpr Time kSteady = 6 * kSecond;

std::string scenario_text(std::int64_t peers) {
  return R"({ "name": "steady", "duration": "1h",
    "organizations": [ { "name": "org1", "peers": )" +
         std::to_string(peers) + R"(, "membership": "converged" } ],
    "channels": [ { "name": "ch1" } ],
    "blocks": [ { "start": "1s", "interval": "1s", "count": 3000 } ] })";
}

// Counts what arrived.
class Deliveries final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override {
    count_ += event.kind == TraceKind::kMessageDelivered ? 1 : 0;
  }
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
};

class SteadyState {
 public:
  explicit SteadyState(std::int64_t peers)
      : plan_(scenario::load_scenario_text(scenario_text(peers), "steady", ".", {}).value()) {
    RunOptions options;
    options.clock = ClockKind::kPlain;
    runner_ = Runner::make(plan_, options).value().release();
    observer_ = std::make_unique<analysis::RunObserver>(runner_->facts());
    file_ = OutputFile::open("/dev/null");
    trace_ = std::make_unique<TraceFileSink>(file_, runner_->facts(), TraceLevel::kBlocks);
    runner_->add_sink(deliveries_);
    runner_->add_sink(*observer_);
    runner_->add_sink(*trace_);
    runner_->world().run_until(kSteady);
  }
  // The process ends behind the benches; taking a world apart would only be waited for.
  ~SteadyState() = default;

  void simulate_a_second() {
    World& world = runner_->world();
    world.run_until(world.now() + kSecond);
  }
  std::int64_t deliveries() const { return deliveries_.count(); }

 private:
  const scenario::Scenario plan_;
  Runner* runner_;
  Deliveries deliveries_;
  std::unique_ptr<analysis::RunObserver> observer_;
  OutputFile file_;
  std::unique_ptr<TraceFileSink> trace_;
};

void BM_WholeStack(benchmark::State& state) {
  SteadyState steady(state.range(0));
  const std::int64_t before = steady.deliveries();
  std::int64_t seconds = 0;
  for (auto _ : state) {
    steady.simulate_a_second();
    ++seconds;
  }
  state.SetItemsProcessed(steady.deliveries() - before);
  state.counters["deliveries/virtual s"] = benchmark::Counter(
      static_cast<double>(steady.deliveries() - before) / static_cast<double>(seconds));
  state.counters["virtual s/s"] =
      benchmark::Counter(static_cast<double>(seconds), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_WholeStack)->Arg(100)->Unit(benchmark::kMillisecond)->Iterations(40);
BENCHMARK(BM_WholeStack)->Arg(1000)->Unit(benchmark::kMillisecond)->Iterations(8);
// 3 GB, and minutes: `./dev bench BM_WholeStack`.
BENCHMARK(BM_WholeStack)->Arg(5000)->Unit(benchmark::kMillisecond)->Iterations(2);

}  // namespace
}  // namespace hearsay::sim
