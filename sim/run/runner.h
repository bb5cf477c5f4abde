// Runner: one scenario, built and run once.
//
//   auto made = Runner::make(plan, options);
//   analysis::RunObserver observer(made.value()->facts());
//   made.value()->add_sink(observer);
//   RunEnd end = made.value()->run();
//
// Between make and run the caller attaches who observes; what is run depends on scenario, seed and
// version alone. The digest is always taken.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/trace/facts.h"
#include "core/trace/sink.h"
#include "sim/fault/schedule.h"
#include "sim/net/network.h"
#include "sim/run/block_feed.h"
#include "sim/run/cluster.h"
#include "sim/run/digest.h"
#include "sim/run/metrics_files.h"
#include "sim/run/ordering_service.h"
#include "sim/scenario/scenario.h"
#include "sim/simgrid/platform.h"
#include "sim/world/world.h"

namespace hearsay::sim {

enum class ClockKind : std::uint8_t { kSimGrid, kPlain };

struct Progress {
  Time now = 0;
  Time end = 0;
  std::uint64_t events = 0;
};

struct RunOptions {
  WireMode wire = WireMode::kShared;
  ClockKind clock = ClockKind::kSimGrid;
  // Set to non-zero by a signal handler to end the run early. May be null.
  const volatile std::sig_atomic_t* stop = nullptr;
  // Called now and then; may look only. May be empty.
  std::function<void(const Progress&)> progress;
};

struct RunEnd {
  Time end = 0;  // virtual time reached
  bool interrupted = false;
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
  std::string digest_hex;
};

// An invariant that the peers' own state breaks, seen when the run had ended.
struct Violation {
  std::string invariant;
  std::string evidence;
};

class Runner {
 public:
  // `plan` is resolved and valid, and outlives the runner. The error is about the environment: a
  // platform file that SimGrid refuses.
  static Result<std::unique_ptr<Runner>> make(const scenario::Scenario& plan, RunOptions options);
  ~Runner();

  // What the numbers in the trace mean.
  RunFacts facts() const;
  // Attaches an observer. REQUIRES: before run().
  void add_sink(TraceSink& sink) { sinks_.add(sink); }

  // Calls `look` at each multiple of `interval`, before what happens at that instant. It may look
  // only. REQUIRES: before run().
  void look_every(Duration interval, std::function<void(Time)> look);
  // What each peer has counted, in the order of the scenario.
  std::vector<PeerMetrics> metrics() const;

  // Runs to the scenario's end or until asked to stop. Call once.
  RunEnd run();

  // Invariants judged by inspection of the peers; the names of what was looked at go to `checked`.
  std::vector<Violation> inspect(std::vector<std::string>& checked) const;

  World& world() { return *world_; }
  Cluster& cluster() { return *cluster_; }
  Network& network() { return *network_; }

 private:
  Runner(const scenario::Scenario& plan, RunOptions options);
  Result<bool> build();
  Result<bool> make_platform();
  void arrange_starts();
  void arrange_joins();
  void arrange_faults();
  void arrange_events();
  void happen(std::size_t index);
  void arrange_look(std::size_t number, Duration interval);
  std::unique_ptr<TimeDriver> make_driver();
  void inspect_buffers(std::vector<Violation>& found) const;

  const scenario::Scenario& plan_;
  const RunOptions options_;
  TraceFan sinks_;
  DigestSink digest_;
  std::optional<Platform> platform_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<OrderingService> orderers_;
  std::unique_ptr<BlockFeed> feed_;
  std::unique_ptr<FaultSchedule> faults_;
  std::vector<std::function<void(Time)>> looks_;
};

}  // namespace hearsay::sim
