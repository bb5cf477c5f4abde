#include "core/deliver/deliver_loop.h"

#include "core/deliver/deliver_trace.h"

namespace hearsay {

Result<Payload, DeliverRefusal> checked_payload(const DeliverParts& parts, const Block& block) {
  // Divergence: a block without header crashes Fabric.
  if (!block.has_header) return Error{DeliverRefusal::kNoHeader};
  Payload payload{block.number, encode_block(block), {}};
  if (!parts.context.crypto.verify_block(parts.channel, block.number, payload.data)) {
    return Error{DeliverRefusal::kBadBlock};
  }
  return payload;
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
