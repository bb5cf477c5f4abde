#include "sim/world/world.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hearsay::sim {

namespace {
// How often the stop flag is looked at, in events.
constexpr std::uint64_t kLookUpEvery = 512;
// How many events ahead the network hears each hint.
constexpr std::array<std::size_t, Wire::kHintSteps> kHintDistances = {24, 18, 13, 9, 6, 3};
}  // namespace

World::World(const WorldOptions& options)
    : random_(options.random), trace_(options.trace), look_up_at_(kLookUpEvery) {}

World::~World() { shut_down(); }

void World::attach(Wire& wire) {
  HS_ASSERT(wire_ == nullptr && hosts_.empty());
  wire_ = &wire;
}

HostIndex World::add_host(std::string name, TenantFactory factory) {
  HS_ASSERT_MSG(wire_ != nullptr, "a network must be attached first");
  HS_ASSERT(hosts_.size() < kHostsMax);
  const HostIndex host = peer_index(hosts_.size());
  hosts_.push_back(std::make_unique<Host>(
      Host{std::move(name), std::move(factory), NodeClock(*this, host), nullptr}));
  keys_.push_back(first_key(origin_of(host)));
  wire_->host_added(host, at(host).name);
  return host;
}

void World::start(HostIndex index) {
  Host& host = at(index);
  HS_ASSERT_MSG(host.tenant == nullptr, "the host is up already");
  host.tenant = host.factory({.host = index,
                              .clock = host.clock,
                              .transport = wire_->transport(index),
                              .random = random_.fork("host").fork(host.name),
                              .restarts = host.starts});
  ++host.starts;
  wire_->host_started(index, *host.tenant);
  if (traced()) {
    TraceEvent event{.time = now_, .value = host.clock.unix_time(), .peer = index};
    event.kind = TraceKind::kNodeStarted;
    trace(event);
  }
  host.tenant->start();
}

void World::stop(HostIndex index, StopReason reason) {
  Host& host = at(index);
  if (host.tenant == nullptr) return;
  if (traced()) {
    TraceEvent event{.time = now_, .peer = index};
    event.kind = TraceKind::kNodeStopped;
    event.detail = static_cast<std::uint8_t>(reason);
    trace(event);
  }
  if (reason == StopReason::kCrash) {
    wire_->host_stopped(index, reason);
    host.tenant->stop(reason);
  } else {
    host.tenant->stop(reason);
    wire_->host_stopped(index, reason);
  }
  host.tenant.reset();
  host.clock.clear();
}

void World::set_unix_offset(HostIndex host, Duration offset) {
  at(host).clock.set_unix_offset(offset);
}

void World::call_at(Time when, std::function<void()> action) {
  std::uint32_t index = static_cast<std::uint32_t>(actions_.size());
  if (free_actions_.empty()) {
    actions_.push_back(std::move(action));
  } else {
    index = free_actions_.back();
    free_actions_.pop_back();
    actions_[index] = std::move(action);
  }
  calendar_.push(
      {std::max(when, now_), world_key_++, index, Event::pack(HostIndex{0}, EventKind::kCall), 0});
}

bool World::run_until(Time until, TimeDriver& driver) {
  driver.run(*this, until);
  const bool stopped = std::exchange(stop_requested_, false);
  if (!stopped) now_ = std::max(now_, until);
  return !stopped;
}

bool World::run_until(Time until) {
  PlainDriver driver;
  return run_until(until, driver);
}

void World::set_progress(std::uint64_t every, std::function<void()> hook) {
  HS_ASSERT(every > 0);
  progress_every_ = every;
  progress_at_ = events_ + every;
  progress_ = std::move(hook);
  look_up_at_ = std::min(look_up_at_, progress_at_);
}

bool World::handle_until(Time until) {
  for (;;) {
    const Event* head = calendar_.head();
    if (head == nullptr || head->time > until) return !stop_requested_;
    if (stop_requested_) return false;
    const Event event = *head;
    calendar_.pop();
    now_ = event.time;
    look_ahead();
    handle(event);
    if (events_ >= look_up_at_ && !look_up()) return false;
  }
}

// Where a run of events begins all of it that is within reach is hinted at, step by step.
void World::look_ahead() {
  const bool begins = calendar_.run_begins();
  for (unsigned step = 0; step < Wire::kHintSteps; ++step) {
    for (std::size_t i = begins ? 0 : kHintDistances[step]; i <= kHintDistances[step]; ++i) {
      const Event* event = calendar_.glimpse(i);
      if (event == nullptr) break;
      if (event->kind() >= EventKind::kFirstOfNetwork) wire_->hint(step, *event);
    }
  }
}

void World::handle(const Event& event) {
  if (event.kind() >= EventKind::kFirstOfNetwork) [[likely]] {
    ++events_;
    wire_->on_event(event);
  } else if (event.kind() == EventKind::kTimer) {
    if (at(event.host()).clock.fire(event)) ++events_;
  } else {
    ++events_;
    run_action(static_cast<std::uint32_t>(event.payload));
  }
}

void World::run_action(std::uint32_t index) {
  // The action may add others, so it is taken out before it runs.
  const std::function<void()> action = std::move(actions_[index]);
  actions_[index] = nullptr;
  free_actions_.push_back(index);
  action();
}

// Off the hot path: progress and the signal flag. False when the run shall stop.
bool World::look_up() {
  if (progress_ && events_ >= progress_at_) {
    progress_at_ = events_ + progress_every_;
    progress_();
  }
  if (stop_flag_ != nullptr && *stop_flag_ != 0) stop_requested_ = true;
  look_up_at_ = events_ + kLookUpEvery;
  if (progress_) look_up_at_ = std::min(look_up_at_, progress_at_);
  return !stop_requested_;
}

// Takes timers that were cancelled out of the far future, where they would fill memory until their
// time comes: each connection leaves four behind. A cancelled timer costs O(1), because half as
// many were cancelled since the last sweep as are looked at now.
void World::sweep() {
  cancelled_ = 0;
  calendar_.forget_far([this](const Event& event) {
    return event.kind() == EventKind::kTimer && at(event.host()).clock.stale(event);
  });
}

void World::shut_down() {
  for (auto& host : hosts_) {
    host->tenant.reset();
    host->clock.clear();
  }
  calendar_.drain([&](const Event& event) {
    if (event.kind() >= EventKind::kFirstOfNetwork) wire_->discard(event);
  });
  actions_.clear();
  free_actions_.clear();
}

}  // namespace hearsay::sim
