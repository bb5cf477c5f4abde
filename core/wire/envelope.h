// Envelope: one message as it travels, sealed.
//
// Fabric's "signed gossip message": the decoded message together with the exact bytes it came in,
// its signature and, for alive messages inside an organisation, the secret envelope with the
// internal endpoint (gossip/protoext/signing.go). An Envelope never changes after it is made and is
// shared by reference by everybody who holds the message: a store, a buffer, a frame in flight.
//
// What a receiver computes from these immutable bytes alone (size, fingerprint, who the subject is,
// whether the signature holds) is computed once and remembered here; sharing that leaks no
// knowledge between peers, because each would compute the same. What a peer *knows* is never stored
// here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/ref.h"
#include "core/wire/message.h"

namespace hearsay {

// The separately signed internal endpoint inside an alive message's envelope.
struct SecretEnvelope {
  std::string payload;  // an encoded Secret
  std::string signature;
  std::string unknown_fields{};  // re-emitted behind the known ones
};

// The answer to "does the signature hold under the identity of this signer?", remembered.
enum class SignatureMemo : std::uint8_t { kUnchecked, kGood, kBad };

class Envelope final : public RefCounted<Envelope> {
 public:
  // Encodes `message` and signs nothing (Fabric: NoopSign).
  static EnvelopeRef unsigned_of(GossipMessage message);

  // Seals `message` with `signature`, which must cover exactly `payload`, the canonical encoding of
  // the message (codec.h: encode_message). `secret` may be null.
  static EnvelopeRef signed_of(GossipMessage message, std::string payload, std::string signature,
                               std::unique_ptr<SecretEnvelope> secret);

  // What arrived as bytes. When `payload` does not decode the result is malformed(): it still has
  // bytes and a size, its message is empty, and a receiver must treat it as Fabric treats a
  // decoding error.
  static EnvelopeRef received(std::string payload, std::string signature,
                              std::unique_ptr<SecretEnvelope> secret, std::string unknown_fields);

  const GossipMessage& message() const { return message_; }
  ContentKind kind() const { return kind_; }
  MessageType type() const { return type_; }
  bool malformed() const { return malformed_; }

  // Bytes of the encoded Envelope, exact, without encoding it.
  std::uint32_t wire_size() const { return wire_size_; }

  // The payload bytes. For a message made here and not signed they are produced on each call.
  std::string payload() const;
  const std::string& signature() const { return signature_; }
  const SecretEnvelope* secret() const { return secret_.get(); }
  // Unknown fields of the outer Envelope, re-emitted behind the known ones.
  const std::string& unknown_fields() const { return unknown_fields_; }

  // The endpoint inside the secret; "" without one or when it does not decode. Verifies nothing.
  const std::string& internal_endpoint() const { return internal_endpoint_; }

  // Envelope, payload and signature all non-empty.
  bool is_signed() const { return !signature_.empty() && has_payload_; }

  // The stamp of an alive, state-info or leadership message; {0, 0} when it has none.
  PeerTime stamp() const { return {inc_num_, seq_num_}; }
  bool has_stamp() const { return has_stamp_; }
  // State information that says its owner has left the channel.
  bool announces_leave() const { return announces_leave_; }

  // The PKI-ID the message speaks about (member, pki_id); "" for kinds that name nobody.
  std::string_view subject_pki_id() const;

  // A number that two envelopes share when they carry the same bytes, whatever the wire mode and
  // whoever made them; for digests and traces. Not a security hash.
  std::uint64_t fingerprint() const;

  // The same envelope without its secret; itself when it has none. Made once, then shared.
  EnvelopeRef without_secret() const;

  // Memos of pure functions of these bytes, owned by Directory and MessageCrypto. See class
  // comment.
  PeerIndex subject_memo() const { return subject_memo_; }
  void set_subject_memo(PeerIndex p) const { subject_memo_ = p; }
  ChannelIndex channel_memo() const { return channel_memo_; }
  void set_channel_memo(ChannelIndex c) const { channel_memo_ = c; }
  SignatureMemo signature_memo() const { return signature_memo_; }
  void set_signature_memo(SignatureMemo m) const { signature_memo_ = m; }
  // The verdict of the readers policy of the channel that channel_memo() names.
  SignatureMemo policy_memo() const { return policy_memo_; }
  void set_policy_memo(SignatureMemo m) const { policy_memo_ = m; }

  ~Envelope();

 private:
  // Lets codec.cc count how deep envelopes are nested while it decodes.
  friend EnvelopeRef received_at_depth(std::string payload, std::string signature,
                                       std::unique_ptr<SecretEnvelope> secret,
                                       std::string unknown_fields, int depth);

  Envelope() = default;
  // Computes what is derived, once all other parts are there.
  void finish(std::size_t payload_size);

  // First the fields a delivery touches, in one cache line with the count.
  ContentKind kind_ = ContentKind::kNone;
  MessageType type_{};
  bool malformed_ = false;
  bool has_stamp_ = false;
  bool has_payload_ = false;
  bool announces_leave_ = false;
  mutable SignatureMemo signature_memo_ = SignatureMemo::kUnchecked;
  mutable SignatureMemo policy_memo_ = SignatureMemo::kUnchecked;
  mutable ChannelIndex channel_memo_ = kNoChannel;
  mutable PeerIndex subject_memo_ = kNoPeer;
  std::uint32_t wire_size_ = 0;
  std::uint64_t inc_num_ = 0;
  std::uint64_t seq_num_ = 0;
  mutable std::uint64_t fingerprint_ = 0;
  mutable EnvelopeRef stripped_;
  std::unique_ptr<SecretEnvelope> secret_;

  GossipMessage message_;
  std::string payload_;  // kept when signed or received; else empty
  std::string signature_;
  std::string internal_endpoint_;
  std::string unknown_fields_;
};

}  // namespace hearsay
