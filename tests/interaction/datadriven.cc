#include "tests/interaction/datadriven.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace hearsay::test {

namespace {

constexpr std::string_view kSeparator = "----";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

bool is_prose(const std::string& line) { return line.empty() || line[0] == '#'; }

Command parse(const std::string& text, int line) {
  Command command;
  command.line = line;
  std::istringstream words(text);
  words >> command.name;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      command.words.push_back(word);
    } else {
      command.values[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return command;
}

// Ends in a line feed.
std::string shown(std::string output) {
  if (output.empty()) output = "ok";
  if (output.back() != '\n') output += '\n';
  return output;
}

}  // namespace

bool Command::has(std::string_view word) const {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string Command::value(const std::string& key, const std::string& otherwise) const {
  const auto found = values.find(key);
  return found == values.end() ? otherwise : found->second;
}

Outcome run_script(std::string_view text, const Handler& handler) {
  const std::vector<std::string> lines = lines_of(text);
  Outcome outcome;
  std::size_t at = 0;
  while (at < lines.size()) {
    if (is_prose(lines[at])) {
      outcome.rewritten += lines[at++] + "\n";
      continue;
    }
    Command command = parse(lines[at], static_cast<int>(at) + 1);
    outcome.rewritten += lines[at++] + "\n";
    for (; at < lines.size() && lines[at] != kSeparator; ++at) {
      command.input += lines[at] + "\n";
      outcome.rewritten += lines[at] + "\n";
    }
    if (at == lines.size()) {
      outcome.malformed =
          fmt::format("line {}: no {} behind '{}'", command.line, kSeparator, command.name);
      return outcome;
    }
    ++at;
    std::string expected;
    for (; at < lines.size() && !lines[at].empty(); ++at)
      expected += lines[at] + "\n";
    const std::string actual = shown(handler(command));
    if (actual.starts_with('\n') || actual.find("\n\n") != std::string::npos) {
      outcome.malformed =
          fmt::format("line {}: '{}' printed an empty line", command.line, command.name);
      return outcome;
    }
    outcome.rewritten += std::string(kSeparator) + "\n" + actual;
    if (actual != expected) {
      outcome.mismatches.push_back({command.line, command.name, expected, actual});
    }
  }
  return outcome;
}

}  // namespace hearsay::test
