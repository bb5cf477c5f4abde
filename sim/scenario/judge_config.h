// Where the configuration of a scenario comes from, and whether its values go together.
//
// A scenario's own "config" wins over its core.yaml, which wins over the defaults. What is wrong
// with the sum is reported where the value that matters was written: in the scenario with its JSON
// path, or in the core.yaml with its key.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/core_yaml.h"
#include "sim/scenario/cursor.h"

namespace hearsay::scenario {

class ConfigSources {
 public:
  // `book` belongs to the scenario's document and adds to `complaints`; all outlive this.
  ConfigSources(const Rules& rules, ComplaintBook& book, Complaints& complaints)
      : rules_(rules), book_(book), complaints_(complaints) {}

  // Reads the core.yaml that the scenario names, if any: its keys go below those of `config`, and
  // organisations that do not say who leads, and who is seen from outside, have it from there.
  // Then the scenario names no core.yaml any more.
  void import_core_yaml(Scenario& scenario, const std::filesystem::path& folder);

  // Adds what cannot work together to the complaints and gives what is only a warning. Leaves alone
  // what builds on a value that was complained about. `scenario` is resolved.
  Complaints judge(const Scenario& scenario);

 private:
  void merge(Scenario& scenario) const;
  void follow_core_yaml(Scenario& scenario);
  bool given(const JsonPath& path) const { return book_.document().find(path) != nullptr; }
  // The path of `key` in the object at `config`, as it is written there; `config` without the key.
  JsonPath path_of(const JsonPath& config, std::string_view key) const;
  bool in_object(const JsonPath& config, std::string_view key) const;
  bool refused(const JsonPath& config, const std::vector<std::string>& keys) const;
  Complaint placed(const JsonPath& config, const ConfigJudgement& judgement) const;
  void report(const JsonPath& config, const std::vector<ConfigJudgement>& judgements,
              Complaints& warnings);
  ConfigMap judged(const Scenario& scenario) const;

  const Rules& rules_;
  ComplaintBook& book_;
  Complaints& complaints_;
  CoreYaml yaml_;
  bool imported_ = false;
};

}  // namespace hearsay::scenario
