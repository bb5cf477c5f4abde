// The table behind config.h: one row per key of core.yaml.
//
// Whatever is done with keys (reading, writing, judging, the page of the documentation) walks these
// rows; a new key is a field of Config and a row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/gossip/config.h"

namespace hearsay {

// Where a key's value is kept. The order of the alternatives is that of ConfigType.
using ConfigField =
    std::variant<Duration Config::*, std::int32_t Config::*, bool Config::*, std::string Config::*,
                 std::vector<std::string> Config::*, std::vector<EndpointOverride> Config::*>;

struct ConfigRow {
  ConfigKey key;
  ConfigField field;
  std::int64_t least = 0;             // of a duration or an integer
  std::string_view below_least = {};  // what would happen below it
};

std::span<const ConfigRow> config_rows();

}  // namespace hearsay
