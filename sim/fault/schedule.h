// FaultSchedule: which fault begins and ends when.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/fault/fault.h"

namespace hearsay::sim {

struct FaultPlan {
  Time at = 0;
  std::optional<Time> until;  // absent: to the end of the run
  // The hosts concerned, asked for when the fault begins; ascending, no host twice.
  std::function<std::vector<FaultTarget>()> targets;
  std::unique_ptr<Fault> fault;
};

class FaultSchedule {
 public:
  // Outlives the run; its destruction ends what faults still hold.
  explicit FaultSchedule(World& world) : world_(world) {}

  // Arranges one fault. Beginning and end are traced, one event per host, under the number of
  // faults added before. REQUIRES: until >= at.
  void add(FaultPlan plan);

 private:
  struct Entry {
    FaultPlan plan;
    std::vector<FaultTarget> targets;
  };

  void begin(std::size_t index);
  void end(std::size_t index);
  void trace(const Entry& entry, std::size_t index, TraceKind kind);

  World& world_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace hearsay::sim
