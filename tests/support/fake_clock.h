// FakeClock: virtual time for tests, one for all nodes of a test. Events due at the same instant
// come in the order in which they were made.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/ports/clock.h"

namespace hearsay {

class FakeClock final : public Clock {
 public:
  static constexpr std::uint64_t kStart = 1'700'000'000'000'000'000;

  Time now() const override { return now_; }
  std::uint64_t unix_time() const override { return kStart + static_cast<std::uint64_t>(now_); }
  TimerId arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie = 0) override;
  void cancel(TimerId id) override;

  // Calls `action` at `at`, or as soon as possible if that is past.
  void call_at(Time at, std::function<void()> action) { add(at, std::move(action)); }
  void call_after(Duration d, std::function<void()> action) { add(now_ + d, std::move(action)); }

  // Runs all that is due up to and at `until`; then now() is `until`.
  void run_until(Time until);
  void run_for(Duration d) { run_until(now_ + d); }

  std::size_t timers_armed() const { return timers_; }

 private:
  using Key = std::pair<Time, std::uint64_t>;
  struct Slot {
    std::uint32_t generation = 0;
    Key key;
  };
  Key add(Time at, std::function<void()> action);
  bool release(TimerId id);

  Time now_ = 0;
  std::uint64_t next_ = 0;
  std::size_t timers_ = 0;
  std::map<Key, std::function<void()>> events_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace hearsay
