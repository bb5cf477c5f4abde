// What membership does with messages: discovery.md section 7, with the checks of section 14 in
// front.
#include "core/base/prefetch.h"
#include "core/gossip/membership.h"

namespace hearsay {

namespace {

// How far ahead of the element at work the memory of later elements is asked for.
constexpr std::size_t kLookAhead = 8;

}  // namespace

void Membership::on_message(const Received& received) {
  if (stopped_ || !received.envelope) return;
  switch (received.envelope->kind()) {
    case ContentKind::kAlive:
      return on_alive(received);
    case ContentKind::kMemReq:
      return on_request(received);
    case ContentKind::kMemRes:
      return on_response(received);
    default:
      return context_.trace_rejected(received.from, *received.envelope, RejectReason::kUnexpected);
  }
}

std::optional<RejectReason> Membership::alive_fault(const Envelope* envelope) {
  if (envelope == nullptr || envelope->malformed()) return RejectReason::kUndecodable;
  const AliveMessage* alive = envelope->message().get<AliveMessage>();
  if (alive == nullptr) return RejectReason::kForeignContent;
  if (!alive->membership) return RejectReason::kMissingMembership;
  if (alive->membership->pki_id.empty()) return RejectReason::kMissingPkiId;
  if (!alive->timestamp) return RejectReason::kMissingTimestamp;
  return std::nullopt;
}

bool Membership::is_faulty(PeerIndex from, const Envelope* envelope, const Envelope& outer) const {
  // A known subject and a stamp on an alive message leave no fault; all three are in one cache
  // line.
  if (envelope != nullptr && envelope->kind() == ContentKind::kAlive && envelope->has_stamp() &&
      envelope->subject_memo() != kNoPeer) {
    return false;
  }
  const auto fault = alive_fault(envelope);
  if (!fault) return false;
  // Divergence: several of these crash Fabric v2.5.4, in its store's comparator, before any
  // validation.
  context_.trace_rejected(from, outer, *fault);
  return true;
}

bool Membership::request_is_genuine(const Directory& directory, const Received& request,
                                    RejectReason* why) {
  const auto refuse = [&](RejectReason reason) {
    if (why != nullptr) *why = reason;
    return false;
  };
  const MembershipRequest* content = request.envelope->message().get<MembershipRequest>();
  if (content == nullptr) return refuse(RejectReason::kUndecodable);
  const Envelope* self_info = content->self_information.get();
  if (self_info == nullptr || self_info->malformed()) return refuse(RejectReason::kUndecodable);
  const AliveMessage* alive = self_info->message().get<AliveMessage>();
  if (alive == nullptr) return refuse(RejectReason::kForeignContent);
  // Divergence: Fabric v2.5.4 crashes here.
  if (!alive->membership) return refuse(RejectReason::kMissingMembership);
  if (request.from == kNoPeer || alive->membership->pki_id != directory.pki_id(request.from)) {
    return refuse(RejectReason::kSpoofedRequest);
  }
  return true;
}

PeerIndex Membership::validate(PeerIndex from, const Envelope& alive) {
  const auto refuse = [&](RejectReason reason) {
    context_.trace_rejected(from, alive, reason);
    return kNoPeer;
  };
  if (!alive.is_signed()) return refuse(RejectReason::kUnsigned);
  PeerIndex subject = context_.directory.subject(alive);
  const AliveMessage& content = *alive.message().get<AliveMessage>();
  if (!content.identity.empty()) {
    const auto put = mapper_.put(content.membership->pki_id, content.identity);
    if (put.outcome != PutOutcome::kKnown) return refuse(RejectReason::kBadIdentity);
    subject = put.peer;
  } else if (!mapper_.knows(subject)) {
    return refuse(RejectReason::kUnknownIdentity);
  }
  if (!mapper_.verify(subject, alive)) return refuse(RejectReason::kBadSignature);
  return subject;
}

// --- 7.1

void Membership::on_alive(const Received& received) {
  const Envelope& envelope = *received.envelope;
  const PeerIndex named = context_.directory.subject(envelope);
  if (is_faulty(received.from, &envelope, envelope)) return;
  // First the cheap question, then the signature: nearly all alive messages end here.
  if (!view_.store_admits(named, envelope)) {
    return context_.trace_duplicate(received.from, envelope);
  }
  const PeerIndex subject = validate(received.from, envelope);
  if (subject == kNoPeer) return;
  if (subject == context_.self()) {
    return context_.trace_rejected(received.from, envelope, RejectReason::kOwnMessage);
  }
  view_.store_add(subject, received.envelope, context_.now(), context_.config.alive_message_ttl());
  learn(subject, received.envelope);
  // Quirk: passed on even if nothing in it was new to us, because a response had brought it before.
  gossiper_.forward(received.envelope, received.from);
}

// --- 7.2

void Membership::on_request(const Received& received) {
  const EnvelopeRef& self_info =
      received.envelope->message().get<MembershipRequest>()->self_information;
  if (is_faulty(received.from, self_info.get(), *received.envelope)) return;
  // Unlike pushed messages the self information is validated on every receipt.
  const PeerIndex requester = validate(received.from, *self_info);
  if (requester == kNoPeer) return;
  // Requests never enter the store, nor are they passed on.
  if (view_.store_admits(requester, *self_info)) learn(requester, self_info);
  // Quirk: answered even when the self information is stale. Fabric: an own task, after this
  // handler.
  respond(requester, *self_info, received.envelope->message().nonce);
}

void Membership::respond(PeerIndex requester, const Envelope& self_info, std::uint64_t nonce) {
  const EnvelopeRef own = own_alive_.for_response();
  if (!own) return;
  const std::string& external = self_info.message().get<AliveMessage>()->membership->endpoint;
  const std::string& internal = self_info.internal_endpoint();
  const Disclosure::Policy policy = disclosure_.towards(requester, !external.empty());
  if (!policy.admits(context_.self(), *own)) {
    context_.trace_rejected(requester, self_info, RejectReason::kDisclosure);
    return links_.close_conn(requester);
  }
  MembershipResponse response;
  const auto collect = [&](const IndexBits& members, std::vector<EnvelopeRef>& out) {
    members.for_each([&](PeerIndex p) {
      const EnvelopeRef& message = view_.message(p);
      if (policy.admits(p, *message)) out.push_back(policy.filter(message));
    });
  };
  response.alive.reserve(view_.alive_set().count() + 1);
  collect(view_.dead_set(), response.dead);
  collect(view_.alive_set(), response.alive);
  response.alive.push_back(policy.filter(own));
  GossipMessage message;
  message.nonce = nonce;
  message.tag = Tag::kEmpty;
  message.content = std::move(response);
  links_.send_to(requester, internal.empty() ? external : internal,
                 Envelope::unsigned_of(std::move(message)));
}

// --- 7.3

void Membership::on_response(const Received& received) {
  // Any response with the nonce is an acknowledgement, whatever is in it.
  connector_.on_ack(received.envelope->message().nonce);
  const auto& response = *received.envelope->message().get<MembershipResponse>();
  const std::size_t count = response.alive.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kLookAhead < count) prefetch_line(response.alive[i + kLookAhead].get());
    if (!on_alive_element(received, response.alive[i])) return;
  }
  for (const EnvelopeRef& element : response.dead) {
    if (!on_dead_element(received, element)) return;
  }
}

bool Membership::on_alive_element(const Received& response, const EnvelopeRef& element) {
  if (is_faulty(response.from, element.get(), *response.envelope)) return false;
  if (!view_.store_admits(context_.directory.subject(*element), *element)) return true;
  const PeerIndex subject = validate(response.from, *element);
  if (subject != kNoPeer) learn(subject, element);
  return true;
}

bool Membership::on_dead_element(const Received& response, const EnvelopeRef& element) {
  if (is_faulty(response.from, element.get(), *response.envelope)) return false;
  if (!view_.store_admits(context_.directory.subject(*element), *element)) return true;
  const PeerIndex subject = validate(response.from, *element);
  // Who is known in any state is not declared dead by others.
  if (subject == kNoPeer || view_.known(subject)) return true;
  if (subject == context_.self()) {
    // Quirk: of ourselves a record is made, which nothing reads.
    view_.learn(subject, MemberState::kRecordOnly, element, context_.now());
    return true;
  }
  view_.learn(subject, MemberState::kDead, element, context_.now());
  context_.trace(TraceKind::kMemberDead, subject, 0,
                 static_cast<std::uint8_t>(DeathCause::kLearnedDead));
  return true;
}

}  // namespace hearsay
