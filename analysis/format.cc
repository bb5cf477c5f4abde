#include "analysis/format.h"

#include <cmath>

#include <fmt/format.h>

namespace hearsay::analysis {

std::string seconds_text(double seconds) {
  if (std::isnan(seconds)) return "nothing";
  if (std::isinf(seconds)) return "never";
  const double size = std::fabs(seconds);
  if (size == 0) return "0 s";
  if (size < 0.9995e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (size < 0.9995) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (size < 999.5) return fmt::format("{:.3g} s", seconds);
  return fmt::format("{:.0f} s", seconds);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nothing";
  if (std::isinf(value)) return value > 0 ? "never" : "-infinity";
  if (value == std::floor(value) && std::fabs(value) < 1e15) return fmt::format("{:.0f}", value);
  if (std::fabs(value) >= 1e4 && std::fabs(value) < 1e9) return fmt::format("{:.1f}", value);
  return fmt::format("{:.4g}", value);
}

std::string count_text(double value) {
  if (std::isnan(value)) return "nothing";
  if (value < 9'999.5) return number_text(value);
  if (value < 999'500) return fmt::format("{:.3g} k", value / 1e3);
  if (value < 999'500'000) return fmt::format("{:.3g} M", value / 1e6);
  return fmt::format("{:.3g} G", value / 1e9);
}

std::string bytes_text(double bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  if (std::isnan(bytes)) return "nothing";
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

std::string plural(std::uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string peer_text(const RunFacts& facts, PeerIndex p) {
  if (raw(p) < facts.peers.size()) return facts.peers[raw(p)].name;
  return fmt::format("peer {}", raw(p));
}

std::string channel_text(const RunFacts& facts, ChannelIndex c) {
  if (raw(c) < facts.channels.size()) return facts.channels[raw(c)].name;
  return fmt::format("channel {}", raw(c));
}

}  // namespace hearsay::analysis
