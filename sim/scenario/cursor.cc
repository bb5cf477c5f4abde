#include "sim/scenario/cursor.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sim/scenario/scenario.h"
#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

using Kind = JsonNode::Kind;

constexpr std::string_view kSelectorExample = "a selector such as \"org1/0..9\"";

bool digits_only(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A quantity with a unit: text goes to `parse`, a bare number is told its unit.
template <typename Parse>
auto quantity(const Cursor& cursor, Parse parse, std::string_view noun, std::string_view example,
              std::string_view unit)
    -> std::optional<std::decay_t<decltype(parse(std::string_view{}).value())>> {
  const JsonNode& node = cursor.node();
  if (node.is(Kind::kNumber)) {
    const bool plain = digits_only(node.text);
    cursor.complain(
        fmt::format("{} has no unit", node.shown()),
        plain ? fmt::format("write \"{}{}\"", node.text, unit) : fmt::format("write {}", example));
    return std::nullopt;
  }
  if (!node.is(Kind::kString)) {
    cursor.wrong_kind(noun, example);
    return std::nullopt;
  }
  auto parsed = parse(node.text);
  if (!parsed.ok()) {
    cursor.complain(parsed.error().problem, parsed.error().remedy);
    return std::nullopt;
  }
  return parsed.value();
}

template <typename T, typename Format>
std::optional<T> in_range(const Cursor& cursor, std::optional<T> value, T least, T most,
                          Format format) {
  if (!value || (*value >= least && *value <= most)) return value;
  if (*value < least) {
    cursor.complain(fmt::format("{} is too small", cursor.node().shown()),
                    fmt::format("write \"{}\" or more", format(least)));
  } else {
    cursor.complain(fmt::format("{} is too large", cursor.node().shown()),
                    fmt::format("write \"{}\" or less", format(most)));
  }
  return std::nullopt;
}

}  // namespace

void ComplaintBook::add(const JsonPath& path, std::string problem, std::string remedy) {
  paths_.push_back(path);
  if (out_.size() >= kMaxComplaints) {
    ++left_out_;
    if (left_out_ == 1) out_.push_back({document_.origins[0], 0, "", "", ""});
    out_.back().problem = fmt::format("{} more mistakes are not listed", left_out_);
    paths_.pop_back();
    return;
  }
  out_.push_back(placed(path, std::move(problem), std::move(remedy)));
}

Complaint ComplaintBook::placed(const JsonPath& path, std::string problem,
                                std::string remedy) const {
  const Place place = document_.place_of(path);
  return {document_.origins[place.origin], place.line, path.text(), std::move(problem),
          std::move(remedy)};
}

void ComplaintBook::warn(const JsonPath& path, std::string problem, std::string remedy) {
  if (warnings_.size() >= kMaxComplaints) return;
  warnings_.push_back(placed(path, std::move(problem), std::move(remedy)));
}

void ComplaintBook::add(const JsonPath& path, Trouble trouble) {
  add(path, std::move(trouble.problem), std::move(trouble.remedy));
}

bool ComplaintBook::clean(const JsonPath& path) const {
  if (left_out_ > 0) return false;
  return std::none_of(paths_.begin(), paths_.end(),
                      [&](const JsonPath& complaint) { return complaint.begins_with(path); });
}

void Cursor::complain(std::string problem, std::string remedy) const {
  book_->add(path_, std::move(problem), std::move(remedy));
}

void Cursor::wrong_kind(std::string_view expected, std::string_view example) const {
  const bool plain = node_->is(Kind::kNull) || node_->is(Kind::kArray) || node_->is(Kind::kObject);
  complain(plain ? fmt::format("is {}, not {}", node_->noun(), expected)
                 : fmt::format("{} is {}, not {}", node_->shown(), node_->noun(), expected),
           fmt::format("write {}", example));
}

std::optional<std::string> Cursor::as_text(std::string_view example) const {
  if (node_->is(Kind::kString)) return node_->text;
  wrong_kind("text", example);
  return std::nullopt;
}

std::optional<std::uint64_t> Cursor::as_whole(std::uint64_t least, std::uint64_t most) const {
  const std::string bounds = fmt::format("a whole number from {} to {}", least, most);
  if (node_->is(Kind::kString) && digits_only(node_->text) && node_->text.size() < 20) {
    wrong_kind("a number", node_->text);
    return std::nullopt;
  }
  if (!node_->is(Kind::kNumber)) {
    wrong_kind("a whole number", bounds);
    return std::nullopt;
  }
  const std::string_view text = node_->text;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (digits_only(text) && error == std::errc{} && value >= least && value <= most) return value;
  const bool whole = digits_only(text) || (text.starts_with('-') && digits_only(text.substr(1)));
  complain(fmt::format("{} is {}", node_->shown(), whole ? "out of range" : "not a whole number"),
           fmt::format("write {}", bounds));
  return std::nullopt;
}

