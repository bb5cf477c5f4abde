#include "sim/scenario/core_yaml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "sim/scenario/read.h"
#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

using Type = ConfigKeyInfo::Type;

// Where an unknown key is a mistake.
constexpr std::array<std::string_view, 2> kOurSections = {"peer.gossip", "peer.deliveryclient"};
constexpr std::array<std::string_view, 3> kOverrideKeys = {"from", "to", "caCertsFile"};

bool begins_with_key(std::string_view path, std::string_view section) {
  return path.size() > section.size() && path[section.size()] == '.' &&
         same_key(path.substr(0, section.size()), section);
}

// What the YAML library hands over, in words.
std::string_view noun(const YAML::Node& node) {
  if (node.IsMap()) return "a section";
  return node.IsSequence() ? "a list" : "a value";
}

// What the file holds, on one line.
std::string plain(std::string_view text) {
  const std::string quoted = shown(text, 200);
  return quoted.substr(1, quoted.size() - 2);
}

// Fabric's YAML is that of version 1.1.
std::optional<bool> plain_bool(std::string_view text) {
  for (const std::string_view yes :
       {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no :
       {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const Rules& rules, CoreYaml& into, Complaints& out)
      : rules_(rules), into_(into), out_(out) {}

  void read(const YAML::Node& root) {
    if (!root.IsMap()) {
      complain(root, "", "is no core.yaml: it has no sections", "name a peer's core.yaml");
      return;
    }
    walk(root, "");
    if (!seen_peer_) {
      complain(root, "", "is no core.yaml: it has no section \"peer\"", "name a peer's core.yaml");
    } else {
      add_absent();
    }
  }

 private:
  void complain(const YAML::Node& node, const std::string& path, std::string problem,
                std::string remedy) {
    if (out_.size() >= kMaxComplaints) return;
    out_.push_back(
        {into_.file, node.Mark().line + 1, plain(path), std::move(problem), std::move(remedy)});
  }

  void walk(const YAML::Node& section, const std::string& path) {
    for (const auto& entry : section) {
      if (!entry.first.IsScalar()) continue;
      const std::string& key = entry.first.Scalar();
      const std::string inner = path.empty() ? key : path + "." + key;
      if (path.empty() && same_key(key.substr(0, key.find('.')), "peer")) seen_peer_ = true;
      if (key == "<<" && (path.empty() || ours(inner) || is_section(path))) {
        complain(entry.first, inner, "merging of sections is not read", "write the keys out");
      } else {
        visit(entry.first, entry.second, inner);
      }
    }
  }

  void visit(const YAML::Node& name, const YAML::Node& value, const std::string& path) {
    if (const ConfigKeyInfo* info = find_key(rules_.config_keys, path)) {
      read_key(name, value, *info);
    } else if (is_section(path)) {
      if (value.IsMap()) {
        walk(value, path);
      } else if (!value.IsNull() && (same_key(path, "peer") || ours(path) || ours_itself(path))) {
        complain(name, path, fmt::format("is {}, not a section", noun(value)),
                 "write its keys below it");
      }
    } else if (ours(path)) {
      complain(name, path, "unknown configuration key", nearest_key(path));
    }
  }

  static bool ours(std::string_view path) {
    return std::any_of(kOurSections.begin(), kOurSections.end(),
                       [&](std::string_view s) { return begins_with_key(path, s); });
  }
  static bool ours_itself(std::string_view path) {
    return std::any_of(kOurSections.begin(), kOurSections.end(),
                       [&](std::string_view s) { return same_key(path, s); });
  }

  bool is_section(std::string_view path) const {
    return std::any_of(rules_.config_keys.begin(), rules_.config_keys.end(),
                       [&](const ConfigKeyInfo& info) { return begins_with_key(info.name, path); });
  }

  std::string nearest_key(const std::string& path) const {
    std::vector<std::string_view> names;
    for (const ConfigKeyInfo& info : rules_.config_keys) {
      if (ours(info.name)) names.push_back(info.name);
    }
    const std::string_view near = nearest(path, names);
    if (!near.empty()) return fmt::format("did you mean {}?", shown(near, 120));
    return "leave it out: docs/configuration.md lists the keys";
  }

  void read_key(const YAML::Node& name, const YAML::Node& value, const ConfigKeyInfo& info) {
    const std::string key(info.name);
    if (const int line = into_.line_of(key); line > 0) {
      complain(name, key, "is given twice (upper and lower case do not count)",
               fmt::format("keep one (the first is in line {})", line));
      into_.refused.push_back(key);
      return;
    }
    into_.lines.emplace_back(key, name.Mark().line + 1);
    // Fabric: a key without a value is one that is not there.
    if (value.IsNull()) return;
    const std::size_t before = out_.size();
    const auto read = read_value(value, info);
    if (!read || !fits(value, info, *read)) {
      if (out_.size() > before) into_.refused.push_back(key);
      return;
    }
    (is_managed(key) ? into_.managed : into_.config).push_back({key, *read});
  }

  // What the engines say to the value.
  bool fits(const YAML::Node& node, const ConfigKeyInfo& info, const ConfigValue& value) {
    if (!rules_.config_value_check) return true;
    auto trouble = rules_.config_value_check(info.name, config_text(value));
    if (!trouble) return true;
    complain(node, std::string(info.name), std::move(trouble->problem), std::move(trouble->remedy));
    return false;
  }

  std::optional<ConfigValue> read_value(const YAML::Node& node, const ConfigKeyInfo& info) {
    if (info.type == Type::kStringList) return read_list(node, info);
    const std::string key(info.name);
    if (!node.IsScalar()) {
      complain(node, key, fmt::format("is {}, not a single value", noun(node)), example(info.type));
      return std::nullopt;
    }
    const std::string& text = node.Scalar();
    if (text.size() > kMaxValue) {
      complain(node, key, "is too long", fmt::format("write {} bytes or fewer", kMaxValue));
      return std::nullopt;
    }
    switch (info.type) {
      case Type::kDuration:
        return read_duration(node, info);
      case Type::kInt:
        return read_int(node, info);
      case Type::kBool:
        return read_bool(node, info);
      default:
        return ConfigValue(text);
    }
  }

  static std::string example(Type type) {
    switch (type) {
      case Type::kDuration:
        return "write a duration such as 4s";
      case Type::kInt:
        return "write a whole number such as 3";
      case Type::kBool:
        return "write true or false";
      default:
        return "write text";
    }
  }

  std::optional<ConfigValue> read_duration(const YAML::Node& node, const ConfigKeyInfo& info) {
    std::string text = node.Scalar();
    if (!text.empty() && text.find_first_not_of("-0123456789") == std::string::npos) {
      // Negative, too short and too long is for the engines to say.
      if (text.front() == '-' || text.size() > 18) return ConfigValue(text);
      text += "ns";
    }
    const auto parsed = parse_duration(text);
    if (parsed.ok() && parsed.value() > kMaxRun) {
      complain(node, std::string(info.name), fmt::format("{} is too large", shown(text)),
               fmt::format("write {} or less", format_duration(kMaxRun)));
      return std::nullopt;
    }
    if (parsed.ok()) return ConfigValue(format_duration(parsed.value()));
    // In Fabric's words, if the engines have some.
    if (!fits(node, info, ConfigValue(text))) return std::nullopt;
    complain(node, std::string(info.name), parsed.error().problem, parsed.error().remedy);
    return std::nullopt;
  }

  std::optional<ConfigValue> read_int(const YAML::Node& node, const ConfigKeyInfo& info) {
    const std::string& text = node.Scalar();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      complain(node, std::string(info.name), fmt::format("{} is not a whole number", shown(text)),
               example(info.type));
      return std::nullopt;
    }
    if (text.size() > 1 && text.front() == '0') {
      complain(node, std::string(info.name), fmt::format("{} is octal to Fabric", shown(text)),
               "write it without the zero in front");
      return std::nullopt;
    }
    return ConfigValue(value);
  }

  std::optional<ConfigValue> read_bool(const YAML::Node& node, const ConfigKeyInfo& info) {
    const std::string& text = node.Scalar();
    const bool quoted = node.Tag() == "!";
    const auto value = plain_bool(text);
    if (value && (!quoted || text.size() > 3)) return ConfigValue(*value);
    // Fabric: other text counts as Go reads it.
    if (text == "1" || text == "t" || text == "T") return ConfigValue(true);
    if (text == "0" || text == "f" || text == "F") return ConfigValue(false);
    complain(node, std::string(info.name), fmt::format("{} is neither true nor false", shown(text)),
             example(info.type));
    return std::nullopt;
  }

  std::optional<ConfigValue> read_list(const YAML::Node& node, const ConfigKeyInfo& info) {
    if (node.IsScalar() && is_override_list(info)) {
      complain(node, std::string(info.name), "is text, not a list",
               "write a list of entries with from, to and caCertsFile");
      return std::nullopt;
    }
    if (node.IsScalar()) return ConfigValue(std::vector{node.Scalar()});
    if (node.IsSequence() && node.size() > kMaxEntries) {
      complain(node, std::string(info.name), "has too many items",
               fmt::format("write {} or fewer", kMaxEntries));
      return std::nullopt;
    }
    if (!node.IsSequence()) {
      complain(node, std::string(info.name), fmt::format("is {}, not a list", noun(node)),
               "write one item a line, each behind \"- \"");
      return std::nullopt;
    }
    std::vector<std::string> items;
    bool good = true;
    for (const auto& item : node) {
      const auto text = is_override_list(info) ? read_override(item, info) : read_item(item, info);
      if (text) items.push_back(*text);
      good = good && text.has_value();
    }
    if (!good) return std::nullopt;
    return ConfigValue(std::move(items));
  }

  static bool is_override_list(const ConfigKeyInfo& info) {
    return info.name.ends_with(".addressOverrides");
  }

  std::optional<std::string> read_item(const YAML::Node& item, const ConfigKeyInfo& info) {
    if (item.IsScalar() && !item.Scalar().empty()) return item.Scalar();
    complain(item, std::string(info.name), fmt::format("an item is {}, not text", noun(item)),
             "write text");
    return std::nullopt;
  }

  std::optional<std::string> read_override(const YAML::Node& item, const ConfigKeyInfo& info) {
    const std::string key(info.name);
    std::array<std::string, 3> parts;
    bool good = item.IsMap();
    if (!good) complain(item, key, "an entry is no section", "write from, to and caCertsFile");
    for (const auto& entry : item.IsMap() ? item : YAML::Node(YAML::NodeType::Map)) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const auto known = std::find_if(kOverrideKeys.begin(), kOverrideKeys.end(),
                                      [&](std::string_view k) { return same_key(k, name); });
      const bool readable = entry.second.IsNull() || entry.second.IsScalar();
      if (known == kOverrideKeys.end() || !readable) {
        complain(entry.first, key, fmt::format("{} is no part of an override", shown(name)),
                 suggestion(name, kOverrideKeys, "parts"));
        good = false;
      } else if (entry.second.IsScalar()) {
        parts.at(static_cast<std::size_t>(known - kOverrideKeys.begin())) = entry.second.Scalar();
      }
    }
    if (!good) return std::nullopt;
    for (const std::string& part : parts) {
      if (part.find_first_of("> \t\r\n") == std::string::npos) continue;
      complain(item, key, fmt::format("{} cannot be kept", shown(part)),
               "write names without blanks and \">\"");
      return std::nullopt;
    }
    if (parts[0].empty() || parts[1].empty()) {
      complain(item, key, "an entry lacks \"from\" or \"to\"", "write both");
      return std::nullopt;
    }
    return parts[0] + ">" + parts[1] + (parts[2].empty() ? "" : ">" + parts[2]);
  }

  void add_absent() {
    for (const ConfigKeyInfo& info : rules_.config_keys) {
      if (!info.absent || is_managed(info.name)) continue;
      const bool refused =
          std::find(into_.refused.begin(), into_.refused.end(), info.name) != into_.refused.end();
      const bool given =
          std::any_of(into_.config.begin(), into_.config.end(),
                      [&](const ConfigEntry& entry) { return entry.key == info.name; });
      if (!refused && !given) into_.config.push_back({std::string(info.name), absent_value(info)});
    }
  }

  static ConfigValue absent_value(const ConfigKeyInfo& info) {
    const std::string text(*info.absent);
    if (info.type == Type::kBool) return ConfigValue(text == "true");
    std::int64_t number = 0;
    if (info.type == Type::kInt) {
      std::from_chars(text.data(), text.data() + text.size(), number);
      return ConfigValue(number);
    }
    return ConfigValue(text);
  }

  static constexpr std::size_t kMaxValue = 4096;

  const Rules& rules_;
  CoreYaml& into_;
  Complaints& out_;
  bool seen_peer_ = false;
};

}  // namespace

int CoreYaml::line_of(std::string_view key) const {
  for (const auto& [name, line] : lines) {
    if (same_key(name, key)) return line;
  }
  return 0;
}

CoreYaml read_core_yaml(std::string_view text, const std::string& file, const Rules& rules,
                        Complaints& out) {
  CoreYaml yaml;
  yaml.file = file;
  // The library's only way to speak of bad input is to throw.
  try {
    Reader(rules, yaml, out).read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& trouble) {
    out.push_back({file, trouble.mark.line + 1, "",
                   fmt::format("is no YAML: {}", plain(trouble.msg)),
                   "mend it there, or a line or two above"});
  }
  return yaml;
}

}  // namespace hearsay::scenario
