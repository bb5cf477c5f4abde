#include "core/gossip/identity.h"

#include "core/wire/signing.h"

namespace hearsay {

IdentityMapper::IdentityMapper(Context& context) : context_(context) { known_.set(context.self()); }

IdentityMapper::Put IdentityMapper::put(std::string_view pki_id, std::string_view identity) {
  const auto refuse = [](PutOutcome why) { return Put{why, kNoPeer}; };
  if (pki_id.empty()) return refuse(PutOutcome::kNoPkiId);
  if (identity.empty()) return refuse(PutOutcome::kNoIdentity);
  // The answer for a known pair cannot change, because a PKI-ID is a hash of the identity.
  const PeerIndex known = context_.directory.find_peer(pki_id);
  if (knows(known) && context_.directory.identity(known) == identity) {
    return {PutOutcome::kKnown, known};
  }
  const auto expiration = context_.crypto.expiration(identity);
  if (!expiration) return refuse(PutOutcome::kNoExpiration);
  if (context_.crypto.validate_identity(identity) != IdentityVerdict::kValid) {
    return refuse(PutOutcome::kInvalid);
  }
  if (context_.crypto.pki_id_of(identity) != pki_id) return refuse(PutOutcome::kMismatch);
  if (*expiration != 0 && *expiration < context_.clock.unix_time()) {
    return refuse(PutOutcome::kExpired);
  }
  const std::string org = context_.crypto.org_of(identity);
  const OrgIndex org_index = org.empty() ? kNoOrg : context_.directory.intern_org(org);
  const PeerIndex peer = context_.directory.intern_peer(pki_id, identity, org_index);
  known_.set(peer);
  return {PutOutcome::kKnown, peer};
}

bool IdentityMapper::verify(PeerIndex signer, const Envelope& envelope) const {
  if (!knows(signer)) return false;
  if (envelope.signature_memo() != SignatureMemo::kUnchecked) {
    return envelope.signature_memo() == SignatureMemo::kGood;
  }
  const std::string& identity = context_.directory.identity(signer);
  const bool good =
      verify_envelope(&envelope, [&](std::string_view signature, std::string_view payload) {
        return context_.crypto.verify(identity, signature, payload);
      }) == VerifyError::kNone;
  envelope.set_signature_memo(good ? SignatureMemo::kGood : SignatureMemo::kBad);
  return good;
}

}  // namespace hearsay
