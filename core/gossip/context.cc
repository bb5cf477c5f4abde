#include "core/gossip/context.h"

#include <utility>

#include "core/wire/signing.h"

namespace hearsay {

namespace {

// The port says "" when there is no key to sign with.
Signer signer_of(const MessageCrypto& crypto) {
  return [&crypto](std::string_view payload) -> Result<std::string> {
    std::string signature = crypto.sign(payload);
    if (signature.empty()) return Error{"the node's key does not sign"};
    return signature;
  };
}

}  // namespace

EnvelopeRef Context::sign(GossipMessage message) const {
  auto made = sign_message(std::move(message), signer_of(crypto));
  return made.ok() ? std::move(made).value() : nullptr;
}

EnvelopeRef Context::sign_with_secret(GossipMessage message) const {
  EnvelopeRef bare = sign(std::move(message));
  if (!bare || identity.internal_endpoint.empty()) return bare;
  auto made = sign_secret(*bare, signer_of(crypto), identity.internal_endpoint);
  return made.ok() ? std::move(made).value() : bare;
}

}  // namespace hearsay
