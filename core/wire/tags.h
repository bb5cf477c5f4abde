// Predicates and tag rules: who may see which message.
//
// Mirrors gossip/protoext/message.go. Each content predicate tests whether the member is set, an
// empty sub-message counts as set; the tag predicates ignore the content.
#pragma once

#include <cstdint>

#include "core/wire/message.h"

namespace hearsay {

bool is_alive_msg(const GossipMessage& m);
bool is_data_msg(const GossipMessage& m);
bool is_state_info_msg(const GossipMessage& m);
bool is_state_info_snapshot(const GossipMessage& m);
bool is_state_info_pull_request_msg(const GossipMessage& m);
bool is_identity_msg(const GossipMessage& m);
bool is_leadership_msg(const GossipMessage& m);
bool is_ack(const GossipMessage& m);
bool is_hello_msg(const GossipMessage& m);
bool is_digest_msg(const GossipMessage& m);
bool is_data_req(const GossipMessage& m);
bool is_data_update(const GossipMessage& m);
// Hello, digest, request or update.
bool is_pull_msg(const GossipMessage& m);
// State request or state response.
bool is_remote_state_message(const GossipMessage& m);
// Private request, private response or private data.
bool is_private_data_msg(const GossipMessage& m);

// The declared type of a pull message; kUndefined for every other kind.
PullMsgType get_pull_msg_type(const GossipMessage& m);

constexpr bool is_channel_restricted(Tag tag) {
  return tag == Tag::kChanAndOrg || tag == Tag::kChanOnly || tag == Tag::kChanOrOrg;
}
constexpr bool is_org_restricted(Tag tag) {
  return tag == Tag::kChanAndOrg || tag == Tag::kOrgOnly;
}
inline bool is_channel_restricted(const GossipMessage& m) { return is_channel_restricted(m.tag); }
inline bool is_org_restricted(const GossipMessage& m) { return is_org_restricted(m.tag); }

// Why a message's tag is illegal for its content.
enum class TagError : std::uint8_t {
  kNone,  // legal
  kUndefinedTag,
  kShouldBeEmpty,
  kShouldBeOrgOnly,
  kShouldBeChanAndOrg,
  kShouldBeChanOrOrg,
  kUndefinedPullType,
  kUnknownPullType,  // a number outside PullMsgType
  kUnknownMessageType,
};

// Fabric's sentence for it; "" for kNone.
const char* tag_error_text(TagError error);

// Fabric: IsTagLegal. The first matching content rule decides. Meant for messages a node's own loop
// receives or originates: acks, handshakes and private data are never legal here.
TagError is_tag_legal(const GossipMessage& m);

// "EMPTY", "CHAN_AND_ORG" …; "UNKNOWN" for other numbers.
const char* tag_name(Tag tag);

}  // namespace hearsay
