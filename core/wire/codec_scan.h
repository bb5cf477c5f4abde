// A strict reading of protobuf bytes, as Go's runtime does it, in front of libprotobuf's parser.
//
// The C++ parser is laxer in some places (it drops bits of an eleventh varint byte and of oversized
// field numbers) and stricter in one (keys and lengths of more than five bytes). What Fabric's
// runtime rejects must be rejected here, with a reason, and what it accepts accepted; so bytes are
// walked against the schema first. For codec*.cc only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/wire/codec_error.h"

namespace google::protobuf {
class Message;
}

namespace hearsay {

// Parses `bytes` into `out`, which must be empty. On error `out` is unspecified.
[[nodiscard]] std::optional<DecodeError> parse_strict(std::string_view bytes,
                                                      google::protobuf::Message& out);

// The bytes of `message`: known fields ascending, unknown ones behind. Its strings must be valid
// UTF-8.
std::string serialize(const google::protobuf::Message& message);

// The fields of `message` itself that its type does not know, in order of arrival; their varints in
// shortest form. And back, for bytes that came from there.
std::string unknown_bytes(const google::protobuf::Message& message);
void set_unknown_bytes(google::protobuf::Message& message, std::string_view bytes);

}  // namespace hearsay
