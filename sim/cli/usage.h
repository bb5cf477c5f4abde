// What is wrong with a command line, in one line with the nearest name, instead of a page of help.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace hearsay::sim {

// `error` as the person should read it: which word is unknown and which known one is near, else
// what CLI11 says. `arguments` are those of the command line without the program's name.
std::string usage_text(const CLI::App& app, const std::vector<std::string>& arguments,
                       const CLI::ParseError& error);

// Why the first word of a command line is no command, or nothing: also where help is asked for.
std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments);

// A check for flags that take one of a few words.
CLI::Validator one_of(std::vector<std::string> words);

// A check for flags that take a number of 64 bits without a sign.
CLI::Validator whole_number();

// A check for flags that take a file's name.
CLI::Validator not_empty();

}  // namespace hearsay::sim
