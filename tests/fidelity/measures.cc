#include "tests/fidelity/measures.h"

#include <limits>

namespace hearsay::fidelity {

namespace {
constexpr double kNever = std::numeric_limits<double>::infinity();
}

void PairCurve::advance(Time now) {
  while (next_look_ < now) {
    looks_.push_back(pairs_);
    next_look_ += kLook;
  }
}

void PairCurve::on_event(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kNodeStarted:
      advance(event.time);
      last_start_ = event.time;
      break;
    case TraceKind::kMemberAlive:
      advance(event.time);
      if (known_[raw(event.peer)].set(event.other)) ++pairs_;
      break;
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
      advance(event.time);
      if (known_[raw(event.peer)].clear(event.other)) --pairs_;
      break;
    default:
      break;
  }
}

double PairCurve::reached(double percent) const {
  const double n = static_cast<double>(known_.size());
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    if (static_cast<double>(looks_[i]) * 100 >= percent * n * (n - 1) - 1e-6) {
      return to_seconds(static_cast<Duration>(i) * kLook);
    }
  }
  return static_cast<double>(pairs_) >= n * (n - 1) * percent / 100 ? to_seconds(next_look_)
                                                                    : kNever;
}

DropCurve::DropCurve(std::size_t peers, Time fault)
    : fault_(fault), known_(peers), next_look_(fault + kLook) {}

std::uint64_t DropCurve::listed() const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (victims_.test(static_cast<std::uint32_t>(i))) continue;
    victims_.for_each([&](PeerIndex v) { count += known_[i].test(v) ? 1 : 0; });
  }
  return count;
}

void DropCurve::advance(Time now) {
  while (next_look_ < now) {
    looks_.push_back(listed());
    next_look_ += kLook;
  }
}

void DropCurve::on_event(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kFaultBegun:
      victims_.set(event.peer);
      pairs_ = listed();
      break;
    case TraceKind::kMemberAlive:
      advance(event.time);
      known_[raw(event.peer)].set(event.other);
      break;
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
      advance(event.time);
      known_[raw(event.peer)].clear(event.other);
      break;
    default:
      break;
  }
}

double DropCurve::dropped(double percent) const {
  const double all = static_cast<double>(pairs_);
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    if ((all - static_cast<double>(looks_[i])) * 100 >= percent * all - 1e-6) {
      return to_seconds(static_cast<Duration>(i + 1) * kLook);
    }
  }
  // The last change may be the last event of all.
  const bool at_last = (all - static_cast<double>(listed())) * 100 >= percent * all - 1e-6;
  return at_last ? to_seconds(next_look_ - fault_) : kNever;
}

void PushCounter::on_event(const TraceEvent& event) {
  if (event.kind != TraceKind::kBlockReceived) return;
  if (BlockSource{event.detail} != BlockSource::kPush || event.value >= receivers_.size()) return;
  ++receivers_[event.value];
}

std::uint64_t PushCounter::total() const {
  std::uint64_t sum = 0;
  for (const std::uint32_t n : receivers_)
    sum += n;
  return sum;
}

}  // namespace hearsay::fidelity
