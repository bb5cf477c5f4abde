#include "sim/fault/fault.h"

#include "core/base/index_bits.h"

namespace hearsay::sim {

namespace {

class SwallowAll final : public Rule {
 public:
  explicit SwallowAll(std::span<const HostIndex> hosts) {
    for (const HostIndex host : hosts)
      cut_off_.set(host);
  }
  Verdict on_frame(const FrameInfo& frame, Time) override {
    return cut_off_.test(frame.from) || cut_off_.test(frame.to) ? Verdict::drop() : Verdict::pass();
  }

 private:
  IndexBits cut_off_;
};

}  // namespace

void Crash::begin(std::span<const HostIndex> hosts) {
  for (const HostIndex host : hosts) {
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

void Isolate::begin(std::span<const HostIndex> hosts) {
  guard_ = network_.install(std::make_unique<SwallowAll>(hosts));
}

}  // namespace hearsay::sim
