#include "core/gossip/membership_connector.h"

#include <utility>

namespace hearsay {

namespace {

std::string port_of(std::string_view endpoint) {
  const auto colon = endpoint.rfind(':');
  return colon == std::string_view::npos ? std::string() : std::string(endpoint.substr(colon));
}

}  // namespace

Connector::Connector(Context& context, const IdentityMapper& mapper, MembershipLinks& links,
                     OwnAlive& own_alive)
    : context_(context),
      mapper_(mapper),
      links_(links),
      own_alive_(own_alive),
      random_(context.random.fork("membership/connect")),
      loopback_name_("localhost" + port_of(context.identity.internal_endpoint)),
      loopback_address_("127.0.0.1" + port_of(context.identity.internal_endpoint)) {}

bool Connector::is_own_endpoint(std::string_view endpoint) const {
  return endpoint == loopback_address_ || endpoint == loopback_name_ ||
         endpoint == context_.identity.internal_endpoint || endpoint == own_alive_.endpoint();
}

void Connector::connect(std::string_view endpoint, Expect expect) {
  if (is_own_endpoint(endpoint) || context_.config.max_connection_attempts <= 0) return;
  Contact& contact = contacts_.emplace_back();
  contact.id = next_id_++;
  contact.expect = expect;
  contact.endpoint = endpoint;
  identify(contact);
}

void Connector::identify(Contact& contact) {
  ++contact.attempts;
  contact.phase = Identifying{};
  if (contact.expect == Expect::kNobody) {
    identified(contact, kNoPeer);
  } else {
    links_.handshake(contact.endpoint, kNoPeer, contact.id);
  }
}

void Connector::on_handshake_done(std::uint32_t cookie, PeerIndex peer, bool ok) {
  Contact* contact = find(cookie);
  if (contact == nullptr || !std::holds_alternative<Identifying>(contact->phase)) return;
  // Quirk: whether a foreign anchor belongs to the organisation that lists it is not compared.
  const bool wrong_org = contact->expect == Expect::kOwnOrg && !mapper_.in_my_org(peer);
  if (ok && peer != kNoPeer && !wrong_org) return identified(*contact, peer);
  contact->phase =
      Pausing{arm(TimerKind::kConnectRetry, context_.config.reconnect_interval, contact->id)};
}

void Connector::identified(Contact& contact, PeerIndex peer) {
  const bool same_org = peer != kNoPeer && mapper_.in_my_org(peer);
  EnvelopeRef request = own_alive_.build_request(same_org, random_.next64());
  if (request) return send(contact, Request{std::move(request), peer, 0});
  // Quirk: without a request the next attempt follows at once.
  if (contact.attempts < context_.config.max_connection_attempts) return identify(contact);
  give_up(contact.id);
}

void Connector::send(Contact& contact, Request request) {
  ++request.attempts;
  const PeerIndex target = request.target;
  // Fabric's adapter filters here what the target may see; a request for a foreign peer was built
  // without the secret, so nothing is left to filter.
  const EnvelopeRef envelope = request.envelope;
  // The wait begins before the send. Every attempt sends the same request: same nonce, same stamp.
  contact.phase = AwaitingAck{std::move(request),
                              arm(TimerKind::kRequestAckWait, kRequestAckTimeout, contact.id)};
  links_.send_to(target, contact.endpoint, envelope);
}

void Connector::on_ack(std::uint64_t nonce) {
  std::erase_if(contacts_, [&](Contact& contact) {
    const auto* waiting = std::get_if<AwaitingAck>(&contact.phase);
    if (waiting == nullptr || waiting->request.envelope->message().nonce != nonce) return false;
    cancel_timer(contact);
    return true;
  });
}

void Connector::on_timer(TimerKind kind, std::uint32_t cookie) {
  Contact* contact = find(cookie);
  if (contact == nullptr) return;
  const std::int32_t limit = context_.config.max_connection_attempts;
  if (kind == TimerKind::kRequestAckWait) {
    auto* waiting = std::get_if<AwaitingAck>(&contact->phase);
    HS_ASSERT(waiting != nullptr);
    Request request = std::move(waiting->request);
    contact->phase =
        Resting{std::move(request),
                arm(TimerKind::kConnectRetry, context_.config.reconnect_interval, contact->id)};
  } else if (auto* resting = std::get_if<Resting>(&contact->phase)) {
    if (resting->request.attempts >= limit) return give_up(cookie);
    Request request = std::move(resting->request);
    send(*contact, std::move(request));
  } else {
    HS_ASSERT(std::holds_alternative<Pausing>(contact->phase));
    if (contact->attempts >= limit) return give_up(cookie);
    identify(*contact);
  }
}

void Connector::stop() {
  for (Contact& contact : contacts_)
    cancel_timer(contact);
  contacts_.clear();
}

Connector::Contact* Connector::find(std::uint32_t id) {
  for (Contact& contact : contacts_) {
    if (contact.id == id) return &contact;
  }
  return nullptr;
}

void Connector::give_up(std::uint32_t id) {
  std::erase_if(contacts_, [id](const Contact& contact) { return contact.id == id; });
}

void Connector::cancel_timer(Contact& contact) {
  if (const auto* pausing = std::get_if<Pausing>(&contact.phase)) {
    context_.clock.cancel(pausing->timer);
  } else if (const auto* waiting = std::get_if<AwaitingAck>(&contact.phase)) {
    context_.clock.cancel(waiting->timer);
  } else if (const auto* resting = std::get_if<Resting>(&contact.phase)) {
    context_.clock.cancel(resting->timer);
  }
}

TimerId Connector::arm(TimerKind kind, Duration after, std::uint32_t id) {
  return context_.clock.arm(context_.now() + after, *this, kind, id);
}

}  // namespace hearsay
