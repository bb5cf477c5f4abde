// Generated classes to structs. Strings are moved out, not copied.
#include <utility>

#include "core/wire/codec.h"
#include "core/wire/codec_proto.h"
#include "core/wire/codec_scan.h"
#include "core/wire/gossip.pb.h"

namespace hearsay {

namespace {

template <typename List>
std::vector<std::string> take_strings(List& list) {
  std::vector<std::string> items;
  items.reserve(static_cast<std::size_t>(list.size()));
  for (std::string& item : list)
    items.push_back(std::move(item));
  return items;
}

template <typename List>
std::vector<EnvelopeRef> take_envelopes(List& list, int depth) {
  std::vector<EnvelopeRef> items;
  items.reserve(static_cast<std::size_t>(list.size()));
  for (gossip::Envelope& item : list)
    items.push_back(from_proto(item, depth + 1));
  return items;
}

PeerTime take(const gossip::PeerTime& in) { return {in.inc_num(), in.seq_num()}; }

Payload take(gossip::Payload& in) {
  return {in.seq_num(), std::move(*in.mutable_data()), take_strings(*in.mutable_private_data())};
}

PvtDataDigest take(gossip::PvtDataDigest& in) {
  return {std::move(*in.mutable_tx_id()), std::move(*in.mutable_namespace_()),
          std::move(*in.mutable_collection()), in.block_seq(), in.seq_in_block()};
}

AliveMessage take(gossip::AliveMessage& in) {
  AliveMessage m;
  if (in.has_membership()) {
    auto& member = *in.mutable_membership();
    m.membership =
        Member{std::move(*member.mutable_endpoint()), std::move(*member.mutable_metadata()),
               std::move(*member.mutable_pki_id())};
  }
  if (in.has_timestamp()) m.timestamp = take(in.timestamp());
  m.identity = std::move(*in.mutable_identity());
  return m;
}

MembershipRequest take(gossip::MembershipRequest& in, int depth) {
  MembershipRequest m;
  if (in.has_self_information()) {
    m.self_information = from_proto(*in.mutable_self_information(), depth + 1);
  }
  m.known = take_strings(*in.mutable_known());
  return m;
}

StateInfo take(gossip::StateInfo& in) {
  StateInfo m;
  if (in.has_timestamp()) m.timestamp = take(in.timestamp());
  m.pki_id = std::move(*in.mutable_pki_id());
  m.channel_mac = std::move(*in.mutable_channel_mac());
  if (!in.has_properties()) return m;
  auto& properties = *in.mutable_properties();
  m.properties = Properties{properties.ledger_height(), properties.left_channel(), {}};
  for (gossip::Chaincode& c : *properties.mutable_chaincodes()) {
    m.properties->chaincodes.push_back({std::move(*c.mutable_name()),
                                        std::move(*c.mutable_version()),
                                        std::move(*c.mutable_metadata())});
  }
  return m;
}

LeadershipMessage take(gossip::LeadershipMessage& in) {
  LeadershipMessage m;
  m.pki_id = std::move(*in.mutable_pki_id());
  if (in.has_timestamp()) m.timestamp = take(in.timestamp());
  m.is_declaration = in.is_declaration();
  return m;
}

RemotePvtDataResponse take(gossip::RemotePvtDataResponse& in) {
  RemotePvtDataResponse m;
  for (gossip::PvtDataElement& e : *in.mutable_elements()) {
    PvtDataElement element;
    if (e.has_digest()) element.digest = take(*e.mutable_digest());
    element.payload = take_strings(*e.mutable_payload());
    m.elements.push_back(std::move(element));
  }
  return m;
}

PrivateDataMessage take(gossip::PrivateDataMessage& in) {
  PrivateDataMessage m;
  if (!in.has_payload()) return m;
  auto& payload = *in.mutable_payload();
  m.payload = PrivatePayload{std::move(*payload.mutable_collection_name()),
                             std::move(*payload.mutable_namespace_()),
                             std::move(*payload.mutable_tx_id()),
                             std::move(*payload.mutable_private_rwset()),
                             payload.private_sim_height(),
                             std::nullopt};
  if (payload.has_collection_configs()) {
    m.payload->collection_configs = serialize(payload.collection_configs());
  }
  return m;
}

template <typename Pull, typename Proto>
Pull take_pull(Proto& in) {
  return {in.nonce(), take_strings(*in.mutable_digests()), static_cast<PullMsgType>(in.msg_type())};
}

PullMsgType pull_type(int number) { return static_cast<PullMsgType>(number); }

Content take_state(gossip::GossipMessage& in, int depth) {
  switch (in.content_case()) {
    case gossip::GossipMessage::kStateInfo:
      return take(*in.mutable_state_info());
    case gossip::GossipMessage::kStateSnapshot:
      return StateInfoSnapshot{
          take_envelopes(*in.mutable_state_snapshot()->mutable_elements(), depth)};
    case gossip::GossipMessage::kStateInfoPullReq:
      return StateInfoPullRequest{
          std::move(*in.mutable_state_info_pull_req()->mutable_channel_mac())};
    case gossip::GossipMessage::kStateRequest:
      return RemoteStateRequest{in.state_request().start_seq_num(),
                                in.state_request().end_seq_num()};
    case gossip::GossipMessage::kStateResponse: {
      RemoteStateResponse m;
      for (gossip::Payload& p : *in.mutable_state_response()->mutable_payloads()) {
        m.payloads.push_back(take(p));
      }
      return m;
    }
    default:
      return std::monostate{};
  }
}

Content take_pull_content(gossip::GossipMessage& in, int depth) {
  switch (in.content_case()) {
    case gossip::GossipMessage::kHello: {
      auto& hello = *in.mutable_hello();
      return GossipHello{hello.nonce(), std::move(*hello.mutable_metadata()),
                         pull_type(hello.msg_type())};
    }
    case gossip::GossipMessage::kDataDig:
      return take_pull<DataDigest>(*in.mutable_data_dig());
    case gossip::GossipMessage::kDataReq:
      return take_pull<DataRequest>(*in.mutable_data_req());
    case gossip::GossipMessage::kDataUpdate: {
      auto& update = *in.mutable_data_update();
      return DataUpdate{update.nonce(), take_envelopes(*update.mutable_data(), depth),
                        pull_type(update.msg_type())};
    }
    default:
      return take_state(in, depth);
  }
}

Content take_content(gossip::GossipMessage& in, int depth) {
  switch (in.content_case()) {
    case gossip::GossipMessage::CONTENT_NOT_SET:
      return std::monostate{};
    case gossip::GossipMessage::kAliveMsg:
      return take(*in.mutable_alive_msg());
    case gossip::GossipMessage::kMemReq:
      return take(*in.mutable_mem_req(), depth);
    case gossip::GossipMessage::kMemRes: {
      auto& response = *in.mutable_mem_res();
      return MembershipResponse{take_envelopes(*response.mutable_alive(), depth),
                                take_envelopes(*response.mutable_dead(), depth)};
    }
    case gossip::GossipMessage::kDataMsg: {
      DataMessage m;
      if (in.data_msg().has_payload()) m.payload = take(*in.mutable_data_msg()->mutable_payload());
      return m;
    }
    case gossip::GossipMessage::kEmpty:
      return EmptyMessage{};
    case gossip::GossipMessage::kConn: {
      auto& conn = *in.mutable_conn();
      return ConnEstablish{std::move(*conn.mutable_pki_id()), std::move(*conn.mutable_identity()),
                           std::move(*conn.mutable_tls_cert_hash()), conn.probe()};
    }
    case gossip::GossipMessage::kLeadershipMsg:
      return take(*in.mutable_leadership_msg());
    case gossip::GossipMessage::kPeerIdentity: {
      auto& identity = *in.mutable_peer_identity();
      return PeerIdentity{std::move(*identity.mutable_pki_id()),
                          std::move(*identity.mutable_cert()),
                          std::move(*identity.mutable_metadata())};
    }
    case gossip::GossipMessage::kAck:
      return Acknowledgement{std::move(*in.mutable_ack()->mutable_error())};
    case gossip::GossipMessage::kPrivateReq: {
      RemotePvtDataRequest m;
      for (gossip::PvtDataDigest& d : *in.mutable_privatereq()->mutable_digests()) {
        m.digests.push_back(take(d));
      }
      return m;
    }
    case gossip::GossipMessage::kPrivateRes:
      return take(*in.mutable_privateres());
    case gossip::GossipMessage::kPrivateData:
      return take(*in.mutable_private_data());
    default:
      return take_pull_content(in, depth);
  }
}

}  // namespace

GossipMessage from_proto(gossip::GossipMessage& in, int depth) {
  GossipMessage message;
  message.nonce = in.nonce();
  message.channel = std::move(*in.mutable_channel());
  message.tag = static_cast<Tag>(in.tag());
  message.content = take_content(in, depth);
  return message;
}

EnvelopeRef from_proto(gossip::Envelope& in, int depth) {
  std::unique_ptr<SecretEnvelope> secret;
  if (in.has_secret_envelope()) {
    auto& proto = *in.mutable_secret_envelope();
    secret = std::make_unique<SecretEnvelope>();
    secret->payload = std::move(*proto.mutable_payload());
    secret->signature = std::move(*proto.mutable_signature());
    secret->unknown_fields = unknown_bytes(proto);
  }
  return received_at_depth(std::move(*in.mutable_payload()), std::move(*in.mutable_signature()),
                           std::move(secret), unknown_bytes(in), depth);
}

}  // namespace hearsay
