#include "core/gossip/duration_text.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace hearsay {

namespace {

struct Unit {
  std::string_view name;
  Duration length;
};
// A name stands before every other that begins with it.
constexpr std::array<Unit, 9> kUnits = {{{"ns", kNanosecond},
                                         {"us", kMicrosecond},
                                         {"\u00B5s", kMicrosecond},  // micro sign
                                         {"\u03BCs", kMicrosecond},  // Greek letter mu
                                         {"ms", kMillisecond},
                                         {"s", kSecond},
                                         {"m", 60 * kSecond},
                                         {"h", 3600 * kSecond},
                                         {"", kNanosecond}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n]))
    ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

// digits x unit, or nullopt when that does not fit.
std::optional<Duration> whole_part(std::string_view digits, Duration unit) {
  Duration value = 0;
  for (const char c : digits) {
    if (__builtin_mul_overflow(value, Duration{10}, &value) ||
        __builtin_add_overflow(value, Duration{c - '0'}, &value)) {
      return std::nullopt;
    }
  }
  if (__builtin_mul_overflow(value, unit, &value)) return std::nullopt;
  return value;
}

// The floor of 0.digits x unit, from the last digit to the first: nested floors equal the floor of
// all.
Duration fraction_part(std::string_view digits, Duration unit) {
  Duration value = 0;
  for (std::size_t i = digits.size(); i-- > 0;)
    value = ((digits[i] - '0') * unit + value) / 10;
  return value;
}

// The unit at the beginning of text, taken away. A number ends the text or stands before the next
// number; only a lone number may have no unit.
std::optional<Duration> take_unit(std::string_view& text, bool first) {
  for (const Unit& unit : kUnits) {
    if (unit.name.empty() && !(first && text.empty())) return std::nullopt;
    if (!text.starts_with(unit.name)) continue;
    const std::string_view rest = text.substr(unit.name.size());
    if (!rest.empty() && !is_digit(rest[0]) && rest[0] != '.') continue;
    text = rest;
    return unit.length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Duration sum = 0;
  for (bool first = true; !text.empty(); first = false) {
    const std::string_view whole = take_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      fraction = take_digits(text);
    }
    if (whole.empty() && fraction.empty()) return std::nullopt;
    const std::optional<Duration> unit = take_unit(text, first);
    if (!unit) return std::nullopt;
    const std::optional<Duration> value = whole_part(whole, *unit);
    if (!value || __builtin_add_overflow(sum, *value, &sum) ||
        __builtin_add_overflow(sum, fraction_part(fraction, *unit), &sum)) {
      return std::nullopt;
    }
  }
  return negative ? -sum : sum;
}

std::string duration_text(Duration d) {
  if (d % kSecond == 0) return fmt::format("{}s", d / kSecond);
  if (d % kMillisecond == 0) return fmt::format("{}ms", d / kMillisecond);
  if (d % kMicrosecond == 0) return fmt::format("{}us", d / kMicrosecond);
  return fmt::format("{}ns", d);
}

}  // namespace hearsay
