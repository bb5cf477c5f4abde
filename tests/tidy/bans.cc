#include "tests/tidy/bans.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string>

namespace hearsay::tidy {
namespace {

using Names = std::vector<std::string_view>;

// Where a ban holds.
enum class Scope {
  kEverywhere,    // every C++ file
  kProduct,       // core, sim, analysis
  kVirtualTime,   // the product without sim/cli and core/grpc, which live on the machine's clock
  kBelowRun,      // the product without sim/run, sim/cli and core/grpc, which meet the real machine
  kDeterministic  // as kBelowRun, and tests too
};

// A ban matches a sequence of tokens; the last may end in '*' and then matches a beginning, or
// begin with
// '*' and then matches an ending.
struct Ban {
  Names tokens;
  Scope scope;
  std::string_view instead;
};

constexpr std::string_view kUseRandom = "use a named stream of core/base/random.h";
constexpr std::string_view kNotPortable =
    "its draws differ between libraries; use core/base/random.h";
constexpr std::string_view kUseClock = "use the Clock port (core/ports/clock.h): time is virtual";
constexpr std::string_view kNoThreads = "one strand per node, one calendar per world, no threads";

const std::vector<Ban>& bans() {
  static const std::vector<Ban> table = {
      {{"random_device"}, Scope::kEverywhere, kUseRandom},
      {{"std", "::", "mt19937*"}, Scope::kProduct, kUseRandom},
      {{"std", "::", "default_random_engine"}, Scope::kEverywhere, kUseRandom},
      {{"std", "::", "minstd_rand*"}, Scope::kEverywhere, kUseRandom},
      {{"std", "::", "*_distribution"}, Scope::kEverywhere, kNotPortable},
      {{"std", "::", "shuffle"}, Scope::kEverywhere, kNotPortable},
      {{"std", "::", "sample"}, Scope::kEverywhere, kNotPortable},
      {{"std", "::", "ranges", "::", "shuffle"}, Scope::kEverywhere, kNotPortable},
      {{"rand", "("}, Scope::kEverywhere, kUseRandom},
      {{"srand", "("}, Scope::kEverywhere, kUseRandom},
      {{"drand48", "("}, Scope::kEverywhere, kUseRandom},
      {{"system_clock"}, Scope::kVirtualTime, kUseClock},
      {{"steady_clock"}, Scope::kVirtualTime, kUseClock},
      {{"high_resolution_clock"}, Scope::kVirtualTime, kUseClock},
      {{"clock_gettime"}, Scope::kVirtualTime, kUseClock},
      {{"gettimeofday"}, Scope::kVirtualTime, kUseClock},
      {{"time", "(", "nullptr"}, Scope::kVirtualTime, kUseClock},
      {{"time", "(", "NULL"}, Scope::kVirtualTime, kUseClock},
      {{"time", "(", "0", ")"}, Scope::kVirtualTime, kUseClock},
      {{"this_thread"}, Scope::kDeterministic, "virtual time never sleeps; run the world on"},
      {{"std", "::", "thread"}, Scope::kBelowRun, kNoThreads},
      {{"std", "::", "jthread"}, Scope::kBelowRun, kNoThreads},
      {{"std", "::", "async"}, Scope::kBelowRun, kNoThreads},
      {{"std", "::", "*mutex"}, Scope::kBelowRun, kNoThreads},
      {{"std", "::", "atomic*"}, Scope::kBelowRun, kNoThreads},
      {{"std", "::", "condition_variable*"}, Scope::kBelowRun, kNoThreads},
      {{"thread_local"}, Scope::kBelowRun, kNoThreads},
      {{"assert", "("}, Scope::kEverywhere, "use HS_ASSERT: it stays on in release builds"},
      {{"std", "::", "cout"}, Scope::kBelowRun, "only sim/cli talks to the user: return a string"},
      {{"std", "::", "cerr"}, Scope::kBelowRun, "only sim/cli talks to the user: return a string"},
  };
  return table;
}

// Exceptions, each with its reason.
struct Allowance {
  std::string_view place;  // as for under()
  std::string_view token;  // the last token of the ban
  std::string_view reason;
};

const std::vector<Allowance>& allowances() {
  static const std::vector<Allowance> table = {
      {"sim/run", "steady_clock",
       "wall_s of the summary and the progress line: reported, never used"},
  };
  return table;
}

bool in_scope(std::string_view path, Scope scope) {
  const bool product = under(path, "core") || under(path, "sim") || under(path, "analysis");
  const bool meets_machine =
      under(path, "sim/run") || under(path, "sim/cli") || under(path, "core/grpc");
  switch (scope) {
    case Scope::kEverywhere:
      return true;
    case Scope::kProduct:
      return product;
    case Scope::kVirtualTime:
      return product && !under(path, "sim/cli") && !under(path, "core/grpc");
    case Scope::kBelowRun:
      return product && !meets_machine;
    case Scope::kDeterministic:
      return !meets_machine;
  }
  return true;
}

bool matches(std::string_view token, std::string_view pattern) {
  if (pattern.ends_with('*')) return token.starts_with(pattern.substr(0, pattern.size() - 1));
  if (pattern.starts_with('*')) return token.ends_with(pattern.substr(1));
  return token == pattern;
}

bool matches_at(const std::vector<Token>& tokens, std::size_t at, const Names& pattern) {
  if (at + pattern.size() > tokens.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!matches(tokens[at + i].text, pattern[i])) return false;
  }
  // obj.time(…) and Foo::rand(…) are somebody else's names; std::rand(…) is not.
  if (pattern.size() == 1 || pattern[0] == "std" || at == 0) return true;
  const std::string_view before = tokens[at - 1].text;
  if (before == "::") return at < 2 || tokens[at - 2].text == "std";
  return before != "." && before != "->";
}

bool is_allowed(std::string_view path, const Names& pattern) {
  return std::any_of(allowances().begin(), allowances().end(), [&](const Allowance& a) {
    return under(path, a.place) && a.token == pattern.back();
  });
}

std::string spelled(const std::vector<Token>& tokens, std::size_t at, std::size_t count) {
  std::string out;
  for (std::size_t i = at; i < at + count; ++i)
    out += tokens[i].text;
  return out;
}

// The index behind the bracket that closes the one at `open`, or the end.
std::size_t behind_bracket(const std::vector<Token>& tokens, std::size_t open,
                           std::string_view left, std::string_view right) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].text == left) ++depth;
    if (tokens[i].text == right && --depth == 0) return i + 1;
  }
  return tokens.size();
}

