#include "tests/support/fake_clock.h"

#include <algorithm>

namespace hearsay {

FakeClock::Key FakeClock::add(Time at, std::function<void()> action) {
  const Key key{std::max(at, now_), next_++};
  events_.emplace(key, std::move(action));
  return key;
}

TimerId FakeClock::arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const TimerId id{slot, slots_[slot].generation};
  slots_[slot].key = add(at, [this, id, &handler, kind, cookie] {
    release(id);
    handler.on_timer(kind, cookie);
  });
  ++timers_;
  return id;
}

bool FakeClock::release(TimerId id) {
  if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) return false;
  ++slots_[id.slot].generation;
  free_.push_back(id.slot);
  --timers_;
  return true;
}

void FakeClock::cancel(TimerId id) {
  if (id.slot < slots_.size() && slots_[id.slot].generation == id.generation) {
    events_.erase(slots_[id.slot].key);
    release(id);
  }
}

void FakeClock::run_until(Time until) {
  while (!events_.empty() && events_.begin()->first.first <= until) {
    auto event = events_.extract(events_.begin());
    now_ = event.key().first;
    event.mapped()();
  }
  now_ = std::max(now_, until);
}

}  // namespace hearsay
