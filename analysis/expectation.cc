#include "analysis/expectation.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/format.h"
#include "analysis/observer.h"

namespace hearsay::analysis {
namespace {

// A promise's metric, found: the metric, and the statistic for a spread.
struct Target {
  const Metric* metric = nullptr;
  std::string stat;  // empty for a single number
};

Target find_target(const Promise& promise, const Metrics& metrics) {
  const Metric* metric = metrics.find(promise.metric);
  const bool spread = metric != nullptr && std::holds_alternative<Spread>(metric->value);
  return {metric, spread ? promise.stat : ""};
}

std::vector<std::string> stats_of(const Metric& metric) {
  std::vector<std::string> names;
  if (const auto* spread = std::get_if<Spread>(&metric.value)) {
    for (const auto& [name, value] : spread->stats)
      names.emplace_back(name);
  }
  return names;
}

Metrics metrics_of_nothing(const RunFacts& facts) {
  RunObserver nobody(facts);
  nobody.finish(0);
  return nobody.metrics();
}

std::string problem_of_invariant(const Promise& promise) {
  const auto names = known_invariants();
  if (std::find(names.begin(), names.end(), promise.invariant) == names.end()) {
    return fmt::format("there is no invariant \"{}\"", promise.invariant);
  }
  if (!promise.metric.empty() || promise.min || promise.max || promise.equals) {
    return "an invariant has neither a metric nor bounds";
  }
  return "";
}

std::string problem_of_metric(const Promise& promise, const Metrics& metrics) {
  if (promise.metric.empty()) return "a promise names a metric or an invariant";
  const Target target = find_target(promise, metrics);
  if (target.metric == nullptr) return fmt::format("there is no metric \"{}\"", promise.metric);
  if (std::holds_alternative<Curve>(target.metric->value)) {
    return fmt::format("\"{}\" is a curve, not a number", promise.metric);
  }
  const std::vector<std::string> stats = stats_of(*target.metric);
  if (!target.stat.empty() && std::find(stats.begin(), stats.end(), target.stat) == stats.end()) {
    return fmt::format("\"{}\" has no statistic \"{}\"", target.metric->name(), target.stat);
  }
  return "";
}

std::string problem_of_bounds(const Promise& promise) {
  switch (bounds_trouble(promise)) {
    case BoundsTrouble::kNone:
      break;
    case BoundsTrouble::kMissing:
      return "nothing is promised: min, max or equals is missing";
    case BoundsTrouble::kEqualsNotAlone:
      return "equals stands alone, without min and max";
    case BoundsTrouble::kMinAboveMax:
      return "min is greater than max, so no value can do";
  }
  return "";
}

// Why a promise cannot be judged, as a clause; "" when it can.
std::string problem_of(const Promise& promise, const Metrics& metrics) {
  if (!promise.invariant.empty()) return problem_of_invariant(promise);
  const std::string problem = problem_of_metric(promise, metrics);
  return problem.empty() ? problem_of_bounds(promise) : problem;
}

double value_of(const Target& target) {
  if (const auto* number = std::get_if<double>(&target.metric->value)) return *number;
  if (const auto* count = std::get_if<std::uint64_t>(&target.metric->value)) {
    return static_cast<double>(*count);
  }
  if (const auto* spread = std::get_if<Spread>(&target.metric->value)) {
    return spread->stat(target.stat).value_or(kNothing);
  }
  return kNothing;
}

bool equal(double value, double wanted) {
  if (value == wanted) return true;
  return std::isfinite(value) &&
         std::fabs(value - wanted) <= 1e-9 * std::max(1.0, std::fabs(wanted));
}

// Comparisons with kNothing are false: what could not be measured keeps no promise.
bool kept(const Promise& promise, double value) {
  if (promise.min && !(value >= *promise.min)) return false;
  if (promise.max && !(value <= *promise.max)) return false;
  return !promise.equals || equal(value, *promise.equals);
}

PromiseResult judge_metric(const Promise& promise, const Metrics& metrics) {
  const Target target = find_target(promise, metrics);
  PromiseResult result{promise, false, value_of(target), ""};
  result.pass = kept(promise, result.value);
  const Evidence& evidence = target.metric->evidence;
  // A lower bound is endangered by the smallest, everything else by the largest.
  const bool low = promise.min && (!promise.max || result.value < *promise.min);
  result.evidence = low && !std::isinf(result.value) ? evidence.lowest : evidence.highest;
  if (!result.evidence.empty()) return result;
  result.evidence = std::isnan(result.value) ? "there was nothing to measure" : "";
  return result;
}

PromiseResult judge_all(const Promise& promise, const Invariants& invariants) {
  PromiseResult result{promise, true, 0, ""};
  std::vector<std::string> unchecked;
  for (std::size_t i = 0; i < kInvariants; ++i) {
    const InvariantState& state = invariants.state(static_cast<Invariant>(i));
    const std::string name(invariant_names()[i]);
    result.value += static_cast<double>(state.violations);
    if (state.violations > 0 && result.pass) {
      result.pass = false;
      result.evidence = name + ": " + state.evidence;
    }
    if (!state.checked) {
      unchecked.push_back(state.evidence.empty() ? name : name + " (" + state.evidence + ")");
    }
  }
  if (!result.pass) return result;
  result.evidence = fmt::format("{} held", plural(kInvariants - unchecked.size(), "invariant"));
  for (std::size_t i = 0; i < unchecked.size(); ++i) {
    result.evidence += (i == 0 ? "; not judged: " : ", ") + unchecked[i];
  }
  return result;
}

PromiseResult judge_invariant(const Promise& promise, const Invariants& invariants) {
  if (promise.invariant == "all") return judge_all(promise, invariants);
  const auto names = invariant_names();
  const auto index = std::find(names.begin(), names.end(), promise.invariant) - names.begin();
  const InvariantState& state = invariants.state(static_cast<Invariant>(index));
  PromiseResult result{promise, state.checked && state.violations == 0,
                       static_cast<double>(state.violations), state.evidence};
  if (state.violations > 1) {
    result.evidence += fmt::format(" (the first of {})", state.violations);
  }
  if (result.evidence.empty()) result.evidence = state.checked ? "held" : "nobody checked it";
  return result;
}

}  // namespace

std::vector<KnownMetric> known_metrics(const RunFacts& facts) {
  const Metrics metrics = metrics_of_nothing(facts);
  std::vector<KnownMetric> known;
  for (const Metric& metric : metrics.all()) {
    if (!std::holds_alternative<Curve>(metric.value)) {
      known.push_back({metric.name(), stats_of(metric)});
    }
  }
  return known;
}

std::span<const std::string_view> known_invariants() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all(invariant_names().begin(), invariant_names().end());
    all.push_back("all");
    return all;
  }();
  return names;
}

std::vector<PromiseResult> evaluate(std::span<const Promise> promises, const RunObserver& run) {
  std::vector<PromiseResult> results;
  for (const Promise& promise : promises) {
    const std::string problem = problem_of(promise, run.metrics());
    if (!problem.empty()) {
      results.push_back({promise, false, kNothing, problem});
    } else if (promise.invariant.empty()) {
      results.push_back(judge_metric(promise, run.metrics()));
    } else {
      results.push_back(judge_invariant(promise, run.invariants()));
    }
  }
  return results;
}

}  // namespace hearsay::analysis
