// Fifo: a queue that owns no memory while it never held anything.
//
// For the many queues of which few are ever used: an empty std::deque takes more than half a
// kilobyte. What is pushed goes to a vector, what is popped leaves a gap at its front, which is
// closed before the vector would grow.
//
// References are valid until the next push_back() or clear().
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace hearsay {

template <typename T>
class Fifo {
 public:
  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }
  // REQUIRES of the four: it holds that many.
  T& front() { return items_[head_]; }
  const T& front() const { return items_[head_]; }
  T& operator[](std::size_t i) { return items_[head_ + i]; }
  const T& operator[](std::size_t i) const { return items_[head_ + i]; }

  void push_back(T item) {
    if (items_.size() == items_.capacity() && head_ > items_.size() / 2) close_gap();
    items_.push_back(std::move(item));
  }
  // REQUIRES: !empty().
  void pop_front() {
    items_[head_++] = T();
    if (empty()) clear();
  }
  void clear() {
    items_.clear();
    head_ = 0;
  }

  // Oldest first.
  auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  auto end() const { return items_.end(); }

 private:
  void close_gap() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace hearsay
