// Fingerprints: a 64-bit number per message and envelope, from its parts, without encoding it.
//
// Equal bytes give equal numbers on every machine, whether the message was built here or decoded. A
// signed or undecodable payload is hashed as the bytes it is; an unsigned one by its fields,
// because bytes are made on demand. Nested envelopes contribute the number they remember. Not a
// security hash.
#pragma once

#include <cstdint>

#include "core/wire/message.h"

namespace hearsay {

// The number of the message's fields in order. Costs one pass over its bytes; O(1) per nested
// envelope.
std::uint64_t content_fingerprint(const GossipMessage& message);

}  // namespace hearsay
