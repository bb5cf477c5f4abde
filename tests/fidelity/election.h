// Leader election as it was measured of real Fabric: at a cold and a warm start, at starts within
// five seconds, and after the leader crashed.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/fidelity/table.h"

namespace hearsay::fidelity {

// `fabric` is the "election" of tests/data/fabric_measured.json.
void add_election(Page& page, const nlohmann::json& fabric, unsigned seeds);

}  // namespace hearsay::fidelity
