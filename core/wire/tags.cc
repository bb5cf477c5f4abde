#include "core/wire/tags.h"

#include "core/wire/envelope.h"

namespace hearsay {

bool is_alive_msg(const GossipMessage& m) { return m.kind() == ContentKind::kAlive; }
bool is_data_msg(const GossipMessage& m) { return m.kind() == ContentKind::kData; }
bool is_state_info_msg(const GossipMessage& m) { return m.kind() == ContentKind::kStateInfo; }
bool is_state_info_snapshot(const GossipMessage& m) {
  return m.kind() == ContentKind::kStateSnapshot;
}
bool is_state_info_pull_request_msg(const GossipMessage& m) {
  return m.kind() == ContentKind::kStateInfoPullReq;
}
bool is_identity_msg(const GossipMessage& m) { return m.kind() == ContentKind::kPeerIdentity; }
bool is_leadership_msg(const GossipMessage& m) { return m.kind() == ContentKind::kLeadership; }
bool is_ack(const GossipMessage& m) { return m.kind() == ContentKind::kAck; }
bool is_hello_msg(const GossipMessage& m) { return m.kind() == ContentKind::kHello; }
bool is_digest_msg(const GossipMessage& m) { return m.kind() == ContentKind::kDataDig; }
bool is_data_req(const GossipMessage& m) { return m.kind() == ContentKind::kDataReq; }
bool is_data_update(const GossipMessage& m) { return m.kind() == ContentKind::kDataUpdate; }

bool is_pull_msg(const GossipMessage& m) {
  return is_hello_msg(m) || is_digest_msg(m) || is_data_req(m) || is_data_update(m);
}

bool is_remote_state_message(const GossipMessage& m) {
  return m.kind() == ContentKind::kStateRequest || m.kind() == ContentKind::kStateResponse;
}

bool is_private_data_msg(const GossipMessage& m) {
  return m.kind() == ContentKind::kPrivateReq || m.kind() == ContentKind::kPrivateRes ||
         m.kind() == ContentKind::kPrivateData;
}

PullMsgType get_pull_msg_type(const GossipMessage& m) {
  switch (m.kind()) {
    case ContentKind::kHello:
      return m.get<GossipHello>()->msg_type;
    case ContentKind::kDataDig:
      return m.get<DataDigest>()->msg_type;
    case ContentKind::kDataReq:
      return m.get<DataRequest>()->msg_type;
    case ContentKind::kDataUpdate:
      return m.get<DataUpdate>()->msg_type;
    default:
      return PullMsgType::kUndefined;
  }
}

const char* tag_error_text(TagError error) {
  switch (error) {
    case TagError::kNone:
      return "";
    case TagError::kUndefinedTag:
      return "Undefined tag";
    case TagError::kShouldBeEmpty:
      return "Tag should be EMPTY";
    case TagError::kShouldBeOrgOnly:
      return "Tag should be ORG_ONLY";
    case TagError::kShouldBeChanAndOrg:
      return "Tag should be CHAN_AND_ORG";
    case TagError::kShouldBeChanOrOrg:
      return "Tag should be CHAN_OR_ORG";
    case TagError::kUndefinedPullType:
      return "Invalid PullMsgType: UNDEFINED";
    case TagError::kUnknownPullType:
      // Quirk: Fabric prints the name it does not have.
      return "Invalid PullMsgType: ";
    case TagError::kUnknownMessageType:
      return "Unknown message type";
  }
  return "";
}

namespace {

TagError pull_tag_error(const GossipMessage& m) {
  switch (get_pull_msg_type(m)) {
    case PullMsgType::kBlock:
      return m.tag == Tag::kChanAndOrg ? TagError::kNone : TagError::kShouldBeChanAndOrg;
    case PullMsgType::kIdentity:
      return m.tag == Tag::kEmpty ? TagError::kNone : TagError::kShouldBeEmpty;
    case PullMsgType::kUndefined:
      return TagError::kUndefinedPullType;
  }
  return TagError::kUnknownPullType;
}

}  // namespace

TagError is_tag_legal(const GossipMessage& m) {
  if (m.tag == Tag::kUndefined) return TagError::kUndefinedTag;
  switch (m.kind()) {
    case ContentKind::kData:
    case ContentKind::kLeadership:
      return m.tag == Tag::kChanAndOrg ? TagError::kNone : TagError::kShouldBeChanAndOrg;
    case ContentKind::kAlive:
    case ContentKind::kMemReq:
    case ContentKind::kMemRes:
      return m.tag == Tag::kEmpty ? TagError::kNone : TagError::kShouldBeEmpty;
    case ContentKind::kPeerIdentity:
      return m.tag == Tag::kOrgOnly ? TagError::kNone : TagError::kShouldBeOrgOnly;
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
      return pull_tag_error(m);
    case ContentKind::kStateInfo:
    case ContentKind::kStateInfoPullReq:
    case ContentKind::kStateSnapshot:
    case ContentKind::kStateRequest:
    case ContentKind::kStateResponse:
      return m.tag == Tag::kChanOrOrg ? TagError::kNone : TagError::kShouldBeChanOrOrg;
    case ContentKind::kNone:
    case ContentKind::kEmpty:
    case ContentKind::kConn:
    case ContentKind::kAck:
    case ContentKind::kPrivateReq:
    case ContentKind::kPrivateRes:
    case ContentKind::kPrivateData:
      return TagError::kUnknownMessageType;
  }
  return TagError::kUnknownMessageType;
}

const char* tag_name(Tag tag) {
  switch (tag) {
    case Tag::kUndefined:
      return "UNDEFINED";
    case Tag::kEmpty:
      return "EMPTY";
    case Tag::kOrgOnly:
      return "ORG_ONLY";
    case Tag::kChanOnly:
      return "CHAN_ONLY";
    case Tag::kChanAndOrg:
      return "CHAN_AND_ORG";
    case Tag::kChanOrOrg:
      return "CHAN_OR_ORG";
  }
  return "UNKNOWN";
}

}  // namespace hearsay
