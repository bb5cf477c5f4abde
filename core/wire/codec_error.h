// DecodeError: why bytes are not a message.
#pragma once

#include <cstdint>

namespace hearsay {

enum class DecodeError : std::uint8_t {
  kTooLarge,        // over kMaxMessageBytes
  kTruncated,       // a value runs past the end
  kBadVarint,       // more than ten bytes, or more than 64 bits
  kBadFieldNumber,  // zero or above 2^29 - 1
  kBadWireType,     // 6 or 7
  kUnbalancedGroup,
  kTooDeep,  // nested beyond kMaxNesting or kMaxEnvelopeDepth
  kInvalidUtf8,
  kRefused,  // by libprotobuf, though the scan before it found nothing; not known to happen
};
inline constexpr int kDecodeErrors = 9;

// A few words for logs: "truncated".
const char* decode_error_text(DecodeError error);

}  // namespace hearsay
