// From a scenario as written to one in which nothing is implicit, and back to JSON.
#pragma once

#include <filesystem>
#include <string>

#include "sim/scenario/json.h"
#include "sim/scenario/scenario.h"

namespace hearsay::scenario {

// Writes every default that depends on other parts, names the scenario `default_name` if it has no
// name, and makes relative platform and arrivals files absolute from `folder` (the scenario's own).
// What is drawn from the seed (start times within their spread, peers of a drawing selector) stays
// a definition; configuration keys that are left out keep the engines' defaults. Resolving a
// resolved scenario changes nothing.
Scenario resolve(Scenario scenario, const std::string& default_name = "scenario",
                 const std::filesystem::path& folder = {});

// Canonical JSON, runnable as it is: reading and resolving it gives an equal scenario, and the same
// text. REQUIRES: resolved.
std::string to_json(const Scenario& scenario);

// The word of the scenario file: "leave_channel".
std::string event_word(EventKind kind);

// One promise on one line, as the scenario wrote it.
std::string to_json(const Promise& promise);

// A selector's JSON form on one line: a text between quotes, a list or an object.
std::string to_json(const Selector& selector);

}  // namespace hearsay::scenario
