// Bytes, comparisons and tags agree with Fabric v2.5.4, on vectors recorded from it.
#include "tests/support/vectors.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "core/wire/comparator.h"
#include "core/wire/tags.h"
#include "core/wire/wire_size.h"
#include "tests/support/hex.h"
#include "tests/unit/wire/go_json.h"

namespace hearsay {
namespace {

using nlohmann::json;

std::string bytes_of(const json& vector, const char* key) {
  return from_hex(vector.at(key).get<std::string>());
}

// "hex:…" or null.
std::string field_bytes(const json& value) {
  return value.is_null() ? "" : from_hex(value.get<std::string>().substr(4));
}

TEST(WireVectors, DecodeToFabricsValues) {
  for (const json& v : load_vectors("wire")) {
    SCOPED_TRACE(v.at("name"));
    const auto message = decode_message(bytes_of(v, "gossip_message_hex"));
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(canonical_go_json(go_json(message.value())), canonical_go_json(v.at("go_fields")));
  }
}

TEST(WireVectors, EncodeToFabricsBytes) {
  for (const json& v : load_vectors("wire")) {
    SCOPED_TRACE(v.at("name"));
    const auto message = decode_message(bytes_of(v, "gossip_message_hex"));
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(to_hex(encode_message(message.value())), v.at("gossip_message_hex"));
  }
}

TEST(WireVectors, EnvelopesDecodeToTheirParts) {
  for (const json& v : load_vectors("wire")) {
    SCOPED_TRACE(v.at("name"));
    const auto envelope = decode_envelope(bytes_of(v, "envelope_hex"));
    ASSERT_TRUE(envelope.ok());
    const Envelope& e = *envelope.value();
    const json& fields = v.at("envelope_fields");
    EXPECT_FALSE(e.malformed());
    EXPECT_EQ(canonical_go_json(go_json(e)), canonical_go_json(fields));
    EXPECT_EQ(e.secret() != nullptr, !fields.at("SecretEnvelope").is_null());
    EXPECT_EQ(e.is_signed(), !fields.at("Signature").is_null());
  }
}

TEST(WireVectors, EnvelopesMadeHereEncodeToFabricsBytes) {
  for (const json& v : load_vectors("wire")) {
    SCOPED_TRACE(v.at("name"));
    const json& fields = v.at("envelope_fields");
    GossipMessage message = decode_message(bytes_of(v, "gossip_message_hex")).value();
    EnvelopeRef envelope;
    if (fields.at("Signature").is_null()) {
      envelope = Envelope::unsigned_of(std::move(message));
    } else {
      std::unique_ptr<SecretEnvelope> secret;
      if (const json& s = fields.at("SecretEnvelope"); !s.is_null()) {
        secret = std::make_unique<SecretEnvelope>(
            SecretEnvelope{field_bytes(s.at("Payload")), field_bytes(s.at("Signature"))});
      }
      std::string payload = encode_message(message);
      envelope = Envelope::signed_of(std::move(message), std::move(payload),
                                     field_bytes(fields.at("Signature")), std::move(secret));
    }
    EXPECT_EQ(to_hex(encode_envelope(*envelope)), v.at("envelope_hex"));
    EXPECT_EQ(envelope->wire_size(), bytes_of(v, "envelope_hex").size());
    // Made here or received: one fingerprint.
    const EnvelopeRef received = decode_envelope(bytes_of(v, "envelope_hex")).value();
    EXPECT_EQ(envelope->fingerprint(), received->fingerprint());
  }
}

TEST(WireVectors, SizesAreExactWithoutEncoding) {
  for (const json& v : load_vectors("wire")) {
    SCOPED_TRACE(v.at("name"));
    const auto message = decode_message(bytes_of(v, "gossip_message_hex"));
    EXPECT_EQ(wire_size(message.value()), bytes_of(v, "gossip_message_hex").size());
    EXPECT_EQ(decode_envelope(bytes_of(v, "envelope_hex")).value()->wire_size(),
              bytes_of(v, "envelope_hex").size());
  }
}

TEST(WireVectors, CoverEveryContentKind) {
  std::map<ContentKind, int> seen;
  for (const json& v : load_vectors("wire")) {
    ++seen[decode_message(bytes_of(v, "gossip_message_hex")).value().kind()];
  }
  EXPECT_EQ(seen.size(), kContentKinds);
}

TEST(DecodeVectors, AcceptsAndRejectsWhatGoDoes) {
  for (const json& v : load_vectors("decode")) {
    SCOPED_TRACE(v.at("name"));
    EXPECT_EQ(decode_message(bytes_of(v, "input_hex")).ok(), v.at("decodes").get<bool>());
  }
}

TEST(DecodeVectors, ReadTheSameValues) {
  for (const json& v : load_vectors("decode")) {
    if (!v.at("decodes")) continue;
    SCOPED_TRACE(v.at("name"));
    const auto message = decode_message(bytes_of(v, "input_hex"));
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(canonical_go_json(go_json(message.value())), canonical_go_json(v.at("go_fields")));
  }
}

TEST(DecodeVectors, RemarshalToTheSameBytesUnknownFieldsIncluded) {
  for (const json& v : load_vectors("decode")) {
    if (!v.at("decodes")) continue;
    SCOPED_TRACE(v.at("name"));
    const auto again = remarshal(bytes_of(v, "input_hex"));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(to_hex(again.value().bytes), v.at("remarshal_hex"));
    EXPECT_EQ(to_hex(again.value().unknown_fields), v.at("unknown_bytes_hex"));
  }
}

TEST(DecodeVectors, RelaysForwardThePayloadVerbatim) {
  for (const json& v : load_vectors("decode")) {
    SCOPED_TRACE(v.at("name"));
    const std::string payload = bytes_of(v, "input_hex");
    const EnvelopeRef envelope = Envelope::received(payload, "SIG", nullptr, "");
    EXPECT_EQ(envelope->malformed(), !v.at("decodes").get<bool>());
    const auto relayed = decode_envelope(encode_envelope(*envelope));
    ASSERT_TRUE(relayed.ok());
    EXPECT_EQ(to_hex(relayed.value()->payload()), v.at("input_hex"));
    EXPECT_EQ(relayed.value()->fingerprint(), envelope->fingerprint());
  }
}

TEST(ComparatorVectors, AgreeWithFabric) {
  static const std::map<std::string, Comparison> kResults = {
      {"MessageNoAction", Comparison::kNoAction},
      {"MessageInvalidates", Comparison::kInvalidates},
      {"MessageInvalidated", Comparison::kInvalidated}};
  for (const json& v : load_vectors("comparator")) {
    SCOPED_TRACE(v.at("this_name").get<std::string>() + " against " +
                 v.at("that_name").get<std::string>());
    const auto incoming = Envelope::received(bytes_of(v, "this_hex"), "", nullptr, "");
    const auto stored = Envelope::received(bytes_of(v, "that_hex"), "", nullptr, "");
    ASSERT_FALSE(incoming->malformed() || stored->malformed());
    const auto capacity = v.at("data_block_storage_size").get<std::uint64_t>();
    EXPECT_EQ(compare(*incoming, *stored, capacity), kResults.at(v.at("result")));
  }
}

using Predicate = bool (*)(const GossipMessage&);

TEST(TagVectors, AgreeWithFabric) {
  static const std::map<std::string, Predicate> kPredicates = {
      {"is_ack", is_ack},
      {"is_alive_msg", is_alive_msg},
      {"is_channel_restricted", is_channel_restricted},
      {"is_data_msg", is_data_msg},
      {"is_data_req", is_data_req},
      {"is_data_update", is_data_update},
      {"is_digest", is_digest_msg},
      {"is_hello", is_hello_msg},
      {"is_identity_msg", is_identity_msg},
      {"is_leadership", is_leadership_msg},
      {"is_org_restricted", is_org_restricted},
      {"is_private_data_msg", is_private_data_msg},
      {"is_pull_msg", is_pull_msg},
      {"is_remote_state_message", is_remote_state_message},
      {"is_state_info_msg", is_state_info_msg},
      {"is_state_info_pull_request", is_state_info_pull_request_msg},
      {"is_state_info_snapshot", is_state_info_snapshot}};
  static const std::map<std::string, PullMsgType> kPullTypes = {
      {"UNDEFINED", PullMsgType::kUndefined},
      {"BLOCK_MSG", PullMsgType::kBlock},
      {"IDENTITY_MSG", PullMsgType::kIdentity}};
  for (const json& v : load_vectors("tag")) {
    SCOPED_TRACE(v.at("content").get<std::string>() + " " + v.at("tag").get<std::string>());
    const auto message = decode_message(bytes_of(v, "gossip_message_hex"));
    ASSERT_TRUE(message.ok());
    const GossipMessage& m = message.value();
    EXPECT_EQ(static_cast<std::int32_t>(m.tag), v.at("tag_number").get<std::int32_t>());
    EXPECT_EQ(is_tag_legal(m) == TagError::kNone, v.at("legal").get<bool>());
    EXPECT_EQ(tag_error_text(is_tag_legal(m)), v.at("error").get<std::string>());
    EXPECT_EQ(get_pull_msg_type(m), kPullTypes.at(v.at("pull_msg_type")));
    for (const auto& [key, predicate] : kPredicates) {
      EXPECT_EQ(predicate(m), v.at(key).get<bool>()) << key;
    }
  }
}

TEST(AuxVectors, PkiIdsMacsAndSecrets) {
  std::map<std::string, int> seen;
  for (const json& v : load_vectors("aux")) {
    const std::string kind = v.at("kind");
    ++seen[kind];
    if (kind == "pki_id") {
      const SerializedIdentity identity{v.at("mspid"), bytes_of(v, "id_bytes_hex")};
      EXPECT_EQ(to_hex(encode_identity(identity)), v.at("serialized_identity_hex"));
      const auto decoded = decode_identity(bytes_of(v, "serialized_identity_hex"));
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded.value(), identity);
      EXPECT_EQ(to_hex(pki_id_of_identity(bytes_of(v, "serialized_identity_hex"))),
                v.at("pki_id_hex"));
    } else if (kind == "channel_mac") {
      const std::string channel = v.at("channel");
      EXPECT_EQ(to_hex(sha256_bytes(bytes_of(v, "pki_id_hex"), channel)), v.at("mac_hex"));
    } else {
      ASSERT_EQ(kind, "secret");
      const std::string endpoint = v.at("internal_endpoint");
      EXPECT_EQ(to_hex(encode_secret(endpoint)), v.at("secret_hex"));
      EXPECT_EQ(read_secret(bytes_of(v, "secret_hex")), endpoint);
    }
  }
  EXPECT_EQ(seen.size(), 3u);
}

}  // namespace
}  // namespace hearsay
