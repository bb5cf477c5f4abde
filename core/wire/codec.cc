#include "core/wire/codec.h"

#include "core/base/assert.h"
#include "core/base/hash.h"
#include "core/wire/codec_proto.h"
#include "core/wire/codec_scan.h"
#include "core/wire/gossip.pb.h"
#include "core/wire/msp.pb.h"
#include "core/wire/utf8.h"
#include "core/wire/wire_size.h"

namespace hearsay {

std::string encode_message(const GossipMessage& message) {
  HS_ASSERT_MSG(!encoding_error(message), "message cannot be encoded");
  gossip::GossipMessage proto;
  to_proto(message, proto);
  std::string bytes = serialize(proto);
  HS_ASSERT(bytes.size() == wire_size(message));
  return bytes;
}

Result<std::string, DecodeError> checked_encode_message(const GossipMessage& message) {
  if (const auto error = encoding_error(message)) return Error{*error};
  return encode_message(message);
}

Result<GossipMessage, DecodeError> decode_message_at_depth(std::string_view bytes, int depth) {
  if (depth > kMaxEnvelopeDepth) return Error{DecodeError::kTooDeep};
  gossip::GossipMessage proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return from_proto(proto, depth);
}

Result<GossipMessage, DecodeError> decode_message(std::string_view bytes) {
  return decode_message_at_depth(bytes, 0);
}

std::string encode_envelope(const Envelope& envelope) {
  gossip::Envelope proto;
  to_proto(envelope, proto);
  std::string bytes = serialize(proto);
  HS_ASSERT(bytes.size() == envelope.wire_size());
  return bytes;
}

Result<EnvelopeRef, DecodeError> decode_envelope(std::string_view bytes) {
  gossip::Envelope proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return from_proto(proto, 0);
}

std::string encode_secret(std::string_view internal_endpoint) {
  HS_ASSERT_MSG(is_valid_utf8(internal_endpoint), "endpoint is not UTF-8");
  gossip::Secret proto;
  proto.set_internalendpoint(std::string(internal_endpoint));
  return serialize(proto);
}

std::string read_secret(std::string_view bytes) {
  gossip::Secret proto;
  if (parse_strict(bytes, proto)) return {};
  return proto.internalendpoint();
}

std::string encode_identity(const SerializedIdentity& identity) {
  HS_ASSERT_MSG(is_valid_utf8(identity.mspid), "MSP id is not UTF-8");
  msp::SerializedIdentity proto;
  proto.set_mspid(identity.mspid);
  proto.set_id_bytes(identity.id_bytes);
  return serialize(proto);
}

Result<SerializedIdentity, DecodeError> decode_identity(std::string_view bytes) {
  msp::SerializedIdentity proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return SerializedIdentity{std::move(*proto.mutable_mspid()),
                            std::move(*proto.mutable_id_bytes())};
}

std::string pki_id_of_identity(std::string_view identity_bytes) {
  if (identity_bytes.empty()) return {};
  const auto identity = decode_identity(identity_bytes);
  if (!identity.ok()) return {};
  return sha256_bytes(identity.value().mspid, identity.value().id_bytes);
}

std::string encode_pvt_digest(const PvtDataDigest& digest) {
  gossip::PvtDataDigest proto;
  to_proto(digest, proto);
  return serialize(proto);
}

std::string pvt_digest_key(const PvtDataDigest& digest) {
  return to_hex(sha256_bytes(encode_pvt_digest(digest)));
}

Result<Remarshalled, DecodeError> remarshal(std::string_view bytes) {
  gossip::GossipMessage proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  Remarshalled result;
  result.bytes = serialize(proto);
  result.unknown_fields = unknown_bytes(proto);
  return result;
}

}  // namespace hearsay
