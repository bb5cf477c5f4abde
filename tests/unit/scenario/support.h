// What the tests of sim/scenario share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/load.h"

namespace hearsay::scenario::testing {

// A small table in place of the engines' own.
std::span<const ConfigKeyInfo> some_config_keys();

// Options with that table and a few metrics.
LoadOptions some_options();

// The same for shipped scenarios, whose metrics the analysis judges elsewhere.
LoadOptions shipped_options();

// Loads a text named scenario.json; REQUIRES that it is good.
Scenario load_good(std::string_view text, const LoadOptions& options = some_options());

// The complaints about a text named scenario.json, as users see them.
std::vector<std::string> complaints_of(std::string_view text,
                                       const LoadOptions& options = some_options());

// The warnings about one, which must be good.
std::vector<std::string> warnings_of(std::string_view text,
                                     const LoadOptions& options = some_options());

// The shipped scenarios' paths, sorted.
std::vector<std::string> shipped_scenarios();

std::string read_file(const std::string& path);

// A scenario of one organisation of ten peers and one channel, with `more` inside ("\"seed\": 2").
std::string small_with(std::string_view more);

}  // namespace hearsay::scenario::testing
