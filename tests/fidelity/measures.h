// What was measured of Fabric, measured of a run of ours in the same way.
#pragma once

#include <cstdint>
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

// (survivor, victim) pairs after a fault at a given instant, looked at every 50 ms.
class DropCurve final : public TraceSink {
 public:
  DropCurve(std::size_t peers, Time fault);
  void on_event(const TraceEvent& event) override;

  // Seconds since the fault until `percent` of the pairs that were known at the fault were dropped
  // at the same time.
  double dropped(double percent) const;

 private:
  static constexpr Duration kLook = 50 * kMillisecond;
  void advance(Time now);
  std::uint64_t listed() const;

  const Time fault_;
  std::vector<IndexBits> known_;
  IndexBits victims_;
  Time next_look_;
  std::uint64_t pairs_ = 0;
  std::vector<std::uint64_t> looks_;  // how many of the pairs are still listed
};

// Messages of one type sent in a window of time.
class SentCounter final : public TraceSink {
 public:
  SentCounter(std::uint8_t type, Time from, Time to) : type_(type), from_(from), to_(to) {}
  void on_event(const TraceEvent& event) override {
    if (event.kind != TraceKind::kMessageSent || event.type != type_) return;
    if (event.time >= from_ && event.time < to_) ++sent_;
  }
  double per_second() const { return static_cast<double>(sent_) / to_seconds(to_ - from_); }
  std::uint64_t sent() const { return sent_; }

 private:
  const std::uint8_t type_;
  const Time from_;
  const Time to_;
  std::uint64_t sent_ = 0;
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
