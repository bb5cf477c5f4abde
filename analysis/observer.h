// RunObserver: the one sink that watches a run and knows everything about it at the end.
//
// Takes every event once, live or read back from a trace file of level `messages` (of lower levels
// it knows what is in them), and hands it to the collector concerned. A message event costs a few
// nanoseconds.
//
//   events -> on_event ... -> finish(end) -> metrics(), evaluate(), reports
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/catch_up.h"
#include "analysis/channels.h"
#include "analysis/deliveries.h"
#include "analysis/dissemination.h"
#include "analysis/invariants.h"
#include "analysis/leadership.h"
#include "analysis/membership.h"
#include "analysis/metrics.h"
#include "analysis/population.h"
#include "analysis/traffic.h"
#include "core/trace/facts.h"
#include "core/trace/sink.h"

namespace hearsay::analysis {

class RunObserver final : public TraceSink {
 public:
  explicit RunObserver(RunFacts facts);
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;

  // Events that name peers, channels or types outside the facts are counted and otherwise ignored.
  void on_event(const TraceEvent& event) override;

  // What only whoever runs the peers can see: that an invariant was looked after, and that it was
  // broken. REQUIRES: a name of invariant_names().
  void note_checked(std::string_view invariant) { invariants_.note_checked(invariant); }
  void report_violation(std::string_view invariant, std::string evidence) {
    invariants_.report_violation(invariant, std::move(evidence));
  }

  // The run is over, at this virtual time. Call once, before any question.
  void finish(Time end);
  bool finished() const { return finished_; }

  const RunFacts& facts() const { return facts_; }
  Time end() const { return end_; }
  std::uint64_t events() const { return events_; }
  const Population& population() const { return population_; }
  const Membership& membership() const { return membership_; }
  const Dissemination& dissemination() const { return dissemination_; }
  const CatchUp& catch_up() const { return catch_up_; }
  const Leadership& leadership() const { return leadership_; }
  const Traffic& traffic() const { return traffic_; }
  const Deliveries& deliveries() const { return deliveries_; }
  const Invariants& invariants() const { return invariants_; }
  const Channels& channels() const { return channels_; }
  // Who knows whose state info, by channel.
  const std::vector<View>& channel_views() const { return channel_views_; }
  // All results by name. REQUIRES: finished().
  const Metrics& metrics() const;

 private:
  void on_rare_event(const TraceEvent& event);
  void on_block_received(const TraceEvent& event);
  void on_node_started(const TraceEvent& event);
  void on_node_stopped(const TraceEvent& event);
  void on_fault(const TraceEvent& event, bool begins);
  bool known(const TraceEvent& event) const;

  const RunFacts facts_;
  Population population_;
  Membership membership_;
  Dissemination dissemination_;
  CatchUp catch_up_;
  Leadership leadership_;
  Traffic traffic_;
  Deliveries deliveries_;
  Invariants invariants_;
  Channels channels_;
  std::vector<View> channel_views_;
  std::uint32_t data_type_;  // index of DataMsg among the types, or one that no event has
  std::uint64_t events_ = 0;
  Time end_ = 0;
  bool finished_ = false;
  Metrics metrics_;
};

}  // namespace hearsay::analysis
