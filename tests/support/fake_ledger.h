// FakeLedger: a ledger that a test can break. And real, if unsigned, blocks to put into it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ports/ledger.h"
#include "core/wire/block.h"
#include "tests/support/fake_clock.h"

namespace hearsay {

// Block `number` of channel "ch", the same object each time.
inline BlockBytes fake_block(BlockNum number) {
  static std::vector<BlockBytes> made;
  while (made.size() <= number) {
    made.push_back(encode_block(make_block(made.size(), "", "ch", 256)));
  }
  return made[number];
}

inline Payload fake_payload(BlockNum number) { return {number, fake_block(number), {}}; }

class FakeLedger final : public Ledger {
 public:
  // Holds the blocks below `height`.
  FakeLedger(FakeClock& clock, LedgerHandler& handler, ChannelIndex channel, BlockNum height)
      : clock_(clock), handler_(handler), channel_(channel) {
    for (BlockNum n = 0; n < height; ++n)
      blocks.push_back(fake_block(n));
  }

  std::optional<BlockNum> height() const override {
    return readable ? std::optional<BlockNum>(blocks.size()) : std::nullopt;
  }
  std::optional<BlockBytes> block(BlockNum number) const override {
    if (number >= blocks.size() || unreadable.contains(number)) return std::nullopt;
    return blocks[number];
  }
  void commit(BlockNum number, const BlockBytes& block) override {
    given.push_back(number);
    clock_.call_after(commit_time, [this, number, block] { end(number, block); });
  }

  std::vector<BlockBytes> blocks;
  std::vector<BlockNum> given;  // to commit(), in order
  bool readable = true;
  std::set<BlockNum> unreadable;
  Duration commit_time = 0;
  std::optional<CommitFailure> failure;  // of every commit that ends from now on

 private:
  void end(BlockNum number, const BlockBytes& block) {
    if (!failure && number == blocks.size()) {
      blocks.push_back(block);
      handler_.on_committed(channel_, number);
    } else {
      handler_.on_commit_failed(channel_, number, failure.value_or(CommitFailure::kLedger));
    }
  }

  FakeClock& clock_;
  LedgerHandler& handler_;
  const ChannelIndex channel_;
};

}  // namespace hearsay
