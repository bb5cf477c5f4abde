#include "sim/simgrid/engine.h"

#include <signal.h>

#include <array>

#include <xbt/log.h>

#include "core/base/assert.h"

namespace hearsay::sim {

std::unique_ptr<simgrid::s4u::Engine> make_engine(bool quiet) {
  HS_ASSERT(!engine_exists());
  constexpr std::array kSignals = {SIGINT, SIGSEGV, SIGTERM, SIGABRT};
  std::array<struct sigaction, kSignals.size()> before{};
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], nullptr, &before[i]);
  xbt_log_control_set(quiet ? "root.thres:critical" : "root.thres:error");
  auto engine = std::make_unique<simgrid::s4u::Engine>("hearsay");
  // The default model, LV08, multiplies latencies by 13. The setting outlives the engine and may
  // not be repeated for the next.
  static bool configured = false;
  if (!configured) simgrid::s4u::Engine::set_config("network/model:CM02");
  configured = true;
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &before[i], nullptr);
  return engine;
}

}  // namespace hearsay::sim
