// hearsay schema

#include <fmt/format.h>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/scenario/load.h"

namespace hearsay::sim {

Command add_schema_command(CLI::App&) {
  return [] {
    fmt::print("{}\n", scenario::scenario_schema());
    return int{kPassed};
  };
}

}  // namespace hearsay::sim
