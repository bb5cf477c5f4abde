#include "sim/run/metrics_files.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

namespace hearsay::sim {
namespace {

constexpr Duration kMostSamples = 1000;

std::size_t most_channels(std::span<const PeerMetrics> peers) {
  std::size_t most = 0;
  for (const PeerMetrics& peer : peers) {
    if (peer.metrics != nullptr) most = std::max(most, peer.metrics->channels());
  }
  return most;
}

// Calls `use` for each of the channels that the metric may have samples of.
template <typename Use>
void for_each_channel(const MetricInfo& info, std::size_t channels, Use use) {
  if (!info.of_channel) return use(kNoChannel);
  for (std::size_t i = 0; i < channels; ++i)
    use(ChannelIndex{static_cast<std::uint16_t>(i)});
}

prometheus::ClientMetric::Histogram histogram_of(const Histogram& histogram) {
  prometheus::ClientMetric::Histogram out;
  out.sample_count = histogram.count();
  out.sample_sum = to_seconds(histogram.sum());
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const double bound = i < kBucketBounds.size() ? to_seconds(kBucketBounds[i])
                                                  : std::numeric_limits<double>::infinity();
    auto& bucket = out.bucket.emplace_back();
    bucket.cumulative_count = histogram.at_most(i);
    bucket.upper_bound = bound;
  }
  return out;
}

// False when the metric has no sample.
bool fill(const Metrics& metrics, const MetricInfo& info, ChannelIndex channel,
          prometheus::ClientMetric& sample) {
  switch (info.type) {
    case MetricType::kCounter: {
      const Counter* counter = metrics.find_counter(info.metric);
      if (counter == nullptr) return false;
      sample.counter.value = static_cast<double>(counter->value());
      return true;
    }
    case MetricType::kGauge: {
      const Gauge* gauge = metrics.find_gauge(info.metric, channel);
      if (gauge == nullptr) return false;
      sample.gauge.value = static_cast<double>(gauge->value());
      return true;
    }
    case MetricType::kHistogram: {
      const Histogram* histogram = metrics.find_histogram(info.metric, channel);
      if (histogram == nullptr) return false;
      sample.histogram = histogram_of(*histogram);
      return true;
    }
  }
  return false;
}

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

prometheus::MetricFamily family_of(const MetricInfo& info, std::span<const PeerMetrics> peers,
                                   const Directory& directory, PeerLabel label) {
  prometheus::MetricFamily family;
  family.name = info.name;
  family.help = info.help;
  family.type = type_of(info.type);
  for (const PeerMetrics& peer : peers) {
    if (peer.metrics == nullptr) continue;
    for_each_channel(info, peer.metrics->channels(), [&](ChannelIndex channel) {
      prometheus::ClientMetric sample;
      if (!fill(*peer.metrics, info, channel, sample)) return;
      if (label == PeerLabel::kShown) sample.label.push_back({"peer", peer.peer});
      if (info.of_channel) sample.label.push_back({"channel", directory.channel_name(channel)});
      family.metric.push_back(std::move(sample));
    });
  }
  return family;
}

}  // namespace

void write_metrics_text(std::span<const PeerMetrics> peers, const Directory& directory,
                        PeerLabel label, const RunDirectory::Pieces& piece) {
  for (const MetricInfo& info : metric_infos()) {
    const auto family = family_of(info, peers, directory, label);
    if (!family.metric.empty()) piece(prometheus::TextSerializer().Serialize({family}));
  }
}

Duration MetricSeries::interval(Duration run) {
  const Duration whole = (run + kSecond - 1) / kSecond;
  return std::max<Duration>((whole + kMostSamples - 1) / kMostSamples, 1) * kSecond;
}

void MetricSeries::Values::add(double value, const std::string& peer) {
  if (peers == 0 || value < min) {
    min = value;
    min_peer = &peer;
  }
  if (peers == 0 || value > max) {
    max = value;
    max_peer = &peer;
  }
  ++peers;
  sum += value;
}

void MetricSeries::collect(const PeerMetrics& peer, const MetricInfo& info, ChannelIndex channel,
                           Values& values, Values& sums) {
  const auto add = [&](const auto* meter) {
    if (meter != nullptr) values.add(static_cast<double>(meter->value()), peer.peer);
  };
  switch (info.type) {
    case MetricType::kCounter:
      return add(peer.metrics->find_counter(info.metric));
    case MetricType::kGauge:
      return add(peer.metrics->find_gauge(info.metric, channel));
    case MetricType::kHistogram:
      break;
  }
  const Histogram* histogram = peer.metrics->find_histogram(info.metric, channel);
  if (histogram == nullptr) return;
  values.add(static_cast<double>(histogram->count()), peer.peer);
  sums.add(to_seconds(histogram->sum()), peer.peer);
}

void MetricSeries::add_row(Time at, std::string_view metric, ChannelIndex channel,
                           const Values& values) {
  if (values.peers == 0) return;
  rows_.push_back(fmt::format("{},{},{},{},{:.15g},{:.15g},{:.15g},{},{}\n", to_seconds(at), metric,
                              channel == kNoChannel ? "" : directory_.channel_name(channel),
                              values.peers, values.sum, values.min, values.max, *values.min_peer,
                              *values.max_peer));
}

void MetricSeries::sample(Time at, std::span<const PeerMetrics> peers) {
  const std::size_t channels = most_channels(peers);
  for (const MetricInfo& info : metric_infos()) {
    for_each_channel(info, channels, [&](ChannelIndex channel) {
      Values values, sums;
      for (const PeerMetrics& peer : peers) {
        if (peer.metrics != nullptr) collect(peer, info, channel, values, sums);
      }
      const std::string name(info.name);
      if (info.type != MetricType::kHistogram) return add_row(at, name, channel, values);
      add_row(at, name + "_count", channel, values);
      add_row(at, name + "_sum", channel, sums);
    });
  }
}

void MetricSeries::write_csv(const RunDirectory::Pieces& piece) const {
  piece("time_s,metric,channel,peers,sum,min,max,min_peer,max_peer\n");
  for (const std::string& row : rows_)
    piece(row);
}

}  // namespace hearsay::sim
