#include "sim/fault/fault.h"

#include "core/base/index_bits.h"

namespace hearsay::sim {

namespace {

class SwallowAll final : public Rule {
 public:
  explicit SwallowAll(std::span<const FaultTarget> targets) {
    for (const FaultTarget& target : targets)
      cut_off_.set(target.host);
  }
  Verdict on_frame(const FrameInfo& frame, Time) override {
    return cut_off_.test(frame.from) || cut_off_.test(frame.to) ? Verdict::drop() : Verdict::pass();
  }

 private:
  IndexBits cut_off_;
};

class SwallowBetween final : public Rule {
 public:
  SwallowBetween(std::span<const FaultTarget> targets, Partition::Ways ways) : ways_(ways) {
    if (!targets.empty()) group_of_.resize(raw(targets.back().host) + std::size_t{1});
    for (const FaultTarget& target : targets)
      group_of_[raw(target.host)] = target.group;
  }
  Verdict on_frame(const FrameInfo& frame, Time) override {
    const std::uint8_t from = group_of(frame.from);
    const std::uint8_t to = group_of(frame.to);
    if (from == 0 || to == 0 || from == to) return Verdict::pass();
    return ways_ == Partition::Ways::kOne && from > to ? Verdict::pass() : Verdict::drop();
  }

 private:
  std::uint8_t group_of(HostIndex host) const {
    return raw(host) < group_of_.size() ? group_of_[raw(host)] : 0;
  }

  const Partition::Ways ways_;
  std::vector<std::uint8_t> group_of_;  // by host; 0: none
};

}  // namespace

void Crash::begin(std::span<const FaultTarget> targets) {
  for (const auto& [host, group] : targets) {
    if (!world_.running(host)) continue;
    world_.stop(host, StopReason::kCrash);
    killed_.push_back(host);
  }
}

void Crash::end() {
  for (const HostIndex host : killed_) {
    if (!world_.running(host)) world_.start(host);
  }
}

void Isolate::begin(std::span<const FaultTarget> targets) {
  guard_ = network_.install(std::make_unique<SwallowAll>(targets));
}

void Partition::begin(std::span<const FaultTarget> targets) {
  guard_ = network_.install(std::make_unique<SwallowBetween>(targets, ways_));
}

}  // namespace hearsay::sim
