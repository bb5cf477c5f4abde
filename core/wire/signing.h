// Signing and verifying envelopes: Fabric's rules about what is signed, in which order it is
// checked, and what counts as missing. Mirrors Sign, NoopSign, SignSecret and Verify of
// gossip/protoext/signing.go.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/wire/envelope.h"

namespace hearsay {

// Makes a signature over a payload, or says why it cannot.
using Signer = std::function<Result<std::string>(std::string_view payload)>;

// Encodes and signs `message`. When encoding or the signer fails there is no envelope, only the
// reason.
Result<EnvelopeRef> sign_message(GossipMessage message, const Signer& signer);

// `envelope` with a secret envelope that holds `internal_endpoint`, signed by `signer` too; it
// replaces the secret that `envelope` has.
Result<EnvelopeRef> sign_secret(const Envelope& envelope, const Signer& signer,
                                std::string_view internal_endpoint);

enum class VerifyError : std::uint8_t {
  kNone,
  kNoEnvelope,
  kNoPayload,
  kNoSignature,
  kBadSignature,
  kSecretNoPayload,
  kSecretNoSignature,
  kSecretBadSignature,
};
const char* verify_error_text(VerifyError error);

using Verifier = std::function<bool(std::string_view signature, std::string_view payload)>;

// Checks the outer signature, then the secret's if there is one. The first failure is the answer; a
// present but empty secret envelope fails. A null pointer is a missing envelope.
VerifyError verify_envelope(const Envelope* envelope, const Verifier& verifier);

}  // namespace hearsay
