#include "core/gossip/metrics.h"

#include <algorithm>
#include <numeric>

#include "core/base/assert.h"

namespace hearsay {

namespace {

using enum Metric;
using enum MetricType;

constexpr std::array<MetricInfo, kMetrics> kInfos = {{
    {kStateHeight, kGauge, true, "gossip_state_height",
     "Height of the ledger after the last commit since the peer started"},
    {kStateCommitDuration, kHistogram, true, "gossip_state_commit_duration",
     "Seconds that the commit of a block took"},
    {kPayloadBufferSize, kGauge, true, "gossip_payload_buffer_size",
     "Blocks that wait for their turn to be committed"},
    {kLeaderElectionLeader, kGauge, true, "gossip_leader_election_leader",
     "1 while the peer leads its organization, 0 while it follows"},
    {kCommMessagesSent, kCounter, false, "gossip_comm_messages_sent",
     "Messages written to streams"},
    {kCommMessagesReceived, kCounter, false, "gossip_comm_messages_received",
     "Messages read from streams"},
    {kCommOverflowCount, kCounter, false, "gossip_comm_overflow_count",
     "Messages dropped because the send buffer of their connection was full"},
    {kMembershipTotalPeersKnown, kGauge, true, "gossip_membership_total_peers_known",
     "Other peers of the channel that are known and alive"},
    {kPrivdataValidationDuration, kHistogram, true, "gossip_privdata_validation_duration",
     "Seconds that the validation of a block took"},
    {kPrivdataListMissingDuration, kHistogram, true, "gossip_privdata_list_missing_duration",
     "Seconds that it took to list the private data a block lacks"},
    {kPrivdataFetchDuration, kHistogram, true, "gossip_privdata_fetch_duration",
     "Seconds that it took to fetch missing private data from peers"},
    {kPrivdataCommitBlockDuration, kHistogram, true, "gossip_privdata_commit_block_duration",
     "Seconds that the commit of private data and their block took"},
    {kPrivdataPurgeDuration, kHistogram, true, "gossip_privdata_purge_duration",
     "Seconds that the purge of committed private data took"},
    {kPrivdataSendDuration, kHistogram, true, "gossip_privdata_send_duration",
     "Seconds until private data was sent to one endorsing peer"},
    {kPrivdataReconciliationDuration, kHistogram, true, "gossip_privdata_reconciliation_duration",
     "Seconds that a cycle of reconciliation took"},
    {kPrivdataPullDuration, kHistogram, true, "gossip_privdata_pull_duration",
     "Seconds until one item of private data was pulled"},
    {kPrivdataRetrieveDuration, kHistogram, true, "gossip_privdata_retrieve_duration",
     "Seconds that it took to read one item of private data for another peer"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kInfos.size(); ++i) {
    if (static_cast<std::size_t>(kInfos[i].metric) != i) return false;
  }
  return true;
}
static_assert(in_order());

// The place of each metric among those of its type.
constexpr auto kPlaces = [] {
  std::array<std::uint8_t, kMetrics> places{};
  std::array<std::uint8_t, 3> next{};
  for (std::size_t i = 0; i < kInfos.size(); ++i) {
    places[i] = next[static_cast<std::size_t>(kInfos[i].type)]++;
  }
  return places;
}();

std::size_t place_of(Metric metric, MetricType type) {
  HS_ASSERT_MSG(metric_info(metric).type == type, "a metric in the shape of another");
  return kPlaces[static_cast<std::size_t>(metric)];
}

}  // namespace

std::span<const MetricInfo> metric_infos() { return kInfos; }

const MetricInfo& metric_info(Metric metric) { return kInfos[static_cast<std::size_t>(metric)]; }

void Histogram::observe(Duration value) {
  HS_ASSERT_MSG(value >= 0, "a negative duration");
  const auto bound = std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), value);
  ++buckets_[static_cast<std::size_t>(bound - kBucketBounds.begin())];
  ++count_;
  sum_ += value;
}

std::uint64_t Histogram::at_most(std::size_t bucket) const {
  HS_ASSERT(bucket < buckets_.size());
  return std::accumulate(buckets_.begin(),
                         buckets_.begin() + static_cast<std::ptrdiff_t>(bucket) + 1,
                         std::uint64_t{0});
}

Metrics::OfChannel& Metrics::of(ChannelIndex channel) {
  HS_ASSERT_MSG(channel != kNoChannel, "a metric of channels without a channel");
  if (raw(channel) >= channels_.size()) channels_.resize(raw(channel) + std::size_t{1});
  auto& entry = channels_[raw(channel)];
  if (!entry) entry = std::make_unique<OfChannel>();
  return *entry;
}

Gauge& Metrics::gauge(Metric metric, ChannelIndex channel) {
  const std::size_t place = place_of(metric, kGauge);
  return of(channel).gauges[place];
}

Histogram& Metrics::histogram(Metric metric, ChannelIndex channel) {
  const std::size_t place = place_of(metric, kHistogram);
  auto& histogram = of(channel).histograms[place];
  if (!histogram) histogram = std::make_unique<Histogram>();
  return *histogram;
}

const Counter* Metrics::find_counter(Metric metric) const {
  const std::array<const Counter*, 3> all = {&messages_sent, &messages_received, &overflow_count};
  const Counter* counter = all[place_of(metric, kCounter)];
  return counter->visible() ? counter : nullptr;
}

const Gauge* Metrics::find_gauge(Metric metric, ChannelIndex channel) const {
  const std::size_t place = place_of(metric, kGauge);
  if (raw(channel) >= channels_.size() || !channels_[raw(channel)]) return nullptr;
  const Gauge& gauge = channels_[raw(channel)]->gauges[place];
  return gauge.visible() ? &gauge : nullptr;
}

const Histogram* Metrics::find_histogram(Metric metric, ChannelIndex channel) const {
  const std::size_t place = place_of(metric, kHistogram);
  if (raw(channel) >= channels_.size() || !channels_[raw(channel)]) return nullptr;
  const Histogram* histogram = channels_[raw(channel)]->histograms[place].get();
  return histogram != nullptr && histogram->visible() ? histogram : nullptr;
}

}  // namespace hearsay
