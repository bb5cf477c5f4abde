#include "core/deliver/deliverer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/deliver/seek.h"
#include "core/wire/block_message.h"

namespace hearsay {

Deliverer::Deliverer(DeliverParts parts)
    : parts_(std::move(parts)),
      context_(parts_.context),
      backoff_(context_.config.deliver_reconnect_backoff_threshold),
      tracer_(context_, parts_.channel),
      nonces_(context_.random.fork("deliver nonces").fork(parts_.channel)),
      timer_(context_.clock, *this, TimerKind::kDeliver),
      here_(std::make_shared<char>()) {
  parts_.endpoints.add(*this);
}

Deliverer::~Deliverer() {
  parts_.endpoints.remove(*this);
  close_stream();
}

void Deliverer::start() {
  HS_ASSERT(std::holds_alternative<Idle>(phase_));
  top();
}

void Deliverer::stop() { end(DeliverEnd::kStopped); }

// --- the head of the loop

void Deliverer::top() {
  if (failures_ == 0) return attempt();
  const Config& config = context_.config;
  const Duration pause = backoff_.after(failures_);
  slept_ += pause;
  // Quirk: the pause that would exceed the budget counts, but is not taken.
  if (slept_ > config.deliver_reconnect_total_time_threshold && !config.org_leader) {
    return end(DeliverEnd::kBudgetSpent);
  }
  tracer_.retry(trouble_, pause, failures_);
  phase_ = Pausing{};
  // Divergence: without any pause at all virtual time would stand still.
  timer_.arm_after(std::max(pause, kMicrosecond));
}

void Deliverer::attempt() {
  const auto height = parts_.target.ledger_height(parts_.channel);
  if (!height) return end(DeliverEnd::kLedgerUnreadable);
  auto seek = seek_envelope(context_, nonces_,
                            {.channel = parts_.channel,
                             .seek = seek_from(*height),
                             .tls_cert_hash = parts_.tls_cert_hash});
  if (!seek) return end(DeliverEnd::kCannotSign);
  auto endpoint = parts_.endpoints.random_endpoint();
  if (!endpoint) return fail(DeliverTrouble::kNoEndpoint);
  OrdererEndpointRef where = std::move(endpoint).value();
  const SourceStream stream =
      parts_.source.open(where->address, seek.value(), context_.config.deliver_conn_timeout, *this);
  phase_ = Connecting{{std::move(where), stream, *height}};
}

void Deliverer::fail(DeliverTrouble why) {
  ++failures_;
  trouble_ = why;
  top();
}

void Deliverer::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  if (std::holds_alternative<Pausing>(phase_)) return attempt();
  if (const auto* now = std::get_if<Receiving>(&phase_)) {
    if (now->link.endpoint->refreshed()) leave_refreshed();
  }
}

// Only who receives looks at it: an attempt goes on, a pause is taken, a block is put where it
// belongs.
void Deliverer::on_endpoints_refreshed() {
  if (std::holds_alternative<Receiving>(phase_)) timer_.arm_after(0);
}

void Deliverer::leave_refreshed() {
  close_stream();
  top();
}

// --- upcalls of the source

void Deliverer::on_source_open(SourceStream stream) {
  auto* now = std::get_if<Connecting>(&phase_);
  if (now == nullptr || now->link.stream != stream) return;
  tracer_.connected(now->link.first, now->link.endpoint->number);
  phase_ = Receiving{std::move(now->link)};
  if (link()->endpoint->refreshed()) leave_refreshed();
}

void Deliverer::on_source_response(SourceStream stream, DeliverResponse response) {
  const auto* now = std::get_if<Receiving>(&phase_);
  if (now == nullptr || now->link.stream != stream) return;
  const Link& from = now->link;
  if (from.endpoint->refreshed()) return leave_refreshed();
  if (const auto* status = std::get_if<Status>(&response)) {
    tracer_.refused(*status, from.endpoint->number);
    close_stream();
    return fail(DeliverTrouble::kRefused);
  }
  if (const auto* block = std::get_if<Block>(&response)) return on_block(from, *block);
  refuse(DeliverRefusal::kNoContent, 0);
}

