#include "tests/unit/scenario/support.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace hearsay::scenario::testing {

std::span<const ConfigKeyInfo> some_config_keys() {
  using Type = ConfigKeyInfo::Type;
  static constexpr std::array<ConfigKeyInfo, 5> kKeys{
      {{"peer.gossip.pullInterval", Type::kDuration},
       {"peer.gossip.propagatePeerNum", Type::kInt},
       {"peer.gossip.nonBlockingCommitMode", Type::kBool},
       {"peer.gossip.bootstrap", Type::kStringList},
       {"peer.gossip.someText", Type::kString}}};
  return kKeys;
}

LoadOptions some_options() {
  LoadOptions options;
  options.rules.config_keys = some_config_keys();
  options.rules.metrics = {{"membership.converged_s", {}},
                           {"membership.detection_s", {"p50", "max"}},
                           {"blocks.t100_s", {"mean", "p50", "p90", "p99", "max"}},
                           {"blocks.count", {}},
                           {"blocks.coverage_push", {}},
                           {"blocks.transmissions_per_block", {}},
                           {"leaders.<channel>.<organization>.final", {}}};
  return options;
}

LoadOptions shipped_options() {
  LoadOptions options = some_options();
  options.rules.metrics = {};
  // Any key of Fabric's: the engines' own table is not at hand here.
  options.rules.config_keys = {};
  return options;
}

Scenario load_good(std::string_view text, const LoadOptions& options) {
  auto result = load_scenario_text(text, "scenario.json", HS_SOURCE_DIR "/scenarios", options);
  if (result.ok()) return std::move(result.value());
  for (const Complaint& complaint : result.error())
    ADD_FAILURE() << complaint.text();
  return {};
}

std::vector<std::string> complaints_of(std::string_view text, const LoadOptions& options) {
  const auto result =
      load_scenario_text(text, "scenario.json", HS_SOURCE_DIR "/scenarios", options);
  std::vector<std::string> texts;
  if (result.ok()) return texts;
  for (const Complaint& complaint : result.error())
    texts.push_back(complaint.text());
  return texts;
}

std::vector<std::string> warnings_of(std::string_view text, const LoadOptions& options) {
  Complaints warnings;
  const auto result =
      load_scenario_text(text, "scenario.json", HS_SOURCE_DIR "/scenarios", options, &warnings);
  EXPECT_TRUE(result.ok());
  std::vector<std::string> texts;
  for (const Complaint& warning : warnings)
    texts.push_back(warning.text());
  return texts;
}

std::vector<std::string> shipped_scenarios() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(HS_SOURCE_DIR "/scenarios")) {
    const auto& path = entry.path();
    if (path.extension() == ".json" && path.filename() != "schema.json") {
      paths.push_back(path.string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string small_with(std::string_view more) {
  std::string text = R"({ "duration": "60s",
  "organizations": [ { "name": "org1", "peers": 10 } ],
  "channels": [ { "name": "ch1" } ])";
  if (!more.empty()) text += ",\n  " + std::string(more);
  return text + " }";
}

}  // namespace hearsay::scenario::testing
