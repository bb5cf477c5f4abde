// Hexadecimal text to bytes, for vectors.
#pragma once

#include <string>
#include <string_view>

namespace hearsay {

// REQUIRES: an even number of hexadecimal digits.
std::string from_hex(std::string_view hex);

}  // namespace hearsay
