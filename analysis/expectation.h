// Promises: what a scenario expects of its run, and whether it was kept.
//
// A promise names a metric and bounds, or an invariant. A metric is named as in summary.json; of a
// spread the promise's `stat` is taken (default: the maximum). What never happened exceeds every
// upper bound; what could not be measured keeps no promise.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/metrics.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

class RunObserver;

struct Promise {
  std::string metric = {};
  std::string stat = "max";
  std::optional<double> min = {};
  std::optional<double> max = {};
  std::optional<double> equals = {};  // within one part in 10^9
  std::string invariant = {};         // instead of all of the above

  bool operator==(const Promise&) const = default;
};

struct PromiseResult {
  Promise promise;
  bool pass = false;
  double value = kNothing;  // of a metric; of an invariant the number of violations
  std::string evidence;     // one line
};

struct KnownMetric {
  std::string name;
  std::vector<std::string> stats;  // of a spread; empty: the metric is one number
};

// What a promise may name in a run with these facts.
std::vector<KnownMetric> known_metrics(const RunFacts& facts);
// The invariants, and "all".
std::span<const std::string_view> known_invariants();

// One result per promise, in order. REQUIRES: run.finished(). A promise that cannot be judged (an
// unknown name, a statistic the metric does not have, no bound) fails, with the reason as evidence.
std::vector<PromiseResult> evaluate(std::span<const Promise> promises, const RunObserver& run);

}  // namespace hearsay::analysis
