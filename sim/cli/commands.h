// The commands of `hearsay`, one function each. Each registers its flags with CLI11 and returns
// what to call once the command line is parsed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace hearsay::sim {

// Runs the command and gives the process's exit code.
using Command = std::function<int()>;

Command add_run_command(CLI::App& app);
Command add_check_command(CLI::App& app);
Command add_list_command(CLI::App& app);
Command add_schema_command(CLI::App& app);
Command add_completion_command(CLI::App& app);

}  // namespace hearsay::sim
