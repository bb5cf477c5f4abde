#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "sim/scenario/read.h"
#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

using Kind = JsonNode::Kind;
using Type = ConfigKeyInfo::Type;

// Keys that hearsay sets itself, from the organisations of the scenario.
struct Managed {
  std::string_view key;
  std::string_view instead;
};
constexpr std::array<Managed, 5> kManaged{
    {{"peer.gossip.bootstrap", "write \"bootstrap\" in the organisation"},
     {"peer.gossip.endpoint", "leave it out: hearsay names the endpoints"},
     {"peer.gossip.externalEndpoint", "write \"external_endpoints\" in the organisation"},
     {"peer.gossip.useLeaderElection", "write \"leader\" in the organisation"},
     {"peer.gossip.orgLeader", "write \"leader\" and \"leaders\" in the organisation"}}};

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<ConfigValue> read_int(const Cursor& cursor) {
  const JsonNode& node = cursor.node();
  // Fabric: numeric text is accepted for integers.
  if (node.is(Kind::kNumber) || node.is(Kind::kString)) {
    if (const auto value = whole(node.text)) return ConfigValue(*value);
    cursor.complain(fmt::format("{} is not a whole number", node.shown()),
                    "write a whole number such as 3");
    return std::nullopt;
  }
  cursor.wrong_kind("a whole number", "a whole number such as 3");
  return std::nullopt;
}

std::optional<ConfigValue> read_bool(const Cursor& cursor) {
  if (cursor.node().is(Kind::kBool)) return ConfigValue(cursor.node().boolean);
  cursor.wrong_kind("true or false", "true or false");
  return std::nullopt;
}

std::optional<ConfigValue> read_list(const Cursor& cursor) {
  if (cursor.node().is(Kind::kString)) return ConfigValue(std::vector{cursor.node().text});
  const auto elements = cursor.as_list(kMaxEntries, "a list of texts");
  if (!elements) return std::nullopt;
  std::optional<std::vector<std::string>> list(std::in_place);
  for (const Cursor& element : *elements) {
    auto text = element.as_text("text");
    if (!text) {
      list.reset();
    } else if (list) {
      list->push_back(std::move(*text));
    }
  }
  if (!list) return std::nullopt;
  return ConfigValue(std::move(*list));
}

// Without a table the JSON type decides.
std::optional<ConfigValue> read_any(const Cursor& cursor) {
  switch (cursor.node().kind) {
    case Kind::kBool:
      return read_bool(cursor);
    case Kind::kNumber:
      return read_int(cursor);
    case Kind::kString:
      return ConfigValue(cursor.node().text);
    case Kind::kArray:
      return read_list(cursor);
    case Kind::kNull:
    case Kind::kObject:
      break;
  }
  cursor.wrong_kind("a value", "a number, a text, true or false");
  return std::nullopt;
}

std::optional<ConfigValue> read_value(const Cursor& cursor, Type type) {
  switch (type) {
    case Type::kDuration:
      if (const auto value = cursor.as_duration(0, kMaxRun)) {
        return ConfigValue(format_duration(*value));
      }
      return std::nullopt;
    case Type::kInt:
      return read_int(cursor);
    case Type::kBool:
      return read_bool(cursor);
    case Type::kString:
      if (auto text = cursor.as_text("text")) return ConfigValue(std::move(*text));
      return std::nullopt;
    case Type::kStringList:
      return read_list(cursor);
  }
  return std::nullopt;
}

const Managed* managed(std::string_view key) {
  for (const Managed& entry : kManaged) {
    if (same_key(entry.key, key)) return &entry;
  }
  return nullptr;
}

Trouble unknown_key(std::span<const ConfigKeyInfo> table, std::string_view key, bool section) {
  if (section) {
    return {"is a section", "write whole names, such as \"peer.gossip.pullInterval\": \"4s\""};
  }
  for (const std::string_view front : {"peer.", "peer.gossip.", "peer.deliveryclient."}) {
    const ConfigKeyInfo* whole = find_key(table, std::string(front) + std::string(key));
    if (whole == nullptr) continue;
    const Managed* ours = managed(whole->name);
    return {"unknown configuration key",
            ours == nullptr ? fmt::format("write the whole name, {}", shown(whole->name))
                            : std::string(ours->instead)};
  }
  std::vector<std::string_view> names;
  for (const ConfigKeyInfo& info : table) {
    if (managed(info.name) == nullptr) names.push_back(info.name);
  }
  return {"unknown configuration key", suggestion(key, names, "keys")};
}

void read_entry(const Cursor& cursor, const std::string& key, const Rules& rules,
                ConfigMap& config) {
  if (const Managed* entry = managed(key)) {
    cursor.complain("is set by hearsay itself", std::string(entry->instead));
    return;
  }
  const ConfigKeyInfo* info = find_key(rules.config_keys, key);
  if (info == nullptr && !rules.config_keys.empty()) {
    cursor.book().add(cursor.path(),
                      unknown_key(rules.config_keys, key, cursor.node().is(Kind::kObject)));
    return;
  }
  const std::string name(info != nullptr ? info->name : key);
  const bool twice = std::any_of(config.begin(), config.end(), [&](const ConfigEntry& entry) {
    return same_key(entry.key, name);
  });
  if (twice) {
    cursor.complain("is given twice (upper and lower case do not count)", "keep one");
    return;
  }
  auto value = info != nullptr ? read_value(cursor, info->type) : read_any(cursor);
  if (!value) return;
  if (info != nullptr && rules.config_value_check) {
    if (auto trouble = rules.config_value_check(name, config_text(*value))) {
      cursor.book().add(cursor.path(), *std::move(trouble));
      return;
    }
  }
  config.push_back({name, std::move(*value)});
}

}  // namespace

bool same_key(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

const ConfigKeyInfo* find_key(std::span<const ConfigKeyInfo> table, std::string_view key) {
  for (const ConfigKeyInfo& info : table) {
    if (same_key(info.name, key)) return &info;
  }
  return nullptr;
}

bool is_managed(std::string_view key) { return managed(key) != nullptr; }

ConfigMap read_config(const Cursor& cursor, const Rules& rules) {
  ConfigMap config;
  const JsonNode& node = cursor.node();
  if (!node.is(Kind::kObject)) {
    cursor.wrong_kind("an object", "{ \"peer.gossip.pullInterval\": \"4s\" }");
    return config;
  }
  if (node.items.size() > kMaxEntries) {
    cursor.complain(fmt::format("has {} entries", node.items.size()),
                    fmt::format("write {} or fewer", kMaxEntries));
    return config;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Cursor entry(cursor.book(), node.items[i], cursor.path() / node.keys[i]);
    read_entry(entry, node.keys[i], rules, config);
  }
  return config;
}

}  // namespace hearsay::scenario
