#include "analysis/metrics.h"

namespace hearsay::analysis {

std::string Metric::name() const {
  std::string joined;
  for (const std::string& segment : path) {
    if (!joined.empty()) joined += '.';
    joined += segment;
  }
  return joined;
}

void Metrics::insert(Metric metric) {
  // Two channels may conspire to make one name ("a.b" and "b" in "a"); the first one keeps it.
  index_.emplace(metric.name(), metrics_.size());
  metrics_.push_back(std::move(metric));
}

void Metrics::add(std::vector<std::string> path, double value, Evidence evidence) {
  insert({std::move(path), value, std::move(evidence)});
}

void Metrics::add(std::vector<std::string> path, std::uint64_t value, Evidence evidence) {
  insert({std::move(path), value, std::move(evidence)});
}

void Metrics::add(std::vector<std::string> path, Spread value, Evidence evidence) {
  insert({std::move(path), std::move(value), std::move(evidence)});
}

void Metrics::add(std::vector<std::string> path, Curve value) {
  insert({std::move(path), std::move(value), {}});
}

const Metric* Metrics::find(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? nullptr : &metrics_[found->second];
}

}  // namespace hearsay::analysis
