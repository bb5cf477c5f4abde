#include "core/gossip/state_server.h"

#include <algorithm>
#include <utility>

namespace hearsay {

const char* range_verdict_text(RangeVerdict verdict) {
  switch (verdict) {
    case RangeVerdict::kFine:
      return "fine";
    case RangeVerdict::kInverted:
      return "Invalid sequence interval";
    case RangeVerdict::kTooWide:
      return "the range is greater than configured";
  }
  return "?";
}

RangeVerdict judge_range(BlockNum start, BlockNum end, std::int32_t batch_size) {
  if (start > end) return RangeVerdict::kInverted;
  return end - start > static_cast<BlockNum>(batch_size) ? RangeVerdict::kTooWide
                                                         : RangeVerdict::kFine;
}

StateServer::StateServer(Context& context, Comm& comm, const Ledger& ledger)
    : context_(context),
      comm_(comm),
      ledger_(ledger),
      timer_(context.clock, *this, TimerKind::kStateServe) {}

void StateServer::on_request(const Received& request) {
  if (queue_.size() >= static_cast<std::size_t>(context_.config.state_channel_size)) {
    return context_.trace_rejected(request.from, *request.envelope, RejectReason::kQueueFull);
  }
  queue_.push_back(request);
  // At this instant, but behind the handler at work: the server is another goroutine.
  if (!timer_.armed()) timer_.arm_after(0);
}

void StateServer::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const Received request = std::move(queue_.front());
  queue_.pop_front();
  if (!queue_.empty()) timer_.arm_after(0);
  serve(request);
}

void StateServer::serve(const Received& request) {
  const GossipMessage& asked = request.envelope->message();
  const auto& range = *asked.get<RemoteStateRequest>();
  const BlockNum start = range.start_seq_num;
  if (judge_range(start, range.end_seq_num, context_.config.state_batch_size) !=
      RangeVerdict::kFine) {
    return context_.trace_rejected(request.from, *request.envelope, RejectReason::kBadRange);
  }
  const auto height = ledger_.height();
  if (!height) return;
  // Divergence: a true minimum. v2.5.4's bit trick is wrong when the two differ by more than 2^63,
  // and a request that ends at 2^64-1 loops for ever there (mended in v2.5.12).
  const BlockNum top = std::min(*height, range.end_seq_num);
  RemoteStateResponse response;
  // Quirk: with the height as top the last number is asked for and is not there.
  for (BlockNum n = start; start <= top && n - start <= top - start; ++n) {
    if (auto block = ledger_.block(n)) response.payloads.push_back({n, *std::move(block), {}});
  }
  GossipMessage message;
  message.nonce = asked.nonce;
  message.channel = asked.channel;
  message.tag = Tag::kChanOrOrg;
  message.content = std::move(response);
  comm_.respond(request.conn, Envelope::unsigned_of(std::move(message)));
}

void StateServer::stop() {
  timer_.cancel();
  queue_.clear();
}

}  // namespace hearsay
