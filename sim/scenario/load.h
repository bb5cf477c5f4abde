// Loading a scenario: the one call that the program needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "sim/scenario/complaint.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/validate.h"

namespace hearsay::scenario {

struct LoadOptions {
  Rules rules;
  std::vector<std::string> sets;      // "path=value", applied in order before anything is judged
  std::optional<std::uint64_t> seed;  // wins over the file's and over `sets`
};

// Reads, changes, resolves and validates the scenario in the file `path`. The error is every
// complaint there is, in the order of the file; a file that cannot be read is one complaint.
// Relative files (a platform, a core.yaml, recorded arrivals) are looked for in the scenario's own
// folder. What can be run but may not do what was meant goes to `warnings`, if there are no
// complaints.
Result<Scenario, Complaints> load_scenario(const std::string& path, const LoadOptions& options,
                                           Complaints* warnings = nullptr);

// The same for a text. `file` is the name used in complaints and, without its ending, the default
// name of the scenario; relative files are looked for in `folder`.
Result<Scenario, Complaints> load_scenario_text(std::string_view text, const std::string& file,
                                                const std::filesystem::path& folder,
                                                const LoadOptions& options,
                                                Complaints* warnings = nullptr);

// The file's text, at most kMaxScenarioBytes of it, or why there is none.
Result<std::string, Complaint> read_scenario_file(const std::string& path);

// The JSON Schema of a scenario, as shipped in scenarios/schema.json.
std::string_view scenario_schema();

}  // namespace hearsay::scenario
