// A peer's core.yaml as configuration of a scenario.
//
// Reads the keys of the rules wherever they stand in the file and leaves everything else alone, but
// for peer.gossip and peer.deliveryclient: there an unknown key is a mistake. Values are judged as
// those of a scenario, and Fabric's own reading is kept where a scenario is stricter: a bare number
// is nanoseconds, yes and on are true, keys have no case, a list may be text with blanks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/complaint.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/validate.h"

namespace hearsay::scenario {

struct CoreYaml {
  std::string file;
  // In the order of the file; then keys that it leaves out and that are then not what a scenario
  // without core.yaml has.
  ConfigMap config;
  // Those that hearsay sets itself.
  ConfigMap managed;
  // Where each key of the rules stands, whether it could be read or not; line from 1.
  std::vector<std::pair<std::string, int>> lines;
  // The keys that were complained about.
  std::vector<std::string> refused;

  int line_of(std::string_view key) const;  // 0: not in the file
};

// Reads `text`; `file` is its name in complaints.
CoreYaml read_core_yaml(std::string_view text, const std::string& file, const Rules& rules,
                        Complaints& out);

}  // namespace hearsay::scenario
