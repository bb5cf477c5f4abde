#include "tests/support/vectors.h"

#include <fstream>
#include <string>

#include "core/base/assert.h"

namespace hearsay {

std::vector<nlohmann::json> load_vectors(std::string_view name) {
  std::ifstream file(std::string(HS_TEST_DATA) + "/" + std::string(name) + "-vectors.jsonl");
  std::vector<nlohmann::json> vectors;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) vectors.push_back(nlohmann::json::parse(line));
  }
  HS_ASSERT_MSG(!vectors.empty(), "no vectors");
  return vectors;
}

}  // namespace hearsay