void Deliverer::on_source_end(SourceStream stream, SourceEnd end) {
  const Link* now = link();
  if (now == nullptr || now->stream != stream) return;
  if (auto* pushing = std::get_if<Pushing>(&phase_)) {
    pushing->ended = end;
    return;
  }
  // Fabric looks at all that is ready in any order; a configuration that came first counts first.
  const bool refreshed = std::holds_alternative<Receiving>(phase_) && now->endpoint->refreshed();
  phase_ = Idle{};
  timer_.cancel();
  if (refreshed) return top();
  fail(trouble_of(end));
}

// --- blocks

void Deliverer::on_block(const Link& from, const Block& block) {
  auto checked = checked_payload(parts_, block);
  if (!checked) return refuse(checked.error(), block.number);
  Payload payload = std::move(checked).value();
  const AddOutcome outcome = parts_.target.add_payload(
      parts_.channel, payload,
      [this, here = std::weak_ptr(here_), stream = from.stream](AddOutcome late) {
        const auto* now = here.expired() ? nullptr : std::get_if<Pushing>(&phase_);
        if (now != nullptr && now->link.stream == stream) on_added(late);
      });
  if (is_added(outcome)) return taken(std::move(payload));
  if (outcome != AddOutcome::kWaiting) return refuse(DeliverRefusal::kNotAdded, block.number);
  parts_.source.set_reading(from.stream, false);
  timer_.cancel();
  phase_ = Pushing{from, std::move(payload)};
}

// The block that waited is where it belongs, or will never be.
void Deliverer::on_added(AddOutcome outcome) {
  Pushing was = std::move(std::get<Pushing>(phase_));
  const SourceStream stream = was.link.stream;
  const BlockNum number = was.block.seq_num;
  phase_ = Receiving{std::move(was.link)};
  if (!is_added(outcome)) {
    return refuse(DeliverRefusal::kNotAdded, number);
  }
  taken(std::move(was.block));
  if (link()->endpoint->refreshed()) return leave_refreshed();
  if (was.ended) return on_source_end(stream, *was.ended);
  parts_.source.set_reading(stream, true);
}

void Deliverer::taken(Payload block) {
  failures_ = 0;
  if (context_.config.block_gossip_enabled) {
    parts_.target.gossip(block_message(parts_.channel, std::move(block)));
  }
}

void Deliverer::refuse(DeliverRefusal why, BlockNum what) {
  tracer_.refused(why, what, link()->endpoint->number);
  close_stream();
  fail(DeliverTrouble::kRefused);
}

// --- streams

const Deliverer::Link* Deliverer::link() const {
  if (const auto* now = std::get_if<Connecting>(&phase_)) return &now->link;
  if (const auto* now = std::get_if<Receiving>(&phase_)) return &now->link;
  if (const auto* now = std::get_if<Pushing>(&phase_)) return &now->link;
  return nullptr;
}

void Deliverer::close_stream() {
  if (const Link* now = link()) parts_.source.close(now->stream);
  timer_.cancel();
  if (!over()) phase_ = Idle{};
}

void Deliverer::end(DeliverEnd why) {
  if (over()) return;
  close_stream();
  phase_ = Over{why};
  tracer_.ended(why);
  parts_.listener.on_deliver_end(*this, true);
}

std::string Deliverer::describe() const {
  static constexpr const char* kNames[] = {"idle",      "pausing", "connecting",
                                           "receiving", "pushing", "over"};
  static_assert(std::size(kNames) == std::variant_size_v<decltype(phase_)>);
  const Link* now = link();
  return fmt::format("{}{}{}, failures {}, slept {} ms", kNames[phase_.index()],
                     now == nullptr ? "" : " from ", now == nullptr ? "" : now->endpoint->address,
                     failures_, slept_ / kMillisecond);
}

}  // namespace hearsay
