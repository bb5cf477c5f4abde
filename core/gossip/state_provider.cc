#include "core/gossip/state_provider.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"

namespace hearsay {

std::unique_ptr<StateProvider> StateProvider::make(const Parts& parts) {
  const auto height = parts.ledger.height();
  // Divergence: Fabric tells a height of 0 from an error, and looks at the height first, so that an
  // unreadable ledger may be fatal. The port has no height when there is an error.
  if (!height) return nullptr;
  HS_ASSERT_MSG(*height > 0, "a ledger without genesis block");
  return std::unique_ptr<StateProvider>(new StateProvider(parts, *height));
}

StateProvider::StateProvider(const Parts& parts, BlockNum height)
    : context_(parts.context),
      channel_(parts.channel),
      comm_(parts.comm),
      ledger_(parts.ledger),
      buffer_(height, &context_.metrics.gauge(Metric::kPayloadBufferSize, channel_.index())),
      pump_(context_, channel_, ledger_, buffer_),
      intake_(context_, channel_.index(), ledger_, buffer_, pump_),
      server_(context_, comm_, ledger_),
      transfer_({context_, parts.view, channel_, comm_, ledger_, intake_}) {
  channel_.update_ledger_height(height);
}

AddOutcome StateProvider::add_payload(const std::optional<Payload>& block, AddDone done) {
  if (stopped_) return AddOutcome::kStopped;
  if (context_.config.non_blocking_commit_mode) return intake_.add_non_blocking(block);
  return intake_.add_blocking(block, std::move(done));
}

void StateProvider::on_message(const Received& message) {
  HS_ASSERT(takes(message.envelope->kind()));
  if (stopped_) return;
  if (!may_read(message)) {
    return context_.trace_rejected(message.from, *message.envelope, RejectReason::kNotReader);
  }
  switch (message.envelope->kind()) {
    case ContentKind::kStateRequest:
      return server_.on_request(message);
    case ContentKind::kStateResponse:
      return transfer_.on_response(message);
    default:
      // 12. Nobody acknowledges it: the sender runs into its timeout.
      context_.trace_rejected(message.from, *message.envelope, RejectReason::kUnexpected);
  }
}

// Fabric: VerifyByChannel on the ConnectionInfo, for every message. The handshake of a connection
// does not change, so neither does the verdict until the channel is configured anew.
bool StateProvider::may_read(const Received& message) {
  const EnvelopeRef handshake = comm_.handshake_of(message.conn);
  if (!handshake) return false;
  Reader& reader = readers_[message.from];
  if (reader.handshake == handshake) return reader.allowed;
  reader.handshake = handshake;
  reader.allowed = context_.crypto.verify_by_channel(
      channel_.name(), handshake->message().get<ConnEstablish>()->identity, handshake->signature(),
      handshake->payload());
  return reader.allowed;
}

void StateProvider::stop() {
  stopped_ = true;
  transfer_.stop();
  server_.stop();
  intake_.stop();
  pump_.stop();
}

std::string StateProvider::describe() const {
  const auto height = ledger_.height();
  return fmt::format("height {} next {} buffered {}, {}, {}",
                     height ? std::to_string(*height) : "unreadable", buffer_.next(),
                     buffer_.size(), pump_.describe(), transfer_.describe());
}

}  // namespace hearsay
