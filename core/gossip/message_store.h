// MessageStore: the messages a node holds against duplicates and for others to pull.
//
// Mirrors gossip/gossip/msgstore/msgs.go (spec: messages-and-identity.md 8, channel.md 3). An
// ordered list; the comparator of the wire room decides who invalidates whom. Meant for few
// entries: at most block_capacity + 1 blocks, or one leadership message per peer. LatestStore does
// the same for thousands of peers.
//
// With a time to live T a message lives three lives, told apart at sweeps T/100 apart:
//
//   visible --age > T--> tombstone: unseen, yet still refuses its like --age > 2 T--> gone
//
// Divergence: Fabric counts expired entries apart and forgets to lower that count when add() or
// purge() removes one, so its Size falls below the truth, even below zero. Here size() is what
// for_each() visits. Divergence: Fabric's external lock has no counterpart; a node has one strand.
#pragma once

#include <cstdint>
#include <vector>

#include "core/gossip/store_listener.h"
#include "core/gossip/sweep_grid.h"
#include "core/ports/clock.h"

namespace hearsay {

class MessageStore final : private TimerHandler {
 public:
  struct Options {
    // Blocks this far apart coexist (maxBlockCountToStore); 0 for stores of other kinds.
    std::uint64_t block_capacity = 0;
    // 0: nothing expires. REQUIRES otherwise: at least 100 ns, or there is no sweep period.
    Duration ttl = 0;
    // As whom the sweeps show in a trace.
    TimerKind sweep_kind = TimerKind::kBlockStoreSweep;
  };

  // Sweeps begin now. `listener` may be null and must outlive the store.
  MessageStore(Clock& clock, Options options, StoreListener* listener = nullptr);

  // False when an entry, visible or not, refuses the message. True when it was added; older ones
  // that it invalidates are gone then. REQUIRES: a message with what its comparison needs (wire
  // room: comparator).
  bool add(const EnvelopeRef& envelope);

  // Would add() say true? Changes nothing.
  bool check_valid(const Envelope& envelope) const;

  // Calls f(const EnvelopeRef&) for each visible message, oldest addition first.
  template <typename F>
  void for_each(F&& f) const {
    for (const Entry& entry : entries_) {
      if (!entry.expired) f(entry.envelope);
    }
  }
  // How many messages are visible.
  std::size_t size() const { return entries_.size() - tombstones_; }

  // Removes every message, visible or not, for which pred(const Envelope&) is true, oldest first.
  template <typename Pred>
  void purge(Pred&& pred) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (pred(static_cast<const Envelope&>(*entries_[i].envelope))) {
        invalidate(entries_[i]);
      } else {
        move_entry(i, kept++);
      }
    }
    entries_.resize(kept);
  }

  // Nothing expires any more; what is there stays. May be called again.
  void stop();

 private:
  struct Entry {
    EnvelopeRef envelope;
    Time created = 0;
    bool expired = false;
  };

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  Time sweep();
  void arm_for(Time due);
  void invalidate(const Entry& entry);
  void move_entry(std::size_t from, std::size_t to) {
    if (from != to) entries_[to] = std::move(entries_[from]);
  }

  Clock& clock_;
  const Options options_;
  StoreListener* const listener_;
  const SweepGrid grid_;
  bool stopped_ = false;
  bool calling_out_ = false;
  std::size_t tombstones_ = 0;
  std::vector<Entry> entries_;
  Timer timer_;
};

}  // namespace hearsay
