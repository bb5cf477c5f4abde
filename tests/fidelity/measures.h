// What was measured of Fabric, measured of a run of ours in the same way.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/index_bits.h"
#include "core/trace/facts.h"
#include "core/trace/sink.h"

namespace hearsay::fidelity {

// The share of all ordered pairs of an organisation that are known, looked at every 50 ms as the
// measurement of Fabric did, peers that have not started counted as knowing nobody.
class PairCurve final : public TraceSink {
 public:
  explicit PairCurve(std::size_t peers) : known_(peers) {}
  void on_event(const TraceEvent& event) override;

  // The first look at which `percent` of the pairs were known, in seconds since 0; infinite if
  // never.
  double reached(double percent) const;
  // When the last peer started, in seconds.
  double last_start() const { return to_seconds(last_start_); }

 private:
  static constexpr Duration kLook = 50 * kMillisecond;
  void advance(Time now);

  std::vector<IndexBits> known_;
  std::uint64_t pairs_ = 0;
  Time next_look_ = 0;
  Time last_start_ = 0;
  std::vector<std::uint64_t> looks_;
};

// Who knows whom, and of that the pairs somebody asks about, counted every 50 ms from an instant
// on.
class PairLooks : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override;

 protected:
  explicit PairLooks(std::size_t peers) : known_(peers) {}
  ~PairLooks() = default;

  // How many of the pairs in question are known now.
  virtual std::uint64_t listed() const = 0;

  void look_from(Time start) { start_ = start, next_look_ = start + kLook; }
  // Seconds from there to the first look at which enough(listed) held, or to the look behind the
  // last event; infinite if never.
  template <typename Enough>
  double first(Enough&& enough) const {
    for (std::size_t i = 0; i < looks_.size(); ++i) {
      if (enough(looks_[i])) return to_seconds(static_cast<Duration>(i + 1) * kLook);
    }
    // The last change may be the last event of all.
    return enough(listed()) ? to_seconds(next_look_ - start_)
                            : std::numeric_limits<double>::infinity();
  }

  std::vector<IndexBits> known_;

 private:
  static constexpr Duration kLook = 50 * kMillisecond;
  void advance(Time now);

  Time start_ = 0;
  Time next_look_ = std::numeric_limits<Time>::max();
  std::vector<std::uint64_t> looks_;
};

// (survivor, victim) pairs after a fault at a given instant.
class DropCurve final : public PairLooks {
 public:
  DropCurve(std::size_t peers, Time fault) : PairLooks(peers) { look_from(fault); }
  void on_event(const TraceEvent& event) override;

  // Seconds since the fault until `percent` of the pairs that were known at the fault were dropped
  // at the same time.
  double dropped(double percent) const;

 private:
  std::uint64_t listed() const override;

  IndexBits victims_;
  std::uint64_t pairs_ = 0;
};

// (restarted, other) and (other, restarted) pairs after peers that had crashed start again.
class ReturnCurve final : public PairLooks {
 public:
  // Every start after `from` is a restart; all happen at once.
  ReturnCurve(std::size_t peers, Time from) : PairLooks(peers), from_(from) {}
  void on_event(const TraceEvent& event) override;

  // Seconds since the restart until `percent` of the pairs were known at the same time.
  double returned(double percent) const;

 private:
  std::uint64_t listed() const override;

  const Time from_;
  IndexBits restarted_;
};

// Messages sent in a window of time, by type.
class SentCounter final : public TraceSink {
 public:
  SentCounter(Time from, Time to) : from_(from), to_(to), sent_(256) {}
  void on_event(const TraceEvent& event) override {
    if (event.kind != TraceKind::kMessageSent) return;
    if (event.time < from_ || event.time >= to_) return;
    ++sent_[event.type];
    ++all_;
  }
  std::uint64_t sent(std::uint8_t type) const { return sent_[type]; }
  double per_second(std::uint8_t type) const {
    return static_cast<double>(sent_[type]) / to_seconds(to_ - from_);
  }
  // Of all types.
  double per_second() const { return static_cast<double>(all_) / to_seconds(to_ - from_); }

 private:
  const Time from_;
  const Time to_;
  std::vector<std::uint64_t> sent_;
  std::uint64_t all_ = 0;
};

// How peers got their blocks first, the source not counted, and how long after it.
class BlockRoads final : public TraceSink {
 public:
  BlockRoads(std::size_t peers, std::size_t blocks) : had_(blocks + 1), cut_(blocks + 1) {
    for (auto& row : had_)
      row.resize(peers);
  }
  void on_event(const TraceEvent& event) override;

  std::uint64_t first_by(BlockOrigin source) const {
    return by_source_[static_cast<std::size_t>(source)];
  }
  // Seconds from the source to each peer that got its block by pull.
  const std::vector<double>& pull_latencies() const { return pull_latencies_; }

 private:
  std::vector<std::vector<bool>> had_;  // [block][peer]
  std::vector<Time> cut_;               // when the source held it
  std::uint64_t by_source_[4] = {};
  std::vector<double> pull_latencies_;
};

// Whole blocks in what is sent. All blocks of a run have one size, so that of a message tells how
// many are in it.
class BlockTransmissions final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override;
  std::uint64_t pushed() const { return pushed_; }
  std::uint64_t all() const { return pushed_ + in_updates_ + in_responses_; }

 private:
  std::uint32_t block_size_ = 0;  // of a DataMsg
  std::uint64_t pushed_ = 0;
  std::uint64_t in_updates_ = 0;
  std::uint64_t in_responses_ = 0;
};

// One peer that starts late: its commits and what it asked for.
class Joiner final : public TraceSink {
 public:
  Joiner(PeerIndex who, BlockNum last) : who_(who), last_(last) {}
  void on_event(const TraceEvent& event) override;

  // Seconds since its start; infinite if never.
  double first_commit() const { return first_; }
  double caught_up() const { return caught_up_; }
  unsigned requests() const { return requests_; }
  unsigned responses() const { return responses_; }

 private:
  const PeerIndex who_;
  const BlockNum last_;
  Time started_ = 0;
  double first_ = std::numeric_limits<double>::infinity();
  double caught_up_ = std::numeric_limits<double>::infinity();
  unsigned requests_ = 0;
  unsigned responses_ = 0;
};

// Who got blocks by push.
class PushCounter final : public TraceSink {
 public:
  explicit PushCounter(std::size_t blocks) : receivers_(blocks + 1) {}
  void on_event(const TraceEvent& event) override;
  // How many peers hold block n (1-based) by push, its source not counted.
  std::uint32_t receivers(std::size_t n) const { return receivers_[n]; }
  std::uint64_t total() const;

 private:
  std::vector<std::uint32_t> receivers_;
};

}  // namespace hearsay::fidelity
