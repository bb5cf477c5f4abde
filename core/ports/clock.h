// Clock: time and timers, as a node is allowed to see them.
//
// The simulator's calendar and the system clock of a real process stand behind the same interface.
// All upcalls of one node come on one strand. Timers of one node that are due at the same instant
// fire in the order in which they were armed. When a node is stopped its timers are gone.
#pragma once

#include <cstdint>
#include <utility>

#include "core/base/time.h"

namespace hearsay {

// One enumerator per loop of Fabric, so that a trace reads "peer 17 timer send_alive".
enum class TimerKind : std::uint8_t {
  kSendAlive,
  kCheckAlive,
  kReconnect,
  kAliveStoreSweep,
  kMembershipSync,
  kConnectRetry,
  kRequestAckWait,
  kPropagationBurst,
  kDialTimeout,
  kPingTimeout,
  kHandshakeTimeout,
  kAckTimeout,
  kPublishStateInfo,
  kRequestStateInfo,
  kStateInfoSweep,
  kBlockStoreSweep,
  kLeadershipStoreSweep,
  kRelayStoreSweep,
  kMembershipTracker,
  kIdentityPurge,
  kPull,
  kPullDigestWait,
  kPullResponseWait,
  kStateTransfer,
  kStateResponse,
  kStateServe,
  kPayloadRetry,
  kElection,
  kDeliver,
  kCommEvents,
  kLedgerCommit,
  kUser,
  kElectionYield,
};
inline constexpr std::size_t kTimerKinds = 33;
const char* timer_kind_name(TimerKind kind);

// A timer as a value: a slot and how often the slot was reused. Any TimerId, even a default, fired
// or cancelled one, may be passed to cancel().
struct TimerId {
  std::uint32_t slot = 0xFFFF'FFFF;
  std::uint32_t generation = 0;
};

class TimerHandler {
 public:
  // `cookie` is what was given to arm().
  virtual void on_timer(TimerKind kind, std::uint32_t cookie) = 0;

 protected:
  ~TimerHandler() = default;
};

class Clock {
 public:
  // Monotonic; 0 when the run starts.
  virtual Time now() const = 0;
  // Wall clock in nanoseconds since 1970. Fabric stamps incarnations with it.
  virtual std::uint64_t unix_time() const = 0;

  // Calls handler.on_timer(kind, cookie) once at `at` (at once, but not from inside this call, when
  // `at` is not in the future). The handler must outlive the timer.
  virtual TimerId arm(Time at, TimerHandler& handler, TimerKind kind, std::uint32_t cookie = 0) = 0;
  // Forgets the timer; does nothing when it fired or was cancelled before.
  virtual void cancel(TimerId id) = 0;

 protected:
  ~Clock() = default;
};

// RAII: owns at most one armed timer, cancels it when destroyed.
class Timer {
 public:
  Timer(Clock& clock, TimerHandler& handler, TimerKind kind)
      : clock_(clock), handler_(handler), kind_(kind) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { cancel(); }

  // Arms for `at`; an earlier arming is forgotten.
  void arm_at(Time at) {
    cancel();
    at_ = at;
    id_ = clock_.arm(at, handler_, kind_);
    armed_ = true;
  }
  void arm_after(Duration d) { arm_at(clock_.now() + d); }
  void cancel() {
    if (armed_) clock_.cancel(id_);
    armed_ = false;
  }
  // To be called first by the owner when the timer fires.
  void fired() { armed_ = false; }
  bool armed() const { return armed_; }
  // When it was last armed for: a time.Ticker of Go is re-armed from here.
  Time at() const { return at_; }

 private:
  Clock& clock_;
  TimerHandler& handler_;
  TimerKind kind_;
  bool armed_ = false;
  TimerId id_;
  Time at_ = 0;
};

}  // namespace hearsay
