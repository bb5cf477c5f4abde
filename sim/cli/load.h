// Loading a scenario as every command does it: with the engines' configuration keys and the
// analysis' metrics, complaints on stderr.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/load.h"

namespace hearsay::sim {

// What the command line may change in a scenario.
struct Changes {
  std::vector<std::string> sets;  // "path=value"
  std::optional<std::uint64_t> seed;
  bool quiet = false;  // no warnings
};

// Nothing when the scenario has mistakes; they have been printed then, all of them. Warnings are
// printed too, but end nothing.
std::optional<scenario::Scenario> load_or_complain(const std::string& path, const Changes& changes);

// Prints what is wrong with the platform file of the scenario at `path`.
void complain_of_platform(const std::string& path, const std::string& complaint);

}  // namespace hearsay::sim
