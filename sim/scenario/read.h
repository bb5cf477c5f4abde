// From a JSON tree to a Scenario.
#pragma once

#include "sim/scenario/cursor.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/validate.h"

namespace hearsay::scenario {

// Reads every value on its own: kinds, units, ranges, words, unknown and missing keys. What is
// wrong goes to the book and leaves its default in the scenario. Nothing depending on other values
// is judged or filled in.
Scenario read_scenario(const JsonNode& root, const Rules& rules, ComplaintBook& book);

// The parts that live in files of their own.
Network read_network(const Cursor& cursor);
// What cannot be read keeps its place in the list as a fault of defaults, so that indices agree
// with the file.
Fault read_fault(const Cursor& cursor);
ConfigMap read_config(const Cursor& cursor, const Rules& rules);

}  // namespace hearsay::scenario
