// Metrics: what is visible, which bucket a duration falls into, what asserts.
#include "core/gossip/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay {
namespace {

constexpr ChannelIndex kFirst{0}, kThird{2};

TEST(Metrics, AreFourGaugesThreeCountersAndTenHistograms) {
  std::array<int, 3> of_type{};
  for (const MetricInfo& info : metric_infos()) {
    ++of_type[static_cast<std::size_t>(info.type)];
    EXPECT_EQ(info.of_channel, info.type != MetricType::kCounter) << info.name;
    EXPECT_TRUE(info.name.starts_with("gossip_"));
    EXPECT_FALSE(info.help.empty());
  }
  EXPECT_THAT(of_type, testing::ElementsAre(3, 4, 10));
}

TEST(Metrics, BindingMakesNoSample) {
  Metrics metrics;
  Gauge& height = metrics.gauge(Metric::kStateHeight, kThird);
  Histogram& commit = metrics.histogram(Metric::kStateCommitDuration, kThird);
  EXPECT_EQ(metrics.find_gauge(Metric::kStateHeight, kThird), nullptr);
  EXPECT_EQ(metrics.find_histogram(Metric::kStateCommitDuration, kThird), nullptr);
  EXPECT_EQ(metrics.find_counter(Metric::kCommMessagesSent), nullptr);
  height.set(0);
  commit.observe(0);
  EXPECT_EQ(metrics.find_gauge(Metric::kStateHeight, kThird)->value(), 0u) << "0 is a value";
  EXPECT_EQ(metrics.find_histogram(Metric::kStateCommitDuration, kThird)->count(), 1u);
  EXPECT_EQ(metrics.find_gauge(Metric::kStateHeight, kFirst), nullptr);
  EXPECT_EQ(metrics.find_gauge(Metric::kPayloadBufferSize, kThird), nullptr);
  EXPECT_EQ(metrics.find_gauge(Metric::kStateHeight, ChannelIndex{7}), nullptr);
}

TEST(Metrics, EveryMetricIsItsOwn) {
  Metrics metrics;
  std::uint64_t value = 0;
  for (const MetricInfo& info : metric_infos()) {
    ++value;
    if (info.type == MetricType::kGauge) metrics.gauge(info.metric, kFirst).set(value);
    if (info.type == MetricType::kHistogram) {
      metrics.histogram(info.metric, kFirst).observe(static_cast<Duration>(value));
    }
  }
  metrics.messages_sent.add(5);
  metrics.messages_received.add(6);
  metrics.overflow_count.add(7);
  value = 0;
  for (const MetricInfo& info : metric_infos()) {
    ++value;
    switch (info.type) {
      case MetricType::kCounter:
        EXPECT_EQ(metrics.find_counter(info.metric)->value(), value) << info.name;
        break;
      case MetricType::kGauge:
        EXPECT_EQ(metrics.find_gauge(info.metric, kFirst)->value(), value) << info.name;
        break;
      case MetricType::kHistogram:
        EXPECT_EQ(metrics.find_histogram(info.metric, kFirst)->sum(), static_cast<Duration>(value))
            << info.name;
    }
  }
}

TEST(Metrics, ReferencesStayValid) {
  Metrics metrics;
  Gauge& gauge = metrics.gauge(Metric::kStateHeight, kFirst);
  for (std::uint16_t i = 1; i < 100; ++i)
    metrics.gauge(Metric::kStateHeight, ChannelIndex{i}).set(i);
  gauge.set(42);
  EXPECT_EQ(metrics.find_gauge(Metric::kStateHeight, kFirst)->value(), 42u);
  EXPECT_EQ(metrics.channels(), 100u);
}

TEST(Histogram, ABoundBelongsToTheBucketBelowIt) {
  Histogram histogram;
  histogram.observe(0);
  histogram.observe(5 * kMillisecond);
  histogram.observe(5 * kMillisecond + 1);
  histogram.observe(10 * kSecond);
  histogram.observe(10 * kSecond + 1);
  EXPECT_EQ(histogram.at_most(0), 2u);
  EXPECT_EQ(histogram.at_most(1), 3u);
  EXPECT_EQ(histogram.at_most(9), 3u);
  EXPECT_EQ(histogram.at_most(10), 4u);
  EXPECT_EQ(histogram.at_most(11), 5u);
  EXPECT_EQ(histogram.count(), 5u);
  EXPECT_EQ(histogram.sum(), 20 * kSecond + 10 * kMillisecond + 2);
}

TEST(MetricsDeathTest, WhatFabricPanicsOnAsserts) {
  Metrics metrics;
  EXPECT_DEATH(metrics.gauge(Metric::kStateHeight, kNoChannel), "without a channel");
  EXPECT_DEATH(metrics.gauge(Metric::kCommMessagesSent, kFirst), "shape of another");
  EXPECT_DEATH(metrics.histogram(Metric::kStateHeight, kFirst), "shape of another");
  EXPECT_DEATH(metrics.histogram(Metric::kStateCommitDuration, kFirst).observe(-1), "negative");
}

}  // namespace
}  // namespace hearsay