bool is_unordered(std::string_view token) { return token.starts_with("unordered_"); }

// Names of variables and members declared with an unordered type.
void collect_unordered(const std::vector<Token>& tokens, std::set<std::string_view>& names) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!is_unordered(tokens[i].text) || tokens[i + 1].text != "<") continue;
    std::size_t at = behind_bracket(tokens, i + 1, "<", ">");
    while (at < tokens.size() &&
           (tokens[at].text == "&" || tokens[at].text == "*" || tokens[at].text == "const")) {
      ++at;
    }
    if (at >= tokens.size()) continue;
    const bool is_name = std::isalpha(static_cast<unsigned char>(tokens[at].text[0])) != 0;
    const bool is_function = at + 1 < tokens.size() && tokens[at + 1].text == "(";
    if (is_name && !is_function) names.insert(tokens[at].text);
  }
}

// The last word of the expression of a range-for whose "(" stands at `open`: "index_" of
// "for (const auto& [k, v] : this->index_)". Nothing for other loops and for calls.
std::optional<std::string_view> ranged_over(const std::vector<Token>& tokens, std::size_t open) {
  const std::size_t end = behind_bracket(tokens, open, "(", ")");
  bool has_colon = false;
  for (std::size_t i = open; i < end; ++i) {
    if (tokens[i].text == ";") has_colon = false;  // an init-statement
    if (tokens[i].text == ":") has_colon = true;
  }
  if (!has_colon || end < open + 3) return std::nullopt;
  return tokens[end - 2].text;
}

}  // namespace

Findings check_bans(const SourceFile& file) {
  Findings out;
  const std::string code = without_directives(without_comments(file.text, true));
  const std::vector<Token> tokens = tokens_of(code);
  for (const Ban& ban : bans()) {
    if (!in_scope(file.path, ban.scope) || is_allowed(file.path, ban.tokens)) continue;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!matches_at(tokens, i, ban.tokens)) continue;
      out.push_back(
          {file.path, tokens[i].line,
           spelled(tokens, i, ban.tokens.size()) + " is banned; " + std::string(ban.instead)});
    }
  }
  return out;
}

Findings check_unordered_iteration(const SourceFile& file, const SourceFile& header) {
  const std::string header_code = without_comments(header.text, true);
  const std::string code = without_comments(file.text, true);
  const std::vector<Token> header_tokens = tokens_of(header_code);
  const std::vector<Token> tokens = tokens_of(code);
  std::set<std::string_view> names;
  collect_unordered(header_tokens, names);
  collect_unordered(tokens, names);

  Findings out;
  auto complain = [&](std::size_t at, std::string_view name) {
    out.push_back({file.path, tokens[at].line,
                   "iterates over " + std::string(name) +
                       ", whose order is unspecified; use core/base/lookup_map.h for lookup, or a "
                       "container with a written order"});
  };
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].text == "for" && tokens[i + 1].text == "(") {
      const auto name = ranged_over(tokens, i + 1);
      if (name && names.contains(*name)) complain(i, *name);
    }
    const bool begins = tokens[i + 2].text == "begin" || tokens[i + 2].text == "cbegin";
    if (tokens[i + 1].text == "." && begins && names.contains(tokens[i].text)) {
      complain(i, tokens[i].text);
    }
  }
  return out;
}

Findings check_leftovers(const SourceFile& file) {
  Findings out;
  int number = 0;
  // Spelled in two halves, so that this file passes its own check.
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    for (std::string_view word : {"FIX"
                                  "ME",
                                  "XX"
                                  "X:",
                                  "DO NOT "
                                  "COMMIT"}) {
      if (line.find(word) == std::string_view::npos) continue;
      out.push_back({file.path, number,
                     "\"" + std::string(word) + "\" marks unfinished work: finish it first"});
    }
  }
  return out;
}

}  // namespace hearsay::tidy
