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
  std::string stat;    // empty for a single number
  bool named = false;  // the statistic stood in the metric's name
};

Target find_target(const Promise& promise, const Metrics& metrics) {
  if (const Metric* metric = metrics.find(promise.metric)) {
    const bool spread = std::holds_alternative<Spread>(metric->value);
    return {metric, spread ? promise.stat : "", false};
  }
  const std::size_t dot = promise.metric.rfind('.');
  if (dot == std::string::npos) return {};
  const Metric* metric = metrics.find(std::string_view(promise.metric).substr(0, dot));
  if (metric == nullptr || !std::holds_alternative<Spread>(metric->value)) return {};
  return {metric, promise.metric.substr(dot + 1), true};
}

std::vector<std::string> stats_of(const Metric& metric) {
  std::vector<std::string> names;
  if (const auto* spread = std::get_if<Spread>(&metric.value)) {
    for (const auto& [name, value] : spread->stats)
      names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> names_of(const Metrics& metrics) {
  std::vector<std::string> names;
  for (const Metric& metric : metrics.all()) {
    if (!std::holds_alternative<Curve>(metric.value)) names.push_back(metric.name());
  }
  return names;
}

Metrics metrics_of_nothing(const RunFacts& facts) {
  RunObserver nobody(facts);
  nobody.finish(0);
  return nobody.metrics();
}

std::vector<std::string> all_of(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

void check_invariant(const Promise& promise, std::vector<PromiseComplaint>& out) {
  const auto names = known_invariants();
  if (std::find(names.begin(), names.end(), promise.invariant) == names.end()) {
    out.push_back({0, "invariant", fmt::format("there is no invariant \"{}\"", promise.invariant),
                   all_of(names)});
  }
  if (!promise.metric.empty() || promise.min || promise.max || promise.equals) {
    out.push_back({0, "", "an invariant has neither a metric nor bounds", {}});
  }
}

void check_metric(const Promise& promise, const Metrics& metrics,
                  std::vector<PromiseComplaint>& out) {
  const Target target = find_target(promise, metrics);
  const Metric* exact = metrics.find(promise.metric);
  if (promise.metric.empty()) {
    out.push_back({0, "", "a promise names a metric or an invariant", {}});
  } else if (target.metric == nullptr) {
    out.push_back(
        {0, "metric", fmt::format("there is no metric \"{}\"", promise.metric), names_of(metrics)});
  } else if (exact != nullptr && std::holds_alternative<Curve>(exact->value)) {
    out.push_back({0, "metric", fmt::format("\"{}\" is a curve, not a number", promise.metric),
                   names_of(metrics)});
  } else if (!target.stat.empty()) {
    const std::vector<std::string> stats = stats_of(*target.metric);
    if (std::find(stats.begin(), stats.end(), target.stat) == stats.end()) {
      out.push_back(
          {0, target.named ? "metric" : "stat",
           fmt::format("\"{}\" has no statistic \"{}\"", target.metric->name(), target.stat),
           stats});
    }
  }
  if (!promise.min && !promise.max && !promise.equals) {
    out.push_back({0, "", "nothing is promised: min, max or equals is missing", {}});
  }
  if (promise.min && promise.max && *promise.min > *promise.max) {
    out.push_back({0, "", "min is greater than max, so no value can do", {}});
  }
  if (promise.equals && (promise.min || promise.max)) {
    out.push_back({0, "", "equals stands alone, without min and max", {}});
  }
}

std::vector<PromiseComplaint> check(const Promise& promise, const Metrics& metrics) {
  std::vector<PromiseComplaint> out;
  if (!promise.invariant.empty()) {
    check_invariant(promise, out);
  } else {
    check_metric(promise, metrics, out);
  }
  return out;
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

std::span<const std::string_view> known_stats() { return spread_stats(); }

std::span<const std::string_view> known_invariants() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all(invariant_names().begin(), invariant_names().end());
    all.push_back("all");
    return all;
  }();
  return names;
}

std::vector<PromiseComplaint> check_promises(std::span<const Promise> promises,
                                             const RunFacts& facts) {
  std::vector<PromiseComplaint> out;
  if (promises.empty()) return out;
  const Metrics metrics = metrics_of_nothing(facts);
  for (std::size_t i = 0; i < promises.size(); ++i) {
    for (PromiseComplaint& complaint : check(promises[i], metrics)) {
      complaint.promise = i;
      out.push_back(std::move(complaint));
    }
  }
  return out;
}

std::vector<PromiseResult> evaluate(std::span<const Promise> promises, const RunObserver& run) {
  std::vector<PromiseResult> results;
  for (const Promise& promise : promises) {
    const std::vector<PromiseComplaint> complaints = check(promise, run.metrics());
    if (!complaints.empty()) {
      results.push_back({promise, false, kNothing, complaints.front().problem});
    } else if (promise.invariant.empty()) {
      results.push_back(judge_metric(promise, run.metrics()));
    } else {
      results.push_back(judge_invariant(promise, run.invariants()));
    }
  }
  return results;
}

}  // namespace hearsay::analysis
