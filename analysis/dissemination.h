// Dissemination: the way of each block to each peer.
//
// A block's clock starts when its first peer holds it. Its origins are the peers that got it from
// the orderer first; its receivers are the other members of its channel that ran when the clock
// started and did not stop before they got it. tQ is the time until Q % of the receivers hold it, a
// whole number of peers, rounded up. "By push" means: first received in a data message. Hops are
// counted along the senders, 0 at an origin. A member that runs and can be reached at the end and
// does not hold a block is counted in `never`, whenever it started, and also when the block was cut
// and reached nobody. Who left the channel before it got a block is not concerned by it, nor is who
// never got it and is out of reach at the end.
//
// Where the trace says when blocks were cut, the way from the orderers to their origins is measured
// too, from the cut on: `delivery_s` is the time to the last origin that ran meanwhile.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analysis/curve.h"
#include "analysis/metrics.h"
#include "analysis/population.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"
#include "core/trace/names.h"

namespace hearsay::analysis {

struct Holding {
  Time received = kNever;
  Time committed = kNever;
  PeerIndex from = kNoPeer;
  std::uint16_t hops = 0;
  BlockOrigin source{};
};

struct BlockRecord {
  ChannelIndex channel{};
  BlockNum number = 0;
  Time start = kNever;
  Time cut = kNever;                // kNever: not known
  std::uint64_t transmissions = 0;  // data messages sent that could be attributed to it
  std::vector<Holding> holdings;    // by position in the channel's members
};

// What a member is to a block.
enum class Role : std::uint8_t { kOrigin, kReceiver, kBystander };

class Dissemination {
 public:
  static constexpr std::array<unsigned, 5> kPercents = {50, 90, 95, 99, 100};

  Dissemination(const RunFacts& facts, const Population& population);

  // A data message was sent / arrived, by fingerprint: so that transmissions can be counted per
  // block.
  void on_data_sent(const TraceEvent& event) {
    ++data_sent_;
    if (event.value != last_sent_fingerprint_) find_counter(event.value);
    ++counters_[last_sent_counter_].sent;
  }
  void on_data_delivered(const TraceEvent& event) { last_data_ = event; }

  void on_cut(const TraceEvent& event);
  // Returns the peer's earlier holding when it received the block before; else null.
  const Holding* on_received(const TraceEvent& event);
  void on_committed(const TraceEvent& event);
  void on_left(ChannelIndex channel, PeerIndex p, Time at) {
    left_.emplace(std::pair{channel, p}, at);
  }

  void finish(Time end);

  // After finish(), ordered by channel and number.
  const std::vector<BlockRecord>& blocks() const { return blocks_; }
  Role role(const BlockRecord& block, std::size_t position) const;
  PeerIndex member(const BlockRecord& block, std::size_t position) const {
    return facts_.channels[raw(block.channel)].members[position];
  }
  // Whether the member runs at the end of the run.
  bool runs_at_end(PeerIndex p) const { return population_.running(p); }
  // Whether a block that never came, or came late, is nobody's fault: the member had left the
  // channel, or is out of reach at the end.
  bool excused(const BlockRecord& block, std::size_t position) const;
  // Share of the receivers, over all blocks, that held a block so long after its clock started.
  const Curve& coverage() const { return coverage_; }
  std::uint64_t receivers() const { return receivers_; }
  // Blocks that were cut and that no peer ever held; they are not among blocks().
  std::uint64_t undelivered() const { return undelivered_; }
  std::uint64_t by_source(BlockOrigin source) const {
    return by_source_[static_cast<std::size_t>(source)];
  }
  std::uint64_t data_sent() const { return data_sent_; }

  void add_metrics(Metrics& out) const;

 private:
  struct Counter {
    std::uint64_t sent = 0;
    std::size_t block = 0;  // the block most often received with this fingerprint
    std::int64_t votes = 0;
  };
  // One sample per block with receivers, and whom the largest stands for.
  struct Sample {
    std::vector<double> values;
    double highest = -1;
    std::string evidence;
  };

  BlockRecord* find(ChannelIndex channel, BlockNum number, bool create);
  std::optional<std::size_t> position(ChannelIndex channel, PeerIndex p) const;
  void find_counter(std::uint64_t fingerprint);
  void attribute(std::size_t block, const TraceEvent& received);
  void count_undelivered(const BlockRecord& block);
  void measure(const BlockRecord& block);
  void measure_delivery(const BlockRecord& block);
  void measure_quantiles(const BlockRecord& block, std::vector<std::pair<Time, PeerIndex>>& got,
                         PeerIndex missing, std::size_t receivers);

  const RunFacts& facts_;
  const Population& population_;
  std::vector<BlockRecord> blocks_;
  std::map<std::pair<ChannelIndex, BlockNum>, std::size_t> index_;
  std::size_t last_block_ = 0;
  std::map<std::pair<ChannelIndex, PeerIndex>, Time> left_;

  std::uint64_t data_sent_ = 0;
  std::uint64_t last_sent_fingerprint_ = 0;
  std::size_t last_sent_counter_ = 0;
  std::vector<Counter> counters_;
  std::unordered_map<std::uint64_t, std::size_t> counter_of_;
  TraceEvent last_data_;

  // Results of finish().
  std::array<std::uint64_t, kBlockOrigins> by_source_{};
  std::array<Sample, kPercents.size()> quantiles_;
  std::array<std::string, kPercents.size()> names_;
  Sample delivery_;
  std::vector<double> hops_, mean_hops_, peers_by_push_, transmissions_, push_latency_, commit_;
  std::vector<std::uint64_t> histogram_;
  Curve coverage_;
  std::uint64_t receivers_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t never_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t undelivered_ = 0;
  std::string undelivered_evidence_;
  std::string never_evidence_;
  std::string push_evidence_;
  double lowest_push_ = 2;
};

}  // namespace hearsay::analysis
