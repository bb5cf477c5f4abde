#include "sim/scenario/units.h"

#include <array>
#include <limits>
#include <optional>
#include <span>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr Wide kMaxValue = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
constexpr std::size_t kMaxDecimals = 18;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 8> kDurationUnits{{{"ns", 1},
                                              {"us", 1'000},
                                              {"µs", 1'000},
                                              {"μs", 1'000},
                                              {"ms", 1'000'000},
                                              {"s", 1'000'000'000},
                                              {"m", 60'000'000'000},
                                              {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 8> kSizeUnits{{{"B", 1},
                                          {"kB", 1'000},
                                          {"KB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"KiB", 1 << 10},
                                          {"MiB", 1 << 20},
                                          {"GiB", 1 << 30}}};
constexpr std::array<Unit, 10> kBandwidthUnits{{{"bps", 1},
                                                {"kbps", 1'000},
                                                {"Kbps", 1'000},
                                                {"Mbps", 1'000'000},
                                                {"Gbps", 1'000'000'000},
                                                {"Tbps", 1'000'000'000'000},
                                                {"Bps", 8},
                                                {"kBps", 8'000},
                                                {"MBps", 8'000'000},
                                                {"GBps", 8'000'000'000}}};
constexpr std::array<Unit, 1> kShareUnits{{{"%", 10'000}}};

// How one kind of quantity is spoken of.
struct Kind {
  std::string_view noun;       // "duration"
  std::string_view example;    // "\"5s\""
  std::string_view usual;      // the unit to propose when there is none
  std::string_view unit_list;  // "ns us ms s m h"
  std::span<const Unit> units;
  bool compound;  // several numbers in a row
};

constexpr Kind kDuration{"duration", "\"5s\"", "s", "ns us ms s m h", kDurationUnits, true};
constexpr Kind kSize{"size", "\"64KiB\"", "B", "B kB MB GB KiB MiB GiB", kSizeUnits, false};
constexpr Kind kBandwidth{"bandwidth",     "\"1Gbps\"", "Mbps", "bps kbps Mbps Gbps Tbps",
                          kBandwidthUnits, false};
constexpr Kind kShare{"share", "\"25%\"", "%", "%", kShareUnits, false};

bool digit(char c) { return c >= '0' && c <= '9'; }

Trouble not_one(std::string_view text, const Kind& kind) {
  return {fmt::format("{} is not a {}", shown(text), kind.noun),
          fmt::format("write a number and a unit, such as {}", kind.example)};
}

Trouble too_large(std::string_view text) {
  return {fmt::format("{} is too large", shown(text)), "write a smaller one"};
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// The unit that a misspelt one most likely means: same word in other case, or the same beginning.
std::string_view likely_unit(const Kind& kind, std::string_view name) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  for (const Unit& unit : kind.units) {
    if (unit.name.size() == name.size() &&
        std::equal(name.begin(), name.end(), unit.name.begin(), same)) {
      return unit.name;
    }
  }
  if (kind.compound && name.starts_with("min")) return "m";
  if (kind.compound && (name.starts_with("mil") || name.starts_with("msec"))) return "ms";
  if (kind.compound && name.starts_with("mic")) return "us";
  for (const Unit& unit : kind.units) {
    if (!name.empty() && unit.name.front() == name.front()) return unit.name;
  }
  return kind.usual;
}

// One number as digits: value = whole + decimals / 10^places.
struct Number {
  Wide whole = 0;
  std::uint64_t decimals = 0;
  std::uint64_t scale = 1;  // 10^places
  std::string_view text;
};

enum class Scan { kOk, kNone, kTooLarge, kTooFine };

Scan scan_number(std::string_view& rest, Number& out) {
  const std::string_view start = rest;
  while (!rest.empty() && digit(rest.front())) {
    out.whole = out.whole * 10 + static_cast<unsigned>(rest.front() - '0');
    if (out.whole > kMaxValue) return Scan::kTooLarge;
    rest.remove_prefix(1);
  }
  const bool has_whole = rest.size() < start.size();
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    std::size_t places = 0;
    while (!rest.empty() && digit(rest.front())) {
      if (++places > kMaxDecimals) return Scan::kTooFine;
      out.decimals = out.decimals * 10 + static_cast<unsigned>(rest.front() - '0');
      out.scale *= 10;
      rest.remove_prefix(1);
    }
    if (places == 0) return Scan::kNone;
  }
  out.text = start.substr(0, start.size() - rest.size());
  return has_whole ? Scan::kOk : Scan::kNone;
}

Trouble too_fine(std::string_view text, const Kind& kind) {
  return {fmt::format("{} is finer than the smallest unit of a {}", shown(text), kind.noun),
          "write fewer decimals"};
}

Trouble unit_trouble(std::string_view text, const Number& number, std::string_view unit,
                     const Kind& kind) {
  if (unit.empty()) {
    return {fmt::format("{} has no unit", shown(text)),
            fmt::format("write {}", shown(fmt::format("{}{}", text, kind.usual)))};
  }
  const auto proposal = fmt::format("{}{}", number.text, likely_unit(kind, unit));
  return {fmt::format("{} has the unknown unit {}", shown(text), shown(unit)),
          fmt::format("write {} (units: {})", shown(proposal), kind.unit_list)};
}

Result<std::uint64_t, Trouble> parse(std::string_view text, const Kind& kind) {
  if (text.empty()) return Error{not_one(text, kind)};
  if (text.front() == '-') {
    return Error{Trouble{fmt::format("{} is negative", shown(text)),
                         fmt::format("write a {} such as {}", kind.noun, kind.example)}};
  }
  Wide total = 0;
  std::string_view rest = text;
  do {
    Number number;
    switch (scan_number(rest, number)) {
      case Scan::kOk:
        break;
      case Scan::kNone:
        return Error{not_one(text, kind)};
      case Scan::kTooLarge:
        return Error{too_large(text)};
      case Scan::kTooFine:
        return Error{too_fine(text, kind)};
    }
    std::size_t length = 0;
    while (length < rest.size() && !digit(rest[length]) && rest[length] != '.')
      ++length;
    if (!kind.compound) length = rest.size();
    const std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    const Unit* unit = find_unit(kind.units, name);
    if (unit == nullptr) return Error{unit_trouble(text, number, name, kind)};
    const Wide part = Wide{number.decimals} * unit->factor;
    if (part % number.scale != 0) return Error{too_fine(text, kind)};
    total += number.whole * unit->factor + part / number.scale;
    if (total > kMaxValue) return Error{too_large(text)};
  } while (!rest.empty());
  return static_cast<std::uint64_t>(total);
}

// The value in the first of `units` that divides it.
std::string format(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && (value > 0 || unit.factor == units.back().factor)) {
      return fmt::format("{}{}", value / unit.factor, unit.name);
    }
  }
  return fmt::format("{}{}", value, units.back().name);
}

}  // namespace

Result<Duration, Trouble> parse_duration(std::string_view text) {
  const auto parsed = parse(text, kDuration);
  if (!parsed.ok()) return Error{parsed.error()};
  return static_cast<Duration>(parsed.value());
}

std::string format_duration(Duration duration) {
  if (duration == 0) return "0s";
  constexpr std::array<Unit, 4> kUnits{
      {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
  return format(static_cast<std::uint64_t>(duration), kUnits);
}

Result<std::uint64_t, Trouble> parse_size(std::string_view text) { return parse(text, kSize); }

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<Unit, 4> kUnits{
      {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
  return format(bytes, kUnits);
}

Result<std::uint64_t, Trouble> parse_bandwidth(std::string_view text) {
  return parse(text, kBandwidth);
}

std::string format_bandwidth(std::uint64_t bits_per_second) {
  constexpr std::array<Unit, 4> kUnits{
      {{"Gbps", 1'000'000'000}, {"Mbps", 1'000'000}, {"kbps", 1'000}, {"bps", 1}}};
  return format(bits_per_second, kUnits);
}

Result<std::uint32_t, Trouble> parse_share(std::string_view text) {
  const auto parsed = parse(text, kShare);
  if (!parsed.ok()) return Error{parsed.error()};
  if (parsed.value() == 0 || parsed.value() > 1'000'000) {
    return Error{Trouble{fmt::format("{} is not a share above 0 % and up to 100 %", shown(text)),
                         "write a share such as \"25%\""}};
  }
  return static_cast<std::uint32_t>(parsed.value());
}

std::string format_share(std::uint32_t parts_per_million) {
  std::string text =
      fmt::format("{}.{:04}", parts_per_million / 10'000, parts_per_million % 10'000);
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

}  // namespace hearsay::scenario
