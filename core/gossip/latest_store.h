// LatestStore: a message store for messages of which only the newest per peer counts.
//
// The rules of MessageStore (gossip/gossip/msgstore/msgs.go) for the comparators that look at the
// PKI-ID and the stamp alone: alive, state info, leadership. There is at most one entry per
// subject, so a dense array by PeerIndex does in O(1) what the list does in O(n), at 8 bytes a row,
// 16 with a time to live, and 4 more where the order of age is asked for.
//
// Fabric's list goes by age, a message that displaces another standing last: for_each_by_age()
// does the same. for_each() goes by ascending PeerIndex, for those to whom the order is all one.
// Divergence: size() counts right where Fabric's does not, and there is no external lock
// (message_store.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/prefetch.h"
#include "core/gossip/store_listener.h"
#include "core/gossip/sweep_grid.h"
#include "core/ports/clock.h"

namespace hearsay {

class LatestStore final : private TimerHandler {
 public:
  struct Options {
    // 0: nothing expires. REQUIRES otherwise: at least 100 ns, or there is no sweep period.
    Duration ttl = 0;
    // As whom the sweeps show in a trace.
    TimerKind sweep_kind = TimerKind::kRelayStoreSweep;
    // for_each_by_age() will be called.
    bool keeps_age = false;
  };

  // Sweeps begin now. `listener` may be null and must outlive the store.
  LatestStore(Clock& clock, Options options, StoreListener* listener = nullptr);

  // Adds the message and displaces an older one of the same subject. False when the stored one,
  // visible or not, is as new or newer. REQUIRES: a subject with an index, and a stamp.
  bool add(PeerIndex subject, const EnvelopeRef& envelope);

  // Makes room for subjects below `subjects` at once.
  void reserve(std::size_t subjects) {
    rows_.reserve(subjects);
    if (options_.keeps_age) added_.reserve(subjects);
  }

  // Would add() say true? Changes nothing.
  bool check_valid(PeerIndex subject, const Envelope& envelope) const {
    if (raw(subject) >= rows_.size()) return true;
    const Envelope* stored = rows_[raw(subject)].get();
    // Most duplicates are the very object that is stored.
    if (stored == &envelope) return false;
    return stored == nullptr || envelope.stamp() > stored->stamp();
  }

  // Loads the row of `subject` into the caches ahead of use.
  void prefetch(PeerIndex subject) const {
    if (raw(subject) < rows_.size()) prefetch_line(&rows_[raw(subject)]);
  }

  // The visible message of this subject, or null. Valid until the store changes.
  const Envelope* get(PeerIndex subject) const {
    if (raw(subject) >= rows_.size() || is_tombstone(raw(subject))) return nullptr;
    return rows_[raw(subject)].get();
  }

  // Calls f(PeerIndex, const EnvelopeRef&) for each visible message, in ascending PeerIndex.
  template <typename F>
  void for_each(F&& f) const {
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i] && !is_tombstone(i)) f(PeerIndex{i}, rows_[i]);
    }
  }
  // The same, the message added longest ago first. REQUIRES: keeps_age, and f leaves the store
  // alone.
  template <typename F>
  void for_each_by_age(F&& f) const {
    for (const std::uint64_t key : keys_by_age()) {
      const auto row = static_cast<std::uint32_t>(key);
      f(PeerIndex{row}, rows_[row]);
    }
  }
  // How many messages are visible.
  std::size_t size() const { return held_ - tombstones_; }

  // Removes every message, visible or not, for which pred(PeerIndex, const Envelope&) is true.
  template <typename Pred>
  void purge(Pred&& pred) {
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i] && pred(PeerIndex{i}, static_cast<const Envelope&>(*rows_[i]))) {
        const EnvelopeRef gone = take(i);
        tell_invalidated(gone);
      }
    }
  }

  // Nothing expires any more; what is there stays. May be called again.
  void stop();

 private:
  // When the row's message was added, and whether it has expired since: in 8 bytes, because with
  // full views there are as many rows as pairs of peers.
  class Life {
   public:
    Life() = default;
    explicit Life(Time created) : bits_(created << 1) {}
    Time created() const { return bits_ >> 1; }
    bool expired() const { return (bits_ & 1) != 0; }
    void expire() { bits_ |= 1; }

   private:
    Time bits_ = 0;
  };

  bool expires() const { return options_.ttl > 0; }
  bool is_tombstone(std::uint32_t i) const { return expires() && lives_[i].expired(); }

  // The rows of the visible messages in the lower halves, the oldest first.
  std::vector<std::uint64_t> keys_by_age() const;
  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  Time sweep();
  void arm_for(Time due);
  void tell_invalidated(const EnvelopeRef& envelope);
  EnvelopeRef take(std::uint32_t row);

  std::vector<EnvelopeRef> rows_;  // first, because every question goes there
  Clock& clock_;
  const Options options_;
  StoreListener* const listener_;
  const SweepGrid grid_;
  bool stopped_ = false;
  bool calling_out_ = false;
  std::uint32_t held_ = 0;
  std::uint32_t tombstones_ = 0;
  std::vector<Life> lives_;  // empty when nothing expires
  // The number of the add() that filled the row; empty without keeps_age. It may overflow: a row
  // left alone for 2^32 adds then counts as young.
  std::vector<std::uint32_t> added_;
  std::uint32_t adds_ = 0;
  Timer timer_;
};

}  // namespace hearsay
