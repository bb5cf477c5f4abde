// Traffic: messages sent, received, dropped, refused, by type; and rates over any part of the run.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/metrics.h"
#include "analysis/population.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

class Traffic {
 public:
  struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;
    std::uint64_t bytes = 0;  // sent
    std::uint64_t duplicates = 0;
    std::uint64_t rejected = 0;
  };

  Traffic(const RunFacts& facts, const Population& population);

  void on_sent(const TraceEvent& event) {
    if (event.time >= slot_end_) [[unlikely]]
      roll(event.time);
    Counters& c = by_type_[event.type];
    ++c.sent;
    c.bytes += event.size;
  }
  void on_delivered(const TraceEvent& event) { ++by_type_[event.type].received; }
  void on_duplicate(const TraceEvent& event) { ++by_type_[event.type].duplicates; }
  void on_dropped(const TraceEvent& event);
  void on_rejected(const TraceEvent& event);

  void finish(Time end);

  const Counters& of(std::size_t type) const { return by_type_[type]; }
  // Zero for a name that is no message type.
  const Counters& of(std::string_view type) const;
  Counters sum() const;
  std::uint64_t drops(DropReason reason) const { return drops_[static_cast<std::size_t>(reason)]; }
  std::uint64_t rejects(RejectReason r) const { return rejects_[static_cast<std::size_t>(r)]; }

  // Messages of this type that the average running peer sent per second, or all types' bytes. Both
  // ends are moved to the nearest whole slot (a second; longer in runs of more than an hour).
  // kNothing when nobody ran. REQUIRES: finish().
  double sent_per_peer_s(std::size_t type, Time from, Time to) const;
  double bytes_per_peer_s(Time from, Time to) const;

  void add_metrics(Metrics& out) const;

 private:
  static constexpr std::size_t kSlotsMax = 4096;

  void roll(Time to);
  // Index of the slot boundary nearest to `at`.
  std::size_t boundary(Time at) const;

  const RunFacts& facts_;
  const Population& population_;
  std::array<Counters, 256> by_type_{};
  std::array<std::uint64_t, 256> drops_{};
  std::array<std::uint64_t, 256> rejects_{};

  // What was sent of each type, and the bytes of all, before each boundary of slots: rows of types
  // + 1.
  std::vector<std::uint64_t> history_;
  Duration slot_ = kSecond;
  Time slot_end_ = 0;
  Time end_ = 0;
};

}  // namespace hearsay::analysis
