#include "core/gossip/state_transfer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"

namespace hearsay {

StateTransfer::StateTransfer(Parts parts)
    : context_(parts.context),
      view_(parts.view),
      channel_(parts.channel),
      comm_(parts.comm),
      ledger_(parts.ledger),
      intake_(parts.intake),
      random_(context_.random.fork("state").fork(channel_.name())),
      check_timer_(context_.clock, *this, TimerKind::kStateTransfer),
      response_timer_(context_.clock, *this, TimerKind::kStateResponse) {
  if (!context_.config.state_enabled) return;
  phase_ = Idle{};
  check_timer_.arm_after(context_.config.state_check_interval);
}

void StateTransfer::stop() {
  phase_ = Off{};
  check_timer_.cancel();
  response_timer_.cancel();
  queue_.clear();
}

void StateTransfer::on_timer(TimerKind kind, std::uint32_t) {
  if (kind == TimerKind::kStateTransfer) {
    check_timer_.fired();
    return check();
  }
  response_timer_.fired();
  const Batch batch = std::get<Awaiting>(phase_).batch;
  phase_ = Trying{batch};
  advance();
}

void StateTransfer::on_response(const Received& response) {
  if (!active()) return refuse(response, RejectReason::kUnsolicited);
  // Divergence: in Fabric the connection's reader waits while the queue is full. It fills only
  // while an answer waits for room in the buffer.
  if (queue_.size() >= static_cast<std::size_t>(context_.config.state_channel_size)) {
    return refuse(response, RejectReason::kQueueFull);
  }
  queue_.push_back(response);
  if (std::holds_alternative<Awaiting>(phase_)) advance();
}

// --- 10.1, 10.2: when, and whom

void StateTransfer::check() {
  const BlockNum height = ledger_.height().value_or(0);
  const BlockNum highest = highest_advertised();
  if (height == 0 || height >= highest) {
    return check_timer_.arm_after(context_.config.state_check_interval);
  }
  constexpr BlockNum kMost = std::numeric_limits<std::uint32_t>::max();
  context_.trace({.value = height,
                  .size = static_cast<std::uint32_t>(std::min(kMost, highest - height)),
                  .channel = channel_.index(),
                  .kind = TraceKind::kCatchUpBegun});
  start_batch(height, highest - 1);
  advance();
}

BlockNum StateTransfer::highest_advertised() const {
  BlockNum highest = 0;
  channel_.for_each_peer([&](PeerIndex, const std::optional<Properties>& properties) {
    if (properties) highest = std::max(highest, properties->ledger_height);
  });
  return highest;
}

// Uniform, with replacement across tries; members may have come, gone or grown since the last one.
PeerIndex StateTransfer::choose(BlockNum last) {
  // Twice over the members instead of a list of candidates, which would stay allocated per node.
  const auto for_each_candidate = [&](auto&& f) {
    channel_.for_each_peer([&](PeerIndex p, const std::optional<Properties>& properties) {
      if (properties && properties->ledger_height >= last) f(p);
    });
  };
  std::uint32_t count = 0;
  for_each_candidate([&](PeerIndex) { ++count; });
  if (count == 0) return kNoPeer;
  std::uint32_t skip = random_.below(count);
  PeerIndex chosen = kNoPeer;
  for_each_candidate([&](PeerIndex p) {
    if (skip-- == 0) chosen = p;
  });
  return chosen;
}

// --- 10.3: a round

// Goes on until there is something to wait for.
void StateTransfer::advance() {
  for (;;) {
    if (const auto* trying = std::get_if<Trying>(&phase_)) {
      try_once(trying->batch);
    } else if (const auto* awaiting = std::get_if<Awaiting>(&phase_)) {
      if (queue_.empty()) return;
      consume(awaiting->batch);
    } else if (!std::holds_alternative<Ingesting>(phase_) || !ingest()) {
      return;
    }
  }
}

void StateTransfer::start_batch(BlockNum next, BlockNum end) {
  if (next > end) return end_round(next, CatchUpEnd::kDone);
  const auto batch_size = static_cast<BlockNum>(context_.config.state_batch_size);
  const BlockNum last = end - next <= batch_size ? end : next + batch_size;
  phase_ = Trying{{.next = next, .last = last, .end = end, .nonce = random_.next64()}};
}

void StateTransfer::try_once(Batch batch) {
  if (batch.tries > context_.config.state_max_retries) {
    return end_round(batch.next, CatchUpEnd::kTriesSpent);
  }
  const PeerIndex peer = choose(batch.last);
  if (peer == kNoPeer) return end_round(batch.next, CatchUpEnd::kNoCandidate);
  GossipMessage message;
  message.nonce = batch.nonce;
  message.channel = channel_.name();
  message.tag = Tag::kChanOrOrg;
  message.content = RemoteStateRequest{batch.next, batch.last};
  ++batch.tries;
  phase_ = Awaiting{batch};
  response_timer_.arm_after(context_.config.state_response_timeout);
  comm_.send_to(peer, view_.preferred_endpoint(peer), Envelope::unsigned_of(std::move(message)));
}

void StateTransfer::consume(Batch batch) {
  const Received response = std::move(queue_.front());
  queue_.pop_front();
  response_timer_.cancel();
  if (response.envelope->message().nonce == batch.nonce) {
    phase_ = Ingesting{batch, response};
    return;
  }
  // Quirk: the rest of the timeout is not waited for, and the try is spent.
  refuse(response, RejectReason::kUnsolicited);
  phase_ = Trying{batch};
}

void StateTransfer::end_round(BlockNum next, CatchUpEnd how) {
  phase_ = Idle{};
  context_.trace({.value = next,
                  .channel = channel_.index(),
                  .kind = TraceKind::kCatchUpEnded,
                  .detail = static_cast<std::uint8_t>(how)});
  check_timer_.arm_after(context_.config.state_check_interval);
}

// --- 10.4: a response

// One payload on, or out of the phase. False: it waits for room. A block is verified only when the
// one before it has been admitted, and what was admitted stays when a later one turns out bad.
bool StateTransfer::ingest() {
  auto& now = std::get<Ingesting>(phase_);
  const auto& payloads = now.response.envelope->message().get<RemoteStateResponse>()->payloads;
  const auto give_up = [&](RejectReason reason) {
    refuse(now.response, reason);
    const Batch batch = now.batch;
    phase_ = Trying{batch};
    return true;
  };
  if (payloads.empty()) return give_up(RejectReason::kMissingPayload);
  if (now.at == payloads.size()) return start_batch(now.highest + 1, now.batch.end), true;
  const Payload& block = payloads[now.at];
  if (!context_.crypto.verify_block(channel_.name(), block.seq_num, block.data)) {
    return give_up(RejectReason::kBadBlock);
  }
  now.highest = std::max(now.highest, block.seq_num);
  const AddOutcome outcome = intake_.add_blocking(block, [this](AddOutcome late) {
    admitted(late);
    advance();
  });
  if (outcome == AddOutcome::kWaiting) return false;
  admitted(outcome);
  return true;
}

// Quirk: an error changes nothing; the block counts as seen.
void StateTransfer::admitted(AddOutcome outcome) {
  auto& now = std::get<Ingesting>(phase_);
  const Payload& block =
      now.response.envelope->message().get<RemoteStateResponse>()->payloads[now.at];
  ++now.at;
  if (outcome != AddOutcome::kAdded) return;
  context_.trace({.value = block.seq_num,
                  .other = now.response.from,
                  .channel = channel_.index(),
                  .kind = TraceKind::kBlockReceived,
                  .detail = static_cast<std::uint8_t>(BlockOrigin::kState)});
}

void StateTransfer::refuse(const Received& response, RejectReason reason) const {
  context_.trace_rejected(response.from, *response.envelope, reason);
}

std::string StateTransfer::describe() const {
  const auto batch = [](const char* what, const Batch& b) {
    return fmt::format("{} {}..{} of ..{}, tries {}", what, b.next, b.last, b.end, b.tries);
  };
  if (const auto* trying = std::get_if<Trying>(&phase_)) return batch("trying", trying->batch);
  if (const auto* now = std::get_if<Awaiting>(&phase_)) return batch("awaiting", now->batch);
  if (const auto* now = std::get_if<Ingesting>(&phase_)) return batch("ingesting", now->batch);
  return std::holds_alternative<Idle>(phase_) ? "idle" : "off";
}

}  // namespace hearsay
