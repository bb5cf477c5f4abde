#include "sim/simgrid/engine.h"

#include <array>
#include <csignal>
#include <utility>

#include <xbt/log.h>

#include "core/base/assert.h"

namespace hearsay::sim {

namespace {
bool g_made = false;
}  // namespace

bool engine_was_made() { return g_made; }

std::unique_ptr<simgrid::s4u::Engine> make_engine(bool quiet) {
  HS_ASSERT(!std::exchange(g_made, true));
  constexpr std::array kSignals = {SIGINT, SIGSEGV, SIGTERM, SIGABRT};
  std::array<struct sigaction, kSignals.size()> before{};
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], nullptr, &before[i]);
  xbt_log_control_set(quiet ? "root.thres:critical" : "root.thres:error");
  auto engine = std::make_unique<simgrid::s4u::Engine>("hearsay");
  // The default model, LV08, multiplies latencies by 13.
  simgrid::s4u::Engine::set_config("network/model:CM02");
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &before[i], nullptr);
  return engine;
}

}  // namespace hearsay::sim
