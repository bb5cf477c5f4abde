#include "sim/scenario/json.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hearsay::scenario {
namespace {

using Json = nlohmann::json;
using Kind = JsonNode::Kind;

constexpr std::size_t kMaxShownKey = 120;  // Fabric's longest has 81
constexpr std::size_t kLineLength = 100;
constexpr std::size_t kMessageLength = 200;
// Up to this many keys an object is searched for duplicates key by key.
constexpr std::size_t kSmallObject = 16;

// Lets the parser run while telling how far it has read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** cursor) : at_(at), cursor_(cursor) {}
  const char& operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *cursor_ = at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** cursor_;
};

// Line numbers from byte offsets.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }
  std::int32_t line(std::size_t offset) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return static_cast<std::int32_t>(after - starts_.begin());
  }
  std::size_t column(std::size_t offset) const {
    return offset - starts_[static_cast<std::size_t>(line(offset)) - 1] + 1;
  }

 private:
  std::vector<std::size_t> starts_;
};

std::string child_text(std::string path, const JsonPath::Step& step) {
  if (const auto* index = std::get_if<std::size_t>(&step))
    return path + fmt::format("[{}]", *index);
  const std::string quoted = shown(std::get<std::string>(step), kMaxShownKey);
  if (!path.empty()) path += '.';
  return path + quoted.substr(1, quoted.size() - 2);
}

// What JSON has instead of a word or a comment that begins with `c`.
std::string instead_of(char c, const std::string& otherwise) {
  if (c == '#' || c == '/' || c == ';') return "begin comments with //";
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || c == '_';
  if (word) return "write keys and texts between double quotes, and numbers in digits";
  return otherwise;
}

// Builds the tree from the parser's calls. Returning false ends the parse.
class TreeBuilder : public nlohmann::json_sax<Json> {
 public:
  TreeBuilder(std::string_view text, const std::string& file, Complaints& out)
      : text_(text), file_(file), out_(out), lines_(text), cursor_(text.data()) {}

  const char** cursor() { return &cursor_; }
  JsonNode take() { return std::move(root_); }
  bool failed() const { return failed_; }

