#include "analysis/traffic.h"

#include <algorithm>
#include <string>

#include "core/base/assert.h"

namespace hearsay::analysis {

Traffic::Traffic(const RunFacts& facts, const Population& population)
    : facts_(facts), population_(population) {}

void Traffic::on_dropped(const TraceEvent& event) {
  ++by_type_[event.type].dropped;
  ++drops_[event.detail];
}

void Traffic::on_rejected(const TraceEvent& event) {
  ++by_type_[event.type].rejected;
  ++rejects_[event.detail];
}

// Writes one row for each boundary up to and including the last one before or at `to`. When the
// table is full, every other boundary is given up: the slots become twice as long.
void Traffic::roll(Time to) {
  const std::size_t width = facts_.types.size() + 1;
  while (slot_end_ <= to) {
    std::uint64_t bytes = 0;
    for (std::size_t t = 0; t + 1 < width; ++t) {
      const Counters& c = by_type_[t & 0xFF];
      history_.push_back(c.sent);
      bytes += c.bytes;
    }
    history_.push_back(bytes);
    slot_end_ += slot_;
    const std::size_t rows = history_.size() / width;
    if (rows < kSlotsMax || rows % 2 == 0) continue;
    for (std::size_t row = 1; 2 * row < rows; ++row) {
      std::copy_n(history_.begin() + static_cast<std::ptrdiff_t>(2 * row * width), width,
                  history_.begin() + static_cast<std::ptrdiff_t>(row * width));
    }
    history_.resize((rows / 2 + 1) * width);
    slot_ *= 2;
    slot_end_ = static_cast<Time>(rows / 2 + 1) * slot_;
  }
}

void Traffic::finish(Time end) {
  end_ = end;
  // One more row, so that the last slot is whole.
  roll(std::max(end, slot_end_));
}

std::size_t Traffic::boundary(Time at) const {
  const std::size_t rows = history_.size() / (facts_.types.size() + 1);
  const Time nearest = (std::clamp(at, Time{0}, end_) + slot_ / 2) / slot_;
  return std::min(static_cast<std::size_t>(nearest), rows - 1);
}

double Traffic::sent_per_peer_s(std::size_t type, Time from, Time to) const {
  const std::size_t width = facts_.types.size() + 1;
  HS_ASSERT(type < width && !history_.empty());
  const std::size_t first = boundary(from);
  const std::size_t last = std::max(first, boundary(to));
  const double sent =
      static_cast<double>(history_[last * width + type] - history_[first * width + type]);
  const double ran = population_.peer_seconds(static_cast<Time>(first) * slot_,
                                              std::min(end_, static_cast<Time>(last) * slot_));
  return ran > 0 ? sent / ran : kNothing;
}

double Traffic::bytes_per_peer_s(Time from, Time to) const {
  return sent_per_peer_s(facts_.types.size(), from, to);
}

const Traffic::Counters& Traffic::of(std::string_view type) const {
  static const Counters kZero;
  const auto found = std::find(facts_.types.begin(), facts_.types.end(), type);
  if (found == facts_.types.end()) return kZero;
  return by_type_[static_cast<std::size_t>(found - facts_.types.begin()) & 0xFF];
}

Traffic::Counters Traffic::sum() const {
  Counters all;
  for (const Counters& c : by_type_) {
    all.sent += c.sent;
    all.received += c.received;
    all.dropped += c.dropped;
    all.bytes += c.bytes;
    all.duplicates += c.duplicates;
    all.rejected += c.rejected;
  }
  return all;
}

void Traffic::add_metrics(Metrics& out) const {
  const double ran = population_.peer_seconds(0, end_);
  const auto rate = [&](std::uint64_t count) {
    return ran > 0 ? static_cast<double>(count) / ran : kNothing;
  };
  const auto add = [&](std::vector<std::string> table, const Counters& c, double late_rate) {
    const auto path = [&](const char* name) {
      std::vector<std::string> full = table;
      full.emplace_back(name);
      return full;
    };
    out.add(path("sent"), c.sent);
    out.add(path("received"), c.received);
    out.add(path("dropped"), c.dropped);
    out.add(path("bytes"), c.bytes);
    out.add(path("sent_per_peer_s"), rate(c.sent));
    out.add(path("late_per_peer_s"), late_rate);
    out.add(path("duplicates"), c.duplicates);
    out.add(path("rejected"), c.rejected);
  };
  double late = 0;  // of all types
  for (std::size_t t = 0; t < facts_.types.size() && t < by_type_.size(); ++t) {
    // A message without content is never sent; it is only counted when somebody else sends one.
    if (facts_.types[t] == "None") continue;
    const double of_type = sent_per_peer_s(t, end_ / 2, end_);
    add({"messages", facts_.types[t]}, by_type_[t], of_type);
    late += of_type;
  }
  const Counters all = sum();
  add({"traffic"}, all, late);
  out.add({"traffic", "bytes_per_peer_s"}, rate(all.bytes));
  out.add({"traffic", "late_bytes_per_peer_s"}, bytes_per_peer_s(end_ / 2, end_));
  for (std::size_t r = 0; r < kDropReasons; ++r) {
    out.add({"drops", drop_reason_name(static_cast<DropReason>(r))}, drops_[r]);
  }
  for (std::size_t r = 0; r < kRejectReasons; ++r) {
    out.add({"rejects", reject_reason_name(static_cast<RejectReason>(r))}, rejects_[r]);
  }
}

}  // namespace hearsay::analysis
