// Any text as a core.yaml: complaints are lines, and what is read the engines can set.
#include "sim/scenario/core_yaml.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/gossip/config.h"

namespace {

using hearsay::scenario::ConfigKeyInfo;

std::vector<ConfigKeyInfo> key_table() {
  std::vector<ConfigKeyInfo> table;
  for (const hearsay::ConfigKey& key : hearsay::config_keys()) {
    using Type = ConfigKeyInfo::Type;
    using From = hearsay::ConfigType;
    const Type type = key.type == From::kDuration ? Type::kDuration
                      : key.type == From::kInt    ? Type::kInt
                      : key.type == From::kBool   ? Type::kBool
                      : key.type == From::kText   ? Type::kString
                                                  : Type::kStringList;
    table.push_back({key.name, type});
  }
  return table;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace scenario = hearsay::scenario;
  static const std::vector<ConfigKeyInfo> keys = key_table();
  scenario::Rules rules;
  rules.config_keys = keys;
  rules.config_value_check = [](std::string_view key,
                                const std::string& text) -> std::optional<scenario::Trouble> {
    hearsay::Config config;
    const auto set = hearsay::set_config(config, key, text);
    if (set.ok()) return std::nullopt;
    return scenario::Trouble{set.error(), ""};
  };
  scenario::Complaints complaints;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto yaml = scenario::read_core_yaml(text, "core.yaml", rules, complaints);
  for (const scenario::Complaint& complaint : complaints)
    HS_ASSERT(complaint.text().find('\n') == std::string::npos);
  hearsay::Config config;
  for (const scenario::ConfigEntry& entry : yaml.config) {
    HS_ASSERT(hearsay::set_config(config, entry.key, scenario::config_text(entry.value)).ok());
  }
  return 0;
}