  bool null() override { return add(JsonNode{}); }
  bool boolean(bool value) override { return add(JsonNode::of(value)); }
  bool number_integer(number_integer_t) override { return add_number(); }
  bool number_unsigned(number_unsigned_t) override { return add_number(); }
  bool number_float(number_float_t, const string_t&) override { return add_number(); }
  bool string(string_t& value) override { return add(JsonNode::of(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(JsonNode::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(JsonNode::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override;
  bool parse_error(std::size_t, const std::string&, const Json::exception& error) override;

 private:
  struct Level {
    JsonNode* node;
    std::unordered_set<std::string> seen;  // only asked, never walked
    bool skip_next = false;                // the value of a duplicate key
    std::string skipped_key;
  };

  std::size_t offset() const {
    const auto read = static_cast<std::size_t>(cursor_ - text_.data());
    return read > 0 ? read - 1 : 0;
  }
  bool add(JsonNode node);
  bool add_number();
  bool open(JsonNode node);
  bool close();
  JsonNode* place_node(JsonNode node);
  bool fail(std::int32_t line, std::string path, std::string problem, std::string remedy);
  std::string path_text() const;

  std::string_view text_;
  const std::string& file_;
  Complaints& out_;
  Lines lines_;
  const char* cursor_;
  JsonNode root_;
  JsonNode dropped_;  // where the value of a duplicate key goes
  std::vector<Level> levels_;
  std::size_t nodes_ = 0;
  bool failed_ = false;
};

bool TreeBuilder::fail(std::int32_t line, std::string path, std::string problem,
                       std::string remedy) {
  out_.push_back({file_, line, std::move(path), std::move(problem), std::move(remedy)});
  failed_ = true;
  return false;
}

std::string TreeBuilder::path_text() const {
  std::string path;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const JsonNode& node = *levels_[i].node;
    if (levels_[i].skip_next) {
      path = child_text(path, levels_[i].skipped_key);
    } else if (i + 1 < levels_.size()) {
      path = node.is(Kind::kArray) ? child_text(path, node.items.size() - 1)
                                   : child_text(path, node.keys.back());
    }
  }
  return path;
}

JsonNode* TreeBuilder::place_node(JsonNode node) {
  if (levels_.empty()) {
    root_ = std::move(node);
    return &root_;
  }
  Level& level = levels_.back();
  if (level.skip_next) {
    dropped_ = std::move(node);
    return &dropped_;
  }
  level.node->items.push_back(std::move(node));
  return &level.node->items.back();
}

bool TreeBuilder::add(JsonNode node) {
  if (++nodes_ > kMaxJsonNodes) {
    return fail(lines_.line(offset()), "", fmt::format("more than {} values", kMaxJsonNodes),
                "write a smaller scenario");
  }
  node.place.line = lines_.line(offset());
  place_node(std::move(node));
  if (!levels_.empty()) levels_.back().skip_next = false;
  return true;
}

bool TreeBuilder::add_number() {
  // The parser has read one character beyond the number, unless the text ended.
  std::size_t end = static_cast<std::size_t>(cursor_ - text_.data());
  const auto part = [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  };
  if (end > 0 && !part(text_[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && part(text_[begin - 1]))
    --begin;
  return add(JsonNode::number(std::string(text_.substr(begin, end - begin))));
}

bool TreeBuilder::open(JsonNode node) {
  if (levels_.size() >= kMaxJsonDepth) {
    return fail(lines_.line(offset()), "",
                fmt::format("nested more than {} levels deep", kMaxJsonDepth),
                "a scenario needs six");
  }
  if (++nodes_ > kMaxJsonNodes) {
    return fail(lines_.line(offset()), "", fmt::format("more than {} values", kMaxJsonNodes),
                "write a smaller scenario");
  }
  node.place.line = lines_.line(offset());
  JsonNode* placed = place_node(std::move(node));
  levels_.push_back({placed, {}, false, {}});
  return true;
}

bool TreeBuilder::close() {
  levels_.pop_back();
  if (!levels_.empty()) levels_.back().skip_next = false;
  return true;
}

bool TreeBuilder::key(string_t& value) {
  Level& level = levels_.back();
  JsonNode& node = *level.node;
  // Inside a dropped value further duplicates say nothing new.
  for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
    if (levels_[i].skip_next) {
      node.keys.push_back(value);
      return true;
    }
  }
  bool duplicate = false;
  if (node.keys.size() < kSmallObject) {
    duplicate = std::find(node.keys.begin(), node.keys.end(), value) != node.keys.end();
  } else {
    if (level.seen.empty()) level.seen.insert(node.keys.begin(), node.keys.end());
    duplicate = !level.seen.insert(value).second;
  }
  if (!duplicate) {
    node.keys.push_back(value);
    return true;
  }
  level.skip_next = true;
  level.skipped_key = value;
  const JsonNode* first = node.find(value);
  if (out_.size() <= kMaxComplaints) {
    out_.push_back({file_, lines_.line(offset()), path_text(), "is given twice",
                    fmt::format("keep one (the first is on line {})",
                                first != nullptr ? first->place.line : 0)});
  }
  return true;
}

bool TreeBuilder::parse_error(std::size_t position, const std::string&,
                              const Json::exception& error) {
  std::size_t at = position > 0 ? position - 1 : 0;
  at = std::min(at, text_.size());
  const auto line = lines_.line(at);
  const auto column = lines_.column(at);
  if (error.id == 406) {
    return fail(line, "", fmt::format("column {}: number out of range", column),
                "write a smaller number");
  }
  // "[json.exception.parse_error.101] parse error at line 3, column 5: syntax error while parsing
  // object key - unexpected '}'; expected string literal"
  std::string_view what = error.what();
  const auto begin = what.find(": ");
  if (begin != std::string_view::npos) what.remove_prefix(begin + 2);
  std::string problem(what), remedy;
  const auto expected = what.rfind("; expected ");
  if (expected != std::string_view::npos) {
    remedy = fmt::format("{} was expected", what.substr(expected + 11));
    problem = what.substr(0, expected);
  }
  if (const auto dash = problem.find(" - "); dash != std::string::npos) {
    if (const auto last = problem.find("; last read:"); last != std::string::npos) {
      problem.erase(last);
    }
    problem = problem.substr(dash + 3) + ", " + problem.substr(0, dash);
  }
  problem = shown(problem, kMessageLength);
  problem = problem.substr(1, problem.size() - 2);
  std::size_t before = at;
  while (before > 0 &&
         std::string_view(" \t\r\n").find(text_[before - 1]) != std::string_view::npos) {
    --before;
  }
  if (at < text_.size() && (text_[at] == '}' || text_[at] == ']') && before > 0 &&
      text_[before - 1] == ',') {
    remedy = fmt::format("leave out the comma before '{}'", text_[at]);
  }
  if (problem.starts_with("invalid literal") && at < text_.size()) {
    remedy = instead_of(text_[at], remedy);
  }
  return fail(line, "", fmt::format("column {}: {}", column, problem), remedy);
}

void print(const JsonNode& node, std::size_t indent, bool pretty, std::string& out);

void print_line(const JsonNode& node, std::string& out) { print(node, 0, false, out); }

void print_members(const JsonNode& node, std::size_t indent, bool pretty, std::string& out) {
  const bool object = node.is(Kind::kObject);
  // Blanks inside the brackets, but not around a list of plain values.
  const bool airy = !node.items.empty() && (object || node.items[0].is(Kind::kObject));
  const std::string margin(indent + 2, ' ');
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (pretty) {
      out += i > 0 ? ",\n" : "\n";
      out += margin;
    } else {
      out += i > 0 ? ", " : airy ? " " : "";
    }
    if (object) {
      print_line(JsonNode::of(node.keys[i]), out);
      out += ": ";
    }
    print(node.items[i], indent + 2, pretty, out);
  }
  if (pretty) out += "\n" + std::string(indent, ' ');
  if (!pretty && airy) out += ' ';
}

void print(const JsonNode& node, std::size_t indent, bool pretty, std::string& out) {
  switch (node.kind) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kBool:
      out += node.boolean ? "true" : "false";
      return;
    case Kind::kNumber:
      out += node.text;
      return;
    case Kind::kString:
      out += Json(node.text).dump(-1, ' ', false, Json::error_handler_t::replace);
      return;
    case Kind::kArray:
    case Kind::kObject:
      break;
  }
  if (pretty) {
    const std::string line = print_json_line(node);
    pretty = indent + line.size() + 20 > kLineLength || indent == 0;
    if (!pretty) {
      out += line;
      return;
    }
  }
  out += node.is(Kind::kObject) ? '{' : '[';
  print_members(node, indent, pretty && !node.items.empty(), out);
  out += node.is(Kind::kObject) ? '}' : ']';
}

}  // namespace

JsonPath JsonPath::operator/(std::string_view key) const {
  JsonPath path = *this;
  path.steps_.emplace_back(std::string(key));
  return path;
}

JsonPath JsonPath::operator/(std::size_t index) const {
  JsonPath path = *this;
  path.steps_.emplace_back(index);
  return path;
}

bool JsonPath::begins_with(const JsonPath& prefix) const {
  return prefix.steps_.size() <= steps_.size() &&
         std::equal(prefix.steps_.begin(), prefix.steps_.end(), steps_.begin());
}

std::string JsonPath::text() const {
  std::string path;
  for (const Step& step : steps_)
    path = child_text(std::move(path), step);
  return path;
}

JsonNode JsonNode::of(bool value) {
  JsonNode node;
  node.kind = Kind::kBool;
  node.boolean = value;
  return node;
}

JsonNode JsonNode::of(std::string_view text) {
  JsonNode node;
  node.kind = Kind::kString;
  node.text = text;
  return node;
}

JsonNode JsonNode::number(std::string literal) {
  JsonNode node;
  node.kind = Kind::kNumber;
  node.text = std::move(literal);
  return node;
}

JsonNode JsonNode::array() {
  JsonNode node;
  node.kind = Kind::kArray;
  return node;
}

JsonNode JsonNode::object() {
  JsonNode node;
  node.kind = Kind::kObject;
  return node;
}

const JsonNode* JsonNode::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

JsonNode* JsonNode::find(std::string_view key) {
  return const_cast<JsonNode*>(std::as_const(*this).find(key));  // NOLINT: same object
}

JsonNode& JsonNode::put(std::string_view key, JsonNode value) {
  keys.emplace_back(key);
  items.push_back(std::move(value));
  return *this;
}

JsonNode& JsonNode::push(JsonNode value) {
  items.push_back(std::move(value));
  return *this;
}

std::string_view JsonNode::noun() const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "true or false";
    case Kind::kNumber:
      return "a number";
    case Kind::kString:
      return "text";
    case Kind::kArray:
      return "a list";
    case Kind::kObject:
      return "an object";
  }
  return "";
}

