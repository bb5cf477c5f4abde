#include "sim/cli/load.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "core/gossip/config.h"
#include "core/wire/message.h"
#include "sim/run/cluster.h"

namespace hearsay::sim {

namespace {

std::vector<scenario::ConfigKeyInfo> config_key_table() {
  std::vector<scenario::ConfigKeyInfo> table;
  for (const ConfigKey& key : config_keys()) {
    using Type = scenario::ConfigKeyInfo::Type;
    table.push_back({key.name, key.type == ConfigType::kDuration ? Type::kDuration
                               : key.type == ConfigType::kBool   ? Type::kBool
                                                                 : Type::kInt});
  }
  return table;
}

// What the engines say about one value by itself, or nothing. The sentences begin with the key.
std::optional<scenario::Trouble> config_value_trouble(std::string_view key,
                                                      const std::string& text) {
  Config config;
  const auto set = set_config(config, key, text);
  std::vector<std::string> sentences = set.ok() ? config.problems() : std::vector{set.error()};
  for (std::string& sentence : sentences) {
    if (!sentence.starts_with(key)) continue;
    sentence.erase(0, key.size());
    if (sentence.starts_with(": ")) sentence.erase(0, 2);
    // How values go together is judged when all of them are known.
    if (sentence.starts_with(" (")) continue;
    sentence.erase(0, sentence.find_first_not_of(' '));
    const std::size_t cut = sentence.find("; ");
    if (cut == std::string::npos) return scenario::Trouble{sentence, ""};
    return scenario::Trouble{sentence.substr(0, cut), sentence.substr(cut + 2)};
  }
  return std::nullopt;
}

// What the engines and the network say of the whole: how the values of a configuration go together,
// for all peers and for each override, and what is not built yet.
scenario::Complaints whole_complaints(const scenario::Scenario& plan, const std::string& file) {
  scenario::Complaints found;
  if (plan.network.model == scenario::NetworkModel::kFlow) {
    found.push_back({file, 0, "network.model", "\"flow\" is not available in this version",
                     "write \"latency\""});
  }
  Config everybody;
  apply_config(everybody, plan.config);
  const std::vector<std::string> common = everybody.problems();
  for (const std::string& problem : common)
    found.push_back({file, 0, "config", problem, ""});
  for (std::size_t i = 0; i < plan.overrides.size(); ++i) {
    Config some = everybody;
    apply_config(some, plan.overrides[i].config);
    for (const std::string& problem : some.problems()) {
      if (std::find(common.begin(), common.end(), problem) != common.end()) continue;
      found.push_back({file, 0, fmt::format("overrides[{}].config", i), problem, ""});
    }
  }
  return found;
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
  for (const scenario::Expectation& expect : plan.expect)
    promises.push_back(promise_of(expect));
  return promises;
}

std::optional<scenario::Scenario> load_or_complain(const std::string& path,
                                                   const Changes& changes) {
  const auto keys = config_key_table();
  scenario::LoadOptions options;
  options.rules.config_keys = keys;
  options.rules.config_value_check = config_value_trouble;
  options.rules.metric_check = scenario::metric_check_from(metric_names());
  options.sets = changes.sets;
  options.seed = changes.seed;
  auto loaded = scenario::load_scenario(path, options);
  const scenario::Complaints complaints =
      loaded.ok() ? whole_complaints(loaded.value(), path) : loaded.error();
  if (complaints.empty()) return std::move(loaded).value();
  for (const scenario::Complaint& complaint : complaints) {
    fmt::print(stderr, "{}\n", complaint.text());
  }
  const std::size_t count = complaints.size();
  fmt::print(stderr, "hearsay: {}: {} {}; nothing was run\n", path, count,
             count == 1 ? "mistake" : "mistakes");
  return std::nullopt;
}

}  // namespace hearsay::sim
