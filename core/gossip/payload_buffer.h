// PayloadBuffer: received blocks waiting for their turn (gossip/state/payloads_buffer.go).
//
// Blocks come in any order and leave in order. At most one block per number, the first one wins;
// numbers below next() are ignored. There is no upper bound inside; who pushes keeps to one. Spec:
// state.md section 7.
//
// The ready token wakes whoever pops. It is set by the push of block next(), taken by the one who
// wakes, and gone when the buffer empties; so it may remain without a block that can be popped, but
// never is a block poppable while the popper sleeps and the token is not set.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/base/ids.h"
#include "core/gossip/metrics.h"
#include "core/wire/message.h"

namespace hearsay {

class PayloadBuffer {
 public:
  // `size_gauge` may be null, and outlives the buffer.
  explicit PayloadBuffer(BlockNum next, Gauge* size_gauge = nullptr)
      : next_(next), size_gauge_(size_gauge) {}

  // False when the number is old or was there already.
  bool push(const Payload& block);
  // Block next(), which it then advances; nothing when that has not come yet.
  std::optional<Payload> pop();
  // Takes the token: whether it was there.
  bool take_ready() { return std::exchange(ready_, false); }

  // The number of the next block to leave. It advances when the block does, not at its commit.
  BlockNum next() const { return next_; }
  std::size_t size() const { return blocks_.size(); }
  // How often the size was reported: after every push and every pop, whether they did anything or
  // not. Fabric: the gauge gossip_payload_buffer_size.
  std::uint64_t size_reports() const { return size_reports_; }

 private:
  void report_size();

  BlockNum next_;
  Gauge* const size_gauge_;
  std::map<BlockNum, Payload> blocks_;
  bool ready_ = false;
  std::uint64_t size_reports_ = 0;
};

}  // namespace hearsay
