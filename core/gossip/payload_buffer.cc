#include "core/gossip/payload_buffer.h"

#include <utility>

namespace hearsay {

bool PayloadBuffer::push(const Payload& block) {
  ++size_reports_;
  if (block.seq_num < next_ || !blocks_.try_emplace(block.seq_num, block).second) return false;
  if (block.seq_num == next_) ready_ = true;
  return true;
}

std::optional<Payload> PayloadBuffer::pop() {
  ++size_reports_;
  const auto first = blocks_.find(next_);
  if (first == blocks_.end()) return std::nullopt;
  std::optional<Payload> block = std::move(first->second);
  blocks_.erase(first);
  ++next_;
  if (blocks_.empty()) ready_ = false;
  return block;
}

}  // namespace hearsay
