// The data message with which a block is pushed.
//
// Mirrors createGossipMsg of internal/pkg/peer/blocksprovider of Fabric v2.5.4.
#pragma once

#include <string_view>

#include "core/wire/message.h"

namespace hearsay {

GossipMessage block_message(std::string_view channel, Payload block);

}  // namespace hearsay
