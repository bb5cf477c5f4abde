#include "core/deliver/deliver_loop.h"

#include <utility>

#include "core/deliver/deliver_trace.h"

namespace hearsay {

GossipMessage block_message(std::string_view channel, Payload block) {
  GossipMessage message;
  message.channel = channel;
  message.tag = Tag::kChanAndOrg;
  message.content = DataMessage{std::move(block)};
  return message;
}

DeliverTrouble trouble_of(SourceEnd end) {
  switch (end) {
    case SourceEnd::kDial:
      return DeliverTrouble::kDial;
    case SourceEnd::kStream:
      return DeliverTrouble::kStream;
    case SourceEnd::kSend:
      return DeliverTrouble::kSend;
    case SourceEnd::kClosed:
      return DeliverTrouble::kClosed;
    case SourceEnd::kBroken:
      break;
  }
  return DeliverTrouble::kBroken;
}

}  // namespace hearsay
