// Inside of the codec: structs to generated classes and back. For codec*.cc and envelope.cc only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/wire/codec_error.h"
#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace gossip {
class Envelope;
class GossipMessage;
class PvtDataDigest;
}  // namespace gossip

namespace hearsay {

// decode_message for a payload inside `depth` envelopes.
Result<GossipMessage, DecodeError> decode_message_at_depth(std::string_view bytes, int depth);

// Envelope::received for an envelope nested in `depth` others.
EnvelopeRef received_at_depth(std::string payload, std::string signature,
                              std::unique_ptr<SecretEnvelope> secret, std::string unknown_fields,
                              int depth);

// Fills `out`, which must be empty.
void to_proto(const GossipMessage& message, gossip::GossipMessage& out);
void to_proto(const Envelope& envelope, gossip::Envelope& out);
void to_proto(const PvtDataDigest& digest, gossip::PvtDataDigest& out);

// Takes the strings out of `in`. Envelopes inside the message are nested one deeper than `depth`.
GossipMessage from_proto(gossip::GossipMessage& in, int depth);
EnvelopeRef from_proto(gossip::Envelope& in, int depth);

}  // namespace hearsay
