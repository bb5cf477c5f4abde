#include "sim/fault/schedule.h"

#include <utility>

#include "core/base/assert.h"

namespace hearsay::sim {

void FaultSchedule::add(FaultPlan plan) {
  HS_ASSERT(!plan.until || *plan.until >= plan.at);
  const std::size_t index = entries_.size();
  entries_.push_back(std::make_unique<Entry>(Entry{std::move(plan), {}}));
  const FaultPlan& added = entries_.back()->plan;
  world_.call_at(added.at, [this, index] { begin(index); });
  if (added.until) world_.call_at(*added.until, [this, index] { end(index); });
}

void FaultSchedule::begin(std::size_t index) {
  Entry& entry = *entries_[index];
  entry.targets = entry.plan.targets();
  trace(entry, index, TraceKind::kFaultBegun);
  entry.plan.fault->begin(entry.targets);
}

void FaultSchedule::end(std::size_t index) {
  Entry& entry = *entries_[index];
  entry.plan.fault->end();
  trace(entry, index, TraceKind::kFaultEnded);
}

void FaultSchedule::trace(const Entry& entry, std::size_t index, TraceKind kind) {
  for (const auto& [host, group] : entry.targets) {
    world_.trace(
        {.time = world_.now(), .value = index, .peer = host, .kind = kind, .detail = group});
  }
}

}  // namespace hearsay::sim
