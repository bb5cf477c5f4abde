// Promises (core/trace/promise.h) judged: whether a run kept what was expected of it.
//
// A metric is named as in summary.json; of a spread the promise's `stat` is taken. What never
// happened exceeds every upper bound; what could not be measured keeps no promise.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/metrics.h"
#include "core/trace/facts.h"
#include "core/trace/promise.h"

namespace hearsay::analysis {

class RunObserver;

struct PromiseResult {
  Promise promise;
  bool pass = false;
  double value = kNothing;  // of a metric; of an invariant the number of violations
  std::string evidence;     // one line
};

// What a promise may name in a run with these facts.
std::vector<KnownMetric> known_metrics(const RunFacts& facts);
// The invariants, and "all".
std::span<const std::string_view> known_invariants();

// One result per promise, in order. REQUIRES: run.finished(). A promise that cannot be judged (an
// unknown name, a statistic the metric does not have, no bound) fails, with the reason as evidence.
std::vector<PromiseResult> evaluate(std::span<const Promise> promises, const RunObserver& run);

}  // namespace hearsay::analysis
