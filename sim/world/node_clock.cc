#include "sim/world/node_clock.h"

#include <algorithm>

#include "sim/world/world.h"

namespace hearsay::sim {

Time NodeClock::now() const { return world_.now(); }

std::uint64_t NodeClock::unix_time() const {
  return kUnixEpoch + static_cast<std::uint64_t>(world_.now() + unix_offset_);
}

TimerId NodeClock::arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie) {
  std::uint32_t index = free_;
  if (index == kNone) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    free_ = slots_[index].cookie_or_next;
  }
  Slot& slot = slots_[index];
  slot.handler = &handler;
  slot.cookie_or_next = cookie;
  slot.kind = kind;
  ++armed_;
  world_.calendar().push({std::max(at, world_.now()), world_.next_key(host_), slot.generation,
                          Event::pack(host_, EventKind::kTimer), index});
  return {index, slot.generation};
}

void NodeClock::cancel(TimerId id) {
  if (id.slot >= slots_.size()) return;
  const Slot& slot = slots_[id.slot];
  if (slot.handler == nullptr || slot.generation != id.generation) return;
  release(id.slot);
  world_.timer_cancelled();
}

void NodeClock::clear() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].handler != nullptr) release(i);
  }
}

bool NodeClock::fire(const Event& event) {
  const Slot slot = slots_[event.slot];
  if (stale(event)) return false;
  // Free before the call: the handler usually arms again, and finds this slot.
  release(event.slot);
  slot.handler->on_timer(slot.kind, slot.cookie_or_next);
  return true;
}

void NodeClock::release(std::uint32_t slot) {
  ++slots_[slot].generation;
  slots_[slot].handler = nullptr;
  slots_[slot].cookie_or_next = free_;
  free_ = slot;
  --armed_;
}

}  // namespace hearsay::sim
