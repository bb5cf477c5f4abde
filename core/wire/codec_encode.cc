// Structs to generated classes, and what keeps a message from being encoded.
#include <variant>

#include "core/base/assert.h"
#include "core/wire/codec.h"
#include "core/wire/codec_proto.h"
#include "core/wire/codec_scan.h"
#include "core/wire/gossip.pb.h"
#include "core/wire/utf8.h"

namespace hearsay {

namespace {

template <typename List>
void fill(const std::vector<std::string>& items, List& out) {
  out.Reserve(static_cast<int>(items.size()));
  for (const std::string& item : items)
    *out.Add() = item;
}

template <typename List>
void fill(const std::vector<EnvelopeRef>& items, List& out) {
  out.Reserve(static_cast<int>(items.size()));
  for (const EnvelopeRef& item : items)
    to_proto(*item, *out.Add());
}

void fill(const PeerTime& t, gossip::PeerTime& out) {
  out.set_inc_num(t.inc_num);
  out.set_seq_num(t.seq_num);
}

void fill(const Payload& p, gossip::Payload& out) {
  out.set_seq_num(p.seq_num);
  out.set_data(p.data.str());
  fill(p.private_data, *out.mutable_private_data());
}

template <typename Proto>
void fill_pull(const Digests& digests, std::uint64_t nonce, PullMsgType type, Proto& out) {
  out.set_nonce(nonce);
  out.mutable_digests()->Reserve(static_cast<int>(digests.size()));
  digests.for_each([&](std::string_view id) { out.add_digests(id.data(), id.size()); });
  out.set_msg_type(static_cast<gossip::PullMsgType>(type));
}

// One overload per alternative of Content; each sets its member of the oneof.
struct ContentFiller {
  gossip::GossipMessage& out;

  void operator()(const std::monostate&) const {}

  void operator()(const AliveMessage& m) const {
    auto& proto = *out.mutable_alive_msg();
    if (m.membership) {
      auto& member = *proto.mutable_membership();
      member.set_endpoint(m.membership->endpoint);
      member.set_metadata(m.membership->metadata);
      member.set_pki_id(m.membership->pki_id);
    }
    if (m.timestamp) fill(*m.timestamp, *proto.mutable_timestamp());
    proto.set_identity(m.identity);
  }
  void operator()(const MembershipRequest& m) const {
    auto& proto = *out.mutable_mem_req();
    if (m.self_information) to_proto(*m.self_information, *proto.mutable_self_information());
    fill(m.known, *proto.mutable_known());
  }
  void operator()(const MembershipResponse& m) const {
    auto& proto = *out.mutable_mem_res();
    fill(m.alive, *proto.mutable_alive());
    fill(m.dead, *proto.mutable_dead());
  }
  void operator()(const DataMessage& m) const {
    auto& proto = *out.mutable_data_msg();
    if (m.payload) fill(*m.payload, *proto.mutable_payload());
  }
  void operator()(const GossipHello& m) const {
    auto& proto = *out.mutable_hello();
    proto.set_nonce(m.nonce);
    proto.set_metadata(m.metadata);
    proto.set_msg_type(static_cast<gossip::PullMsgType>(m.msg_type));
  }
  void operator()(const DataDigest& m) const {
    fill_pull(m.digests, m.nonce, m.msg_type, *out.mutable_data_dig());
  }
  void operator()(const DataRequest& m) const {
    fill_pull(m.digests, m.nonce, m.msg_type, *out.mutable_data_req());
  }
  void operator()(const DataUpdate& m) const {
    auto& proto = *out.mutable_data_update();
    proto.set_nonce(m.nonce);
    fill(m.data, *proto.mutable_data());
    proto.set_msg_type(static_cast<gossip::PullMsgType>(m.msg_type));
  }
  void operator()(const EmptyMessage&) const { out.mutable_empty(); }
  void operator()(const ConnEstablish& m) const {
    auto& proto = *out.mutable_conn();
    proto.set_pki_id(m.pki_id);
    proto.set_identity(m.identity);
    proto.set_tls_cert_hash(m.tls_cert_hash);
    proto.set_probe(m.probe);
  }
  void operator()(const StateInfo& m) const {
    auto& proto = *out.mutable_state_info();
    if (m.timestamp) fill(*m.timestamp, *proto.mutable_timestamp());
    proto.set_pki_id(m.pki_id);
    proto.set_channel_mac(m.channel_mac);
    if (!m.properties) return;
    auto& properties = *proto.mutable_properties();
    properties.set_ledger_height(m.properties->ledger_height);
    properties.set_left_channel(m.properties->left_channel);
    for (const Chaincode& c : m.properties->chaincodes) {
      auto& chaincode = *properties.add_chaincodes();
      chaincode.set_name(c.name);
      chaincode.set_version(c.version);
      chaincode.set_metadata(c.metadata);
    }
  }
  void operator()(const StateInfoSnapshot& m) const {
    fill(m.elements, *out.mutable_state_snapshot()->mutable_elements());
  }
  void operator()(const StateInfoPullRequest& m) const {
    out.mutable_state_info_pull_req()->set_channel_mac(m.channel_mac);
  }
  void operator()(const RemoteStateRequest& m) const {
    auto& proto = *out.mutable_state_request();
    proto.set_start_seq_num(m.start_seq_num);
    proto.set_end_seq_num(m.end_seq_num);
  }
  void operator()(const RemoteStateResponse& m) const {
    auto& proto = *out.mutable_state_response();
    for (const Payload& p : m.payloads)
      fill(p, *proto.add_payloads());
  }
  void operator()(const LeadershipMessage& m) const {
    auto& proto = *out.mutable_leadership_msg();
    proto.set_pki_id(m.pki_id);
    if (m.timestamp) fill(*m.timestamp, *proto.mutable_timestamp());
    proto.set_is_declaration(m.is_declaration);
  }
  void operator()(const PeerIdentity& m) const {
    auto& proto = *out.mutable_peer_identity();
    proto.set_pki_id(m.pki_id);
    proto.set_cert(m.cert);
    proto.set_metadata(m.metadata);
  }
  void operator()(const Acknowledgement& m) const { out.mutable_ack()->set_error(m.error); }
  void operator()(const RemotePvtDataRequest& m) const {
    auto& proto = *out.mutable_privatereq();
    for (const PvtDataDigest& d : m.digests)
      to_proto(d, *proto.add_digests());
  }
  void operator()(const RemotePvtDataResponse& m) const {
    auto& proto = *out.mutable_privateres();
    for (const PvtDataElement& e : m.elements) {
      auto& element = *proto.add_elements();
      if (e.digest) to_proto(*e.digest, *element.mutable_digest());
      fill(e.payload, *element.mutable_payload());
    }
  }
  void operator()(const PrivateDataMessage& m) const {
    auto& proto = *out.mutable_private_data();
    if (!m.payload) return;
    auto& payload = *proto.mutable_payload();
    payload.set_collection_name(m.payload->collection_name);
    payload.set_namespace_(m.payload->name_space);
    payload.set_tx_id(m.payload->tx_id);
    payload.set_private_rwset(m.payload->private_rwset);
    payload.set_private_sim_height(m.payload->private_sim_height);
    if (m.payload->collection_configs) {
      const auto error =
          parse_strict(*m.payload->collection_configs, *payload.mutable_collection_configs());
      HS_ASSERT_MSG(!error, "collection_configs do not decode");
    }
  }
};

// Finds what Go's encoder would refuse. Kinds without strings need no overload.
struct ContentChecker {
  static std::optional<DecodeError> text(std::initializer_list<std::string_view> strings) {
    for (const std::string_view s : strings) {
      if (!is_valid_utf8(s)) return DecodeError::kInvalidUtf8;
    }
    return std::nullopt;
  }
  static std::optional<DecodeError> digest(const PvtDataDigest& d) {
    return text({d.tx_id, d.name_space, d.collection});
  }

