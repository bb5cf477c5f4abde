#include "core/gossip/config.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/assert.h"
#include "core/gossip/config_table.h"
#include "core/gossip/duration_text.h"

namespace hearsay {

namespace {

// The value of a key. The order of the alternatives is that of ConfigType.
using Value = std::variant<Duration, std::int32_t, bool, std::string, std::vector<std::string>,
                           std::vector<EndpointOverride>>;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const ConfigRow* find_row(std::string_view key) {
  const auto rows = config_rows();
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const ConfigRow& r) { return same_key(r.key.name, key); });
  return row == rows.end() ? nullptr : &*row;
}

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Fabric: strings.Fields.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const std::size_t end = std::min(text.find_first_of(kBlank), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// How many insertions, deletions and replacements lie between two keys.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string unknown_key(std::string_view key) {
  const auto rows = config_rows();
  const ConfigRow* nearest =
      &*std::min_element(rows.begin(), rows.end(), [&](const ConfigRow& a, const ConfigRow& b) {
        return distance(key, a.key.name) < distance(key, b.key.name);
      });
  return fmt::format("{} is not a key of the gossip layer; the nearest is {}", key,
                     nearest->key.name);
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

// Fabric: strconv.ParseBool, which takes these and no other spellings.
std::optional<bool> parse_bool(std::string_view text) {
  for (const char* yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"false", "False", "FALSE", "f", "F", "0"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<EndpointOverride> parse_override(std::string_view text) {
  std::array<std::string, 3> parts;
  std::size_t at = 0;
  for (const char c : text) {
    if (c != '>') {
      parts[at] += c;
    } else if (++at == parts.size()) {
      return std::nullopt;
    }
  }
  if (parts[0].empty() || parts[1].empty()) return std::nullopt;
  return EndpointOverride{parts[0], parts[1], parts[2]};
}

std::optional<Value> parse_overrides(std::string_view text) {
  std::vector<EndpointOverride> overrides;
  for (const std::string& word : words_of(text)) {
    const auto parsed = parse_override(word);
    if (!parsed) return std::nullopt;
    overrides.push_back(*parsed);
  }
  return Value(std::move(overrides));
}

// Nothing when the text is no value of the type. Integers must fit, see in_range.
std::optional<Value> parse_value(ConfigType type, std::string_view text) {
  switch (type) {
    case ConfigType::kDuration:
      if (text.empty()) return Value(Duration{0});
      if (const auto value = parse_duration(text)) return Value(*value);
      return std::nullopt;
    case ConfigType::kInt:
      if (text.empty()) return Value(std::int32_t{0});
      if (const auto value = parse_int(text)) return Value(static_cast<std::int32_t>(*value));
      return std::nullopt;
    case ConfigType::kBool:
      if (text.empty()) return Value(false);
      if (const auto value = parse_bool(text)) return Value(*value);
      return std::nullopt;
    case ConfigType::kText:
      return Value(std::string(text));
    case ConfigType::kList:
      return Value(words_of(text));
    case ConfigType::kOverrides:
      return parse_overrides(text);
  }
  return std::nullopt;
}

bool in_range(ConfigType type, std::string_view text) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int64_t value = parse_int(text).value_or(0);
  return type != ConfigType::kInt || (value >= Limits::min() && value <= Limits::max());
}

// Divergence: Fabric reads such text as 0, which is mostly the default, without a word.
std::string unreadable(const ConfigKey& key, std::string_view text) {
  switch (key.type) {
    case ConfigType::kInt:
      return fmt::format("{}: \"{}\" is not a whole number; write one such as {}", key.name, text,
                         std::max<std::int64_t>(parse_int(key.unset).value_or(1), 1));
    case ConfigType::kBool:
      return fmt::format("{}: \"{}\" is neither true nor false; write true or false", key.name,
                         text);
    case ConfigType::kOverrides:
      return fmt::format(
          "{}: \"{}\" is not a list of overrides; write each as from>to or "
          "from>to>caCertsFile",
          key.name, text);
    default:
      return fmt::format(
          "{}: \"{}\" is not a duration; write a number with a unit of ns us ms s m h, such as {}",
          key.name, text, parse_duration(key.unset).value_or(0) > 0 ? key.unset : "25s");
  }
}

void let_follow(Config& config) {
  if (config.alive_expiration_follows) {
    config.alive_expiration_timeout = 5 * config.alive_time_interval;
  }
  if (config.reconnect_follows) config.reconnect_interval = config.alive_expiration_timeout;
}

bool is_zero(const Value& value) {
  const auto* duration = std::get_if<Duration>(&value);
  const auto* integer = std::get_if<std::int32_t>(&value);
  return (duration != nullptr && *duration == 0) || (integer != nullptr && *integer == 0);
}

// Whether Fabric puts its own default in the place of this value.
bool yields_default(const ConfigRow& row, std::string_view text, const Value& value) {
  switch (row.key.reading) {
    case ConfigReading::kZeroIsDefault:
    case ConfigReading::kPlainZeroIsDefault:
      return text.empty() || is_zero(value);
    case ConfigReading::kSetWins:
    case ConfigReading::kUnread:
      break;
    case ConfigReading::kPlain:
      return false;
  }
  const auto* integer = std::get_if<std::int32_t>(&value);
  // Fabric: a negative margin is replaced, and only that.
  const bool margin = row.field == ConfigField(&Config::pvt_btl_pull_margin);
  return text.empty() || (margin && integer != nullptr && *integer < 0);
}

void store(Config& config, const ConfigField& field, Value value) {
  std::visit(
      [&](auto member) {
        using T = std::remove_cvref_t<decltype(config.*member)>;
        config.*member = std::get<T>(std::move(value));
      },
      field);
}

void store(Config& config, const ConfigRow& row, Value value, bool unset) {
  const bool expiration = row.field == ConfigField(&Config::alive_expiration_timeout);
  const bool reconnect = row.field == ConfigField(&Config::reconnect_interval);
  if (expiration) config.alive_expiration_follows = unset;
  if (reconnect) config.reconnect_follows = unset;
  if (!unset) {
    store(config, row.field, std::move(value));
  } else if (!expiration && !reconnect) {
    store(config, row.field, *parse_value(row.key.type, row.key.unset));
  }
  let_follow(config);
}

struct Text {
  std::string operator()(Duration value) const { return duration_text(value); }
  std::string operator()(std::int32_t value) const { return fmt::format("{}", value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& value) const {
    return fmt::format("{}", fmt::join(value, " "));
  }
  std::string operator()(const std::vector<EndpointOverride>& value) const {
    std::string text;
    for (const EndpointOverride& entry : value) {
      text += fmt::format("{}{}>{}", text.empty() ? "" : " ", entry.from, entry.to);
      if (!entry.ca_certs_file.empty()) text += ">" + entry.ca_certs_file;
    }
    return text;
  }
};

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = [] {
    std::vector<ConfigKey> all;
    for (const ConfigRow& row : config_rows())
      all.push_back(row.key);
    return all;
  }();
  return keys;
}

const ConfigKey* find_config_key(std::string_view name) {
  const ConfigRow* row = find_row(trimmed(name));
  return row == nullptr ? nullptr : &row->key;
}

Result<bool> set_config(Config& config, std::string_view key, std::string_view value) {
  const ConfigRow* row = find_row(trimmed(key));
  if (row == nullptr) return Error{unknown_key(trimmed(key))};
  const std::string_view text = trimmed(value);
  if (!in_range(row->key.type, text)) {
    return Error{fmt::format("{}: {} is out of range; write at most {}", row->key.name, text,
                             std::numeric_limits<std::int32_t>::max())};
  }
  auto parsed = parse_value(row->key.type, text);
  if (!parsed) return Error{unreadable(row->key, text)};
  const bool unset = yields_default(*row, text, *parsed);
  store(config, *row, *std::move(parsed), unset);
  return true;
}

std::string config_value(const Config& config, std::string_view key) {
  const ConfigRow* row = find_row(key);
  HS_ASSERT_MSG(row != nullptr, "not a key of config_keys()");
  return std::visit([&](auto member) { return Text{}(config.*member); }, row->field);
}

Config Config::code_defaults() {
  Config config;
  for (const ConfigRow& row : config_rows()) {
    const auto set = set_config(config, row.key.name, "");
    HS_ASSERT_MSG(set.ok(), "a default of the table that cannot be read");
  }
  return config;
}

std::optional<std::uint16_t> endpoint_port(std::string_view endpoint) {
  const std::size_t colon = endpoint.find(':');
  if (colon == std::string_view::npos || endpoint.rfind(':') != colon) return std::nullopt;
  const std::string_view digits = endpoint.substr(colon + 1);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto port = parse_int(digits);
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

}  // namespace hearsay
