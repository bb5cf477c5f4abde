// hearsay completion

#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"

namespace hearsay::sim {

namespace {

// "a b c" when the option's check is one_of({a, b, c}), else empty.
std::string values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string values = type.substr(open + 1, close - open - 1);
  for (char& c : values) {
    if (c == ',') c = ' ';
  }
  return values;
}

std::string options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

// The script knows what the commands know, because it is made from them.
int print_script(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string values;
  std::string options;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string& name = command->get_name();
    commands.push_back(name);
    options += fmt::format("    {}) options='{}' ;;\n", name, options_of(*command));
    for (const CLI::Option* option : command->get_options()) {
      const std::string words = values_of(*option);
      if (words.empty()) continue;
      values +=
          fmt::format("    '{} --{}') values='{}' ;;\n", name, option->get_lnames().front(), words);
    }
  }
  fmt::print(R"(# Completion of hearsay's command line in bash: source <(hearsay completion)
_hearsay() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command=${{COMP_WORDS[1]}} values='' options=''
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '{} {}' -- "$word")
    return
  fi
  case "$command $before" in
{}  esac
  if [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    return
  fi
  case "$command" in
{}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.json' -- "$word"; compgen -d -- "$word")
  fi
}}
complete -o filenames -F _hearsay hearsay
)",
             fmt::join(commands, " "), options_of(app), values, options);
  return kPassed;
}

}  // namespace

Command add_completion_command(CLI::App& app) {
  return [&app] { return print_script(*app.get_parent()); };
}

}  // namespace hearsay::sim
