// Versions of hearsay and of the libraries whose behaviour a result may depend on.
#pragma once

#include <string>

namespace hearsay::sim {

// "0.1.0"
const char* version();
// What --version prints: hearsay, SimGrid, protobuf, compiler.
std::string version_text();

}  // namespace hearsay::sim
