// Calendar: the pending events of a world, handed out in the order of event.h.
//
// Three parts, by how far away an event is:
//
//        now ........ near future ............................ far future
//   [ run | late ] [ ring of 2^14 buckets, 16.4 us each ] [ 4-ary heap ]
//
// Pushing into the ring appends to a bucket in O(1). When the clock reaches a bucket it is sorted
// once and becomes the run, from which events are taken in sequence; what is pushed into the bucket
// that is being taken goes to the small heap `late`. Events beyond the ring (268 ms) wait in a heap
// and move into the ring when it comes near: that is most timers, and few events. Memory is kept
// and reused: nothing is allocated once the ring has reached its working size.
//
// Contract: head() is the least pending event. An event may be pushed for any time, even one before
// the head or the last event taken; it then simply is the next. The order never depends on the
// order of pushing, because keys are unique.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/world/event.h"
#include "sim/world/event_heap.h"

namespace hearsay::sim {

class Calendar {
 public:
  Calendar();
  Calendar(const Calendar&) = delete;
  Calendar& operator=(const Calendar&) = delete;

  // REQUIRES: event.time >= 0.
  // By value: on the usual way, inline, its fields go straight into the bucket. A copy in memory
  // would be read wider than it was just written, and wait.
  void push(Event event) {
    ++size_;
    const std::int64_t bucket = bucket_of(event.time);
    if (static_cast<std::uint64_t>(bucket - current_ - 1) < kBuckets - 1) {
      push_near(bucket, event);
    } else {
      push_aside(bucket, event);
    }
  }

  std::size_t size() const { return size_; }
  // Those that wait beyond the ring.
  std::size_t far() const { return far_.size(); }
  // Forgets those beyond the ring for which gone(const Event&); O(far()). For events that will be
  // without effect, of which there may be many: a timer is usually cancelled.
  template <typename Gone>
  void forget_far(Gone&& gone) {
    const std::size_t before = far_.size();
    far_.remove_if(std::forward<Gone>(gone));
    size_ -= before - far_.size();
  }
  bool empty() const { return size_ == 0; }

  // The least pending event, null when there is none. Valid until the next push or pop.
  const Event* head() {
    if (position_ < run_.size()) {
      const Event& next = run_[position_];
      if (late_.empty() || before(next, late_.top())) return &next;
      return &late_.top();
    }
    if (!late_.empty()) return &late_.top();
    return size_ == 0 ? nullptr : open_next();
  }

  // When the head is due, kNever when nothing is pending.
  Time head_time() {
    const Event* event = head();
    return event != nullptr ? event->time : kNever;
  }

  // Removes the head. REQUIRES: head() gave an event, and nothing was pushed or popped since.
  void pop() {
    --size_;
    if (position_ < run_.size() && (late_.empty() || before(run_[position_], late_.top()))) {
      run_begins_ = position_++ == 0;
    } else {
      run_begins_ = false;
      late_.pop();
    }
  }

  // A guess at the event that will be taken `distance` events from now, or null: good
  // for warming caches.
  const Event* glimpse(std::size_t distance) const {
    const std::size_t i = position_ + distance;
    return i < run_.size() ? &run_[i] : nullptr;
  }

  // The event taken last was the first of those that glimpse() shows one after the other.
  bool run_begins() const { return run_begins_; }

  // Calls f(const Event&) for every pending event, in no particular order, and forgets them all.
  template <typename F>
  void drain(F&& f) {
    while (const Event* event = head()) {
      const Event copy = *event;
      pop();
      f(copy);
    }
  }

 private:
  static constexpr int kBucketShift = 14;                // 16.384 us
  static constexpr std::uint64_t kBuckets = 1ULL << 14;  // 268 ms
  static constexpr std::size_t kChunkEvents = 15;
  static constexpr std::size_t kSlabChunks = 64;
  // Above this many events a bucket is spread over 64 parts by time before it is sorted.
  static constexpr std::size_t kSpreadAbove = 64;
  static constexpr std::size_t kParts = 64;

  struct alignas(64) Chunk {
    std::array<Event, kChunkEvents> events;
    Chunk* next;
  };
  struct Bucket {
    Chunk* chunk = nullptr;    // the newest; the others are full
    std::uint32_t filled = 0;  // of the newest chunk
    std::uint32_t count = 0;
  };

  static std::int64_t bucket_of(Time t) { return t >> kBucketShift; }

  void push_near(std::int64_t number, Event event) {
    const std::uint64_t index = static_cast<std::uint64_t>(number) & (kBuckets - 1);
    Bucket& bucket = ring_[index];
    if (bucket.chunk == nullptr || bucket.filled == kChunkEvents) add_chunk(index, bucket);
    bucket.chunk->events[bucket.filled++] = event;
    ++bucket.count;
  }

  void push_aside(std::int64_t number, Event event);
  void add_chunk(std::uint64_t index, Bucket& bucket);
  const Event* open_next();
  std::int64_t next_used_bucket() const;
  void gather(Bucket& bucket, std::vector<Event>& out);
  void spread(std::vector<Event>& events);

  std::size_t size_ = 0;
  // Number of the bucket whose events are in run_ and late_.
  std::int64_t current_ = -1;
  std::size_t position_ = 0;
  bool run_begins_ = false;
  std::vector<Event> run_;
  EventHeap late_;
  EventHeap far_;
  std::vector<Bucket> ring_;
  // One bit per used bucket, and one per word of those.
  std::array<std::uint64_t, kBuckets / 64> used_{};
  std::array<std::uint64_t, kBuckets / 64 / 64> used_words_{};
  Chunk* free_ = nullptr;
  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  std::vector<Event> scratch_;
};

}  // namespace hearsay::sim
