#include "sim/model/chain.h"

#include "core/base/assert.h"

namespace hearsay::sim {

const BlockBytes& ChainStore::block(BlockNum n) const {
  HS_ASSERT_MSG(n < height(), "a block beyond the height");
  return blocks_[n];
}

Chain::Chain(Clock& clock, ChainStore& store, LedgerHandler& handler, ChannelIndex channel,
             Duration commit_block)
    : store_(store),
      handler_(handler),
      channel_(channel),
      commit_block_(commit_block),
      timer_(clock, *this, TimerKind::kLedgerCommit) {
  HS_ASSERT(commit_block >= 0);
}

std::optional<BlockBytes> Chain::block(BlockNum number) const {
  if (number >= store_.height()) return std::nullopt;
  return store_.block(number);
}

void Chain::commit(BlockNum number, const BlockBytes& block) {
  pending_.emplace_back(number, block);
  if (!timer_.armed()) timer_.arm_after(commit_block_);
}

void Chain::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const auto [number, block] = std::move(pending_.front());
  pending_.pop_front();
  const bool next = number == store_.height();
  if (next) store_.blocks_.push_back(store_.archive_.keep(block));
  // Before the upcall, which may give the next block: the timer must be seen armed then.
  if (!pending_.empty()) timer_.arm_after(commit_block_);
  if (next) {
    handler_.on_committed(channel_, number);
  } else {
    handler_.on_commit_failed(channel_, number, CommitFailure::kLedger);
  }
}

}  // namespace hearsay::sim
