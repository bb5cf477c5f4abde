// The repository as a whole: dead files, dead links, traces of a machine.
#pragma once

#include <vector>

#include "tests/tidy/source.h"

namespace hearsay::tidy {

// Paths of somebody's machine in any text file.
Findings check_machine_paths(const SourceFile& file);

// .cc files that no CMakeLists.txt of their folder or of a folder above names, with or without
// ".cc".
Findings check_dead_sources(const std::vector<SourceFile>& files);

// Pages in docs/ that cannot be reached from README.md by links, and relative links that lead
// nowhere.
Findings check_links(const std::vector<SourceFile>& files);

// The targets of the Markdown links of `file` that stay in this repository, relative to the root,
// with the line each stands on in Finding::line and the target in Finding::message.
Findings links_of(const SourceFile& file);

}  // namespace hearsay::tidy
