#include "sim/cli/load.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "analysis/expectation.h"
#include "core/gossip/config.h"
#include "core/wire/message.h"
#include "sim/run/cluster.h"

namespace hearsay::sim {

namespace {

scenario::ConfigKeyInfo::Type type_of(ConfigType type) {
  using Type = scenario::ConfigKeyInfo::Type;
  switch (type) {
    case ConfigType::kDuration:
      return Type::kDuration;
    case ConfigType::kInt:
      return Type::kInt;
    case ConfigType::kBool:
      return Type::kBool;
    case ConfigType::kText:
      return Type::kString;
    case ConfigType::kList:
    case ConfigType::kOverrides:
      break;
  }
  return Type::kStringList;
}

// The engines' keys, for the reader of scenarios.
class KeyTable {
 public:
  KeyTable() {
    const Config shipped, bare = Config::code_defaults();
    for (const ConfigKey& key : config_keys()) {
      rows_.push_back({key.name, type_of(key.type)});
      const std::string absent = config_value(bare, key.name);
      if (absent == config_value(shipped, key.name)) continue;
      rows_.back().absent = texts_.emplace_back(absent);
    }
  }
  std::span<const scenario::ConfigKeyInfo> rows() const { return rows_; }

 private:
  std::deque<std::string> texts_;
  std::vector<scenario::ConfigKeyInfo> rows_;
};

// What the engines say about one value by itself, or nothing. The sentences begin with the key.
std::optional<scenario::Trouble> config_value_trouble(std::string_view key,
                                                      const std::string& text) {
  Config config;
  const auto set = set_config(config, key, text);
  if (!set.ok()) {
    const std::string words = set.error().substr(key.size() + 2);
    const std::size_t cut = words.find("; ");
    return scenario::Trouble{words.substr(0, cut), words.substr(cut + 2)};
  }
  for (const ConfigProblem& problem : config.judge()) {
    // How values go together is judged when all of them are known.
    if (!problem.fatal || problem.keys.size() > 1 || problem.keys.front() != key) continue;
    return scenario::Trouble{problem.problem, problem.remedy};
  }
  return std::nullopt;
}

scenario::ConfigJudgement judgement_of(const ConfigProblem& problem) {
  return {
      problem.fatal, {problem.keys.begin(), problem.keys.end()}, {problem.problem, problem.remedy}};
}

// How the values of a configuration go together: for all peers, or what an override adds to that.
std::vector<scenario::ConfigJudgement> judge_config(const scenario::ConfigMap& common,
                                                    const scenario::ConfigMap* override,
                                                    bool splits) {
  Config everybody;
  apply_config(everybody, common);
  Config some = everybody;
  if (override != nullptr) apply_config(some, *override);
  std::vector<std::string> known;
  if (override != nullptr) {
    for (const ConfigProblem& problem : everybody.judge())
      known.push_back(problem.text());
  }
  std::vector<scenario::ConfigJudgement> found;
  for (const ConfigProblem& problem : some.judge()) {
    const bool new_here = std::find(known.begin(), known.end(), problem.text()) == known.end();
    if (new_here) found.push_back(judgement_of(problem));
  }
  if (!splits) return found;
  for (const ConfigProblem& problem : disagreements(everybody, some))
    found.push_back(judgement_of(problem));
  return found;
}

// What is not built yet.
scenario::Complaints whole_complaints(const scenario::Scenario& plan, const std::string& file) {
  scenario::Complaints found;
  if (plan.network.model == scenario::NetworkModel::kFlow) {
    found.push_back({file, 0, "network.model", "\"flow\" is not available in this version",
                     "write \"latency\""});
  }
  return found;
}

// The metrics of any channels and organisations.
std::vector<KnownMetric> metrics() {
  RunFacts facts;
  facts.orgs = {std::string(scenario::kAnyOrganization)};
  // One of them is a member, so that the channel has a leader to speak of.
  facts.peers.push_back({.name = "*", .org = OrgIndex{0}});
  facts.channels.push_back(
      {.name = std::string(scenario::kAnyChannel), .members = {peer_index(0)}});
  for (std::size_t i = 0; i < kMessageTypes; ++i) {
    facts.types.emplace_back(type_name(static_cast<MessageType>(i)));
  }
  return analysis::known_metrics(facts);
}

}  // namespace

void complain_of_platform(const std::string& path, const std::string& complaint) {
  fmt::print(stderr, "{}\nhearsay: {}: 1 mistake; nothing was run\n", complaint, path);
}

std::optional<scenario::Scenario> load_or_complain(const std::string& path,
                                                   const Changes& changes) {
  const KeyTable keys;
  scenario::LoadOptions options;
  options.rules.config_keys = keys.rows();
  options.rules.config_value_check = config_value_trouble;
  options.rules.config_judge = judge_config;
  options.rules.metrics = metrics();
  options.sets = changes.sets;
  options.seed = changes.seed;
  scenario::Complaints warnings;
  auto loaded = scenario::load_scenario(path, options, &warnings);
  const scenario::Complaints complaints =
      loaded.ok() ? whole_complaints(loaded.value(), path) : loaded.error();
  if (complaints.empty()) {
    for (const scenario::Complaint& warning : warnings) {
      if (!changes.quiet) fmt::print(stderr, "hearsay: warning: {}\n", warning.text());
    }
    return std::move(loaded).value();
  }
  for (const scenario::Complaint& complaint : complaints) {
    fmt::print(stderr, "{}\n", complaint.text());
  }
  const std::size_t count = complaints.size();
  fmt::print(stderr, "hearsay: {}: {} {}; nothing was run\n", path, count,
             count == 1 ? "mistake" : "mistakes");
  return std::nullopt;
}

}  // namespace hearsay::sim
