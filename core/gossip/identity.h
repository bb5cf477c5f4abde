// IdentityMapper: whose identity this node knows (gossip/identity/identity.go).
//
// The bytes of identities live in the Directory, once per process; the mapper holds which of them
// this node has accepted. Put checks, in Fabric's order: PKI-ID present, identity present,
// expiration can be determined, identity valid, PKI-ID is the identity's, not expired. An identity
// already known is left alone and counts as accepted. The node's own identity is always known.
//
// Expiry timers, idle purge and revocation are not part of this version.
#pragma once

#include <string_view>

#include "core/base/index_bits.h"
#include "core/gossip/context.h"

namespace hearsay {

enum class PutOutcome : std::uint8_t {
  kKnown,
  kNoPkiId,
  kNoIdentity,
  kNoExpiration,
  kInvalid,
  kMismatch,
  kExpired,
};

class IdentityMapper {
 public:
  explicit IdentityMapper(Context& context);

  // On kKnown `peer` is the index of the identity's owner; else kNoPeer.
  struct Put {
    PutOutcome outcome;
    PeerIndex peer;
  };
  Put put(std::string_view pki_id, std::string_view identity);

  bool knows(PeerIndex peer) const { return peer != kNoPeer && known_.test(peer); }
  // kNoOrg when the identity is not known or its organisation cannot be told.
  OrgIndex org_of(PeerIndex peer) const {
    return knows(peer) ? context_.directory.org(peer) : kNoOrg;
  }
  bool in_my_org(PeerIndex peer) const {
    return knows(peer) && context_.directory.org(peer) == context_.org();
  }

  // Does `envelope` carry a valid signature of `signer` (and, if it has a secret, a valid signature
  // over that too)? False for an unknown signer. Remembered on the envelope: REQUIRES that `signer`
  // is the envelope's only possible signer (its subject), or that nobody else asks about it.
  bool verify(PeerIndex signer, const Envelope& envelope) const;

  const IndexBits& known() const { return known_; }

 private:
  Context& context_;
  IndexBits known_;
};

}  // namespace hearsay
