// Metrics: what one peer counts, under Fabric's names.
//
// Mirrors gossip/metrics/metrics.go of v2.5.4: 3 counters, 4 gauges and 10 histograms, made once
// per peer and shared by its channels. Spec: metrics.md. A peer that starts again counts from the
// beginning, as a process does.
//
// Who updates a metric binds it once (`metrics.gauge(Metric::…, channel)`) and keeps the reference,
// which stays valid as long as the Metrics. Binding alone makes no sample: a metric is visible from
// its first update on. Nothing reads a metric back, and no metric influences what a peer does.
// Asking for a metric in the wrong shape (a counter as a gauge, a metric of channels without a
// channel) is broken code and asserts, as Fabric panics.
//
// Durations come from the virtual clock. The nine metrics of private data exist and stay silent,
// because there is no private data in this version.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace hearsay {

enum class Metric : std::uint8_t {
  kStateHeight,
  kStateCommitDuration,
  kPayloadBufferSize,
  kLeaderElectionLeader,
  kCommMessagesSent,
  kCommMessagesReceived,
  kCommOverflowCount,
  kMembershipTotalPeersKnown,
  kPrivdataValidationDuration,
  kPrivdataListMissingDuration,
  kPrivdataFetchDuration,
  kPrivdataCommitBlockDuration,
  kPrivdataPurgeDuration,
  kPrivdataSendDuration,
  kPrivdataReconciliationDuration,
  kPrivdataPullDuration,
  kPrivdataRetrieveDuration,
};
inline constexpr std::size_t kMetrics = 17;

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct MetricInfo {
  Metric metric;
  MetricType type;
  bool of_channel;        // has the label "channel"; the others have none
  std::string_view name;  // "gossip_state_height"
  std::string_view help;
};

// Every metric, in the order of the enumeration.
std::span<const MetricInfo> metric_infos();
const MetricInfo& metric_info(Metric metric);

class Counter {
 public:
  void add(std::uint64_t more = 1) { value_ += more; }
  std::uint64_t value() const { return value_; }
  bool visible() const { return value_ > 0; }

 private:
  std::uint64_t value_ = 0;
};

class Gauge {
 public:
  void set(std::uint64_t value) {
    value_ = value;
    visible_ = true;
  }
  std::uint64_t value() const { return value_; }
  bool visible() const { return visible_; }

 private:
  std::uint64_t value_ = 0;
  bool visible_ = false;
};

// The upper bounds of a histogram's buckets, but for the last, which has none. Fabric: those of
// Prometheus' client, because gossip gives none.
inline constexpr std::array<Duration, 11> kBucketBounds = {
    5 * kMillisecond,    10 * kMillisecond,  25 * kMillisecond,  50 * kMillisecond,
    100 * kMillisecond,  250 * kMillisecond, 500 * kMillisecond, 1 * kSecond,
    2500 * kMillisecond, 5 * kSecond,        10 * kSecond};
inline constexpr std::size_t kBuckets = kBucketBounds.size() + 1;

class Histogram {
 public:
  // REQUIRES: not negative. A bound belongs to the bucket below it.
  void observe(Duration value);
  std::uint64_t count() const { return count_; }
  Duration sum() const { return sum_; }
  // How many were at most the bound of `bucket`; the last bucket has all.
  std::uint64_t at_most(std::size_t bucket) const;
  bool visible() const { return count_ > 0; }

 private:
  std::uint64_t count_ = 0;
  Duration sum_ = 0;
  std::array<std::uint64_t, kBuckets> buckets_{};
};

class Metrics {
 public:
  // Counted with every message, so they need no binding.
  Counter messages_sent;
  Counter messages_received;
  Counter overflow_count;

  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // REQUIRES: `metric` is a gauge (a histogram) and `channel` is one.
  Gauge& gauge(Metric metric, ChannelIndex channel);
  Histogram& histogram(Metric metric, ChannelIndex channel);

  // What a scrape sees: null for what was never updated. REQUIRES: the metric is of that type.
  const Counter* find_counter(Metric metric) const;
  const Gauge* find_gauge(Metric metric, ChannelIndex channel) const;
  const Histogram* find_histogram(Metric metric, ChannelIndex channel) const;
  // Channels that something was bound for are below this.
  std::size_t channels() const { return channels_.size(); }

 private:
  // By the metric's place among those of its type.
  struct OfChannel {
    std::array<Gauge, 4> gauges;
    std::array<std::unique_ptr<Histogram>, 10> histograms;
  };

  OfChannel& of(ChannelIndex channel);

  // Each by itself, so that references stay valid.
  std::vector<std::unique_ptr<OfChannel>> channels_;
};

}  // namespace hearsay
