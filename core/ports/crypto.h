// MessageCrypto: signatures and identities, Fabric's MessageCryptoService (gossip/api/crypto.go)
// together with its SecurityAdvisor (which organisation does an identity belong to).
//
// Answers depend on the arguments alone, except sign(), which uses the node's own key, and what
// hangs on an identity's validity: identities can be revoked, for all or for some nodes, and then
// validate_identity(), expiration() and the verifications change their answers for whoever the
// revocation reached. revision() tells when to ask again. Callers memoise verification on the
// Envelope, which all nodes share; they ask for validity first (IdentityMapper::valid), so that the
// memo holds only what stays true.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/message.h"

namespace hearsay {

enum class IdentityVerdict : std::uint8_t {
  kValid,
  kEmpty,
  kUndecodable,
  kUnknownIssuer,
  kRevoked
};

class MessageCrypto {
 public:
  // SHA-256(mspid ‖ id_bytes) of a SerializedIdentity; "" for empty or undecodable input.
  virtual std::string pki_id_of(std::string_view identity) const = 0;
  virtual IdentityVerdict validate_identity(std::string_view identity) const = 0;
  // Another number than before when an identity that was valid may no longer be.
  virtual std::uint64_t revision() const = 0;
  // Unix nanoseconds after which the identity is invalid; 0: never. nullopt: cannot be determined.
  virtual std::optional<std::uint64_t> expiration(std::string_view identity) const = 0;
  // The MSP id of the identity's organisation; "" when unknown.
  virtual std::string org_of(std::string_view identity) const = 0;

  // Signs with the node's own key.
  virtual std::string sign(std::string_view payload) const = 0;
  // REQUIRES: nothing; a forged or empty signature, or an empty identity, is just false.
  virtual bool verify(std::string_view identity, std::string_view signature,
                      std::string_view payload) const = 0;
  // Does the channel's readers policy accept this signature?
  virtual bool verify_by_channel(std::string_view channel, std::string_view identity,
                                 std::string_view signature, std::string_view payload) const = 0;
  // Is `block` (an encoded common.Block) the valid block `seq` of `channel`?
  virtual bool verify_block(std::string_view channel, std::uint64_t seq,
                            std::string_view block) const = 0;

 protected:
  ~MessageCrypto() = default;
};

}  // namespace hearsay
