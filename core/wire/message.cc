#include "core/wire/message.h"

#include <array>

#include "core/base/assert.h"
#include "core/wire/envelope.h"

namespace hearsay {

namespace {

constexpr std::array<const char*, kMessageTypes> kNames = {
    "None", "AliveMsg", "MemReq", "MemRes", "DataMsg", "Hello", "DataDig", "DataReq", "DataUpdate",
    "Empty", "Conn", "StateInfo", "StateSnapshot", "StateInfoPullReq", "StateRequest",
    "StateResponse", "LeadershipMsg", "PeerIdentity", "Ack", "PrivateReq", "PrivateRes",
    "PrivateData",
    // The pull contents again, by what they pull; in the order of message_type().
    "Hello.block", "Hello.identity", "DataDig.block", "DataDig.identity", "DataReq.block",
    "DataReq.identity", "DataUpdate.block", "DataUpdate.identity"};

}  // namespace

const char* kind_name(ContentKind kind) {
  HS_ASSERT(static_cast<std::size_t>(kind) < kContentKinds);
  return kNames[static_cast<std::size_t>(kind)];
}

MessageType message_type(ContentKind kind, PullMsgType pull) {
  const auto bare = static_cast<std::size_t>(kind);
  const bool known = pull == PullMsgType::kBlock || pull == PullMsgType::kIdentity;
  if (kind < ContentKind::kHello || kind > ContentKind::kDataUpdate || !known) {
    return MessageType{static_cast<std::uint8_t>(bare)};
  }
  const std::size_t pair = bare - static_cast<std::size_t>(ContentKind::kHello);
  const std::size_t type = kContentKinds + 2 * pair + (pull == PullMsgType::kIdentity ? 1 : 0);
  return MessageType{static_cast<std::uint8_t>(type)};
}

const char* type_name(MessageType type) {
  HS_ASSERT(raw(type) < kMessageTypes);
  return kNames[raw(type)];
}

}  // namespace hearsay
