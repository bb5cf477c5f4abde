#include "tests/tidy/shape.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace hearsay::tidy {
namespace {

// Longer than the rule, each with the reason. check_function_length complains about an entry that
// is no longer needed.
struct LongFunction {
  std::string_view path;
  std::string_view name;
  std::string_view reason;
};

const std::vector<LongFunction>& long_functions() {
  static const std::vector<LongFunction> table = {};
  return table;
}

bool is_long_allowed(std::string_view path, std::string_view name) {
  return std::any_of(long_functions().begin(), long_functions().end(),
                     [&](const LongFunction& f) { return f.path == path && f.name == name; });
}

bool is_word_token(std::string_view token) {
  return std::isalnum(static_cast<unsigned char>(token[0])) != 0 || token[0] == '_';
}

// Finds function bodies by walking over the tokens outside of functions. A "head" is the run of
// tokens since the last ; { or } at this level.
class FunctionFinder {
 public:
  explicit FunctionFinder(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::vector<FunctionSpan> run() {
    while (at_ < tokens_.size())
      step();
    return std::move(found_);
  }

 private:
  enum class Brace { kScope, kBody, kInitializer };

  void step() {
    const std::string_view token = tokens_[at_].text;
    const bool after_label = token == ":" && head_.size() == 1 && is_access(head_[0].text);
    if (token == ";" || token == "}" || after_label) {
      head_.clear();
    } else if (token == "{") {
      brace();
    } else {
      head_.push_back(tokens_[at_]);
    }
    ++at_;
  }

  void brace() {
    switch (kind_of_brace()) {
      case Brace::kScope:
        head_.clear();
        return;
      case Brace::kBody:
        found_.push_back({name(), head_.front().line, 0});
        at_ = matching_brace();
        found_.back().last_line = tokens_[std::min(at_, tokens_.size() - 1)].line;
        head_.clear();
        return;
      case Brace::kInitializer: {
        const int line = tokens_[at_].line;
        at_ = matching_brace();
        // The head goes on, as if the braces had been parentheses.
        head_.push_back({"(", line});
        head_.push_back({")", line});
        return;
      }
    }
  }

  Brace kind_of_brace() const {
    const std::vector<Token> head = without_template();
    if (head.empty()) return Brace::kScope;
    const std::string_view first = first_keyword(head);
    const std::string_view last = head.back().text;
    if (first == "namespace" || first == "extern") return Brace::kScope;
    if (first == "enum") return Brace::kInitializer;
    const bool is_type = first == "class" || first == "struct" || first == "union";
    if (is_type && last != ")" && last != "const" && last != "noexcept") return Brace::kScope;
    bool has_parens = false;
    bool in_init_list = false;
    int depth = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
      const std::string_view token = head[i].text;
      if (token == "(") ++depth;
      if (token == ")") --depth, has_parens = true;
      if (depth != 0) continue;
      const bool is_operator =
          i > 0 && (head[i - 1].text == "operator" ||
                    std::ispunct(static_cast<unsigned char>(head[i - 1].text[0])));
      if (token == "=" && !is_operator) return Brace::kInitializer;
      if (token == ":" && has_parens) in_init_list = true;
    }
    if (!has_parens) return Brace::kInitializer;
    if (in_init_list && last != ")") return Brace::kInitializer;  // a_{1} of an initializer list
    return Brace::kBody;
  }

  std::vector<Token> without_template() const {
    std::size_t i = 0;
    while (i + 1 < head_.size() && head_[i].text == "template" && head_[i + 1].text == "<") {
      int depth = 0;
      for (++i; i < head_.size(); ++i) {
        if (head_[i].text == "<") ++depth;
        if (head_[i].text == ">" && --depth == 0) break;
      }
      ++i;
    }
    if (i >= head_.size()) return {};
    return {head_.begin() + static_cast<std::ptrdiff_t>(i), head_.end()};
  }

  static std::string_view first_keyword(const std::vector<Token>& head) {
    static const std::set<std::string_view> skipped = {"inline",    "static", "typedef",
                                                       "constexpr", "friend", "const"};
    for (const Token& token : head) {
      if (!skipped.contains(token.text)) return token.text;
    }
    return "";
  }

