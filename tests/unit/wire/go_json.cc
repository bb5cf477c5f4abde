#include "tests/unit/wire/go_json.h"

#include <string>
#include <variant>
#include <vector>

#include "core/base/hash.h"
#include "core/wire/tags.h"

namespace hearsay {

namespace {

using nlohmann::json;

json bytes(const std::string& s) { return "hex:" + to_hex(s); }

json bytes(const std::vector<std::string>& items) {
  json list = json::array();
  for (const std::string& item : items)
    list.push_back(bytes(item));
  return list;
}

json envelopes(const std::vector<EnvelopeRef>& items) {
  json list = json::array();
  for (const EnvelopeRef& item : items)
    list.push_back(go_json(*item));
  return list;
}

json time(const std::optional<PeerTime>& t) {
  if (!t) return nullptr;
  return {{"IncNum", t->inc_num}, {"SeqNum", t->seq_num}};
}

json pull_type(PullMsgType type) {
  static const char* const kNames[] = {"UNDEFINED", "BLOCK_MSG", "IDENTITY_MSG"};
  return kNames[static_cast<std::size_t>(type)];
}

json payload(const Payload& p) {
  return {{"SeqNum", p.seq_num}, {"Data", bytes(p.data)}, {"PrivateData", bytes(p.private_data)}};
}

json digest(const PvtDataDigest& d) {
  return {{"TxId", d.tx_id},
          {"Namespace", d.name_space},
          {"Collection", d.collection},
          {"BlockSeq", d.block_seq},
          {"SeqInBlock", d.seq_in_block}};
}

struct ContentJson {
  json operator()(const std::monostate&) const { return nullptr; }
  json operator()(const EmptyMessage&) const { return json::object(); }
  json operator()(const AliveMessage& m) const {
    json member;
    if (m.membership) {
      member = {{"Endpoint", m.membership->endpoint},
                {"Metadata", bytes(m.membership->metadata)},
                {"PkiId", bytes(m.membership->pki_id)}};
    }
    return {
        {"Membership", member}, {"Timestamp", time(m.timestamp)}, {"Identity", bytes(m.identity)}};
  }
  json operator()(const MembershipRequest& m) const {
    return {{"SelfInformation", m.self_information ? go_json(*m.self_information) : json()},
            {"Known", bytes(m.known)}};
  }
  json operator()(const MembershipResponse& m) const {
    return {{"Alive", envelopes(m.alive)}, {"Dead", envelopes(m.dead)}};
  }
  json operator()(const DataMessage& m) const {
    return {{"Payload", m.payload ? payload(*m.payload) : json()}};
  }
  json operator()(const GossipHello& m) const {
    return {
        {"Nonce", m.nonce}, {"Metadata", bytes(m.metadata)}, {"MsgType", pull_type(m.msg_type)}};
  }
  json operator()(const DataDigest& m) const {
    return {{"Nonce", m.nonce},
            {"Digests", bytes(m.digests.strings())},
            {"MsgType", pull_type(m.msg_type)}};
  }
  json operator()(const DataRequest& m) const {
    return {{"Nonce", m.nonce},
            {"Digests", bytes(m.digests.strings())},
            {"MsgType", pull_type(m.msg_type)}};
  }
  json operator()(const DataUpdate& m) const {
    return {{"Nonce", m.nonce}, {"Data", envelopes(m.data)}, {"MsgType", pull_type(m.msg_type)}};
  }
  json operator()(const ConnEstablish& m) const {
    return {{"PkiId", bytes(m.pki_id)},
            {"Identity", bytes(m.identity)},
            {"TlsCertHash", bytes(m.tls_cert_hash)},
            {"Probe", m.probe}};
  }
  json operator()(const StateInfo& m) const {
    json properties;
    if (m.properties) {
      json chaincodes = json::array();
      for (const Chaincode& c : m.properties->chaincodes) {
        chaincodes.push_back(
            {{"Name", c.name}, {"Version", c.version}, {"Metadata", bytes(c.metadata)}});
      }
      properties = {{"LedgerHeight", m.properties->ledger_height},
                    {"LeftChannel", m.properties->left_channel},
                    {"Chaincodes", chaincodes}};
    }
    return {{"Timestamp", time(m.timestamp)},
            {"PkiId", bytes(m.pki_id)},
            {"Channel_MAC", bytes(m.channel_mac)},
            {"Properties", properties}};
  }
  json operator()(const StateInfoSnapshot& m) const {
    return {{"Elements", envelopes(m.elements)}};
  }
  json operator()(const StateInfoPullRequest& m) const {
    return {{"Channel_MAC", bytes(m.channel_mac)}};
  }
  json operator()(const RemoteStateRequest& m) const {
    return {{"StartSeqNum", m.start_seq_num}, {"EndSeqNum", m.end_seq_num}};
  }
  json operator()(const RemoteStateResponse& m) const {
    json payloads = json::array();
    for (const Payload& p : m.payloads)
      payloads.push_back(payload(p));
    return {{"Payloads", payloads}};
  }
  json operator()(const LeadershipMessage& m) const {
    return {{"PkiId", bytes(m.pki_id)},
            {"Timestamp", time(m.timestamp)},
            {"IsDeclaration", m.is_declaration}};
  }
  json operator()(const PeerIdentity& m) const {
    return {{"PkiId", bytes(m.pki_id)}, {"Cert", bytes(m.cert)}, {"Metadata", bytes(m.metadata)}};
  }
  json operator()(const Acknowledgement& m) const { return {{"Error", m.error}}; }
  json operator()(const RemotePvtDataRequest& m) const {
    json digests = json::array();
    for (const PvtDataDigest& d : m.digests)
      digests.push_back(digest(d));
    return {{"Digests", digests}};
  }
  json operator()(const RemotePvtDataResponse& m) const {
    json elements = json::array();
    for (const PvtDataElement& e : m.elements) {
      elements.push_back(
          {{"Digest", e.digest ? digest(*e.digest) : json()}, {"Payload", bytes(e.payload)}});
    }
    return {{"Elements", elements}};
  }
  json operator()(const PrivateDataMessage& m) const {
    if (!m.payload) return {{"Payload", json()}};
    const PrivatePayload& p = *m.payload;
    json configs;
    if (p.collection_configs) configs = bytes(*p.collection_configs);
    return {{"Payload",
             {{"CollectionName", p.collection_name},
              {"Namespace", p.name_space},
              {"TxId", p.tx_id},
              {"PrivateRwset", bytes(p.private_rwset)},
              {"PrivateSimHeight", p.private_sim_height},
              {"CollectionConfigs", configs}}}};
  }
};

bool is_absent(const json& value) {
  return value.is_null() || value == "hex:" || (value.is_array() && value.empty());
}

}  // namespace

json go_json(const GossipMessage& message) {
  json content;
  if (message.kind() != ContentKind::kNone) {
    content = {{kind_name(message.kind()), std::visit(ContentJson{}, message.content)}};
  }
  return {{"Nonce", message.nonce},
          {"Channel", bytes(message.channel)},
          {"Tag", tag_name(message.tag)},
          {"Content", content}};
}

json go_json(const Envelope& envelope) {
  json secret;
  if (envelope.secret() != nullptr) {
    secret = {{"Payload", bytes(envelope.secret()->payload)},
              {"Signature", bytes(envelope.secret()->signature)}};
  }
  return {{"Payload", bytes(envelope.payload())},
          {"Signature", bytes(envelope.signature())},
          {"SecretEnvelope", secret}};
}

json canonical_go_json(json value) {
  if (value.is_object()) {
    json kept = json::object();
    for (auto& [key, part] : value.items()) {
      if (is_absent(part)) continue;
      kept[key] = key == "CollectionConfigs" ? json(true) : canonical_go_json(part);
    }
    return kept;
  }
  if (value.is_array()) {
    for (json& item : value)
      item = is_absent(item) ? json("hex:") : canonical_go_json(item);
  }
  return value;
}

}  // namespace hearsay
