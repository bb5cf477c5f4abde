// Emitter: collects messages to push and hands them to the router in batches.
//
// Mirrors newBatchingEmitter of gossip/gossip/batcher.go (spec: push.md 2-3). A batch goes out when
// a period of maxPropagationBurstLatency (D) ends or when maxPropagationBurstSize (B) messages
// wait. Each message takes part in propagateIterations (T) batches and is then forgotten; a burst
// counts as one for every message that waits, not for the newest only.
//
// With T = 0 nothing is ever emitted: add() discards.
//
//   new --start()--> running --stop()--> stopped (what waits is dropped, never flushed)
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/gossip/context.h"

namespace hearsay {

// A message to push and the one peer that must not get it: the previous hop of a forwarded message.
struct Emission {
  EnvelopeRef envelope;
  PeerIndex except = kNoPeer;  // kNoPeer: all may have it
  std::int32_t left = 1;       // how often it is still emitted, this time included
};

class BatchSink {
 public:
  // Takes a batch in the order in which its messages were added. Must not reach Emitter::add()
  // before it returns: sends only enqueue. The span is valid during the call only.
  virtual void route(std::span<const Emission> batch) = 0;

 protected:
  ~BatchSink() = default;
};

class Emitter final : private TimerHandler {
 public:
  // REQUIRES: propagateIterations >= 0, and, when it is not 0, a positive
  // maxPropagationBurstLatency.
  Emitter(Context& context, BatchSink& sink);

  // Begins the periods: they end at now + D, now + 2 D, ... however messages arrive. Once only.
  void start();
  // Ends them for good. What waits is dropped. May be called again, and before start().
  void stop();

  // Appends a message; emits at once when B messages wait. After stop() it still grows the buffer,
  // and nothing more, as in Fabric. REQUIRES: not called from inside BatchSink::route().
  void add(const EnvelopeRef& envelope, PeerIndex except);

  // How many messages wait.
  std::size_t size() const { return buffer_.size(); }

 private:
  enum class Phase : std::uint8_t { kNew, kRunning, kStopped };

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void emit();
  void arm();

  // What every addition touches stands first.
  Context& context_;
  const std::int32_t iterations_;
  Phase phase_ = Phase::kNew;
  bool routing_ = false;
  const std::size_t burst_size_;
  std::vector<Emission> buffer_;
  Timer timer_;
  Time origin_ = 0;  // periods end at origin_ + k latency_
  const Duration latency_;
  BatchSink& sink_;
};

}  // namespace hearsay
