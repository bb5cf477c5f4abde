// UTF-8 validity as Go's runtime and protobuf demand it of string fields: no overlong forms,
// surrogates or code points above U+10FFFF.
#pragma once

#include <string_view>

namespace hearsay {

bool is_valid_utf8(std::string_view text);

}  // namespace hearsay
