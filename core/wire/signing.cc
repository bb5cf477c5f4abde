#include "core/wire/signing.h"

#include <utility>

#include "core/wire/codec.h"
#include "core/wire/utf8.h"

namespace hearsay {

namespace {

Result<std::unique_ptr<SecretEnvelope>> make_secret(const Signer& signer,
                                                    std::string_view internal_endpoint) {
  if (!is_valid_utf8(internal_endpoint)) return Error{decode_error_text(DecodeError::kInvalidUtf8)};
  auto secret = std::make_unique<SecretEnvelope>();
  secret->payload = encode_secret(internal_endpoint);
  auto signature = signer(secret->payload);
  if (!signature.ok()) return Error{signature.error()};
  secret->signature = std::move(signature).value();
  return secret;
}

}  // namespace

Result<EnvelopeRef> sign_message(GossipMessage message, const Signer& signer) {
  auto payload = checked_encode_message(message);
  if (!payload.ok()) return Error{decode_error_text(payload.error())};
  auto signature = signer(payload.value());
  if (!signature.ok()) return Error{signature.error()};
  return Envelope::signed_of(std::move(message), std::move(payload).value(),
                             std::move(signature).value(), nullptr);
}

Result<EnvelopeRef> sign_secret(const Envelope& envelope, const Signer& signer,
                                std::string_view internal_endpoint) {
  auto secret = make_secret(signer, internal_endpoint);
  if (!secret.ok()) return Error{secret.error()};
  return Envelope::signed_of(envelope.message(), envelope.payload(), envelope.signature(),
                             std::move(secret).value());
}

const char* verify_error_text(VerifyError error) {
  switch (error) {
    case VerifyError::kNone:
      return "";
    case VerifyError::kNoEnvelope:
      return "missing envelope";
    case VerifyError::kNoPayload:
      return "empty payload";
    case VerifyError::kNoSignature:
      return "empty signature";
    case VerifyError::kBadSignature:
      return "bad signature";
    case VerifyError::kSecretNoPayload:
      return "empty secret payload";
    case VerifyError::kSecretNoSignature:
      return "empty secret signature";
    case VerifyError::kSecretBadSignature:
      return "bad secret signature";
  }
  return "?";
}

VerifyError verify_envelope(const Envelope* envelope, const Verifier& verifier) {
  if (envelope == nullptr) return VerifyError::kNoEnvelope;
  const std::string payload = envelope->payload();
  if (payload.empty()) return VerifyError::kNoPayload;
  if (envelope->signature().empty()) return VerifyError::kNoSignature;
  if (!verifier(envelope->signature(), payload)) return VerifyError::kBadSignature;
  const SecretEnvelope* secret = envelope->secret();
  if (secret == nullptr) return VerifyError::kNone;
  if (secret->payload.empty()) return VerifyError::kSecretNoPayload;
  if (secret->signature.empty()) return VerifyError::kSecretNoSignature;
  if (!verifier(secret->signature, secret->payload)) return VerifyError::kSecretBadSignature;
  return VerifyError::kNone;
}

}  // namespace hearsay
