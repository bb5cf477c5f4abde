#include "tests/fidelity/measures.h"

#include <limits>

#include "core/wire/message.h"

namespace hearsay::fidelity {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

std::uint8_t type_of(ContentKind kind, PullMsgType pull = PullMsgType::kUndefined) {
  return static_cast<std::uint8_t>(message_type(kind, pull));
}

}  // namespace

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

void PairLooks::advance(Time now) {
  while (next_look_ < now) {
    looks_.push_back(listed());
    next_look_ += kLook;
  }
}

void PairLooks::on_event(const TraceEvent& event) {
  switch (event.kind) {
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

std::uint64_t DropCurve::listed() const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (victims_.test(static_cast<std::uint32_t>(i))) continue;
    victims_.for_each([&](PeerIndex v) { count += known_[i].test(v) ? 1 : 0; });
  }
  return count;
}

void DropCurve::on_event(const TraceEvent& event) {
  PairLooks::on_event(event);
  if (event.kind != TraceKind::kFaultBegun) return;
  victims_.set(event.peer);
  pairs_ = listed();
}

double DropCurve::dropped(double percent) const {
  const double all = static_cast<double>(pairs_);
  return first([&](std::uint64_t listed) {
    return (all - static_cast<double>(listed)) * 100 >= percent * all - 1e-6;
  });
}

std::uint64_t ReturnCurve::listed() const {
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < known_.size(); ++i) {
    known_[i].for_each(
        [&](PeerIndex p) { count += restarted_.test(i) || restarted_.test(p) ? 1 : 0; });
  }
  return count;
}

void ReturnCurve::on_event(const TraceEvent& event) {
  PairLooks::on_event(event);
  // Orderers are hosts, too.
  if (event.kind != TraceKind::kNodeStarted || raw(event.peer) >= known_.size()) return;
  known_[raw(event.peer)].clear_all();
  if (event.time <= from_) return;
  restarted_.set(event.peer);
  look_from(event.time);
}

double ReturnCurve::returned(double percent) const {
  const double n = static_cast<double>(known_.size());
  const double k = static_cast<double>(restarted_.count());
  const double all = n * (n - 1) - (n - k) * (n - k - 1);
  return first([&](std::uint64_t listed) {
    return static_cast<double>(listed) * 100 >= percent * all - 1e-6;
  });
}

void BlockRoads::on_event(const TraceEvent& event) {
  if (event.kind != TraceKind::kBlockReceived || event.value >= had_.size()) return;
  std::vector<bool>& had = had_[event.value];
  if (had[raw(event.peer)]) return;
  had[raw(event.peer)] = true;
  const auto source = BlockOrigin{event.detail};
  ++by_source_[event.detail];
  if (source == BlockOrigin::kDeliver) cut_[event.value] = event.time;
  if (source == BlockOrigin::kPull) {
    pull_latencies_.push_back(to_seconds(event.time - cut_[event.value]));
  }
}

void BlockTransmissions::on_event(const TraceEvent& event) {
  if (event.kind != TraceKind::kMessageSent) return;
  if (event.type == type_of(ContentKind::kData)) {
    block_size_ = event.size;
    ++pushed_;
  } else if (block_size_ != 0) {
    const std::uint64_t blocks = (event.size + block_size_ / 2) / block_size_;
    if (event.type == type_of(ContentKind::kDataUpdate, PullMsgType::kBlock)) {
      in_updates_ += blocks;
    } else if (event.type == type_of(ContentKind::kStateResponse)) {
      in_responses_ += blocks;
    }
  }
}

void Joiner::on_event(const TraceEvent& event) {
  if (event.peer != who_) return;
  switch (event.kind) {
    case TraceKind::kNodeStarted:
      started_ = event.time;
      break;
    case TraceKind::kBlockCommitted:
      if (event.value == 1) first_ = to_seconds(event.time - started_);
      if (event.value == last_) caught_up_ = to_seconds(event.time - started_);
      break;
    case TraceKind::kMessageSent:
      requests_ += event.type == type_of(ContentKind::kStateRequest) ? 1 : 0;
      break;
    case TraceKind::kMessageDelivered:
      responses_ += event.type == type_of(ContentKind::kStateResponse) ? 1 : 0;
      break;
    default:
      break;
  }
}

void PushCounter::on_event(const TraceEvent& event) {
  if (event.kind != TraceKind::kBlockReceived) return;
  if (BlockOrigin{event.detail} != BlockOrigin::kPush || event.value >= receivers_.size()) return;
  ++receivers_[event.value];
}

std::uint64_t PushCounter::total() const {
  std::uint64_t sum = 0;
  for (const std::uint32_t n : receivers_)
    sum += n;
  return sum;
}

}  // namespace hearsay::fidelity
