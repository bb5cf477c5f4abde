#include "core/deliver/deliver_v1.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/wire/block_message.h"

namespace hearsay {

DeliverV1::DeliverV1(DeliverParts parts, DeliverV1Rules rules)
    : parts_(std::move(parts)),
      rules_(std::move(rules)),
      context_(parts_.context),
      tracer_(context_, parts_.channel),
      endpoints_(context_.random.fork("deliver orderers").fork(parts_.channel), rules_.round_robin,
                 parts_.endpoints.all()),
      stream_(parts_, *this),
      timer_(context_.clock, *this, TimerKind::kDeliver),
      here_(std::make_shared<char>()) {
  parts_.endpoints.add(*this);
}

DeliverV1::~DeliverV1() { parts_.endpoints.remove(*this); }

void DeliverV1::start() { timer_.arm_after(0); }

void DeliverV1::stop() {
  const bool begun = !std::holds_alternative<Unbegun>(phase_);
  end(DeliverEnd::kStopped, begun || !rules_.skips_unbegun);
}

void DeliverV1::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  if (std::holds_alternative<Unbegun>(phase_)) return connect_anew();
  if (std::holds_alternative<Retrying>(phase_)) return connect();
  if (std::holds_alternative<Dwelling>(phase_)) dwelt();
}

// --- connections

void DeliverV1::reset_retries() {
  attempts_ = 0;
  waited_ = 0;
}

void DeliverV1::connect_anew() {
  reset_retries();
  connect();
}

void DeliverV1::connect() {
  phase_ = Between{};
  endpoints_.begin(context_.now());
  dial_next();
}

void DeliverV1::dial_next() {
  const auto height = parts_.target.ledger_height(parts_.channel);
  if (!height) return retry(DeliverTrouble::kNoSeek);
  const auto request = stream_.request(v1_seek_from(*height), rules_.seek_type);
  if (!request) return retry(DeliverTrouble::kNoSeek);
  OrdererEndpointRef where = endpoints_.next();
  if (!where) return retry(DeliverTrouble::kDial);
  stream_.open(std::move(where), request.value(), *height, rules_.dial_timeout);
  phase_ = Connecting{};
}

// This read failed once more.
void DeliverV1::retry(DeliverTrouble why) {
  ++attempts_;
  const auto pause = rules_.policy(attempts_, waited_);
  if (!pause) return end(DeliverEnd::kBudgetSpent);
  waited_ += *pause;
  tracer_.retry(why, *pause, attempts_);
  phase_ = Retrying{};
  // Divergence: without any pause at all virtual time would stand still.
  timer_.arm_after(std::max(*pause, kMicrosecond));
}

void DeliverV1::on_source_open(SourceStream stream) {
  if (!stream_.is(stream)) return;
  tracer_.connected(stream_.first(), stream_.number());
  if (rules_.open_resets_retries) reset_retries();
  phase_ = Receiving{};
}

void DeliverV1::on_source_end(SourceStream stream, SourceEnd end) {
  if (!stream_.is(stream)) return;
  if (auto* pushing = std::get_if<Pushing>(&phase_)) {
    pushing->ended = end;
    return;
  }
  // It is about to be closed anyway.
  if (std::holds_alternative<Dwelling>(phase_)) return;
  const bool next = std::holds_alternative<Connecting>(phase_) && end == SourceEnd::kDial;
  stream_.forget();
  phase_ = Between{};
  return next ? dial_next() : retry(trouble_of(end));
}

// Fabric: UpdateEndpoints, which disconnects. A read that is going on fails by that; one that
// begins later connects.
void DeliverV1::on_endpoints_refreshed() {
  if (!rules_.follows_updates || over()) return;
  endpoints_.update(parts_.endpoints.all());
  if (std::holds_alternative<Receiving>(phase_)) {
    close_stream();
    return retry(DeliverTrouble::kRefreshed);
  }
  const bool busy =
      std::holds_alternative<Pushing>(phase_) || std::holds_alternative<Dwelling>(phase_);
  if (busy) stream_.close();
}

