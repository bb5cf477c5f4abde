// Durations as text, in the syntax of Go's time.ParseDuration, which Fabric's core.yaml uses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace hearsay {

// "1h2m3.5s", "-1.5ms", "300us"; units ns us µs ms s m h. A number without a unit is nanoseconds,
// as in Fabric (spf13/cast). Digits below a nanosecond are cut off. nullopt when it is no duration
// or does not fit into 64 bits.
std::optional<Duration> parse_duration(std::string_view text);

// With the largest unit of s, ms, us, ns that leaves no fraction: "25s", "1500ms", "0s".
std::string duration_text(Duration d);

}  // namespace hearsay
