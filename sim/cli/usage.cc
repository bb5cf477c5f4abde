#include "sim/cli/usage.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/complaint.h"

namespace hearsay::sim {

namespace {

using Words = std::vector<std::string_view>;

// Commands whose names are taken.
constexpr std::array<std::string_view, 6> kLater = {"sweep",  "compare", "report",
                                                    "export", "trace",   "replay"};

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string no_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app))
    names.push_back(command->get_name());
  if (std::find(kLater.begin(), kLater.end(), word) != kLater.end()) {
    return fmt::format("{} is not available in this version; commands: {}", word,
                       fmt::join(names, ", "));
  }
  return fmt::format("unknown command {}; {}", scenario::shown(word),
                     scenario::suggestion(word, Words(names.begin(), names.end()), "commands"));
}

// The first argument that looks like an option and is none of `app`'s, or empty.
std::string first_unknown_option(const CLI::App& app, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    const bool option =
        argument.size() > 1 && argument[0] == '-' && !(argument[1] >= '0' && argument[1] <= '9');
    if (!option) continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (app.get_option_no_throw(name) == nullptr) return name;
  }
  return "";
}

std::string unknown_option(const CLI::App& app, const std::string& option) {
  std::vector<std::string> names;
  for (const CLI::Option* known : app.get_options()) {
    for (const std::string& name : known->get_lnames())
      names.push_back("--" + name);
  }
  return fmt::format("unknown option {}; {}", scenario::shown(option),
                     scenario::suggestion(option, Words(names.begin(), names.end()), "options"));
}

}  // namespace

std::string usage_text(const CLI::App& app, const std::vector<std::string>& arguments,
                       const CLI::ParseError& error) {
  const auto word = std::find_if(arguments.begin(), arguments.end(),
                                 [](const std::string& a) { return !a.starts_with('-'); });
  const std::string before = first_unknown_option(app, {arguments.begin(), word});
  if (!before.empty()) return unknown_option(app, before);
  if (word == arguments.end()) return "a command is missing; try hearsay --help";
  for (const CLI::App* command : commands_of(app)) {
    if (command->get_name() != *word) continue;
    const std::string option = first_unknown_option(*command, {word + 1, arguments.end()});
    std::string what = error.what();
    if (what.starts_with(*word + ": ")) what.erase(0, word->size() + 2);
    return fmt::format("{}: {}; try hearsay {} --help", *word,
                       option.empty() ? what : unknown_option(*command, option), *word);
  }
  return no_command(app, *word);
}

std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments) {
  const auto word = std::find_if(arguments.begin(), arguments.end(),
                                 [](const std::string& a) { return !a.starts_with('-'); });
  if (word == arguments.end()) return std::nullopt;
  for (const CLI::App* command : commands_of(app)) {
    if (command->get_name() == *word) return std::nullopt;
  }
  return no_command(app, *word);
}

CLI::Validator one_of(std::vector<std::string> words) {
  const std::string description = fmt::format("{{{}}}", fmt::join(words, ","));
  return {[words = std::move(words)](std::string& word) -> std::string {
            if (std::find(words.begin(), words.end(), word) != words.end()) return "";
            return fmt::format(
                "there is no {}; {}", scenario::shown(word),
                scenario::suggestion(word, Words(words.begin(), words.end()), "values"));
          },
          description};
}

CLI::Validator whole_number() {
  return {[](std::string& word) -> std::string {
            // CLI11 itself takes -5 for 2^64 - 5.
            std::uint64_t value = 0;
            const char* end = word.data() + word.size();
            const auto read = std::from_chars(word.data(), end, value);
            if (read.ec == std::errc() && read.ptr == end) return "";
            return fmt::format("{} is not a whole number of 64 bits; write one from 0 to {}",
                               scenario::shown(word), std::numeric_limits<std::uint64_t>::max());
          },
          ""};
}

CLI::Validator not_empty() {
  return {[](std::string& word) -> std::string {
            return word.empty() ? "the name is empty; write one, or leave the option out" : "";
          },
          ""};
}

}  // namespace hearsay::sim
