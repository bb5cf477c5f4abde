// PayloadBuffer: received blocks waiting for their turn (gossip/state/payloads_buffer.go).
//
// Blocks come in any order and leave in order. At most one block per number, the first one wins;
// numbers below next() are ignored. Spec: state.md section 7.
#pragma once

#include <map>

#include "core/base/ids.h"
#include "core/wire/envelope.h"

namespace hearsay {

class PayloadBuffer {
 public:
  explicit PayloadBuffer(BlockNum next) : next_(next) {}

  // False when the number is old or was there already.
  // REQUIRES: `block` is a data message with a payload numbered `number`.
  bool push(BlockNum number, const EnvelopeRef& block) {
    return number >= next_ && blocks_.try_emplace(number, block).second;
  }

  // Block next(), which it then advances; null when that has not come yet.
  EnvelopeRef pop() {
    const auto first = blocks_.find(next_);
    if (first == blocks_.end()) return nullptr;
    EnvelopeRef block = first->second;
    blocks_.erase(first);
    ++next_;
    return block;
  }

  BlockNum next() const { return next_; }
  std::size_t size() const { return blocks_.size(); }

 private:
  BlockNum next_;
  std::map<BlockNum, EnvelopeRef> blocks_;
};

}  // namespace hearsay