std::optional<double> Cursor::as_number() const {
  if (!node_->is(Kind::kNumber)) {
    wrong_kind("a number", "a number such as 30 or 0.95");
    return std::nullopt;
  }
  double value = 0;
  const std::string& text = node_->text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{}) return value;
  complain(fmt::format("{} is out of range", node_->shown()), "write a number nearer to 0 or 1");
  return std::nullopt;
}

std::optional<Duration> Cursor::as_duration(Duration least, Duration most) const {
  auto value = quantity(*this, parse_duration, "a duration", "a duration such as \"5s\"", "s");
  return in_range<Duration>(*this, value, least, most, format_duration);
}

std::optional<std::uint64_t> Cursor::as_size(std::uint64_t least, std::uint64_t most) const {
  auto value = quantity(*this, parse_size, "a size", "a size such as \"64KiB\"", "B");
  return in_range<std::uint64_t>(*this, value, least, most, format_size);
}

std::optional<std::uint64_t> Cursor::as_bandwidth(std::uint64_t least, std::uint64_t most) const {
  auto value =
      quantity(*this, parse_bandwidth, "a bandwidth", "a bandwidth such as \"1Gbps\"", "Mbps");
  return in_range<std::uint64_t>(*this, value, least, most, format_bandwidth);
}

std::optional<std::size_t> Cursor::as_choice(Words choices) const {
  std::string list;
  for (const std::string_view choice : choices) {
    list += list.empty() ? "" : ", ";
    list += fmt::format("\"{}\"", choice);
  }
  if (!node_->is(Kind::kString)) {
    wrong_kind("text", "one of " + list);
    return std::nullopt;
  }
  const auto found = std::find(choices.begin(), choices.end(), node_->text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  const std::string_view near = nearest(node_->text, choices);
  complain(fmt::format("{} is unknown", node_->shown()),
           near.empty() ? "write one of " + list
                        : fmt::format("did you mean \"{}\"? (known: {})", near, list));
  return std::nullopt;
}

std::optional<Selector> Cursor::as_selector() const {
  if (node_->is(Kind::kString)) {
    auto parsed = parse_selector(node_->text);
    if (parsed.ok()) return std::move(parsed.value());
    complain(parsed.error().problem, parsed.error().remedy);
    return std::nullopt;
  }
  if (node_->is(Kind::kArray)) {
    const auto elements = as_list(kMaxEntries, kSelectorExample);
    if (!elements) return std::nullopt;
    std::optional<Selector> all = Selector::nobody();
    for (const Cursor& element : *elements) {
      auto part = element.as_selector();
      if (!part) {
        all.reset();
      } else if (all) {
        all->parts.push_back(std::move(*part));
      }
    }
    return all;
  }
  if (!node_->is(Kind::kObject)) {
    wrong_kind("a selector", kSelectorExample);
    return std::nullopt;
  }
  const Fields fields(*this, words::kSelector);
  const auto from = fields.require("select", kSelectorExample);
  const auto out = fields.require("except", kSelectorExample);
  auto selected = from ? from->as_selector() : std::nullopt;
  auto taken_out = out ? out->as_selector() : std::nullopt;
  if (!selected || !taken_out) return std::nullopt;
  return Selector::without(std::move(*selected), std::move(*taken_out));
}

std::optional<std::vector<Cursor>> Cursor::as_list(std::size_t most,
                                                   std::string_view example) const {
  if (!node_->is(Kind::kArray)) {
    wrong_kind("a list", example);
    return std::nullopt;
  }
  if (node_->items.size() > most) {
    complain(fmt::format("has {} entries", node_->items.size()),
             fmt::format("write {} or fewer", most));
    return std::nullopt;
  }
  std::vector<Cursor> elements;
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    elements.emplace_back(*book_, node_->items[i], path_ / i);
  }
  return elements;
}

Fields::Fields(const Cursor& cursor, Words known)
    : cursor_(cursor), usable_(cursor.node().is(Kind::kObject)) {
  if (!usable_) {
    const bool named = std::find(known.begin(), known.end(), "name") != known.end();
    const bool could_be_name =
        named && cursor.node().is(Kind::kString) && !cursor.path().steps().empty();
    cursor.wrong_kind("an object", could_be_name
                                       ? fmt::format("{{ \"name\": {} }}", cursor.node().shown())
                                       : "{ … }");
    return;
  }
  for (const std::string& key : cursor.node().keys) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    cursor.book().add(cursor.path() / key, "unknown key",
                      cursor.book().full() ? "" : suggestion(key, known, "keys"));
  }
}

std::optional<Cursor> Fields::get(std::string_view key) const {
  const JsonNode* node = usable_ ? cursor_.node().find(key) : nullptr;
  if (node == nullptr) return std::nullopt;
  return Cursor(cursor_.book(), *node, cursor_.path() / key);
}

std::optional<Cursor> Fields::require(std::string_view key, std::string_view example) const {
  auto found = get(key);
  if (!found && usable_) {
    cursor_.book().add(cursor_.path() / key, "is missing", fmt::format("write {}", example));
  }
  return found;
}

}  // namespace hearsay::scenario
