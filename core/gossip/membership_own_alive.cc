#include "core/gossip/membership_own_alive.h"

#include <utility>

namespace hearsay {

OwnAlive::OwnAlive(Context& context)
    : context_(context),
      incarnation_(context.clock.unix_time()),
      endpoint_(context.identity.external_endpoint) {}

GossipMessage OwnAlive::next_message() {
  ++sequence_;
  AliveMessage alive;
  alive.membership = Member{endpoint_, metadata_, context_.pki_id()};
  alive.timestamp = PeerTime{incarnation_, sequence_};
  GossipMessage message;
  message.tag = Tag::kEmpty;
  message.content = std::move(alive);
  return message;
}

EnvelopeRef OwnAlive::build() {
  GossipMessage message = next_message();
  if (context_.now() < publish_identity_until_) {
    std::get<AliveMessage>(message.content).identity = context_.directory.identity(context_.self());
  }
  EnvelopeRef envelope = context_.sign_with_secret(std::move(message));
  if (!envelope) return nullptr;
  envelope->set_subject_memo(context_.self());
  return envelope;
}

EnvelopeRef OwnAlive::build_heartbeat() {
  EnvelopeRef built = build();
  if (built) heartbeat_ = built;
  return built;
}

EnvelopeRef OwnAlive::for_response() { return heartbeat_ ? heartbeat_ : build(); }

EnvelopeRef OwnAlive::build_unsigned() { return Envelope::unsigned_of(next_message()); }

EnvelopeRef OwnAlive::build_request(bool with_internal, std::uint64_t nonce) {
  const EnvelopeRef alive = build();
  if (!alive) return nullptr;
  MembershipRequest request;
  request.self_information = with_internal ? alive : alive->without_secret();
  GossipMessage message;
  message.nonce = nonce;
  message.tag = Tag::kEmpty;
  message.content = std::move(request);
  return Envelope::unsigned_of(std::move(message));
}

}  // namespace hearsay
