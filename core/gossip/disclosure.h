// Disclosure: which alive messages a node shows to which peer, and whether with the internal
// endpoint.
//
// Mirrors disclosurePolicy, the request filter of discoveryAdapter.SendToPeer, and for pushed
// messages peersByOriginOrgPolicy and sendAndFilterSecrets in gossip/gossip/gossip_impl.go of
// Fabric v2.5.4. Spec: discovery.md sections 11.3 and 12, push.md section 5.4. Pure: reads the
// identity mapper, changes nothing; stored messages are never modified, a stripped copy is shared.
//
// Answering and pushing follow two rules, which differ. R is the receiver's organisation, X the
// subject's, own ours; "external" means: has an external endpoint.
//
//                      answered (towards)                  pushed (push_of)
//   X = own, R = own   yes                                 yes
//   X = own, R = other if subject and receiver external    yes
//   X = other, R = X   yes                                 if receiver external
//   X = other, R = own no                                  if receiver external
//   X, R two others    no                                  no
//   X unknown          no                                  no
//   R unknown          no, the secret stays                X = own: yes, without the secret
//
// Beyond the own organisation nobody gets the secret.
#pragma once

#include "core/gossip/context.h"
#include "core/gossip/identity.h"

namespace hearsay {

class Disclosure {
 public:
  Disclosure(const Context& context, const IdentityMapper& mapper)
      : context_(context), mapper_(mapper) {}

  // The rules towards one peer: a sieve (may it see this message?) and a filter (in which form?).
  class Policy {
   public:
    // May the target see this alive message of `subject`?
    bool admits(PeerIndex subject, const Envelope& alive) const {
      const OrgIndex org = mapper_->org_of(subject);
      if (org == kNoOrg || target_org_ == kNoOrg) return false;
      if (org == target_org_) return true;
      return org == own_org_ && target_is_external_ && has_external_endpoint(alive);
    }
    // The form in which the target gets a message it may see.
    //
    // Quirk: towards a peer of unknown organisation the secret stays; responses are safe all the
    // same, because admits() then refuses everything, but a first request shows the internal
    // endpoint.
    EnvelopeRef filter(const EnvelopeRef& alive) const {
      return keeps_secrets() ? alive : alive->without_secret();
    }
    bool keeps_secrets() const { return target_org_ == own_org_ || target_org_ == kNoOrg; }

   private:
    friend class Disclosure;
    static bool has_external_endpoint(const Envelope& alive);

    const IdentityMapper* mapper_ = nullptr;
    OrgIndex own_org_ = kNoOrg;
    OrgIndex target_org_ = kNoOrg;
    bool target_is_external_ = false;
  };

  // The policy towards `target`. `has_external_endpoint`: does its member record (for responses,
  // the self information of its request) name one?
  Policy towards(PeerIndex target, bool has_external_endpoint) const;

  // The rules for pushing one alive message.
  class Push {
   public:
    // May anybody get it?
    bool possible() const { return origin_org_ != kNoOrg; }
    // May `target` be chosen?
    bool admits(PeerIndex target) const {
      if (origin_is_ours()) return true;
      const OrgIndex org = mapper_->org_of(target);
      return org != kNoOrg && (org == own_org_ || org == origin_org_);
    }
    // Of those chosen, do only targets with an external endpoint get it? Fabric: one that does not
    // is not replaced by another, so the fan-out shrinks.
    bool external_targets_only() const { return !origin_is_ours(); }
    EnvelopeRef filter(PeerIndex target, const EnvelopeRef& alive) const {
      return mapper_->org_of(target) == own_org_ ? alive : alive->without_secret();
    }

   private:
    friend class Disclosure;
    bool origin_is_ours() const { return origin_org_ == own_org_; }

    const IdentityMapper* mapper_ = nullptr;
    OrgIndex own_org_ = kNoOrg;
    OrgIndex origin_org_ = kNoOrg;
  };

  // The rules for pushing an alive message of `subject`.
  Push push_of(PeerIndex subject) const;

  // A membership request as `target` may get it: itself, or a copy whose self information has no
  // secret. With target kNoPeer (nobody identified) the request is unchanged.
  EnvelopeRef request_for(PeerIndex target, const EnvelopeRef& request) const;

 private:
  const Context& context_;
  const IdentityMapper& mapper_;
};

}  // namespace hearsay
