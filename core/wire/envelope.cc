#include "core/wire/envelope.h"

#include <limits>
#include <utility>

#include "core/base/assert.h"
#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "core/wire/codec_proto.h"
#include "core/wire/fingerprint.h"
#include "core/wire/tags.h"
#include "core/wire/wire_size.h"

namespace hearsay {

namespace {

std::optional<PeerTime> stamp_of(const GossipMessage& message) {
  if (const auto* alive = message.get<AliveMessage>()) return alive->timestamp;
  if (const auto* info = message.get<StateInfo>()) return info->timestamp;
  if (const auto* leadership = message.get<LeadershipMessage>()) return leadership->timestamp;
  return std::nullopt;
}

// Keeps a computed fingerprint apart from "not computed yet".
constexpr std::uint64_t kZeroFingerprint = 1;

}  // namespace

Envelope::~Envelope() = default;

EnvelopeRef Envelope::unsigned_of(GossipMessage message) {
  auto* envelope = new Envelope;
  EnvelopeRef ref(envelope);
  envelope->message_ = std::move(message);
  envelope->finish(hearsay::wire_size(envelope->message_));
  return ref;
}

EnvelopeRef Envelope::signed_of(GossipMessage message, std::string payload, std::string signature,
                                std::unique_ptr<SecretEnvelope> secret) {
  HS_ASSERT_MSG(payload.size() == hearsay::wire_size(message), "payload is not the message's");
  auto* envelope = new Envelope;
  EnvelopeRef ref(envelope);
  envelope->message_ = std::move(message);
  envelope->payload_ = std::move(payload);
  envelope->signature_ = std::move(signature);
  envelope->secret_ = std::move(secret);
  envelope->finish(envelope->payload_.size());
  return ref;
}

EnvelopeRef Envelope::received(std::string payload, std::string signature,
                               std::unique_ptr<SecretEnvelope> secret, std::string unknown_fields) {
  return received_at_depth(std::move(payload), std::move(signature), std::move(secret),
                           std::move(unknown_fields), 0);
}

EnvelopeRef received_at_depth(std::string payload, std::string signature,
                              std::unique_ptr<SecretEnvelope> secret, std::string unknown_fields,
                              int depth) {
  auto* envelope = new Envelope;
  EnvelopeRef ref(envelope);
  if (auto message = decode_message_at_depth(payload, depth); message.ok()) {
    envelope->message_ = std::move(message).value();
  } else {
    envelope->malformed_ = true;
  }
  envelope->payload_ = std::move(payload);
  envelope->signature_ = std::move(signature);
  envelope->secret_ = std::move(secret);
  envelope->unknown_fields_ = std::move(unknown_fields);
  envelope->finish(envelope->payload_.size());
  return ref;
}

void Envelope::finish(std::size_t payload_size) {
  kind_ = message_.kind();
  type_ = message_type(kind_, get_pull_msg_type(message_));
  if (const auto stamp = stamp_of(message_)) {
    has_stamp_ = true;
    inc_num_ = stamp->inc_num;
    seq_num_ = stamp->seq_num;
  }
  if (const StateInfo* info = message_.get<StateInfo>()) {
    announces_leave_ = info->properties && info->properties->left_channel;
  }
  has_payload_ = payload_size != 0;
  if (secret_) internal_endpoint_ = read_secret(secret_->payload);
  const std::size_t size =
      envelope_size(payload_size, signature_.size(), secret_.get(), unknown_fields_.size());
  HS_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  wire_size_ = static_cast<std::uint32_t>(size);
}

std::string Envelope::payload() const {
  if (!payload_.empty() || !has_payload_) return payload_;
  return encode_message(message_);
}

std::string_view Envelope::subject_pki_id() const {
  switch (kind_) {
    case ContentKind::kAlive: {
      const auto& member = message_.get<AliveMessage>()->membership;
      return member ? std::string_view(member->pki_id) : std::string_view();
    }
    case ContentKind::kStateInfo:
      return message_.get<StateInfo>()->pki_id;
    case ContentKind::kLeadership:
      return message_.get<LeadershipMessage>()->pki_id;
    case ContentKind::kPeerIdentity:
      return message_.get<PeerIdentity>()->pki_id;
    case ContentKind::kConn:
      return message_.get<ConnEstablish>()->pki_id;
    default:
      return {};
  }
}

std::uint64_t Envelope::fingerprint() const {
  if (fingerprint_ != 0) return fingerprint_;
  // Both ends of the wire hold the bytes of a signed payload, but only the receiver those of an
  // unsigned one: that is why the latter is taken by its fields. Bytes longer than the fields need
  // say more than these (unknown or repeated fields), and only a receiver can have such.
  const bool by_bytes = malformed_ || !signature_.empty() ||
                        (!payload_.empty() && payload_.size() != hearsay::wire_size(message_));
  std::uint64_t sum = by_bytes ? hash_bytes(payload_) : content_fingerprint(message_);
  sum = mix64(sum ^ wire_size_);
  if (!signature_.empty()) sum = hash_bytes(signature_, sum);
  if (secret_) {
    sum = hash_bytes(secret_->payload, sum);
    sum = hash_bytes(secret_->signature, sum);
    if (!secret_->unknown_fields.empty()) sum = hash_bytes(secret_->unknown_fields, sum);
  }
  if (!unknown_fields_.empty()) sum = hash_bytes(unknown_fields_, sum);
  fingerprint_ = sum != 0 ? sum : kZeroFingerprint;
  return fingerprint_;
}

EnvelopeRef Envelope::without_secret() const {
  if (!secret_) return EnvelopeRef(this);
  if (stripped_) return stripped_;
  auto* copy = new Envelope;
  stripped_ = EnvelopeRef(copy);
  copy->malformed_ = malformed_;
  copy->message_ = message_;
  copy->payload_ = payload_;
  copy->signature_ = signature_;
  copy->unknown_fields_ = unknown_fields_;
  copy->subject_memo_ = subject_memo_;
  copy->channel_memo_ = channel_memo_;
  // A good verdict covers both signatures; a bad one may be the secret's fault.
  if (signature_memo_ == SignatureMemo::kGood) copy->signature_memo_ = SignatureMemo::kGood;
  copy->finish(payload_.empty() && has_payload_ ? hearsay::wire_size(message_) : payload_.size());
  return stripped_;
}

}  // namespace hearsay
