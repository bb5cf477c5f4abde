// How a frame travels through the simulator.
//
// kShared hands the envelope over by reference. kBytes encodes each frame when it is sent and
// decodes it when it arrives, which proves that nothing passes that the wire could not carry; times
// and order are the same, because sizes are (Envelope::wire_size).
#pragma once

#include <cstdint>
#include <string>

#include "core/wire/envelope.h"

namespace hearsay::sim {

enum class WireMode : std::uint8_t { kShared, kBytes };

// A frame under way in kBytes. What it is, for counting and cost, is noted beside the bytes.
struct EncodedFrame {
  std::string bytes;
  ContentKind kind;
  MessageType type;
};

}  // namespace hearsay::sim
