// The metrics of a run's peers as files: metrics.prom and metrics.csv.
//
// metrics.prom is what a scrape of every running peer would give at the end, in Prometheus' text
// format: Fabric's names, types and labels, and one label more, `peer="org1/3"`, because all peers
// stand in one file. A peer that is down has no samples, and one that started again has counted
// from there.
//
// metrics.csv is their course over time, over all peers: how many have the metric, its sum, least
// and greatest value, and which peers are the first to have those. A histogram has two rows, its
// _count and its _sum (in seconds).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/gossip/metrics.h"
#include "core/ports/directory.h"
#include "sim/run/run_directory.h"

namespace hearsay::sim {

struct PeerMetrics {
  std::string peer;
  const Metrics* metrics = nullptr;  // null while it is down
};

enum class PeerLabel : std::uint8_t {
  kShown,   // of many peers in one file
  kHidden,  // of one peer, exactly as it would answer
};

// Prometheus' text format, in pieces of one metric each.
void write_metrics_text(std::span<const PeerMetrics> peers, const Directory& directory,
                        PeerLabel label, const RunDirectory::Pieces& piece);

class MetricSeries {
 public:
  // How far apart the samples of a run are: a second, or as many that there are a thousand at most.
  static Duration interval(Duration run);

  explicit MetricSeries(const Directory& directory) : directory_(directory) {}

  void sample(Time at, std::span<const PeerMetrics> peers);
  void write_csv(const RunDirectory::Pieces& piece) const;

 private:
  // A metric's values at one moment, over the peers that have it.
  struct Values {
    void add(double value, const std::string& peer);

    std::size_t peers = 0;
    double sum = 0;
    double min = 0, max = 0;
    const std::string* min_peer = nullptr;
    const std::string* max_peer = nullptr;
  };

  // Adds the value of a metric that has one; of a histogram, its count and its sum.
  static void collect(const PeerMetrics& peer, const MetricInfo& info, ChannelIndex channel,
                      Values& values, Values& sums);
  void add_row(Time at, std::string_view metric, ChannelIndex channel, const Values& values);

  const Directory& directory_;
  std::vector<std::string> rows_;
};

}  // namespace hearsay::sim
