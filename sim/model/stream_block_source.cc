#include "sim/model/stream_block_source.h"

#include <algorithm>
#include <utility>

#include "sim/model/deliver_frame.h"

namespace hearsay::sim {

namespace {
// grpc-go: tells the sender when a quarter of the window was taken.
constexpr std::uint32_t kTellTaken = kDeliverWindow / 4;
}  // namespace

StreamBlockSource::~StreamBlockSource() {
  for (const auto& attempt : attempts_) {
    clock_.cancel(attempt->dial_timer);
    clock_.cancel(attempt->wake_timer);
  }
}

SourceStream StreamBlockSource::open(std::string_view endpoint, const CommonEnvelope& seek,
                                     Duration dial_timeout, BlockSourceHandler& handler) {
  const SourceStream name{next_++};
  const ConnId conn = transport_.dial(endpoint);
  const TimerId timer = clock_.arm(clock_.now() + dial_timeout, *this, TimerKind::kDialTimeout,
                                   static_cast<std::uint32_t>(name));
  attempts_.push_back(
      std::make_unique<Attempt>(Attempt{name, conn, &handler, frame_of(seek), timer, TimerId{}}));
  return name;
}

void StreamBlockSource::set_reading(SourceStream name, bool on) {
  Attempt* attempt = find(name);
  if (attempt == nullptr || attempt->reading == on) return;
  attempt->reading = on;
  if (!on || attempt->held.empty()) return;
  clock_.cancel(attempt->wake_timer);
  attempt->wake_timer =
      clock_.arm(clock_.now(), *this, TimerKind::kDeliver, static_cast<std::uint32_t>(name));
}

void StreamBlockSource::close(SourceStream name) {
  if (Attempt* attempt = find(name)) forget(*attempt);
}

void StreamBlockSource::on_timer(TimerKind kind, std::uint32_t cookie) {
  const SourceStream name{cookie};
  if (kind == TimerKind::kDeliver) return hand_on(name);
  Attempt* attempt = find(name);
  if (attempt != nullptr && attempt->phase == Phase::kDialling) finish(*attempt, SourceEnd::kDial);
}

StreamBlockSource::Attempt* StreamBlockSource::find(ConnId conn) const {
  for (const auto& attempt : attempts_) {
    if (attempt->conn == conn) return attempt.get();
  }
  return nullptr;
}

StreamBlockSource::Attempt* StreamBlockSource::find(SourceStream name) const {
  for (const auto& attempt : attempts_) {
    if (attempt->name == name) return attempt.get();
  }
  return nullptr;
}

void StreamBlockSource::on_connected(ConnId conn) {
  Attempt* attempt = find(conn);
  if (attempt == nullptr) return;
  clock_.cancel(attempt->dial_timer);
  transport_.open_stream(conn);
  attempt->phase = Phase::kSeeking;
  send_seek(*attempt);
}

// Fabric dials orderers with FailOnNonTempDialError, and a refusal is not temporary.
void StreamBlockSource::on_refused(ConnId conn) {
  Attempt* attempt = find(conn);
  if (attempt != nullptr && attempt->phase == Phase::kDialling) finish(*attempt, SourceEnd::kDial);
}

void StreamBlockSource::send_seek(Attempt& attempt) {
  if (!transport_.write(attempt.conn, attempt.seek)) return;  // on_writable follows
  attempt.phase = Phase::kOpen;
  attempt.seek = nullptr;
  attempt.handler->on_source_open(attempt.name);
}

void StreamBlockSource::on_frame(ConnId conn, EnvelopeRef frame) {
  Attempt* attempt = find(conn);
  if (attempt == nullptr) return;
  attempt->held.push_back(std::move(frame));
  hand_on(attempt->name);
}

void StreamBlockSource::on_writable(ConnId conn) {
  Attempt* attempt = find(conn);
  if (attempt == nullptr) return;
  if (attempt->phase == Phase::kSeeking) {
    send_seek(*attempt);
  } else {
    tell_taken(*attempt);
  }
}

void StreamBlockSource::on_closed(ConnId conn, StreamEnd end) {
  Attempt* attempt = find(conn);
  if (attempt == nullptr) return;
  if (attempt->phase != Phase::kOpen) return finish(*attempt, SourceEnd::kSend);
  attempt->ended = end == StreamEnd::kBroken ? SourceEnd::kBroken : SourceEnd::kClosed;
  hand_on(attempt->name);
}

void StreamBlockSource::hand_on(SourceStream name) {
  // The handler may turn reading off, or close the stream.
  for (;;) {
    Attempt* attempt = find(name);
    if (attempt == nullptr) return;
    if (attempt->held.empty()) {
      if (attempt->ended) finish(*attempt, *attempt->ended);
      return;
    }
    if (!attempt->reading) return;
    const EnvelopeRef frame = std::move(attempt->held.front());
    attempt->held.pop_front();
    attempt->taken += frame->wire_size();
    tell_taken(*attempt);
    attempt->handler->on_source_response(name, response_in(*frame));
  }
}

void StreamBlockSource::tell_taken(Attempt& attempt) {
  if (attempt.taken < kTellTaken || attempt.ended) return;
  // Without room on_writable follows.
  if (transport_.write(attempt.conn, window_frame(attempt.taken))) attempt.taken = 0;
}

void StreamBlockSource::finish(Attempt& attempt, SourceEnd end) {
  BlockSourceHandler& handler = *attempt.handler;
  const SourceStream name = attempt.name;
  forget(attempt);
  handler.on_source_end(name, end);
}

void StreamBlockSource::forget(Attempt& attempt) {
  clock_.cancel(attempt.dial_timer);
  clock_.cancel(attempt.wake_timer);
  transport_.close(attempt.conn);
  const auto same = [&](const auto& other) { return other.get() == &attempt; };
  attempts_.erase(std::find_if(attempts_.begin(), attempts_.end(), same));
}

}  // namespace hearsay::sim
