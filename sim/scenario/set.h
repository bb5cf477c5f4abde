// Changing a scenario from the command line: --set path=value.
//
// The path names a place in the scenario: organizations.0.peers or organizations[0].peers,
// network.latency.median, config.peer.gossip.pullInterval (behind "config" the rest is one key).
// The value is JSON if it reads as JSON, else a text. Keys and lists that are missing on the way
// are made; a list's next index appends. Whether the result makes sense is judged later, like the
// file itself; such complaints name the option instead of a line.
#pragma once

#include <string>
#include <string_view>

#include "sim/scenario/complaint.h"
#include "sim/scenario/json.h"

namespace hearsay::scenario {

// Applies "path=value". `option` is what the user wrote before it, for complaints ("--set",
// "--vary"). False, with complaints, if it leads nowhere; the document is then as it was.
bool apply_set(JsonDocument& document, std::string_view assignment, Complaints& out,
               std::string_view option = "--set");

}  // namespace hearsay::scenario
