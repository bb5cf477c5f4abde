// The judgement on a received ConnEstablish (gossip/comm/comm_impl.go authenticateRemotePeer).
//
// The order of the checks is observable: a handshake that fails late still leaves a validated
// identity in the mapper. Timeouts and streams are the business of Comm.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/gossip/context.h"
#include "core/gossip/identity.h"

namespace hearsay {

enum class HandshakeVerdict : std::uint8_t {
  kAccepted,
  kProbe,             // all is well, but the far end only wanted to know who we are
  kNoTlsCertificate,  // TLS is on and the far end presented no certificate
  kUndecodable,
  kWrongType,
  kNoPkiId,
  kBadIdentity,
  kTlsHashMismatch,
  kBadSignature,
};
const char* handshake_verdict_name(HandshakeVerdict verdict);

// SHA-256 hashes of the leaf certificates of one TLS session; both "" without TLS.
struct TlsHashes {
  std::string_view
      own;  // of the certificate we show: client side when we dialled, else server side
  std::string_view peer;  // of the certificate the far end showed
};

// The two checks that bind a ConnEstablish to its TLS session, as one pure function: with TLS (own
// hash present) the far end must have shown a certificate, and must name its hash. Without TLS the
// claimed hash is ignored.
HandshakeVerdict judge_tls(const TlsHashes& session, std::string_view claimed_hash);

// Judges `frame`. Unless the identity was refused, `peer` is who it names.
HandshakeVerdict judge_handshake(const Envelope& frame, const TlsHashes& session,
                                 IdentityMapper& identities, PeerIndex& peer);

// Our own ConnEstablish, signed.
EnvelopeRef make_handshake(const Context& context, std::string_view own_tls_hash, bool probe);

}  // namespace hearsay
