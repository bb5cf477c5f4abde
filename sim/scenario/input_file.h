// Reading the files that a user names: a scenario, a core.yaml, recorded blocks, a platform.
//
// A pipe is read as a file is, so that /dev/stdin and a shell's <(…) will do; but nobody waits for
// a writer that may never come. Folders, devices and sockets are refused by name.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/result.h"

namespace hearsay::scenario {

// The whole file. The error is a clause about the file: "is a directory", "is larger than 16 MiB".
// `most` is in bytes, a whole number of MiB.
Result<std::string> read_input_file(const std::string& path, std::size_t most);

// Why `path` is no regular file, as a clause, or "" for one: for libraries that open it themselves,
// more than once.
std::string no_regular_file(const std::string& path);

}  // namespace hearsay::scenario
