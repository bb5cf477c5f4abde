// Test vectors: one JSON object a line, recorded from Fabric v2.5.4, under tests/data.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace hearsay {

// The objects of tests/data/<name>-vectors.jsonl. Asserts when the file is missing or empty.
std::vector<nlohmann::json> load_vectors(std::string_view name);

}  // namespace hearsay
