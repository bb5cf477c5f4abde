#include "core/gossip/payload_buffer.h"

#include <utility>

namespace hearsay {

void PayloadBuffer::report_size() {
  ++size_reports_;
  if (size_gauge_ != nullptr) size_gauge_->set(blocks_.size());
}

bool PayloadBuffer::push(const Payload& block) {
  const bool stored = block.seq_num >= next_ && blocks_.try_emplace(block.seq_num, block).second;
  if (stored && block.seq_num == next_) ready_ = true;
  report_size();
  return stored;
}

std::optional<Payload> PayloadBuffer::pop() {
  const auto first = blocks_.find(next_);
  if (first == blocks_.end()) {
    report_size();
    return std::nullopt;
  }
  std::optional<Payload> block = std::move(first->second);
  blocks_.erase(first);
  ++next_;
  if (blocks_.empty()) ready_ = false;
  report_size();
  return block;
}

}  // namespace hearsay
