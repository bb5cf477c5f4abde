#include "sim/cli/load.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "core/gossip/config.h"
#include "core/wire/message.h"

namespace hearsay::sim {

namespace {

std::vector<scenario::ConfigKeyInfo> config_key_table() {
  std::vector<scenario::ConfigKeyInfo> table;
  for (const ConfigKey& key : config_keys()) {
    using Type = scenario::ConfigKeyInfo::Type;
    table.push_back({key.name, key.type == ConfigType::kDuration ? Type::kDuration : Type::kInt});
  }
  return table;
}

// The names of metrics for any channels and organisations: "*" stands for one of them.
std::vector<std::string> metric_names() {
  RunFacts facts;
  facts.orgs = {"*"};
  facts.channels.push_back({.name = "*", .members = {}});
  for (std::size_t i = 0; i < kMessageTypes; ++i) {
    facts.types.emplace_back(type_name(static_cast<MessageType>(i)));
  }
  return analysis::known_metrics(facts);
}

analysis::Promise promise_of(const scenario::Expectation& expect) {
  return {.metric = expect.metric,
          .stat = expect.stat,
          .min = expect.min,
          .max = expect.max,
          .equals = expect.equals,
          .invariant = expect.invariant};
}

}  // namespace

std::vector<analysis::Promise> promises_of(const scenario::Scenario& plan) {
  std::vector<analysis::Promise> promises;
  for (const scenario::Expectation& expect : plan.expect) promises.push_back(promise_of(expect));
  return promises;
}

std::optional<scenario::Scenario> load_or_complain(const std::string& path,
                                                   const Changes& changes) {
  const auto keys = config_key_table();
  scenario::LoadOptions options;
  options.rules.config_keys = keys;
  options.rules.metric_check = scenario::metric_check_from(metric_names());
  options.sets = changes.sets;
  options.seed = changes.seed;
  auto loaded = scenario::load_scenario(path, options);
  if (loaded.ok()) return std::move(loaded).value();
  for (const scenario::Complaint& complaint : loaded.error()) {
    fmt::print(stderr, "{}\n", complaint.text());
  }
  const std::size_t count = loaded.error().size();
  fmt::print(stderr, "hearsay: {}: {} {}; nothing was run\n", path, count,
             count == 1 ? "mistake" : "mistakes");
  return std::nullopt;
}

}  // namespace hearsay::sim
