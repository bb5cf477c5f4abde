#include "sim/world/calendar.h"

#include <algorithm>
#include <bit>

namespace hearsay::sim {

namespace {

void insertion_sort(Event* first, Event* last) {
  for (Event* next = first + 1; next < last; ++next) {
    const Event event = *next;
    Event* hole = next;
    while (hole > first && before(event, hole[-1])) {
      *hole = hole[-1];
      --hole;
    }
    *hole = event;
  }
}

void sort_events(Event* first, Event* last) {
  if (last - first <= 24) {
    insertion_sort(first, last);
  } else {
    std::sort(first, last, [](const Event& a, const Event& b) { return before(a, b); });
  }
}

}  // namespace

Calendar::Calendar() : ring_(kBuckets) {}

// Into the bucket that is being taken, or beyond the ring.
void Calendar::push_aside(std::int64_t number, Event event) {
  (number <= current_ ? late_ : far_).push(event);
}

void Calendar::add_chunk(std::uint64_t index, Bucket& bucket) {
  if (free_ == nullptr) {
    slabs_.push_back(std::make_unique<Chunk[]>(kSlabChunks));
    for (std::size_t i = 0; i < kSlabChunks; ++i) {
      slabs_.back()[i].next = free_;
      free_ = &slabs_.back()[i];
    }
  }
  Chunk* chunk = free_;
  free_ = chunk->next;
  chunk->next = bucket.chunk;
  bucket.chunk = chunk;
  bucket.filled = 0;
  used_[index >> 6] |= 1ULL << (index & 63);
  used_words_[index >> 12] |= 1ULL << (index >> 6 & 63);
}

// The number of the first used bucket behind the current one, -1 when the ring is empty.
std::int64_t Calendar::next_used_bucket() const {
  const std::uint64_t start = static_cast<std::uint64_t>(current_ + 1) & (kBuckets - 1);
  const auto number_of = [&](std::uint64_t index) {
    return current_ + 1 + static_cast<std::int64_t>((index - start) & (kBuckets - 1));
  };
  const auto first_in_word = [&](std::uint64_t word) {
    return word << 6 | static_cast<std::uint64_t>(std::countr_zero(used_[word]));
  };
  const std::uint64_t word = start >> 6;
  const std::uint64_t rest = used_[word] >> (start & 63);
  if (rest != 0) return current_ + 1 + std::countr_zero(rest);
  // Words behind it, around the ring, and at last the beginning of the same word.
  const std::uint64_t groups = used_words_.size();
  for (std::uint64_t step = 0; step <= groups; ++step) {
    const std::uint64_t group = ((word >> 6) + step) & (groups - 1);
    std::uint64_t bits = used_words_[group];
    if (step == 0) bits &= (word & 63) == 63 ? 0 : ~0ULL << ((word & 63) + 1);
    if (bits == 0) continue;
    return number_of(
        first_in_word(group << 6 | static_cast<std::uint64_t>(std::countr_zero(bits))));
  }
  return -1;
}

void Calendar::gather(Bucket& bucket, std::vector<Event>& out) {
  out.resize(bucket.count);
  Event* to = out.data();
  std::size_t in_chunk = bucket.filled;
  for (Chunk* chunk = bucket.chunk; chunk != nullptr;) {
    to = std::copy_n(chunk->events.data(), in_chunk, to);
    in_chunk = kChunkEvents;
    Chunk* next = chunk->next;
    chunk->next = free_;
    free_ = chunk;
    chunk = next;
  }
  bucket = Bucket{};
}

// Sorts a full bucket: by time into 64 parts, then each part.
void Calendar::spread(std::vector<Event>& events) {
  static_assert(kParts == 64);
  constexpr int kPartShift = kBucketShift - 6;
  const auto part_of = [](const Event& e) {
    return static_cast<std::size_t>(e.time >> kPartShift) & (kParts - 1);
  };
  std::array<std::uint32_t, kParts + 1> begin{};
  for (const Event& event : events)
    ++begin[part_of(event) + 1];
  for (std::size_t p = 0; p < kParts; ++p)
    begin[p + 1] += begin[p];
  scratch_.resize(events.size());
  std::array<std::uint32_t, kParts> next{};
  std::copy_n(begin.begin(), kParts, next.begin());
  for (const Event& event : events)
    scratch_[next[part_of(event)]++] = event;
  events.swap(scratch_);
  for (std::size_t p = 0; p < kParts; ++p) {
    sort_events(events.data() + begin[p], events.data() + begin[p + 1]);
  }
}

// Makes the next bucket that holds anything the current one. REQUIRES: run and late are used up,
// and something is pending.
const Event* Calendar::open_next() {
  // What is far lies behind everything in the ring.
  std::int64_t number = next_used_bucket();
  if (number < 0) number = bucket_of(far_.top().time);
  HS_ASSERT(number > current_);
  // Far events that the ring now reaches move into it. Those of the opened bucket too: the ring's
  // window begins with it until it is gathered.
  const std::int64_t reach = number + static_cast<std::int64_t>(kBuckets);
  while (!far_.empty() && bucket_of(far_.top().time) < reach) {
    push_near(bucket_of(far_.top().time), far_.top());
    far_.pop();
  }
  current_ = number;
  position_ = 0;
  const std::uint64_t index = static_cast<std::uint64_t>(number) & (kBuckets - 1);
  used_[index >> 6] &= ~(1ULL << (index & 63));
  if (used_[index >> 6] == 0) used_words_[index >> 12] &= ~(1ULL << (index >> 6 & 63));
  gather(ring_[index], run_);
  if (run_.size() > kSpreadAbove) {
    spread(run_);
  } else {
    sort_events(run_.data(), run_.data() + run_.size());
  }
  return run_.data();
}

}  // namespace hearsay::sim
