// The messages of Fabric's gossip protocol as plain structs, one alternative per content kind.
//
// Mirrors package `gossip` of fabric-protos (gossip/message.proto) of Fabric v2.5.4; numbers and
// wire types live in gossip.proto and codec.cc alone. Byte fields are std::string. As on the wire,
// an absent scalar and an empty one are the same; only sub-messages have presence, hence
// std::optional.
//
// Messages are immutable once sealed in an Envelope (envelope.h); nested envelopes are shared
// references.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ref.h"
#include "core/wire/block_bytes.h"
#include "core/wire/digests.h"

namespace hearsay {

class Envelope;
using EnvelopeRef = Ref<const Envelope>;

// Who may see a message. Values are the wire's; unknown numbers are kept.
enum class Tag : std::int32_t {
  kUndefined = 0,
  kEmpty = 1,
  kOrgOnly = 2,
  kChanOnly = 3,
  kChanAndOrg = 4,
  kChanOrOrg = 5,
};

enum class PullMsgType : std::int32_t { kUndefined = 0, kBlock = 1, kIdentity = 2 };

// --- membership, identity, handshake

struct Member {
  std::string endpoint;  // external endpoint, may be empty
  std::string metadata;
  std::string pki_id;
  bool operator==(const Member&) const = default;
};

// (incarnation, sequence), compared lexicographically as unsigned numbers.
struct PeerTime {
  std::uint64_t inc_num = 0;
  std::uint64_t seq_num = 0;
  auto operator<=>(const PeerTime&) const = default;
};

struct AliveMessage {
  std::optional<Member> membership;
  std::optional<PeerTime> timestamp;
  std::string identity;  // embedded during the first publishCertPeriod only
};

struct MembershipRequest {
  EnvelopeRef self_information;  // null when absent
  std::vector<std::string> known;
};

struct MembershipResponse {
  std::vector<EnvelopeRef> alive;
  std::vector<EnvelopeRef> dead;
};

struct ConnEstablish {
  std::string pki_id;
  std::string identity;
  std::string tls_cert_hash;
  bool probe = false;
};

struct PeerIdentity {
  std::string pki_id;
  std::string cert;
  std::string metadata;
};

struct LeadershipMessage {
  std::string pki_id;
  std::optional<PeerTime> timestamp;
  bool is_declaration = false;
};

struct Acknowledgement {
  std::string error;
};

struct EmptyMessage {};

// --- channel state

struct Chaincode {
  std::string name;
  std::string version;
  std::string metadata;
  bool operator==(const Chaincode&) const = default;
};

struct Properties {
  std::uint64_t ledger_height = 0;
  bool left_channel = false;
  std::vector<Chaincode> chaincodes;
  bool operator==(const Properties&) const = default;
};

struct StateInfo {
  std::optional<PeerTime> timestamp;
  std::string pki_id;
  std::string channel_mac;
  std::optional<Properties> properties;
};

struct StateInfoSnapshot {
  std::vector<EnvelopeRef> elements;
};

struct StateInfoPullRequest {
  std::string channel_mac;
};

struct RemoteStateRequest {
  std::uint64_t start_seq_num = 0;
  std::uint64_t end_seq_num = 0;  // inclusive
};

// --- blocks and pull

struct Payload {
  std::uint64_t seq_num = 0;
  BlockBytes data;
  std::vector<std::string> private_data;
};

struct RemoteStateResponse {
  std::vector<Payload> payloads;
};

struct DataMessage {
  std::optional<Payload> payload;
};

struct GossipHello {
  std::uint64_t nonce = 0;
  std::string metadata;
  PullMsgType msg_type = PullMsgType::kUndefined;
};

struct DataDigest {
  std::uint64_t nonce = 0;
  Digests digests;
  PullMsgType msg_type = PullMsgType::kUndefined;
};

struct DataRequest {
  std::uint64_t nonce = 0;
  Digests digests;
  PullMsgType msg_type = PullMsgType::kUndefined;
};

struct DataUpdate {
  std::uint64_t nonce = 0;
  std::vector<EnvelopeRef> data;
  PullMsgType msg_type = PullMsgType::kUndefined;
};

// --- private data

struct PrivatePayload {
  std::string collection_name;
  std::string name_space;
  std::string tx_id;
  std::string private_rwset;
  std::uint64_t private_sim_height = 0;
  // An encoded protos.CollectionConfigPackage, opaque here; absent when not set.
  std::optional<std::string> collection_configs;
};

struct PrivateDataMessage {
  std::optional<PrivatePayload> payload;
};

struct PvtDataDigest {
  std::string tx_id;
  std::string name_space;
  std::string collection;
  std::uint64_t block_seq = 0;
  std::uint64_t seq_in_block = 0;
  bool operator==(const PvtDataDigest&) const = default;
};

struct RemotePvtDataRequest {
  std::vector<PvtDataDigest> digests;
};

struct PvtDataElement {
  std::optional<PvtDataDigest> digest;
  std::vector<std::string> payload;
};

struct RemotePvtDataResponse {
  std::vector<PvtDataElement> elements;
};

// --- the message

// The order is that of the wire's field numbers 5..25; monostate is "no content set".
using Content =
    std::variant<std::monostate, AliveMessage, MembershipRequest, MembershipResponse, DataMessage,
                 GossipHello, DataDigest, DataRequest, DataUpdate, EmptyMessage, ConnEstablish,
                 StateInfo, StateInfoSnapshot, StateInfoPullRequest, RemoteStateRequest,
                 RemoteStateResponse, LeadershipMessage, PeerIdentity, Acknowledgement,
                 RemotePvtDataRequest, RemotePvtDataResponse, PrivateDataMessage>;

// The alternative's index in Content, as a name.
enum class ContentKind : std::uint8_t {
  kNone,
  kAlive,
  kMemReq,
  kMemRes,
  kData,
  kHello,
  kDataDig,
  kDataReq,
  kDataUpdate,
  kEmpty,
  kConn,
  kStateInfo,
  kStateSnapshot,
  kStateInfoPullReq,
  kStateRequest,
  kStateResponse,
  kLeadership,
  kPeerIdentity,
  kAck,
  kPrivateReq,
  kPrivateRes,
  kPrivateData,
};
inline constexpr std::size_t kContentKinds = 22;
static_assert(std::variant_size_v<Content> == kContentKinds);

struct GossipMessage {
  std::uint64_t nonce = 0;
  std::string channel;
  Tag tag = Tag::kUndefined;
  Content content;

  ContentKind kind() const { return static_cast<ContentKind>(content.index()); }

  template <typename T>
  const T* get() const {
    return std::get_if<T>(&content);
  }
};

// The name Fabric's Go code prints for a content kind ("AliveMsg", "MemReq" …), "None" for no
// content. Pull messages are told apart by their type in summaries: see MessageType.
const char* kind_name(ContentKind kind);

// What counters and reports are keyed by: the content kind, with pull messages split into ".block"
// and
// ".identity" (a pull message of no known type counts with its bare name).
enum class MessageType : std::uint8_t {};
inline constexpr std::size_t kMessageTypes = kContentKinds + 8;
MessageType message_type(ContentKind kind, PullMsgType pull);
const char* type_name(MessageType type);
constexpr std::size_t raw(MessageType type) { return static_cast<std::size_t>(type); }

}  // namespace hearsay
