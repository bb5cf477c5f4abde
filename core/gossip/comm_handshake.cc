#include "core/gossip/comm_handshake.h"

#include <utility>

namespace hearsay {

const char* handshake_verdict_name(HandshakeVerdict verdict) {
  switch (verdict) {
    case HandshakeVerdict::kAccepted:
      return "accepted";
    case HandshakeVerdict::kProbe:
      return "probe";
    case HandshakeVerdict::kNoTlsCertificate:
      return "no TLS certificate";
    case HandshakeVerdict::kUndecodable:
      return "undecodable";
    case HandshakeVerdict::kWrongType:
      return "wrong type";
    case HandshakeVerdict::kNoPkiId:
      return "no PKI-ID";
    case HandshakeVerdict::kBadIdentity:
      return "bad identity";
    case HandshakeVerdict::kTlsHashMismatch:
      return "TLS hash mismatch";
    case HandshakeVerdict::kBadSignature:
      return "bad signature";
  }
  return "?";
}

HandshakeVerdict judge_tls(const TlsHashes& session, std::string_view claimed_hash) {
  if (session.own.empty()) return HandshakeVerdict::kAccepted;
  if (session.peer.empty()) return HandshakeVerdict::kNoTlsCertificate;
  if (session.peer != claimed_hash) return HandshakeVerdict::kTlsHashMismatch;
  return HandshakeVerdict::kAccepted;
}

HandshakeVerdict judge_handshake(const Envelope& frame, const TlsHashes& session,
                                 IdentityMapper& identities, PeerIndex& peer) {
  peer = kNoPeer;
  if (!session.own.empty() && session.peer.empty()) return HandshakeVerdict::kNoTlsCertificate;
  if (frame.malformed()) return HandshakeVerdict::kUndecodable;
  const auto* hello = frame.message().get<ConnEstablish>();
  if (hello == nullptr) return HandshakeVerdict::kWrongType;
  if (hello->pki_id.empty()) return HandshakeVerdict::kNoPkiId;
  // Fabric: before the signature is looked at, so a forger can make us learn a valid identity.
  const auto put = identities.put(hello->pki_id, hello->identity);
  if (put.outcome != PutOutcome::kKnown) return HandshakeVerdict::kBadIdentity;
  peer = put.peer;
  const HandshakeVerdict tls = judge_tls(session, hello->tls_cert_hash);
  if (tls != HandshakeVerdict::kAccepted) return tls;
  if (!identities.verify(peer, frame)) return HandshakeVerdict::kBadSignature;
  return hello->probe ? HandshakeVerdict::kProbe : HandshakeVerdict::kAccepted;
}

EnvelopeRef make_handshake(const Context& context, std::string_view own_tls_hash, bool probe) {
  GossipMessage message;
  message.tag = Tag::kEmpty;
  message.content = ConnEstablish{.pki_id = context.pki_id(),
                                  .identity = context.directory.identity(context.self()),
                                  .tls_cert_hash = std::string(own_tls_hash),
                                  .probe = probe};
  // Without a key to sign with the far end refuses us, as it should.
  if (EnvelopeRef made = context.sign(message)) return made;
  return Envelope::unsigned_of(std::move(message));
}

}  // namespace hearsay
