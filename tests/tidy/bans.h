// What code may not say: hidden randomness, clocks, threads, accidental order, leftovers.
#pragma once

#include "tests/tidy/source.h"

namespace hearsay::tidy {

// Names that break determinism or a habit of the house, each with what to use instead.
Findings check_bans(const SourceFile& file);

// Iteration over std::unordered_… containers declared in this file or in `header`, its own header
// (empty when it has none). A heuristic: it knows names, not types.
Findings check_unordered_iteration(const SourceFile& file, const SourceFile& header);

// Words that mark unfinished work, in comments too.
Findings check_leftovers(const SourceFile& file);

}  // namespace hearsay::tidy
