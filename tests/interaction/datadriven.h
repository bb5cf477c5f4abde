// Data-driven tests: a text file of commands, each with the output it must cause.
//
//   # A comment, kept as it is.
//   command positional key=value
//   more input, if the command takes any
//   ----
//   what the command printed, up to the next empty line
//
// The file format is that of Go's cockroachdb/datadriven, as etcd's raft uses it. Instead of being
// compared the output can be written into the file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::test {

struct Command {
  int line = 0;  // of the file, from 1
  std::string name;
  std::vector<std::string> words;             // positional
  std::map<std::string, std::string> values;  // key=value
  std::string input;                          // the lines between the command and ----

  bool has(std::string_view word) const;
  // The value of `key`, or `otherwise`.
  std::string value(const std::string& key, const std::string& otherwise = "") const;
};

// Carries out a command and returns its output: lines, none of them empty. "" is shown as "ok".
using Handler = std::function<std::string(const Command&)>;

struct Mismatch {
  int line = 0;
  std::string command;
  std::string expected;
  std::string actual;
};

struct Outcome {
  std::string rewritten;  // the file with the actual output
  std::vector<Mismatch> mismatches;
  std::string malformed;  // not empty: what is wrong with the file's form; nothing else holds then
};

// Runs every command of `text`, also behind one that printed something else.
Outcome run_script(std::string_view text, const Handler& handler);

}  // namespace hearsay::test