// --- responses

void DeliverV1::on_source_response(SourceStream stream, DeliverResponse response) {
  if (!stream_.is(stream) || !std::holds_alternative<Receiving>(phase_)) return;
  reset_retries();
  if (const auto* status = std::get_if<Status>(&response)) return on_status(*status);
  if (const auto* block = std::get_if<Block>(&response)) return on_block(*block);
  tracer_.refused(DeliverRefusal::kNoContent, 0, stream_.number());
  end(DeliverEnd::kUnknownResponse);
}

void DeliverV1::on_status(Status status) {
  phase_ = Dwelling{status};
  tracer_.refused(status, stream_.number());
  if (status == Status::kSuccess) return end(DeliverEnd::kCompleted);
  const bool bad = status == Status::kBadRequest || status == Status::kForbidden;
  bad_statuses_ = bad ? bad_statuses_ + 1 : 0;
  if (bad_statuses_ > kMostBadStatuses) return end(DeliverEnd::kBadStatuses);
  const Duration pause = v1_status_pause(status_pauses_++);
  tracer_.retry(DeliverTrouble::kRefused, pause, status_pauses_);
  stream_.set_reading(false);
  timer_.arm_after(pause);
}

void DeliverV1::dwelt() {
  const Status status = std::get<Dwelling>(phase_).status;
  if (stream_.endpoint() && rules_.disables_endpoints && status != Status::kBadRequest) {
    endpoints_.disable(stream_.endpoint(), context_.now());
  }
  close_stream();
  connect_anew();
}

void DeliverV1::on_block(const Block& block) {
  bad_statuses_ = 0;
  status_pauses_ = 0;
  auto checked = checked_payload(parts_, block);
  if (!checked) return tracer_.refused(checked.error(), block.number, stream_.number());
  Payload payload = std::move(checked).value();
  const AddOutcome outcome = parts_.target.add_payload(
      parts_.channel, payload, [this, here = std::weak_ptr(here_)](AddOutcome late) {
        if (!here.expired() && std::holds_alternative<Pushing>(phase_)) on_added(late);
      });
  if (outcome != AddOutcome::kWaiting) return settle(outcome, payload);
  stream_.set_reading(false);
  phase_ = Pushing{std::move(payload)};
}

// The block that waited is where it belongs, or will never be.
void DeliverV1::on_added(AddOutcome outcome) {
  const Pushing was = std::move(std::get<Pushing>(phase_));
  phase_ = Between{};
  settle(outcome, was.block);
  if (!stream_.endpoint()) return connect_anew();
  if (was.ended) {
    stream_.forget();
    return retry(trouble_of(*was.ended));
  }
  phase_ = Receiving{};
  stream_.set_reading(true);
}

// Quirk: gossiped even if the peer would not have it.
void DeliverV1::settle(AddOutcome outcome, const Payload& block) {
  if (!is_added(outcome)) {
    tracer_.refused(DeliverRefusal::kNotAdded, block.seq_num, stream_.number());
  }
  parts_.target.gossip(block_message(parts_.channel, block));
}

// --- streams

void DeliverV1::close_stream() {
  stream_.close();
  timer_.cancel();
  if (!over()) phase_ = Between{};
}

void DeliverV1::end(DeliverEnd why, bool finalise) {
  if (over()) return;
  close_stream();
  phase_ = Over{why};
  tracer_.ended(why);
  parts_.listener.on_deliver_end(*this, finalise);
}

std::string DeliverV1::describe() const {
  static constexpr const char* kNames[] = {"idle",    "idle",     "connecting", "receiving",
                                           "pushing", "retrying", "dwelling",   "over"};
  static_assert(std::size(kNames) == std::variant_size_v<decltype(phase_)>);
  return fmt::format("{}{}, attempts {}, waited {} ms", kNames[phase_.index()], stream_.describe(),
                     attempts_, waited_ / kMillisecond);
}

}  // namespace hearsay
