#include "sim/scenario/judge_config.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/load.h"
#include "sim/scenario/read.h"

namespace hearsay::scenario {
namespace {

const ConfigEntry* find_entry(const ConfigMap& config, std::string_view key) {
  for (const ConfigEntry& entry : config) {
    if (same_key(entry.key, key)) return &entry;
  }
  return nullptr;
}

bool is_true(const ConfigMap& config, std::string_view key) {
  const ConfigEntry* entry = find_entry(config, key);
  return entry != nullptr && config_text(entry->value) == "true";
}

// Whether some organisation has members that do not fetch blocks themselves.
bool has_followers(const Scenario& scenario) {
  return std::any_of(
      scenario.organizations.begin(), scenario.organizations.end(),
      [](const Organization& org) { return *org.leaders != Selector::organization(org.name); });
}

// Whether the selector takes some peers of an organisation and leaves others.
bool splits(const Selector& selector, const Population& population) {
  if (selector.draws()) return true;
  std::set<PeerIndex> chosen;
  for (const PeerIndex peer : reach(selector, population))
    chosen.insert(peer);
  for (const Population::Org& org : population.orgs()) {
    std::size_t inside = 0;
    for (std::uint32_t i = 0; i < org.count; ++i)
      inside += chosen.count(PeerIndex{org.first + i});
    if (inside > 0 && inside < org.count) return true;
  }
  return false;
}

}  // namespace

void ConfigSources::import_core_yaml(Scenario& scenario, const std::filesystem::path& folder) {
  const std::string name = std::exchange(scenario.core_yaml, {});
  const JsonPath path = JsonPath{} / "core_yaml";
  if (!rules_.check_files || !given(path) || !book_.clean(path)) return;
  const std::string file = (folder / name).lexically_normal().string();
  const auto text = read_scenario_file(file);
  if (!text.ok()) {
    book_.add(path, fmt::format("the file {} {}", shown(file, 200), text.error().problem),
              "name a peer's core.yaml");
    return;
  }
  yaml_ = read_core_yaml(text.value(), file, rules_, complaints_);
  imported_ = true;
  merge(scenario);
  follow_core_yaml(scenario);
}

void ConfigSources::merge(Scenario& scenario) const {
  ConfigMap merged;
  for (const ConfigEntry& entry : yaml_.config) {
    if (find_entry(scenario.config, entry.key) == nullptr) merged.push_back(entry);
  }
  merged.insert(merged.end(), scenario.config.begin(), scenario.config.end());
  scenario.config = std::move(merged);
}

// Fabric: each peer with this file does what it says; in a scenario that is every peer whose
// organisation does not say otherwise.
void ConfigSources::follow_core_yaml(Scenario& scenario) {
  const bool elected = is_true(yaml_.managed, "peer.gossip.useLeaderElection");
  const bool leads = is_true(yaml_.managed, "peer.gossip.orgLeader");
  const ConfigEntry* external = find_entry(yaml_.managed, "peer.gossip.externalEndpoint");
  const bool seen = external != nullptr && !config_text(external->value).empty();
  for (std::size_t i = 0; i < scenario.organizations.size(); ++i) {
    Organization& org = scenario.organizations[i];
    const JsonPath path = JsonPath{} / "organizations" / i;
    if (seen && !given(path / "external_endpoints")) {
      org.external_endpoints = Selector::organization(org.name);
    }
    if (given(path / "leader") || given(path / "leaders")) continue;
    if (elected) {
      org.leader = LeaderMode::kElected;
    } else {
      org.leaders = leads ? Selector::organization(org.name) : Selector::nobody();
    }
  }
}

JsonPath ConfigSources::path_of(const JsonPath& config, std::string_view key) const {
  const JsonNode* node = book_.document().find(config);
  if (node == nullptr || !node->is(JsonNode::Kind::kObject)) return config;
  for (const std::string& name : node->keys) {
    if (same_key(name, key)) return config / name;
  }
  return config;
}

bool ConfigSources::in_object(const JsonPath& config, std::string_view key) const {
  return path_of(config, key).steps().size() > config.steps().size();
}

bool ConfigSources::refused(const JsonPath& config, const std::vector<std::string>& keys) const {
  const JsonPath common = JsonPath{} / "config";
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const auto& bad = yaml_.refused;
    if (in_object(config, key) && !book_.clean(path_of(config, key))) return true;
    if (in_object(common, key)) return !book_.clean(path_of(common, key));
    return std::find(bad.begin(), bad.end(), key) != bad.end();
  });
}

// At the first of its keys that somebody wrote, here or in the core.yaml.
Complaint ConfigSources::placed(const JsonPath& config, const ConfigJudgement& judgement) const {
  const auto& [problem, remedy] = judgement.trouble;
  const std::string& judged = judgement.keys.front();
  for (const std::string& key : judgement.keys) {
    const bool first = key == judged;
    const std::string words = first ? problem : judged + " " + problem;
    if (in_object(config, key)) {
      const JsonPath path = path_of(config, key);
      const Place place = book_.document().place_of(path);
      return {book_.document().origins[place.origin], place.line, path.text(), words, remedy};
    }
    const int line = yaml_.line_of(key);
    if (line > 0) return {yaml_.file, line, key, words, remedy};
  }
  const Place place = book_.document().place_of(config);
  return {book_.document().origins[place.origin], place.line, config.text(), judged + " " + problem,
          remedy};
}

void ConfigSources::report(const JsonPath& config, const std::vector<ConfigJudgement>& judgements,
                           Complaints& warnings) {
  for (const ConfigJudgement& judgement : judgements) {
    if (refused(config, judgement.keys)) continue;
    (judgement.fatal ? complaints_ : warnings).push_back(placed(config, judgement));
  }
}

// The common configuration with what hearsay sets itself, as far as the file or the organisations
// say it.
ConfigMap ConfigSources::judged(const Scenario& scenario) const {
  ConfigMap config = scenario.config;
  if (imported_) {
    config.insert(config.end(), yaml_.managed.begin(), yaml_.managed.end());
    for (const std::string_view key : {"peer.gossip.useLeaderElection", "peer.gossip.orgLeader"}) {
      if (find_entry(config, key) == nullptr) config.push_back({std::string(key), false});
    }
  } else if (has_followers(scenario)) {
    const ConfigEntry* gossip = find_entry(config, "peer.deliveryclient.blockGossipEnabled");
    // Without that, a static leader is all that is known of a peer, and pushed blocks reach it.
    if (gossip != nullptr && config_text(gossip->value) == "false") {
      config.push_back({"peer.gossip.orgLeader", false});
    }
  }
  return config;
}

Complaints ConfigSources::judge(const Scenario& scenario) {
  Complaints warnings;
  if (!rules_.config_judge) return warnings;
  const ConfigMap common = judged(scenario);
  report(JsonPath{} / "config", rules_.config_judge(common, nullptr, false), warnings);
  const Population population = population_of(scenario);
  for (std::size_t i = 0; i < scenario.overrides.size(); ++i) {
    const Override& override = scenario.overrides[i];
    const JsonPath path = JsonPath{} / "overrides" / i;
    if (!book_.clean(path / "peers")) continue;
    report(path / "config",
           rules_.config_judge(common, &override.config, splits(override.peers, population)),
           warnings);
  }
  return warnings;
}

}  // namespace hearsay::scenario
