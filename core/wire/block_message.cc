#include "core/wire/block_message.h"

#include <utility>

#include "core/wire/envelope.h"

namespace hearsay {

GossipMessage block_message(std::string_view channel, Payload block) {
  GossipMessage message;
  message.channel = channel;
  message.tag = Tag::kChanAndOrg;
  message.content = DataMessage{std::move(block)};
  return message;
}

}  // namespace hearsay
