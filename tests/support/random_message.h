// Random messages of every kind, for properties: any mixture of absent and present parts, numbers
// of every magnitude, lengths around the steps of a varint, UTF-8 where the wire demands it and any
// bytes elsewhere, nested envelopes signed and unsigned. All of them can be encoded.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/random.h"
#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace hearsay {

GossipMessage random_message(Random& random);
GossipMessage random_message(Random& random, ContentKind kind);

// Unsigned, signed, with a secret, or received with an undecodable payload or unknown fields around
// it.
EnvelopeRef random_envelope(Random& random);

std::string random_bytes(Random& random, std::size_t length);
// Valid UTF-8 of about `length` bytes.
std::string random_text(Random& random, std::size_t length);
// Uniform in the number of bits, so that small numbers are as common as large ones.
std::uint64_t random_u64(Random& random);

}  // namespace hearsay
