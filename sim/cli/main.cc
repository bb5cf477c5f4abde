// hearsay: the program. Parses the command line and hands over to a command.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/version.h"

namespace {

int parse_and_run(int argc, char** argv) {
  using namespace hearsay::sim;
  CLI::App app{"A discrete-event simulator of Hyperledger Fabric's gossip.", "hearsay"};
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  app.footer("Exit codes: 0 passed, 1 a promise was broken, 2 bad input, 3 environment or internal\n"
             "error, 4 nondeterminism, 130 interrupted. Start with: hearsay list");

  using Adder = Command (*)(CLI::App&);
  const std::pair<const char*, std::pair<const char*, Adder>> table[] = {
      {"run", {"Run a scenario, print its verdict, write the run directory", add_run_command}},
      {"check", {"Validate scenarios; print all complaints", add_check_command}},
      {"list", {"List the scenarios that ship with hearsay", add_list_command}},
      {"schema", {"Print the JSON Schema of a scenario", add_schema_command}},
  };
  std::vector<std::pair<CLI::App*, Command>> commands;
  for (const auto& [name, entry] : table) {
    CLI::App* sub = app.add_subcommand(name, entry.first);
    commands.emplace_back(sub, entry.second(*sub));
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kPassed : kBadInput;
  }
  for (const auto& [sub, command] : commands) {
    if (sub->parsed()) return command();
  }
  return kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hearsay: %s\n", error.what());
    return hearsay::sim::kEnvironment;
  }
}
