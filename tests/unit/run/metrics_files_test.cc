// metrics.prom and metrics.csv: Fabric's names, types and labels, read back by a strict parser.
#include "sim/run/metrics_files.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/prometheus_text.h"

namespace hearsay::sim {
namespace {

using test::parse_prometheus;
using test::PromFamily;
using test::PromLabels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr ChannelIndex kCh1{0}, kCh2{1};

struct MetricsFiles : ::testing::Test {
  MetricsFiles() {
    directory.intern_channel("ch1");
    directory.intern_channel("ch2");
  }

  std::string text(std::vector<PeerMetrics> peers, PeerLabel label = PeerLabel::kShown) const {
    std::string out;
    write_metrics_text(peers, directory, label, [&](std::string_view piece) { out += piece; });
    return out;
  }
  std::vector<PromFamily> parsed(std::vector<PeerMetrics> peers,
                                 PeerLabel label = PeerLabel::kShown) const {
    auto families = parse_prometheus(text(std::move(peers), label));
    EXPECT_TRUE(families.ok()) << families.error();
    return families.ok() ? families.value() : std::vector<PromFamily>{};
  }
  // Updates every metric there is.
  static void update_all(Metrics& metrics) {
    metrics.messages_sent.add();
    metrics.messages_received.add();
    metrics.overflow_count.add();
    for (const MetricInfo& info : metric_infos()) {
      if (info.type == MetricType::kGauge) metrics.gauge(info.metric, kCh1).set(1);
      if (info.type == MetricType::kHistogram) metrics.histogram(info.metric, kCh1).observe(1);
    }
  }

  Directory directory;
  Metrics a, b;
};

// What a Grafana board asks for: the table is written from Fabric's documentation of its metrics.
TEST_F(MetricsFiles, NamesTypesAndLabelsAreFabrics) {
  update_all(a);
  const auto families = parsed({{"org1/0", &a}}, PeerLabel::kHidden);
  std::ifstream table(HS_TEST_DATA "/fabric-metrics.tsv");
  std::string name, type, label;
  std::size_t rows = 0;
  for (; table >> name >> type >> label; ++rows) {
    ASSERT_LT(rows, families.size());
    const PromFamily& family = families[rows];
    EXPECT_EQ(family.name, name);
    EXPECT_EQ(family.type, type);
    std::set<std::string> labels;
    for (const auto& sample : family.samples) {
      for (const auto& [key, value] : sample.labels)
        labels.insert(key);
    }
    labels.erase("le");
    EXPECT_EQ(labels, label == "-" ? std::set<std::string>{} : std::set<std::string>{label})
        << name;
  }
  EXPECT_EQ(rows, 17u);
  EXPECT_EQ(families.size(), rows);
}

// The first three columns of docs/metrics.md.
TEST(MetricsPage, HasEveryMetricWithItsTypeAndLabel) {
  std::ifstream page(HS_SOURCE_DIR "/docs/metrics.md");
  std::vector<std::string> rows, expected;
  for (std::string line; std::getline(page, line);) {
    std::istringstream cells(line);
    std::string name, type, label;
    if (line.starts_with("| `gossip_") && std::getline(cells.ignore(2), name, '|') &&
        std::getline(cells, type, '|') && std::getline(cells, label, '|')) {
      rows.push_back(name + type + label);
    }
  }
  const auto type_word = [](MetricType type) {
    return type == MetricType::kCounter ? "counter"
           : type == MetricType::kGauge ? "gauge"
                                        : "histogram";
  };
  for (const MetricInfo& info : metric_infos()) {
    expected.push_back("`" + std::string(info.name) + "`  " + type_word(info.type) + "  " +
                       (info.of_channel ? "`channel` " : "– "));
  }
  EXPECT_EQ(rows, expected);
}

TEST_F(MetricsFiles, AMetricThatWasNeverUpdatedHasNoSample) {
  EXPECT_EQ(text({{"org1/0", &a}}), "");
  a.gauge(Metric::kStateHeight, kCh1);
  a.overflow_count.add();
  const auto families = parsed({{"org1/0", &a}, {"org1/1", &b}, {"org1/2", nullptr}});
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].name, "gossip_comm_overflow_count");
  ASSERT_EQ(families[0].samples.size(), 1u);
  EXPECT_EQ(families[0].samples[0].labels, (PromLabels{{"peer", "org1/0"}}));
}

TEST_F(MetricsFiles, ManyPeersAreToldApartByOneLabelMore) {
  a.gauge(Metric::kStateHeight, kCh1).set(7);
  a.gauge(Metric::kStateHeight, kCh2).set(8);
  b.gauge(Metric::kStateHeight, kCh1).set(9);
  const auto families = parsed({{"org1/0", &a}, {"org1/1", &b}});
  ASSERT_EQ(families.size(), 1u);
  std::vector<std::pair<PromLabels, double>> samples;
  for (const auto& sample : families[0].samples)
    samples.emplace_back(sample.labels, sample.value);
  EXPECT_THAT(samples, UnorderedElementsAre(
                           std::pair(PromLabels{{"peer", "org1/0"}, {"channel", "ch1"}}, 7.0),
                           std::pair(PromLabels{{"peer", "org1/0"}, {"channel", "ch2"}}, 8.0),
                           std::pair(PromLabels{{"peer", "org1/1"}, {"channel", "ch1"}}, 9.0)));
}

