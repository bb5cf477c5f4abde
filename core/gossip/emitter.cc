#include "core/gossip/emitter.h"

namespace hearsay {

Emitter::Emitter(Context& context, BatchSink& sink)
    : context_(context),
      iterations_(context.config.propagate_iterations),
      // A size of 0 or less forces an emission at each addition, as 1 does.
      burst_size_(context.config.max_propagation_burst_size < 1
                      ? 1
                      : static_cast<std::size_t>(context.config.max_propagation_burst_size)),
      timer_(context.clock, *this, TimerKind::kPropagationBurst),
      latency_(context.config.max_propagation_burst_latency),
      sink_(sink) {
  HS_ASSERT_MSG(iterations_ >= 0, "propagateIterations is negative");
  HS_ASSERT_MSG(iterations_ == 0 || latency_ > 0, "maxPropagationBurstLatency is not positive");
}

void Emitter::start() {
  HS_ASSERT(phase_ != Phase::kRunning);
  if (phase_ == Phase::kStopped) return;
  phase_ = Phase::kRunning;
  origin_ = context_.now() + context_.first_delay(latency_) - latency_;
  if (!buffer_.empty()) arm();
}

void Emitter::stop() {
  phase_ = Phase::kStopped;
  timer_.cancel();
}

void Emitter::add(const EnvelopeRef& envelope, PeerIndex except) {
  HS_ASSERT_MSG(!routing_, "routing a batch must not add to it");
  if (iterations_ == 0) return;
  buffer_.push_back({envelope, except, iterations_});
  if (buffer_.size() >= burst_size_) emit();
  if (phase_ == Phase::kRunning && !buffer_.empty() && !timer_.armed()) arm();
}

void Emitter::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  emit();
  if (!buffer_.empty()) arm();
}

// Fabric: the loop sleeps D, emits, sleeps D again, whether or not anything waits. Emission takes
// no virtual time, so it wakes at origin + k D; waking for an empty buffer does nothing, hence the
// timer is armed only while something waits, for the instant at which that loop would wake next.
void Emitter::arm() {
  const Duration into_period = (context_.now() - origin_) % latency_;
  timer_.arm_after(latency_ - into_period);
}

void Emitter::emit() {
  if (phase_ != Phase::kRunning || buffer_.empty()) return;
  routing_ = true;
  sink_.route(buffer_);
  routing_ = false;

  for (Emission& emission : buffer_)
    --emission.left;
  std::erase_if(buffer_, [](const Emission& emission) { return emission.left == 0; });
}

}  // namespace hearsay
