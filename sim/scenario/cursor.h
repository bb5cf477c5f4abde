// Reading a JSON tree value by value, collecting complaints.
//
// A Cursor is one node with its path; its as_ functions give the value or add a complaint and give
// nothing, so that the caller keeps the default and goes on. Fields walks an object: unknown keys
// are complaints before any key is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/complaint.h"
#include "sim/scenario/json.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/selectors.h"

namespace hearsay::scenario {

// The complaints about one document. Adds to each its place.
class ComplaintBook {
 public:
  // Both must outlive the book.
  ComplaintBook(const JsonDocument& document, Complaints& out) : document_(document), out_(out) {}

  void add(const JsonPath& path, std::string problem, std::string remedy);
  void add(const JsonPath& path, Trouble trouble);
  // What can be run but may not do what was meant.
  void warn(const JsonPath& path, std::string problem, std::string remedy);
  const Complaints& warnings() const { return warnings_; }

  // True if nothing at or below `path` was complained about: then checks that build on its value
  // make sense, and do not repeat what was said already.
  bool clean(const JsonPath& path) const;

  // True if further complaints are only counted: then wording them is a waste.
  bool full() const { return left_out_ > 0; }

  const JsonDocument& document() const { return document_; }

 private:
  Complaint placed(const JsonPath& path, std::string problem, std::string remedy) const;

  const JsonDocument& document_;
  Complaints& out_;
  Complaints warnings_;
  std::vector<JsonPath> paths_;
  std::size_t left_out_ = 0;
};

class Cursor {
 public:
  Cursor(ComplaintBook& book, const JsonNode& node, JsonPath path)
      : book_(&book), node_(&node), path_(std::move(path)) {}

  const JsonNode& node() const { return *node_; }
  const JsonPath& path() const { return path_; }
  ComplaintBook& book() const { return *book_; }

  void complain(std::string problem, std::string remedy) const;
  // "20 is a number, not <expected>; write <example>"
  void wrong_kind(std::string_view expected, std::string_view example) const;

  std::optional<std::string> as_text(std::string_view example) const;
  std::optional<std::uint64_t> as_whole(std::uint64_t least, std::uint64_t most) const;
  std::optional<double> as_number() const;
  std::optional<Duration> as_duration(Duration least, Duration most) const;
  std::optional<std::uint64_t> as_size(std::uint64_t least, std::uint64_t most) const;
  std::optional<std::uint64_t> as_bandwidth(std::uint64_t least, std::uint64_t most) const;
  // The index of the word among `choices`.
  std::optional<std::size_t> as_choice(Words choices) const;
  std::optional<Selector> as_selector() const;
  // The elements, or nothing if this is no list or has more than `most` of them.
  std::optional<std::vector<Cursor>> as_list(std::size_t most, std::string_view example) const;

 private:
  ComplaintBook* book_;
  const JsonNode* node_;
  JsonPath path_;
};

class Fields {
 public:
  Fields(const Cursor& cursor, Words known);

  // False if the node is no object; then no key is found and none is missed.
  bool usable() const { return usable_; }
  std::optional<Cursor> get(std::string_view key) const;
  // The same, but complains if the key is missing: "is missing; write <example>".
  std::optional<Cursor> require(std::string_view key, std::string_view example) const;
  bool has(std::string_view key) const { return get(key).has_value(); }
  Cursor at(std::string_view key) const { return *get(key); }
  const Cursor& cursor() const { return cursor_; }

 private:
  Cursor cursor_;
  bool usable_;
};

// Keeps `target` as it is when there is no value.
template <typename T, typename U>
void assign(T& target, std::optional<U> value) {
  if (value) target = static_cast<T>(std::move(*value));
}

}  // namespace hearsay::scenario
