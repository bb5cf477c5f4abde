// Deliveries: what became of the attempts to get blocks from orderers, by reason: responses that
// were refused, attempts that failed, deliveries that are over.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/metrics.h"
#include "core/trace/event.h"

namespace hearsay::analysis {

class Deliveries {
 public:
  void on_refused(const TraceEvent& event) { ++refused_[event.detail]; }
  void on_retry(const TraceEvent& event) { ++retries_[event.detail]; }
  void on_ended(const TraceEvent& event) { ++ended_[event.detail]; }

  std::uint64_t refused(DeliverRefusal why) const {
    return refused_[static_cast<std::size_t>(why)];
  }
  std::uint64_t retries(DeliverTrouble why) const {
    return retries_[static_cast<std::size_t>(why)];
  }
  std::uint64_t ended(DeliverEnd why) const { return ended_[static_cast<std::size_t>(why)]; }

  void add_metrics(Metrics& out) const;

 private:
  // By any detail: a foreign trace may have one without a name.
  using Counts = std::array<std::uint64_t, 256>;

  Counts refused_{};
  Counts retries_{};
  Counts ended_{};
};

}  // namespace hearsay::analysis
