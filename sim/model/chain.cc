#include "sim/model/chain.h"

#include "core/base/assert.h"
#include "core/base/hash.h"

namespace hearsay::sim {

std::uint64_t block_fingerprint(std::string_view encoded_block) {
  return hash_bytes(encoded_block);
}

std::uint64_t ChainStore::fingerprint(BlockNum n) const {
  HS_ASSERT_MSG(n < height(), "a block beyond the height");
  return fingerprints_[n];
}

Chain::Chain(Clock& clock, ChainStore& store, LedgerHandler& handler, ChannelIndex channel,
             Duration commit_block)
    : store_(store),
      handler_(handler),
      channel_(channel),
      commit_block_(commit_block),
      timer_(clock, *this, TimerKind::kUser) {
  HS_ASSERT(commit_block >= 0);
}

void Chain::commit(const Payload& block) {
  HS_ASSERT_MSG(block.seq_num == height() + pending_.size(), "blocks commit in order, each once");
  pending_.push_back(block_fingerprint(block.data));
  if (!timer_.armed()) timer_.arm_after(commit_block_);
}

void Chain::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const BlockNum number = height();
  store_.fingerprints_.push_back(pending_.front());
  pending_.pop_front();
  // Before the upcall, which may give the next block: the timer must be seen armed then.
  if (!pending_.empty()) timer_.arm_after(commit_block_);
  handler_.on_committed(channel_, number);
}

}  // namespace hearsay::sim
