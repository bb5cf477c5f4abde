#include "core/gossip/latest_store.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/base/assert.h"

namespace hearsay {

namespace {

// Sorts by the upper halves, none of which is above `most`, and leaves equal ones in their order:
// by counting, a byte at a time, since thousands of young entries have two bytes that differ.
void sort_by_upper_half(std::vector<std::uint64_t>& keys, std::uint32_t most) {
  std::vector<std::uint64_t> sorted(keys.size());
  for (int shift = 0; shift < 32 && most >> shift != 0; shift += 8) {
    const auto digit = [shift](std::uint64_t key) { return key >> (32 + shift) & 0xFF; };
    std::array<std::uint32_t, 257> begin{};
    for (const std::uint64_t key : keys)
      ++begin[digit(key) + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    for (const std::uint64_t key : keys)
      sorted[begin[digit(key)]++] = key;
    keys.swap(sorted);
  }
}

}  // namespace

LatestStore::LatestStore(Clock& clock, Options options, StoreListener* listener)
    : clock_(clock),
      options_(options),
      listener_(listener),
      grid_(clock.now(), options.ttl),
      timer_(clock, *this, options.sweep_kind) {}

bool LatestStore::add(PeerIndex subject, const EnvelopeRef& envelope) {
  HS_ASSERT_MSG(subject != kNoPeer, "a message about nobody");
  HS_ASSERT_MSG(envelope->has_stamp(), "a message without a stamp");
  HS_ASSERT_MSG(!calling_out_, "a listener called its store");
  if (!check_valid(subject, *envelope)) return false;
  const std::uint32_t row = raw(subject);
  if (row >= rows_.size()) {
    rows_.resize(std::size_t{row} + 1);
    if (expires()) lives_.resize(rows_.size());
    if (options_.keeps_age) added_.resize(rows_.size());
  }
  if (rows_[row]) tell_invalidated(take(row));
  rows_[row] = envelope;
  ++held_;
  if (options_.keeps_age) added_[row] = ++adds_;
  if (expires()) {
    lives_[row] = Life(clock_.now());
    if (!stopped_ && !timer_.armed()) arm_for(clock_.now() + options_.ttl);
  }
  return true;
}

std::vector<std::uint64_t> LatestStore::keys_by_age() const {
  HS_ASSERT(options_.keeps_age);
  std::uint32_t oldest = 0;
  for_each([&](PeerIndex subject, const EnvelopeRef&) {
    oldest = std::max(oldest, adds_ - added_[raw(subject)]);
  });
  std::vector<std::uint64_t> keys;
  keys.reserve(size());
  for_each([&](PeerIndex subject, const EnvelopeRef&) {
    const std::uint32_t youth = oldest - (adds_ - added_[raw(subject)]);
    keys.push_back(std::uint64_t{youth} << 32 | raw(subject));
  });
  sort_by_upper_half(keys, oldest);
  return keys;
}

void LatestStore::stop() {
  stopped_ = true;
  timer_.cancel();
}

void LatestStore::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const Time due = sweep();
  if (due != kNever) arm_for(due);
}

void LatestStore::arm_for(Time due) { timer_.arm_at(grid_.after(due)); }

// Returns when the next row reaches the end of a life, or kNever. A row renewed in the meantime
// makes that too early; the sweep then finds nothing and asks again.
Time LatestStore::sweep() {
  HS_ASSERT_MSG(!calling_out_, "a listener called its store");
  const Time now = clock_.now();
  Time next = kNever;
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i]) continue;
    Life& life = lives_[i];
    const Duration age = now - life.created();
    if (life.expired() && age > 2 * options_.ttl) {
      take(i);
      continue;
    }
    if (!life.expired() && age > options_.ttl) {
      life.expire();
      ++tombstones_;
      calling_out_ = true;
      if (listener_ != nullptr) listener_->on_expired(rows_[i]);
      calling_out_ = false;
    }
    next = std::min(next, life.created() + (life.expired() ? 2 : 1) * options_.ttl);
  }
  return next;
}

void LatestStore::tell_invalidated(const EnvelopeRef& envelope) {
  calling_out_ = true;
  if (listener_ != nullptr) listener_->on_invalidated(envelope);
  calling_out_ = false;
}

// Empties the row. Its life is set anew when it is filled.
EnvelopeRef LatestStore::take(std::uint32_t row) {
  --held_;
  if (is_tombstone(row)) --tombstones_;
  EnvelopeRef gone;
  gone.swap(rows_[row]);
  return gone;
}

}  // namespace hearsay
