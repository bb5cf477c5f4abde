// VirtualClock: a Clock for tests of single engines, with calls at any time.
//
// One clock serves all nodes of a test. Due items fire by time, then in the order they were armed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/ports/clock.h"

namespace hearsay::test {

class VirtualClock final : public Clock {
 public:
  // The Unix time at the start of the test.
  static constexpr std::uint64_t kEpoch = 1'700'000'000'000'000'000;

  Time now() const override { return now_; }
  std::uint64_t unix_time() const override { return kEpoch + static_cast<std::uint64_t>(now_); }

  TimerId arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie = 0) override {
    const std::uint32_t slot = next_slot_++;
    armed_[slot] = push(at, [this, slot, &handler, kind, cookie] {
      armed_.erase(slot);
      handler.on_timer(kind, cookie);
    });
    return {slot, 0};
  }
  void cancel(TimerId id) override {
    const auto it = armed_.find(id.slot);
    if (it == armed_.end()) return;
    due_.erase(it->second);
    armed_.erase(it);
  }

  void call_at(Time at, std::function<void()> call) { push(at, std::move(call)); }
  void call_after(Duration after, std::function<void()> call) {
    push(now_ + after, std::move(call));
  }

  void run_for(Duration d) {
    const Time end = now_ + d;
    while (!due_.empty() && due_.begin()->first.first <= end)
      step();
    now_ = end;
  }
  // Runs until `done` holds, asked after each event; false when it does not within `limit`.
  template <typename Done>
  bool run_until(Done&& done, Duration limit) {
    const Time end = now_ + limit;
    while (!done()) {
      if (due_.empty() || due_.begin()->first.first > end) {
        now_ = end;
        return done();
      }
      step();
    }
    return true;
  }
  std::size_t armed_timers() const { return armed_.size(); }

 private:
  using Key = std::pair<Time, std::uint64_t>;

  Key push(Time at, std::function<void()> call) {
    const Key key{at < now_ ? now_ : at, next_sequence_++};
    due_.emplace(key, std::move(call));
    return key;
  }
  void step() {
    auto item = due_.extract(due_.begin());
    now_ = item.key().first;
    item.mapped()();
  }

  Time now_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::uint32_t next_slot_ = 0;
  std::map<Key, std::function<void()>> due_;
  std::map<std::uint32_t, Key> armed_;
};

}  // namespace hearsay::test
