#include "core/wire/wire_size.h"

#include <string>
#include <variant>
#include <vector>

#include "core/base/assert.h"

namespace hearsay {

namespace {

// Content members of GossipMessage carry the field numbers 5..25 in the order of the variant.
constexpr std::uint32_t content_field_number(ContentKind kind) {
  return static_cast<std::uint32_t>(kind) + 4;
}

std::size_t list_size(std::uint32_t number, const std::vector<std::string>& items) {
  std::size_t size = 0;
  for (const std::string& item : items)
    size += present_field_size(number, item.size());
  return size;
}

std::size_t list_size(std::uint32_t number, const std::vector<EnvelopeRef>& items) {
  std::size_t size = 0;
  for (const EnvelopeRef& item : items) {
    HS_ASSERT_MSG(item, "a list of envelopes holds no null");
    size += present_field_size(number, item->wire_size());
  }
  return size;
}

std::size_t size_of(const Member& m) {
  return bytes_field_size(1, m.endpoint.size()) + bytes_field_size(2, m.metadata.size()) +
         bytes_field_size(3, m.pki_id.size());
}

std::size_t size_of(const PeerTime& t) {
  return uint_field_size(1, t.inc_num) + uint_field_size(2, t.seq_num);
}

std::size_t size_of(const Chaincode& c) {
  return bytes_field_size(1, c.name.size()) + bytes_field_size(2, c.version.size()) +
         bytes_field_size(3, c.metadata.size());
}

std::size_t size_of(const Properties& p) {
  std::size_t size =
      uint_field_size(1, p.ledger_height) + uint_field_size(2, p.left_channel ? 1 : 0);
  for (const Chaincode& c : p.chaincodes)
    size += present_field_size(3, size_of(c));
  return size;
}

std::size_t size_of(const Payload& p) {
  return uint_field_size(1, p.seq_num) + bytes_field_size(2, p.data.size()) +
         list_size(3, p.private_data);
}

std::size_t size_of(const PrivatePayload& p) {
  return bytes_field_size(1, p.collection_name.size()) + bytes_field_size(2, p.name_space.size()) +
         bytes_field_size(3, p.tx_id.size()) + bytes_field_size(4, p.private_rwset.size()) +
         uint_field_size(5, p.private_sim_height) +
         (p.collection_configs ? present_field_size(6, p.collection_configs->size()) : 0);
}

std::size_t size_of(const PvtDataDigest& d) {
  return bytes_field_size(1, d.tx_id.size()) + bytes_field_size(2, d.name_space.size()) +
         bytes_field_size(3, d.collection.size()) + uint_field_size(4, d.block_seq) +
         uint_field_size(5, d.seq_in_block);
}

template <typename T>
std::size_t optional_size(std::uint32_t number, const std::optional<T>& part) {
  return part ? present_field_size(number, size_of(*part)) : 0;
}

std::size_t size_of(const AliveMessage& m) {
  return optional_size(1, m.membership) + optional_size(2, m.timestamp) +
         bytes_field_size(4, m.identity.size());
}

std::size_t size_of(const MembershipRequest& m) {
  const std::size_t self =
      m.self_information ? present_field_size(1, m.self_information->wire_size()) : 0;
  return self + list_size(2, m.known);
}

std::size_t size_of(const MembershipResponse& m) {
  return list_size(1, m.alive) + list_size(2, m.dead);
}

std::size_t size_of(const DataMessage& m) { return optional_size(1, m.payload); }

std::size_t pull_size(std::uint64_t nonce, PullMsgType type) {
  return uint_field_size(1, nonce) + int32_field_size(3, static_cast<std::int32_t>(type));
}

std::size_t size_of(const GossipHello& m) {
  return pull_size(m.nonce, m.msg_type) + bytes_field_size(2, m.metadata.size());
}
std::size_t size_of(const DataDigest& m) {
  return pull_size(m.nonce, m.msg_type) + m.digests.encoded_size();
}
std::size_t size_of(const DataRequest& m) {
  return pull_size(m.nonce, m.msg_type) + m.digests.encoded_size();
}
std::size_t size_of(const DataUpdate& m) {
  return pull_size(m.nonce, m.msg_type) + list_size(2, m.data);
}

std::size_t size_of(const EmptyMessage&) { return 0; }

std::size_t size_of(const ConnEstablish& m) {
  return bytes_field_size(1, m.pki_id.size()) + bytes_field_size(2, m.identity.size()) +
         bytes_field_size(3, m.tls_cert_hash.size()) + uint_field_size(4, m.probe ? 1 : 0);
}

std::size_t size_of(const StateInfo& m) {
  return optional_size(2, m.timestamp) + bytes_field_size(3, m.pki_id.size()) +
         bytes_field_size(4, m.channel_mac.size()) + optional_size(5, m.properties);
}

std::size_t size_of(const StateInfoSnapshot& m) { return list_size(1, m.elements); }

std::size_t size_of(const StateInfoPullRequest& m) {
  return bytes_field_size(1, m.channel_mac.size());
}

std::size_t size_of(const RemoteStateRequest& m) {
  return uint_field_size(1, m.start_seq_num) + uint_field_size(2, m.end_seq_num);
}

std::size_t size_of(const RemoteStateResponse& m) {
  std::size_t size = 0;
  for (const Payload& p : m.payloads)
    size += present_field_size(1, size_of(p));
  return size;
}

std::size_t size_of(const LeadershipMessage& m) {
  return bytes_field_size(1, m.pki_id.size()) + optional_size(2, m.timestamp) +
         uint_field_size(3, m.is_declaration ? 1 : 0);
}

std::size_t size_of(const PeerIdentity& m) {
  return bytes_field_size(1, m.pki_id.size()) + bytes_field_size(2, m.cert.size()) +
         bytes_field_size(3, m.metadata.size());
}

std::size_t size_of(const Acknowledgement& m) { return bytes_field_size(1, m.error.size()); }

std::size_t size_of(const RemotePvtDataRequest& m) {
  std::size_t size = 0;
  for (const PvtDataDigest& d : m.digests)
    size += present_field_size(1, size_of(d));
  return size;
}

std::size_t size_of(const PvtDataElement& e) {
  return optional_size(1, e.digest) + list_size(2, e.payload);
}

std::size_t size_of(const RemotePvtDataResponse& m) {
  std::size_t size = 0;
  for (const PvtDataElement& e : m.elements)
    size += present_field_size(1, size_of(e));
  return size;
}

std::size_t size_of(const PrivateDataMessage& m) { return optional_size(1, m.payload); }

struct ContentSize {
  std::size_t operator()(const std::monostate&) const { return 0; }
  template <typename T>
  std::size_t operator()(const T& content) const {
    return present_field_size(number, size_of(content));
  }
  std::uint32_t number;
};

}  // namespace

std::size_t wire_size(const GossipMessage& message) {
  return uint_field_size(1, message.nonce) + bytes_field_size(2, message.channel.size()) +
         int32_field_size(3, static_cast<std::int32_t>(message.tag)) +
         std::visit(ContentSize{content_field_number(message.kind())}, message.content);
}

std::size_t envelope_size(std::size_t payload_size, std::size_t signature_size,
                          const SecretEnvelope* secret, std::size_t unknown_fields_size) {
  std::size_t size =
      bytes_field_size(1, payload_size) + bytes_field_size(2, signature_size) + unknown_fields_size;
  if (secret != nullptr) {
    size += present_field_size(3, bytes_field_size(1, secret->payload.size()) +
                                      bytes_field_size(2, secret->signature.size()) +
                                      secret->unknown_fields.size());
  }
  return size;
}

std::size_t wire_size(const PvtDataDigest& digest) { return size_of(digest); }

}  // namespace hearsay
