// hearsay list

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/shipped.h"
#include "sim/scenario/load.h"

namespace hearsay::sim {

namespace {

constexpr std::size_t kColumns = 76;

// Prints `text` in lines of at most kColumns, indented.
void print_wrapped(std::string_view text) {
  while (!text.empty()) {
    std::size_t cut = text.size();
    if (cut > kColumns) {
      cut = text.rfind(' ', kColumns);
      if (cut == std::string_view::npos) cut = kColumns;
    }
    fmt::print("    {}\n", text.substr(0, cut));
    text.remove_prefix(cut < text.size() ? cut + 1 : cut);
  }
}

int list() {
  scenario::LoadOptions options;
  options.rules.check_files = false;
  for (const ShippedScenario& shipped : shipped_scenarios()) {
    const std::string file = "scenarios/" + std::string(shipped.name) + ".json";
    const auto plan = scenario::load_scenario_text(shipped.text, file, "scenarios", options);
    fmt::print("{}\n", file);
    if (plan.ok()) print_wrapped(plan.value().description);
  }
  return kPassed;
}

}  // namespace

Command add_list_command(CLI::App&) { return list; }

}  // namespace hearsay::sim
