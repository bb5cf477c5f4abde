// Which room may include what: the drawing of docs/architecture.md as data.
#pragma once

#include <set>
#include <string>

#include "tests/tidy/source.h"

namespace hearsay::tidy {

// Includes of this repository's own headers that point up or sideways against the layers, or that
// are not relative to the root.
Findings check_layers(const SourceFile& file);

// Includes of libraries and system headers outside the rooms that may know them.
Findings check_libraries(const SourceFile& file);

// Includes of own headers that do not exist. `paths` holds every path of the repository; generated
// protobuf headers count as existing when their .proto does.
Findings check_includes_exist(const SourceFile& file, const std::set<std::string>& paths);

}  // namespace hearsay::tidy