TEST_F(MetricsFiles, HistogramsHaveTheDefaultBucketsInSeconds) {
  Histogram& commit = a.histogram(Metric::kStateCommitDuration, kCh1);
  for (const Duration d : {5 * kMillisecond, 30 * kMillisecond, 3 * kSecond, 60 * kSecond})
    commit.observe(d);
  const auto families = parsed({{"org1/0", &a}}, PeerLabel::kHidden);
  std::vector<std::string> lines;
  for (const auto& sample : families.at(0).samples) {
    if (!sample.name.ends_with("_bucket")) continue;
    lines.push_back(sample.labels.at("le") + " " + std::to_string(std::lround(sample.value)));
  }
  EXPECT_THAT(lines, ElementsAre("0.005 1", "0.01 1", "0.025 1", "0.05 2", "0.1 2", "0.25 2",
                                 "0.5 2", "1 2", "2.5 2", "5 3", "10 3", "+Inf 4"));
  EXPECT_THAT(text({{"x", &a}}, PeerLabel::kHidden),
              HasSubstr("gossip_state_commit_duration_sum{channel=\"ch1\"} 63.035\n"));
}

TEST_F(MetricsFiles, TheCourseIsSummedOverPeers) {
  MetricSeries series(directory);
  series.sample(1 * kSecond, std::vector<PeerMetrics>{{"a", &a}, {"b", &b}});
  a.gauge(Metric::kPayloadBufferSize, kCh2).set(3);
  b.gauge(Metric::kPayloadBufferSize, kCh2).set(5);
  a.messages_sent.add(10);
  b.histogram(Metric::kStateCommitDuration, kCh1).observe(1500 * kMillisecond);
  series.sample(2 * kSecond, std::vector<PeerMetrics>{{"a", &a}, {"b", &b}});
  series.sample(3 * kSecond, std::vector<PeerMetrics>{{"a", nullptr}, {"b", &b}});
  std::string csv;
  series.write_csv([&](std::string_view piece) { csv += piece; });
  EXPECT_EQ(csv,
            "time_s,metric,channel,peers,sum,min,max,min_peer,max_peer\n"
            "2,gossip_state_commit_duration_count,ch1,1,1,1,1,b,b\n"
            "2,gossip_state_commit_duration_sum,ch1,1,1.5,1.5,1.5,b,b\n"
            "2,gossip_payload_buffer_size,ch2,2,8,3,5,a,b\n"
            "2,gossip_comm_messages_sent,,1,10,10,10,a,a\n"
            "3,gossip_state_commit_duration_count,ch1,1,1,1,1,b,b\n"
            "3,gossip_state_commit_duration_sum,ch1,1,1.5,1.5,1.5,b,b\n"
            "3,gossip_payload_buffer_size,ch2,1,5,5,5,b,b\n");
}

TEST_F(MetricsFiles, LongRunsAreSampledAThousandTimesAtMost) {
  EXPECT_EQ(MetricSeries::interval(1), kSecond);
  EXPECT_EQ(MetricSeries::interval(1000 * kSecond), kSecond);
  EXPECT_EQ(MetricSeries::interval(1000 * kSecond + 1), 2 * kSecond);
  EXPECT_EQ(MetricSeries::interval(24 * 3600 * kSecond), 87 * kSecond);
}

TEST(PrometheusParser, RefusesWhatTheFormatDoesNotAllow) {
  const std::string head = "# HELP g h\n# TYPE g gauge\n";
  const std::string histogram = "# HELP h x\n# TYPE h histogram\n";
  EXPECT_TRUE(parse_prometheus(head + "g{a=\"x\\\"\\\\\\n\"} 1.5e3\n").ok());
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"g 1\n", "without TYPE"},
      {"# TYPE g gauge\n", "without its HELP"},
      {head + "g 1", "does not end"},
      {head + "g 1\ng 2\n", "a sample twice"},
      {head + head, "a family twice"},
      {head + "other 1\n", "another family"},
      {head + "g{a=x} 1\n", "bad labels"},
      {head + "g{a=\"x\",a=\"y\"} 1\n", "bad labels"},
      {head + "g{a=\"\\x\"} 1\n", "bad labels"},
      {head + "g one\n", "a bad value"},
      {"# HELP c h\n# TYPE c counter\nc -1\n", "negative"},
      {"# HELP c h\n# TYPE c banana\n", "unknown type"},
      {histogram + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n", "no bucket +Inf"},
      {histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n", "fall"},
      {histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n", "_count"},
  };
  for (const auto& [text, why] : bad) {
    const auto parsed = parse_prometheus(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.error(), HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace hearsay::sim
