#include "core/gossip/disclosure.h"

#include <utility>

namespace hearsay {

bool Disclosure::Policy::has_external_endpoint(const Envelope& alive) {
  const AliveMessage* content = alive.message().get<AliveMessage>();
  return content != nullptr && content->membership && !content->membership->endpoint.empty();
}

Disclosure::Policy Disclosure::towards(PeerIndex target, bool has_external_endpoint) const {
  Policy policy;
  policy.mapper_ = &mapper_;
  policy.own_org_ = context_.org();
  policy.target_org_ = mapper_.org_of(target);
  policy.target_is_external_ = has_external_endpoint;
  return policy;
}

Disclosure::Push Disclosure::push_of(PeerIndex subject) const {
  Push push;
  push.mapper_ = &mapper_;
  push.own_org_ = context_.org();
  push.origin_org_ = mapper_.org_of(subject);
  return push;
}

EnvelopeRef Disclosure::request_for(PeerIndex target, const EnvelopeRef& request) const {
  if (target == kNoPeer) return request;
  const MembershipRequest* content = request->message().get<MembershipRequest>();
  if (content == nullptr || !content->self_information) return request;
  const EnvelopeRef shown = towards(target, false).filter(content->self_information);
  if (shown == content->self_information) return request;
  GossipMessage copy = request->message();
  std::get<MembershipRequest>(copy.content).self_information = shown;
  return Envelope::unsigned_of(std::move(copy));
}

}  // namespace hearsay
