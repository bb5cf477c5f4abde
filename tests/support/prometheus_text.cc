#include "tests/support/prometheus_text.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace hearsay::test {
namespace {

bool is_name(std::string_view text, bool colon) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || (colon && c == ':');
    if (!good) return false;
  }
  return true;
}

std::optional<double> number_of(const std::string& text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string::npos) return {};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return value;
}

// Where one line is read.
struct Line {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at == text.size(); }
  char peek() const { return done() ? '\0' : text[at]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at;
    return true;
  }
  std::string until(std::string_view ends) {
    const std::size_t begin = at;
    at = std::min(text.find_first_of(ends, at), text.size());
    return std::string(text.substr(begin, at - begin));
  }
  // The inside of quotes; nothing when it does not end or has an unknown escape.
  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!done()) {
      const char c = text[at++];
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      const char escaped = peek();
      if (escaped != '\\' && escaped != '"' && escaped != 'n') return std::nullopt;
      ++at;
      out += escaped == 'n' ? '\n' : escaped;
    }
    return std::nullopt;
  }
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<PromFamily>> parse() {
    while (!text_.empty() && trouble_.empty()) {
      ++number_;
      const std::size_t end = text_.find('\n');
      if (end == std::string_view::npos) {
        fail("the last line does not end");
        break;
      }
      read(text_.substr(0, end));
      text_.remove_prefix(end + 1);
    }
    if (trouble_.empty()) finish_family();
    if (!trouble_.empty()) return Error{trouble_};
    return std::move(families_);
  }

 private:
  void fail(const std::string& why) {
    if (trouble_.empty()) trouble_ = fmt::format("line {}: {}", number_, why);
  }

  void read(std::string_view line) {
    if (line.starts_with("# HELP ")) return read_help(Line{line.substr(7)});
    if (line.starts_with("# TYPE ")) return read_type(Line{line.substr(7)});
    if (line.empty() || line.starts_with('#')) return fail("neither HELP, TYPE nor a sample");
    read_sample(Line{line});
  }

  void read_help(Line line) {
    finish_family();
    PromFamily family;
    family.name = line.until(" ");
    if (!is_name(family.name, true) || !line.take(' ')) return fail("no name in HELP");
    if (!names_.insert(family.name).second) return fail("a family twice");
    family.help = line.until("");
    families_.push_back(std::move(family));
  }

  void read_type(Line line) {
    const std::string name = line.until(" ");
    if (families_.empty() || families_.back().name != name || !families_.back().type.empty()) {
      return fail("TYPE without its HELP");
    }
    if (!line.take(' ')) return fail("no type");
    families_.back().type = line.until("");
    const std::string& type = families_.back().type;
    if (type != "counter" && type != "gauge" && type != "histogram") fail("an unknown type");
  }

  void read_sample(Line line) {
    PromSample sample;
    sample.name = line.until("{ ");
    if (line.take('{') && !read_labels(line, sample.labels)) return fail("bad labels");
    if (!line.take(' ')) return fail("no value");
    const auto value = number_of(line.until(" "));
    if (!value || !line.done()) return fail("a bad value");
    sample.value = *value;
    if (families_.empty() || families_.back().type.empty()) return fail("a sample without TYPE");
    PromFamily& family = families_.back();
    if (!belongs(family, sample.name)) return fail("a sample of another family");
    if (!seen_.emplace(sample.name, sample.labels).second) return fail("a sample twice");
    if (family.type == "counter" && sample.value < 0) return fail("a negative counter");
    family.samples.push_back(std::move(sample));
  }

  static bool read_labels(Line& line, PromLabels& labels) {
    while (!line.take('}')) {
      const std::string name = line.until("=");
      if (!is_name(name, false) || !line.take('=')) return false;
      const auto value = line.quoted();
      if (!value || !labels.emplace(name, *value).second) return false;
      if (line.peek() != '}' && !line.take(',')) return false;
    }
    return true;
  }

  static bool belongs(const PromFamily& family, const std::string& name) {
    if (family.type != "histogram") return name == family.name;
    return name == family.name + "_bucket" || name == family.name + "_sum" ||
           name == family.name + "_count";
  }

  void finish_family() {
    if (families_.empty()) return;
    const PromFamily& family = families_.back();
    if (family.type.empty()) return fail("a family without TYPE");
    if (family.type == "histogram") judge_histogram(family);
  }

  void judge_histogram(const PromFamily& family) {
    struct Seen {
      double bound = -std::numeric_limits<double>::infinity();
      double cumulated = 0;
      double count = -1;
      bool sum = false;
    };
    std::map<PromLabels, Seen> all;
    for (const PromSample& sample : family.samples) {
      PromLabels labels = sample.labels;
      const auto le = labels.extract("le");
      Seen& seen = all[labels];
      if (sample.name.ends_with("_count")) seen.count = sample.value;
      if (sample.name.ends_with("_sum")) seen.sum = true;
      if (!sample.name.ends_with("_bucket")) continue;
      const auto bound = le.empty() ? std::nullopt : number_of(le.mapped());
      if (!bound || *bound <= seen.bound) return fail("bounds that do not rise");
      if (sample.value < seen.cumulated) return fail("buckets that fall");
      seen.bound = *bound;
      seen.cumulated = sample.value;
    }
    for (const auto& [labels, seen] : all) {
      if (!std::isinf(seen.bound)) return fail("no bucket +Inf");
      if (seen.count != seen.cumulated || !seen.sum) return fail("_count or _sum is wrong");
    }
  }

  std::string_view text_;
  int number_ = 0;
  std::string trouble_;
  std::vector<PromFamily> families_;
  std::set<std::string> names_;
  std::set<std::pair<std::string, PromLabels>> seen_;
};

}  // namespace

Result<std::vector<PromFamily>> parse_prometheus(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace hearsay::test
