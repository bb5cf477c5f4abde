// The scenarios that ship with hearsay, as they were when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace hearsay::sim {

struct ShippedScenario {
  std::string_view name;  // without folder and ending
  std::string_view text;
};

// By name.
std::span<const ShippedScenario> shipped_scenarios();

}  // namespace hearsay::sim
