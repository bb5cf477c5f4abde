// EventHeap: an implicit 4-ary heap of events, least first.
//
// Four children share two cache lines, so a level costs one miss less than in a binary heap.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sim/world/event.h"

namespace hearsay::sim {

class EventHeap {
 public:
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  // REQUIRES: !empty().
  const Event& top() const { return events_.front(); }

  void push(const Event& event) {
    std::size_t hole = events_.size();
    events_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kArity;
      if (!before(event, events_[parent])) break;
      events_[hole] = events_[parent];
      hole = parent;
    }
    events_[hole] = event;
  }

  // Removes the top. REQUIRES: !empty().
  void pop() {
    const Event last = events_.back();
    events_.pop_back();
    if (!events_.empty()) sift_down(last, 0);
  }

  // Removes every event for which gone(const Event&); O(size).
  template <typename Gone>
  void remove_if(Gone&& gone) {
    std::erase_if(events_, std::forward<Gone>(gone));
    if (events_.size() < 2) return;
    for (std::size_t i = (events_.size() - 2) / kArity + 1; i-- > 0;) {
      const Event event = events_[i];
      sift_down(event, i);
    }
  }

 private:
  static constexpr std::size_t kArity = 4;

  void sift_down(const Event& event, std::size_t hole) {
    const std::size_t size = events_.size();
    for (;;) {
      const std::size_t first = hole * kArity + 1;
      if (first >= size) break;
      const std::size_t end = first + kArity < size ? first + kArity : size;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (before(events_[child], events_[least])) least = child;
      }
      if (!before(events_[least], event)) break;
      events_[hole] = events_[least];
      hole = least;
    }
    events_[hole] = event;
  }

  std::vector<Event> events_;
};

}  // namespace hearsay::sim
