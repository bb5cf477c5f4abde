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

// Encodes and signs `message`. A non-empty `internal_endpoint` is put into a secret envelope signed
// by the same signer (alive messages inside an organisation). When encoding or the signer fails
// there is no envelope, only the reason.
Result<EnvelopeRef> sign_message(GossipMessage message, const Signer& signer,
                                 std::string_view internal_endpoint = {});

// The same for a relay that adds its own secret: `envelope` with the secret replaced.
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
// present but empty secret envelope fails. A null reference has no envelope.
VerifyError verify_envelope(const EnvelopeRef& envelope, const Verifier& verifier);

}  // namespace hearsay
