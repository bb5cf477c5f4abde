// Virtual and real time as integers.
//
// A Time is nanoseconds since the start of a run, a Duration the difference of two Times. Both are
// plain 64-bit integers so that arithmetic is exact and identical on every machine; the literals
// carry the unit. The range is 292 years. Nothing in core or sim uses floating point or std::chrono
// clocks for time.
#pragma once

#include <cstdint>
#include <limits>

namespace hearsay {

using Time = std::int64_t;
using Duration = std::int64_t;

// A point in time that is never reached.
inline constexpr Time kNever = std::numeric_limits<Time>::max();

inline constexpr Duration kNanosecond = 1;
inline constexpr Duration kMicrosecond = 1'000;
inline constexpr Duration kMillisecond = 1'000'000;
inline constexpr Duration kSecond = 1'000'000'000;

namespace literals {
constexpr Duration operator""_ns(unsigned long long n) { return static_cast<Duration>(n); }
constexpr Duration operator""_us(unsigned long long n) {
  return static_cast<Duration>(n) * kMicrosecond;
}
constexpr Duration operator""_ms(unsigned long long n) {
  return static_cast<Duration>(n) * kMillisecond;
}
constexpr Duration operator""_s(unsigned long long n) { return static_cast<Duration>(n) * kSecond; }
}  // namespace literals

// Seconds as a floating-point number: for reports and for other libraries, never for decisions.
constexpr double to_seconds(Duration d) { return static_cast<double>(d) / 1e9; }

}  // namespace hearsay
