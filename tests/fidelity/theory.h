// Fabric's push rule against its Monte-Carlo table (tests/data/push_theory.json).
#pragma once

#include "tests/fidelity/table.h"

namespace hearsay::fidelity {

// `blocks` per size of organisation.
void add_push_theory(Page& page, unsigned blocks);

}  // namespace hearsay::fidelity
