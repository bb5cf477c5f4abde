#include "sim/run/block_series.h"

namespace hearsay::sim {

namespace {

Arrivals arrivals_of(scenario::Arrivals arrivals) {
  switch (arrivals) {
    case scenario::Arrivals::kConstant:
      return Arrivals::kConstant;
    case scenario::Arrivals::kPoisson:
      return Arrivals::kPoisson;
    case scenario::Arrivals::kReplay:
      break;
  }
  return Arrivals::kRecorded;
}

std::optional<Latency> sizes_of(const scenario::BlockSize& size) {
  const auto bytes = [](std::uint64_t n) { return static_cast<Duration>(n); };
  switch (size.distribution) {
    case scenario::Distribution::kConstant:
      return std::nullopt;
    case scenario::Distribution::kUniform:
      return Latency::uniform(bytes(size.min), bytes(size.max));
    case scenario::Distribution::kLognormal:
      break;
  }
  return Latency::lognormal(bytes(size.median), bytes(size.p99));
}

}  // namespace

BlockSeries block_series(const scenario::BlockStream& stream, ChannelIndex channel) {
  BlockSeries series{.channel = channel,
                     .channel_name = stream.channel,
                     .start = stream.start,
                     .interval = stream.interval,
                     .count = stream.count,
                     .size = static_cast<std::uint32_t>(stream.size.value),
                     .arrivals = arrivals_of(stream.arrivals),
                     .sizes = sizes_of(stream.size)};
  for (const scenario::RecordedBlock& block : stream.recorded)
    series.recorded.push_back({block.at, static_cast<std::uint32_t>(block.size)});
  return series;
}

}  // namespace hearsay::sim
