// Source text for the tidy checks: reading the repository, hiding comments and literals, splitting
// into tokens.
//
// A check is a function from text to findings and touches no file, so that each is tested on small
// bad examples (*_selftest.cc) and then applied to the whole repository (tidy_test.cc).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearsay::tidy {

struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string text;
};

// One complaint. `message` says what is wrong and what would be right.
struct Finding {
  std::string path;
  int line = 1;
  std::string message;

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

// "path:line: message", one a line.
std::string to_string(const Findings& findings);

// A word (identifier or number) or a single punctuation character; "::" and "->" count as one.
struct Token {
  std::string_view text;
  int line = 1;
};

// `text` with comments, and with the insides of string and character literals when `literals`,
// replaced by spaces. Line breaks stay where they are, so lines keep their numbers.
std::string without_comments(std::string_view text, bool literals);

// `code` with preprocessor lines, continuations included, replaced by spaces.
std::string without_directives(std::string_view code);

// The tokens of `code`, which must outlive the result.
std::vector<Token> tokens_of(std::string_view code);

// The lines of `text` without their line breaks. An empty text has none.
std::vector<std::string_view> lines_of(std::string_view text);

// The first directory levels that make a room: "core/wire" of "core/wire/codec.cc", "analysis" of
// "analysis/stats.h", "tests" of anything in tests, "" of a file at the root.
std::string room_of(std::string_view path);

bool is_header(std::string_view path);
bool is_source(std::string_view path);  // header or .cc

// Whether `path` is `prefix`, lies in the folder `prefix`, or begins with `prefix` when that ends
// with '*'.
bool under(std::string_view path, std::string_view prefix);

// Every file below `root`, sorted by path; without version control, builds and runs. Files that are
// no texts are there with an empty text.
std::vector<SourceFile> read_tree(const std::string& root);

// Those of `files` that are C++.
std::vector<SourceFile> sources_of(const std::vector<SourceFile>& files);

}  // namespace hearsay::tidy
