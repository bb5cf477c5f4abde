#include "core/gossip/message_store.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/wire/comparator.h"

namespace hearsay {

MessageStore::MessageStore(Clock& clock, Options options, StoreListener* listener)
    : clock_(clock),
      options_(options),
      listener_(listener),
      grid_(clock.now(), options.ttl),
      timer_(clock, *this, options.sweep_kind) {}

bool MessageStore::add(const EnvelopeRef& envelope) {
  HS_ASSERT_MSG(!calling_out_, "a listener called its store");
  bool refused = false;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Comparison relation =
        refused ? Comparison::kNoAction
                : compare(*envelope, *entries_[i].envelope, options_.block_capacity);
    // What was removed before a refusal stays removed; with a consistent comparator there is no
    // such case.
    if (relation == Comparison::kInvalidated) refused = true;
    if (relation == Comparison::kInvalidates) {
      invalidate(entries_[i]);
    } else {
      move_entry(i, kept++);
    }
  }
  entries_.resize(kept);
  if (refused) return false;

  entries_.push_back({envelope, clock_.now(), false});
  if (options_.ttl > 0 && !stopped_ && !timer_.armed()) arm_for(clock_.now() + options_.ttl);
  return true;
}

bool MessageStore::check_valid(const Envelope& envelope) const {
  return std::none_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return compare(envelope, *entry.envelope, options_.block_capacity) == Comparison::kInvalidated;
  });
}

void MessageStore::stop() {
  stopped_ = true;
  timer_.cancel();
}

void MessageStore::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const Time due = sweep();
  if (due != kNever) arm_for(due);
}

void MessageStore::arm_for(Time due) { timer_.arm_at(grid_.after(due)); }

// Returns when the next entry reaches the end of a life, or kNever.
Time MessageStore::sweep() {
  HS_ASSERT_MSG(!calling_out_, "a listener called its store");
  const Time now = clock_.now();
  Time next = kNever;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    const Duration age = now - entry.created;
    if (entry.expired && age > 2 * options_.ttl) {
      --tombstones_;
      continue;
    }
    if (!entry.expired && age > options_.ttl) {
      entry.expired = true;
      ++tombstones_;
      calling_out_ = true;
      if (listener_ != nullptr) listener_->on_expired(entry.envelope);
      calling_out_ = false;
    }
    next = std::min(next, entry.created + (entry.expired ? 2 : 1) * options_.ttl);
    move_entry(i, kept++);
  }
  entries_.resize(kept);
  return next;
}

void MessageStore::invalidate(const Entry& entry) {
  if (entry.expired) --tombstones_;
  calling_out_ = true;
  if (listener_ != nullptr) listener_->on_invalidated(entry.envelope);
  calling_out_ = false;
}

}  // namespace hearsay
