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
// A duration, or a distribution.
std::optional<Latency> read_latency(const Cursor& cursor);
OrdererNode read_orderer(const Cursor& cursor);
BlockStream read_blocks(const Cursor& cursor);
ConfigMap read_config(const Cursor& cursor, const Rules& rules);

// Equal but for the case of letters, which Fabric's keys do not have.
bool same_key(std::string_view a, std::string_view b);
const ConfigKeyInfo* find_key(std::span<const ConfigKeyInfo> table, std::string_view key);
// True for a key that hearsay sets itself, from the organisations of the scenario.
bool is_managed(std::string_view key);

}  // namespace hearsay::scenario
