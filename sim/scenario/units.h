// Quantities with units, as people write them in a scenario: "1m30s", "64KiB", "1Gbps", "25%".
//
// Exact integer arithmetic throughout; a quantity that does not fit or is finer than its smallest
// unit is an error, never rounded. Each format_ function gives the canonical text that its parse_
// function reads back to the same value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "sim/scenario/complaint.h"

namespace hearsay::scenario {

// Units ns us µs ms s m h, several in a row allowed ("1m30s"), decimals allowed ("1.5s"). Not
// negative.
Result<Duration, Trouble> parse_duration(std::string_view text);
// One number and the largest unit up to seconds that divides it: "90s", "1500ms", "0s".
std::string format_duration(Duration duration);

// Bytes. Units B, kB KB MB GB (powers of 1000), KiB MiB GiB (powers of 1024).
Result<std::uint64_t, Trouble> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

// Bits per second. Units bps kbps Mbps Gbps Tbps, and Bps kBps MBps GBps for bytes.
Result<std::uint64_t, Trouble> parse_bandwidth(std::string_view text);
std::string format_bandwidth(std::uint64_t bits_per_second);

// Parts per million of a share above 0 % and up to 100 %.
Result<std::uint32_t, Trouble> parse_share(std::string_view text);
std::string format_share(std::uint32_t parts_per_million);

}  // namespace hearsay::scenario
