// The calendar alone, by the hold model: take the head, push one event at a random later time.
//
// "frames" draws gaps as a network's latencies (0.5 to 20 ms); "timers" makes one event in fifty a
// timer up to 4 s away.
#include "sim/world/calendar.h"

#include <cstdint>

#include <benchmark/benchmark.h>

#include "core/base/random.h"
#include "sim/world/event_heap.h"

namespace hearsay::sim {
namespace {

constexpr std::uint32_t kGapFloor = 500'000;
constexpr std::uint32_t kGapSpread = 19'500'000;

Time frame_gap(Random& random) {
  const Time gap = kGapFloor + random.below(kGapSpread);
  return (gap + 999) / 1000 * 1000;
}

Time mixed_gap(Random& random) {
  if (random.below(50) == 0) return Time{random.below(4'000)} * kMillisecond;
  return frame_gap(random);
}

Event event_at(Time t, std::uint64_t sequence, Random& random) {
  return {t, first_key(random.below(1000)) + sequence, 0, 0, 0};
}

template <Time (*kGap)(Random&)>
void calendar_hold(benchmark::State& state) {
  Random random = Random::root(1);
  Calendar calendar;
  std::uint64_t sequence = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    calendar.push(event_at(kGap(random), sequence++, random));
  }
  for (auto _ : state) {
    Event event = *calendar.head();
    calendar.pop();
    calendar.push(event_at(event.time + kGap(random), sequence++, random));
  }
  state.SetItemsProcessed(state.iterations());
}

// The same on one heap, to show what the ring is worth.
void heap_hold(benchmark::State& state) {
  Random random = Random::root(1);
  EventHeap heap;
  std::uint64_t sequence = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    heap.push(event_at(frame_gap(random), sequence++, random));
  }
  for (auto _ : state) {
    Event event = heap.top();
    heap.pop();
    heap.push(event_at(event.time + frame_gap(random), sequence++, random));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(calendar_hold<frame_gap>)
    ->Name("calendar_hold/frames")
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(500'000);
BENCHMARK(calendar_hold<mixed_gap>)
    ->Name("calendar_hold/timers")
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(500'000);
BENCHMARK(heap_hold)->Arg(1'000)->Arg(10'000)->Arg(500'000);

}  // namespace
}  // namespace hearsay::sim
