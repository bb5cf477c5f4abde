// Codec: messages and envelopes to and from the bytes Fabric v2.5.4 puts on the wire.
//
// Needed for signing, for `--wire bytes`, for gRPC and for hostile input; the simulator's shared
// mode never calls it for unsigned messages. Encoding is canonical (fields ascending, defaults left
// out), byte for byte what Fabric's Go encoder writes; decoding accepts and rejects what Go's
// decoder does, see codec_scan.h. Mirrors gossip/protoext/signing.go.
//
// Relays must not change a payload: a received Envelope keeps its payload bytes, unknown fields
// included, and encode_envelope emits them verbatim. Unknown fields around the payload are kept
// too, their varints in shortest form.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/wire/codec_error.h"
#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace hearsay {

// Fabric: peer.maxRecvMsgSize and peer.maxSendMsgSize, default 100 MiB.
inline constexpr std::size_t kMaxMessageBytes = 100 * 1024 * 1024;

// Sub-messages and groups inside one payload. Divergence: Go allows 10,000 of them; nothing Fabric
// sends comes near either.
inline constexpr int kMaxNesting = 100;

// Envelopes inside envelopes. Fabric decodes nested envelopes when it looks at them, one level at a
// time, and never looks deeper than two; here they are decoded at once, so depth has an end. What
// lies deeper is malformed().
inline constexpr int kMaxEnvelopeDepth = 4;

// --- messages and envelopes

// The canonical bytes of `message`. REQUIRES: encoding_error(message) finds nothing.
std::string encode_message(const GossipMessage& message);

// Why `message` cannot be encoded (kInvalidUtf8 in a string field, or collection_configs that are
// not the canonical bytes of a CollectionConfigPackage); nullopt when it can. Fabric refuses to
// send such messages.
std::optional<DecodeError> encoding_error(const GossipMessage& message);

// encode_message for a message of doubtful origin.
Result<std::string, DecodeError> checked_encode_message(const GossipMessage& message);

// Decodes a payload. Nested envelopes become EnvelopeRefs; one whose own payload does not decode is
// malformed() but does not fail the whole. Empty bytes are the empty message, not an error.
Result<GossipMessage, DecodeError> decode_message(std::string_view bytes);

// encode_envelope(e).size() == e.wire_size().
std::string encode_envelope(const Envelope& envelope);

// Fails when the outer Envelope is not decodable. An undecodable payload inside gives a malformed()
// envelope instead, as Fabric tells these two apart.
Result<EnvelopeRef, DecodeError> decode_envelope(std::string_view bytes);

// --- small messages

// A Secret holding the internal endpoint; written even when empty.
std::string encode_secret(std::string_view internal_endpoint);

// Fabric: InternalEndpoint. "" when the bytes do not decode or hold no endpoint.
std::string read_secret(std::string_view bytes);

struct SerializedIdentity {
  std::string mspid;
  std::string id_bytes;
  bool operator==(const SerializedIdentity&) const = default;
};
std::string encode_identity(const SerializedIdentity& identity);
Result<SerializedIdentity, DecodeError> decode_identity(std::string_view bytes);

// SHA-256(mspid ‖ id_bytes) of an encoded SerializedIdentity; "" for empty or undecodable bytes.
// Fabric: GetPKIidOfCert.
std::string pki_id_of_identity(std::string_view identity_bytes);

std::string encode_pvt_digest(const PvtDataDigest& digest);
// Lower-case hexadecimal of SHA-256 over the encoded digest. Fabric: privdata hashDigest.
std::string pvt_digest_key(const PvtDataDigest& digest);

// --- for tests: what Fabric would write again

struct Remarshalled {
  std::string bytes;
  std::string unknown_fields;  // those of the outermost message
};
// Decodes `bytes` as a GossipMessage and encodes all of it again, unknown fields at every level
// included.
Result<Remarshalled, DecodeError> remarshal(std::string_view bytes);

}  // namespace hearsay