  static bool is_access(std::string_view token) {
    return token == "public" || token == "private" || token == "protected";
  }

  std::string name() const {
    const std::vector<Token> head = without_template();
    for (std::size_t i = 1; i < head.size(); ++i) {
      if (head[i].text != "(" || !is_word_token(head[i - 1].text)) continue;
      std::string out(head[i - 1].text);
      // TEST(Suite, Case): the name is what stands inside.
      if (out.starts_with("TEST")) {
        for (std::size_t j = i + 1; j < head.size() && head[j].text != ")"; ++j) {
          out += (head[j].text == ",") ? "." : (j == i + 1 ? " " : "") + std::string(head[j].text);
        }
      }
      return out;
    }
    return "?";
  }

  std::size_t matching_brace() const {
    int depth = 0;
    for (std::size_t i = at_; i < tokens_.size(); ++i) {
      if (tokens_[i].text == "{") ++depth;
      if (tokens_[i].text == "}" && --depth == 0) return i;
    }
    return tokens_.size();
  }

  const std::vector<Token>& tokens_;
  std::vector<Token> head_;
  std::vector<FunctionSpan> found_;
  std::size_t at_ = 0;
};

int columns_of(std::string_view line) {
  return static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not the inside of a UTF-8 character
  }));
}

}  // namespace

Findings check_line_length(const SourceFile& file) {
  Findings out;
  int number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    const int columns = columns_of(line);
    if (columns <= kLineColumnsMax) continue;
    out.push_back({file.path, number,
                   "a line of " + std::to_string(columns) + " columns; at most " +
                       std::to_string(kLineColumnsMax)});
  }
  return out;
}

Findings check_file_length(const SourceFile& file) {
  const int lines = static_cast<int>(lines_of(file.text).size());
  if (lines <= kFileLinesMax) return {};
  return {{file.path, kFileLinesMax + 1,
           "a file of " + std::to_string(lines) + " lines; at most " +
               std::to_string(kFileLinesMax) + ": split it by what its parts are about"}};
}

std::vector<FunctionSpan> functions_of(std::string_view text) {
  const std::string code = without_directives(without_comments(text, true));
  const std::vector<Token> tokens = tokens_of(code);
  return FunctionFinder(tokens).run();
}

Findings check_function_length(const SourceFile& file) {
  Findings out;
  std::set<std::string> is_long;
  for (const FunctionSpan& f : functions_of(file.text)) {
    const int lines = f.last_line - f.first_line + 1;
    if (lines <= kFunctionLinesMax) continue;
    is_long.insert(f.name);
    if (is_long_allowed(file.path, f.name)) continue;
    out.push_back({file.path, f.first_line,
                   f.name + " has " + std::to_string(lines) + " lines; at most " +
                       std::to_string(kFunctionLinesMax) +
                       ": keep the branching, move the leaves out"});
  }
  for (const LongFunction& f : long_functions()) {
    if (f.path != file.path || is_long.contains(std::string(f.name))) continue;
    out.push_back({file.path, 1,
                   std::string(f.name) + " is no longer long: take it out of tests/tidy/shape.cc"});
  }
  return out;
}

Findings check_header_head(const SourceFile& file) {
  if (!is_header(file.path)) return {};
  Findings out;
  bool has_pragma = false;
  bool has_comment = false;
  for (std::string_view line : lines_of(file.text)) {
    if (line.starts_with("#pragma once")) {
      has_pragma = true;
    } else if (line.starts_with("// ") && line.size() > 20) {
      has_comment = true;
    } else if (!line.empty() && !line.starts_with("//")) {
      break;  // code begins
    }
  }
  if (!has_pragma) {
    out.push_back({file.path, 1, "no #pragma once above the first line of code; write it there"});
  }
  if (!has_comment) {
    out.push_back({file.path, 1,
                   "no head comment; say above the first line of code what the file is, what it "
                   "mirrors, what it promises"});
  }
  return out;
}

Findings check_file_name(const SourceFile& file) {
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  if (good) return {};
  return {{file.path, 1, "the file name is not snake_case; write a-z, 0-9 and _ only"}};
}

}  // namespace hearsay::tidy