std::string JsonNode::shown() const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return boolean ? "true" : "false";
    case Kind::kNumber:
      return text.size() <= 40 ? text : text.substr(0, 40) + "…";
    case Kind::kString:
      return scenario::shown(text);
    case Kind::kArray:
      return items.empty() ? "[]" : "[ … ]";
    case Kind::kObject:
      return items.empty() ? "{}" : "{ … }";
  }
  return "";
}

const JsonNode* JsonDocument::find(const JsonPath& path) const {
  const JsonNode* node = &root;
  for (const JsonPath::Step& step : path.steps()) {
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      if (!node->is(Kind::kArray) || *index >= node->items.size()) return nullptr;
      node = &node->items[*index];
    } else {
      node = node->find(std::get<std::string>(step));
      if (node == nullptr) return nullptr;
    }
  }
  return node;
}

Place JsonDocument::place_of(const JsonPath& path) const {
  const JsonNode* node = &root;
  for (const JsonPath::Step& step : path.steps()) {
    const JsonNode* next = nullptr;
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      if (node->is(Kind::kArray) && *index < node->items.size()) next = &node->items[*index];
    } else {
      next = node->find(std::get<std::string>(step));
    }
    if (next == nullptr) break;
    node = next;
  }
  return node->place;
}

std::optional<JsonDocument> parse_json(std::string_view text, std::string file, Complaints& out) {
  if (text.size() > kMaxScenarioBytes) {
    out.push_back({std::move(file), 0, "", "is larger than 16 MiB", "write a smaller scenario"});
    return std::nullopt;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    out.push_back({std::move(file), 1, "", "is empty", "write a JSON object { … }"});
    return std::nullopt;
  }
  TreeBuilder builder(text, file, out);
  const CountingIterator begin(text.data(), builder.cursor());
  const CountingIterator end(text.data() + text.size(), builder.cursor());
  const bool parsed = Json::sax_parse(begin, end, &builder, nlohmann::detail::input_format_t::json,
                                      /*strict=*/true, /*ignore_comments=*/true);
  if (!parsed || builder.failed()) return std::nullopt;
  JsonDocument document;
  document.root = builder.take();
  document.origins.push_back(std::move(file));
  return document;
}

std::string print_json(const JsonNode& node) {
  std::string out;
  print(node, 0, true, out);
  return out + "\n";
}

std::string print_json_line(const JsonNode& node) {
  std::string out;
  print(node, 0, false, out);
  return out;
}

}  // namespace hearsay::scenario
