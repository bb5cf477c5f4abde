// Membership: how the peers find each other, lose each other, and whom they wrongly declare dead.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "analysis/incidents.h"
#include "analysis/metrics.h"
#include "analysis/population.h"
#include "analysis/view.h"
#include "core/trace/event.h"
#include "core/trace/names.h"

namespace hearsay::analysis {

class Membership {
 public:
  Membership(const RunFacts& facts, const Population& population);

  // The population changed; call after it was told.
  void started(PeerIndex p, Time at, bool first);
  void stopped(PeerIndex p, Time at);
  void cut_off(PeerIndex p, Time at) { incidents_.lost(p, at); }
  void restored(PeerIndex p, Time at) { incidents_.returned(p, at); }

  void on_alive(const TraceEvent& event);
  void on_dead(const TraceEvent& event);
  void on_forgotten(const TraceEvent& event);

  void finish() { incidents_.finish(); }

  const View& view() const { return view_; }
  const std::vector<Incident>& incidents() const { return incidents_.all(); }
  // How often a peer that was running and reachable was declared dead by one that was, too.
  std::uint64_t false_suspicions() const { return false_suspicions_; }

  void add_metrics(Metrics& out) const;

 private:
  void add_incidents(Metrics& out, const char* name, bool loss) const;

  const RunFacts& facts_;
  const Population& population_;
  View view_;
  Incidents incidents_;
  std::uint64_t false_suspicions_ = 0;
  TraceEvent first_suspicion_;
};

// The view's times under `path`: converged_s, stays_s, t50_s, t90_s, t99_s, t100_s.
void add_view_metrics(const View& view, const RunFacts& facts, std::vector<std::string> path,
                      Metrics& out);

}  // namespace hearsay::analysis
