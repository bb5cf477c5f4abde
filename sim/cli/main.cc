// hearsay: the program. Parses the command line and hands over to a command.

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/huge_pages.h"
#include "sim/cli/usage.h"
#include "sim/cli/version.h"

namespace {

// A broken assertion, here or in a library, has said what it is about.
void on_abort(int) {
  constexpr char kText[] =
      "hearsay: this is a fault of hearsay; please report it with scenario, seed and --version\n";
  const auto written = write(STDERR_FILENO, kText, sizeof kText - 1);
  static_cast<void>(written);
  _exit(hearsay::sim::kEnvironment);
}

// What could not be printed has not been said: a full disk behind stdout is no success.
int flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "hearsay: cannot write to standard output: {}\n", std::strerror(errno));
  return hearsay::sim::kEnvironment;
}

int parse_and_run(int argc, char** argv) {
  using namespace hearsay::sim;
  CLI::App app{"A discrete-event simulator of Hyperledger Fabric's gossip.", "hearsay"};
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 passed, 1 a promise was broken, 2 bad input, 3 environment or internal\n"
      "error, 4 nondeterminism, 130 interrupted. Start with: hearsay list");

  using Adder = Command (*)(CLI::App&);
  const std::pair<const char*, std::pair<const char*, Adder>> table[] = {
      {"run", {"Run a scenario, print its verdict, write the run directory", add_run_command}},
      {"check", {"Validate scenarios; print all complaints", add_check_command}},
      {"list", {"List the scenarios that ship with hearsay", add_list_command}},
      {"schema", {"Print the JSON Schema of a scenario", add_schema_command}},
      {"completion", {"Print the completion script for bash", add_completion_command}},
  };
  std::vector<std::pair<CLI::App*, Command>> commands;
  for (const auto& [name, entry] : table) {
    CLI::App* sub = app.add_subcommand(name, entry.first);
    commands.emplace_back(sub, entry.second(*sub));
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool answered = error.get_exit_code() == 0;  // --help, --version
    const auto no_command = answered ? unknown_command(app, arguments) : std::nullopt;
    if (answered && !no_command) return app.exit(error);
    fmt::print(stderr, "hearsay: {}\n",
               no_command ? *no_command : usage_text(app, arguments, error));
    return kBadInput;
  }
  for (const auto& [sub, command] : commands) {
    if (sub->parsed()) return command();
  }
  return kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "run") == 0) hearsay::sim::restart_with_huge_pages(argv);
  std::signal(SIGABRT, on_abort);
  try {
    return flushed(parse_and_run(argc, argv));
  } catch (const std::bad_alloc&) {
    std::fputs("hearsay: out of memory\n", stderr);
    return hearsay::sim::kEnvironment;
  } catch (const std::system_error& error) {
    // What fmt says of standard output is that it is a file.
    const bool output = std::ferror(stdout) != 0;
    std::fprintf(stderr, "hearsay: %s\n",
                 output ? ("cannot write to standard output: " + error.code().message()).c_str()
                        : error.what());
    return hearsay::sim::kEnvironment;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hearsay: %s\n", error.what());
    return hearsay::sim::kEnvironment;
  }
}
