// Promises and their results as sentences, shared by the reports.
#pragma once

#include <string>

#include "analysis/expectation.h"

namespace hearsay::analysis {

// "blocks.t100_s p99 <= 45", "leaders.ch1.org1.final = 1", "invariant all".
std::string promise_text(const Promise& promise);

// "11.2: block 47 reached org1/31 last, 11.2 s"; for an invariant the evidence alone.
std::string result_text(const PromiseResult& result);

}  // namespace hearsay::analysis
