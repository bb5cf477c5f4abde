// hearsay check SCENARIO…

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/gossip/config.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load.h"
#include "sim/cli/usage.h"
#include "sim/run/runner.h"
#include "sim/scenario/resolve.h"
#include "sim/simgrid/trial.h"

namespace hearsay::sim {

namespace {

struct CheckFlags {
  std::vector<std::string> scenarios;
  Changes changes;
  bool resolved = false;
};

// The keys that are set and that nobody reads, each group with its reason.
void print_keys_without_effect(const scenario::Scenario& plan) {
  std::vector<std::pair<std::string_view, std::string>> groups;
  for (const scenario::ConfigEntry& entry : plan.config) {
    const ConfigKey* key = find_config_key(entry.key);
    if (key == nullptr || key->effect != ConfigEffect::kNone) continue;
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& g) { return g.first == key->user; });
    if (group == groups.end()) {
      groups.emplace_back(key->user, key->name);
    } else {
      group->second += fmt::format(", {}", key->name);
    }
  }
  for (const auto& [reason, keys] : groups)
    fmt::print("  no effect in this version ({}): {}\n", reason, keys);
}

// What SimGrid says against the platform file of a valid scenario, or nothing. In a process of its
// own: one process reads one platform.
std::optional<std::string> platform_trouble(const scenario::Scenario& plan) {
  if (plan.network.platform.empty()) return std::nullopt;
  return try_in_child([&](const SayStep&) -> std::optional<std::string> {
    auto made = Runner::make(plan, {});
    if (made.ok()) return std::nullopt;
    return made.error();
  });
}

int check(const CheckFlags& flags) {
  int code = kPassed;
  for (const std::string& path : flags.scenarios) {
    const auto plan = load_or_complain(path, flags.changes);
    if (!plan) {
      code = kBadInput;
    } else if (const auto trouble = platform_trouble(*plan)) {
      complain_of_platform(path, *trouble);
      code = kBadInput;
    } else if (flags.resolved) {
      fmt::print("{}", scenario::to_json(*plan));
    } else {
      std::size_t peers = 0;
      for (const auto& org : plan->organizations)
        peers += org.peers;
      fmt::print("{}: fine: {} peers, {} s, {} promises\n", path, peers, to_seconds(plan->duration),
                 plan->expect.size());
      print_keys_without_effect(*plan);
    }
  }
  return code;
}

}  // namespace

Command add_check_command(CLI::App& app) {
  auto flags = std::make_shared<CheckFlags>();
  app.add_option("scenario", flags->scenarios, "Scenario files")->required();
  app.add_option("--set", flags->changes.sets, "Change the scenario: path=value (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--seed", flags->changes.seed, "Seed instead of the scenario's")
      ->check(whole_number());
  app.add_flag("--resolved", flags->resolved,
               "Print the scenario with every default written out, runnable as it is");
  return [flags] { return check(*flags); };
}

}  // namespace hearsay::sim
