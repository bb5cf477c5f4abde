#include "core/deliver/deliverer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/wire/block_message.h"

namespace hearsay {

Deliverer::Deliverer(DeliverParts parts)
    : parts_(std::move(parts)),
      context_(parts_.context),
      backoff_(context_.config.deliver_reconnect_backoff_threshold),
      tracer_(context_, parts_.channel),
      stream_(parts_, *this),
      timer_(context_.clock, *this, TimerKind::kDeliver),
      here_(std::make_shared<char>()) {
  parts_.endpoints.add(*this);
}

Deliverer::~Deliverer() { parts_.endpoints.remove(*this); }

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
  const auto request = stream_.request(seek_from(*height));
  if (!request) return end(DeliverEnd::kCannotSign);
  auto where = parts_.endpoints.random_endpoint();
  if (!where) return fail(DeliverTrouble::kNoEndpoint);
  stream_.open(std::move(where).value(), request.value(), *height,
               context_.config.deliver_conn_timeout);
  phase_ = Connecting{};
}

void Deliverer::fail(DeliverTrouble why) {
  ++failures_;
  trouble_ = why;
  top();
}

void Deliverer::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  if (std::holds_alternative<Pausing>(phase_)) return attempt();
  if (std::holds_alternative<Receiving>(phase_) && stream_.endpoint()->refreshed()) {
    leave_refreshed();
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
  if (!stream_.is(stream)) return;
  tracer_.connected(stream_.first(), stream_.number());
  phase_ = Receiving{};
  if (stream_.endpoint()->refreshed()) leave_refreshed();
}

void Deliverer::on_source_response(SourceStream stream, DeliverResponse response) {
  if (!stream_.is(stream) || !std::holds_alternative<Receiving>(phase_)) return;
  if (stream_.endpoint()->refreshed()) return leave_refreshed();
  if (const auto* status = std::get_if<Status>(&response)) {
    tracer_.refused(*status, stream_.number());
    close_stream();
    return fail(DeliverTrouble::kRefused);
  }
  if (const auto* block = std::get_if<Block>(&response)) return on_block(*block);
  refuse(DeliverRefusal::kNoContent, 0);
}

void Deliverer::on_source_end(SourceStream stream, SourceEnd end) {
  if (!stream_.is(stream)) return;
  if (auto* pushing = std::get_if<Pushing>(&phase_)) {
    pushing->ended = end;
    return;
  }
  on_ended(end);
}

void Deliverer::on_ended(SourceEnd end) {
  // Fabric looks at all that is ready in any order; a configuration that came first counts first.
  const bool refreshed =
      std::holds_alternative<Receiving>(phase_) && stream_.endpoint()->refreshed();
  stream_.forget();
  close_stream();
  if (refreshed) return top();
  fail(trouble_of(end));
}

// --- blocks

void Deliverer::on_block(const Block& block) {
  auto checked = checked_payload(parts_, block);
  if (!checked) return refuse(checked.error(), block.number);
  Payload payload = std::move(checked).value();
  const AddOutcome outcome = parts_.target.add_payload(
      parts_.channel, payload, [this, here = std::weak_ptr(here_)](AddOutcome late) {
        if (!here.expired() && std::holds_alternative<Pushing>(phase_)) on_added(late);
      });
  if (is_added(outcome)) return taken(std::move(payload));
  if (outcome != AddOutcome::kWaiting) return refuse(DeliverRefusal::kNotAdded, block.number);
  stream_.set_reading(false);
  timer_.cancel();
  phase_ = Pushing{std::move(payload)};
}

// The block that waited is where it belongs, or will never be.
void Deliverer::on_added(AddOutcome outcome) {
  Pushing was = std::move(std::get<Pushing>(phase_));
  phase_ = Receiving{};
  if (!is_added(outcome)) return refuse(DeliverRefusal::kNotAdded, was.block.seq_num);
  taken(std::move(was.block));
  if (stream_.endpoint()->refreshed()) return leave_refreshed();
  if (was.ended) return on_ended(*was.ended);
  stream_.set_reading(true);
}

void Deliverer::taken(Payload block) {
  failures_ = 0;
  if (context_.config.block_gossip_enabled) {
    parts_.target.gossip(block_message(parts_.channel, std::move(block)));
  }
}

void Deliverer::refuse(DeliverRefusal why, BlockNum what) {
  tracer_.refused(why, what, stream_.number());
  close_stream();
  fail(DeliverTrouble::kRefused);
}

// --- streams

void Deliverer::close_stream() {
  stream_.close();
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
  return fmt::format("{}{}, failures {}, slept {} ms", kNames[phase_.index()], stream_.describe(),
                     failures_, slept_ / kMillisecond);
}

}  // namespace hearsay
