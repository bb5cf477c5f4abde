// NodeClock: one host's Clock on the world's calendar.
//
// A timer is a slot in a table; its event names the slot and the generation it was armed with.
// Cancelling only raises the generation, so the event passes without effect when its time comes, or
// is swept out of the calendar before.
// Timers of one host due at the same instant fire in the order in which they were armed, because
// each takes the host's next key. When the host goes down every timer is gone: clear().
#pragma once

#include <cstdint>
#include <vector>

#include "core/ports/clock.h"
#include "sim/world/event.h"

namespace hearsay::sim {

class World;

// 2023-11-14T22:13:20Z, the Unix time of virtual time 0.
inline constexpr std::uint64_t kUnixEpoch = 1'700'000'000ULL * 1'000'000'000ULL;

class NodeClock final : public Clock {
 public:
  NodeClock(World& world, HostIndex host) : world_(world), host_(host) {}

  Time now() const override;
  std::uint64_t unix_time() const override;
  TimerId arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie) override;
  void cancel(TimerId id) override;

  // Shifts what unix_time() says from now on, in nanoseconds; now() is not concerned.
  void set_unix_offset(Duration offset) { unix_offset_ = offset; }

  // Forgets every timer.
  void clear();
  // Whether a timer's event will be without effect.
  bool stale(const Event& event) const {
    const Slot& slot = slots_[event.slot];
    return slot.handler == nullptr || slot.generation != event.payload;
  }
  // A timer's event came up. False when the timer is gone.
  bool fire(const Event& event);
  std::size_t armed() const { return armed_; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  struct Slot {
    TimerHandler* handler = nullptr;  // null: free
    std::uint32_t generation = 0;
    std::uint32_t cookie_or_next = 0;  // free: the next free slot
    TimerKind kind{};
  };

  void release(std::uint32_t slot);

  World& world_;
  HostIndex host_;
  std::vector<Slot> slots_;
  std::uint32_t free_ = kNone;
  std::size_t armed_ = 0;
  Duration unix_offset_ = 0;
};

}  // namespace hearsay::sim
