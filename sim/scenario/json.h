// JSON text with places: a tree whose every node knows the line it stands on.
//
// The JSON library's parser drives it; what it adds are places (line, or the command-line option a
// value came from), `//` comments, duplicate keys as complaints, and limits. A number keeps its
// literal text, so nothing is rounded before it is asked for. No input whatever crashes it or makes
// it recurse deeply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/scenario/complaint.h"

namespace hearsay::scenario {

inline constexpr std::size_t kMaxScenarioBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonNodes = 1'000'000;

// The way from the root to a node. Its text form is that of complaints: organizations[0].start.at
class JsonPath {
 public:
  using Step = std::variant<std::string, std::size_t>;

  JsonPath operator/(std::string_view key) const;
  JsonPath operator/(std::size_t index) const;

  const std::vector<Step>& steps() const { return steps_; }
  bool begins_with(const JsonPath& prefix) const;
  std::string text() const;

 private:
  std::vector<Step> steps_;
};

// Where a node was written: an index into JsonDocument::origins (0 is the file) and a line (0:
// none).
struct Place {
  std::uint32_t origin = 0;
  std::int32_t line = 0;
};

struct JsonNode {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  Place place;
  std::string text;               // kNumber: the literal; kString: the content
  std::vector<JsonNode> items;    // kArray: elements; kObject: values
  std::vector<std::string> keys;  // kObject: one for each of `items`, in the order of the file

  static JsonNode of(bool value);
  static JsonNode of(std::string_view text);
  static JsonNode of(const char* text) { return of(std::string_view(text)); }
  static JsonNode number(std::string literal);
  static JsonNode array();
  static JsonNode object();

  bool is(Kind k) const { return kind == k; }
  // The value under `key`, or null. For a node that is no object: null.
  const JsonNode* find(std::string_view key) const;
  JsonNode* find(std::string_view key);
  // Appends; the caller makes sure that the key is new. Returns *this.
  JsonNode& put(std::string_view key, JsonNode value);
  JsonNode& push(JsonNode value);

  // "a number", "text", "a list", "an object", "true or false", "null".
  std::string_view noun() const;
  // The value as it may be quoted in a complaint; lists and objects are abbreviated.
  std::string shown() const;
};

struct JsonDocument {
  JsonNode root;
  std::vector<std::string> origins;  // [0] is the file's name

  const JsonNode* find(const JsonPath& path) const;
  // The place of the node at `path`, or of its nearest ancestor that exists.
  Place place_of(const JsonPath& path) const;
};

// Reads `text`. Adds a complaint for every duplicate key (the first one counts); a syntax error, a
// limit or invalid UTF-8 adds one complaint and gives no document.
std::optional<JsonDocument> parse_json(std::string_view text, std::string file, Complaints& out);

// Canonical text: two-space indent, what fits on a line of 100 columns on one line, final newline.
std::string print_json(const JsonNode& node);
// All on one line, without a newline.
std::string print_json_line(const JsonNode& node);

}  // namespace hearsay::scenario