  template <typename T>
  std::optional<DecodeError> operator()(const T&) const {
    return std::nullopt;
  }
  std::optional<DecodeError> operator()(const AliveMessage& m) const {
    return m.membership ? text({m.membership->endpoint}) : std::nullopt;
  }
  std::optional<DecodeError> operator()(const StateInfo& m) const {
    if (!m.properties) return std::nullopt;
    for (const Chaincode& c : m.properties->chaincodes) {
      if (auto error = text({c.name, c.version})) return error;
    }
    return std::nullopt;
  }
  std::optional<DecodeError> operator()(const Acknowledgement& m) const { return text({m.error}); }
  std::optional<DecodeError> operator()(const RemotePvtDataRequest& m) const {
    for (const PvtDataDigest& d : m.digests) {
      if (auto error = digest(d)) return error;
    }
    return std::nullopt;
  }
  std::optional<DecodeError> operator()(const RemotePvtDataResponse& m) const {
    for (const PvtDataElement& e : m.elements) {
      if (!e.digest) continue;
      if (auto error = digest(*e.digest)) return error;
    }
    return std::nullopt;
  }
  std::optional<DecodeError> operator()(const PrivateDataMessage& m) const {
    if (!m.payload) return std::nullopt;
    const PrivatePayload& p = *m.payload;
    if (auto error = text({p.collection_name, p.name_space, p.tx_id})) return error;
    if (!p.collection_configs) return std::nullopt;
    protos::CollectionConfigPackage package;
    if (auto error = parse_strict(*p.collection_configs, package)) return error;
    // Bytes in another order or form would not survive: the struct stands for the canonical ones.
    if (serialize(package) != *p.collection_configs) return DecodeError::kRefused;
    return std::nullopt;
  }
};

}  // namespace

std::optional<DecodeError> encoding_error(const GossipMessage& message) {
  return std::visit(ContentChecker{}, message.content);
}

void to_proto(const PvtDataDigest& digest, gossip::PvtDataDigest& out) {
  out.set_tx_id(digest.tx_id);
  out.set_namespace_(digest.name_space);
  out.set_collection(digest.collection);
  out.set_block_seq(digest.block_seq);
  out.set_seq_in_block(digest.seq_in_block);
}

void to_proto(const Envelope& envelope, gossip::Envelope& out) {
  *out.mutable_payload() = envelope.payload();
  out.set_signature(envelope.signature());
  if (const SecretEnvelope* secret = envelope.secret()) {
    auto& proto = *out.mutable_secret_envelope();
    proto.set_payload(secret->payload);
    proto.set_signature(secret->signature);
    set_unknown_bytes(proto, secret->unknown_fields);
  }
  set_unknown_bytes(out, envelope.unknown_fields());
}

void to_proto(const GossipMessage& message, gossip::GossipMessage& out) {
  out.set_nonce(message.nonce);
  out.set_channel(message.channel);
  out.set_tag(static_cast<gossip::GossipMessage::Tag>(message.tag));
  std::visit(ContentFiller{out}, message.content);
}

}  // namespace hearsay
