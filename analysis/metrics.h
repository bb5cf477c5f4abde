// Metrics: the results of a run by name, as summary.json shows them and promises ask for them.
//
// A name is a path; its segments joined by dots ("blocks.t100_s", "messages.Hello.block.sent") are
// what a scenario writes. A metric is one number, a spread of several statistics, or a curve.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "analysis/curve.h"
#include "analysis/stats.h"

namespace hearsay::analysis {

// What the extreme values stand for, in one clause: "block 47 reached org1/31 last, 11.2 s".
struct Evidence {
  std::string highest;  // for promises with an upper bound, and for `never`
  std::string lowest;   // for promises with a lower bound
};

struct Metric {
  std::vector<std::string> path;
  std::variant<double, std::uint64_t, Spread, Curve> value;
  Evidence evidence;

  std::string name() const;  // the path, joined by dots
};

class Metrics {
 public:
  void add(std::vector<std::string> path, double value, Evidence evidence = {});
  void add(std::vector<std::string> path, std::uint64_t value, Evidence evidence = {});
  void add(std::vector<std::string> path, Spread value, Evidence evidence = {});
  void add(std::vector<std::string> path, Curve value);

  // By the joined name; null when there is none.
  const Metric* find(std::string_view name) const;
  // In the order in which summary.json shows them.
  const std::vector<Metric>& all() const { return metrics_; }

 private:
  void insert(Metric metric);

  std::vector<Metric> metrics_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace hearsay::analysis
