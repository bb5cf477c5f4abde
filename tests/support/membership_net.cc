#include "tests/support/membership_net.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "core/wire/tags.h"

namespace hearsay::test {

// --- crypto ---

std::string PlainCrypto::signature_of(std::string_view identity, std::string_view payload) {
  return sha256_bytes(identity, payload);
}

std::string PlainCrypto::pki_id_of(std::string_view identity) const {
  return identity.empty() ? std::string() : "pki:" + std::string(identity);
}

IdentityVerdict PlainCrypto::validate_identity(std::string_view identity) const {
  if (identity.empty()) return IdentityVerdict::kEmpty;
  return identity.find('/') == std::string_view::npos ? IdentityVerdict::kUndecodable
                                                      : IdentityVerdict::kValid;
}

std::string PlainCrypto::org_of(std::string_view identity) const {
  const auto slash = identity.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(identity.substr(0, slash));
}

std::string PlainCrypto::sign(std::string_view payload) const {
  if (signs_left >= 0 && signs >= signs_left) return {};
  ++signs;
  return signature_of(identity_, payload);
}

bool PlainCrypto::verify(std::string_view identity, std::string_view signature,
                         std::string_view payload) const {
  ++verifies;
  return signature == signature_of(identity, payload);
}

// --- events ---

std::size_t EventLog::count(TraceKind kind, PeerIndex other) const {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const TraceEvent& event) {
        return event.kind == kind && (other == kNoPeer || event.other == other);
      }));
}

std::size_t EventLog::rejected(RejectReason reason) const {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const TraceEvent& event) {
        return event.kind == TraceKind::kMessageRejected &&
               event.detail == static_cast<std::uint8_t>(reason);
      }));
}

// --- one peer ---

// What survives a restart stands first; the rest lives from start to stop.
struct MembershipNet::Peer final : MembershipLinks, Gossiper {
  Peer(MembershipNet& owner, NodeIdentity who, std::string identity_bytes)
      : net(owner), identity(std::move(who)), crypto(std::move(identity_bytes)) {}

  struct Life {
    explicit Life(Peer& peer)
        : context(peer.identity, peer.net.options.config, peer.net.directory, peer.net.clock,
                  peer.net.transport_, peer.crypto, peer.log,
                  Random::root(7).fork(peer.identity.internal_endpoint)),
          mapper(context),
          random(context.random.fork("push")),
          membership(context, view, mapper, peer, peer) {}
    Context context;
    View view;
    IdentityMapper mapper;
    Random random;
    Membership membership;
  };

  void send_to(PeerIndex to, std::string_view endpoint, const EnvelopeRef& envelope) override {
    const Sent message{net.clock.now(), identity.self, to, std::string(endpoint), envelope};
    net.sent.push_back(message);
    if (net.lets_pass && !net.lets_pass(message)) return;
    net.clock.call_after(net.options.latency, [this, message] { net.carry(message); });
  }
  void probe(std::string_view endpoint, std::uint32_t cookie) override {
    net.pings.push_back({net.clock.now(), identity.self, std::string(endpoint)});
    if (net.hold_probes) return net.held_probes.push_back(cookie);
    const std::string where(endpoint);
    net.clock.call_after(net.options.latency, [this, where, cookie, of = lives] {
      if (life && lives == of) {
        life->membership.on_probe_done(cookie, net.running_at(where) != kNoPeer);
      }
    });
  }
  void handshake(std::string_view endpoint, PeerIndex, std::uint32_t cookie) override {
    net.handshakes.push_back({net.clock.now(), identity.self, std::string(endpoint)});
    const std::string where(endpoint);
    net.clock.call_after(net.options.latency, [this, where, cookie, of = lives] {
      if (!life || lives != of) return;
      const PeerIndex who = net.running_at(where);
      if (who != kNoPeer) net.introduce(identity.self, who);
      life->membership.on_handshake_done(cookie, who, who != kNoPeer);
    });
  }
  void close_conn(PeerIndex whom) override {
    net.closed.push_back({identity.self, whom});
    net.connected_.erase({identity.self, whom});
    net.connected_.erase({whom, identity.self});
  }
  void gossip(const EnvelopeRef& envelope) override { net.push(*this, envelope, kNoPeer); }
  void forward(const EnvelopeRef& envelope, PeerIndex previous_hop) override {
    net.push(*this, envelope, previous_hop);
  }

  MembershipNet& net;
  NodeIdentity identity;
  PlainCrypto crypto;
  EventLog log;
  bool is_running = false;
  std::uint32_t lives = 0;
  std::unique_ptr<Life> life;
};

Config quick_config() {
  Config config;
  config.alive_time_interval = 300 * kMillisecond;
  config.alive_expiration_timeout = 3 * kSecond;
  config.reconnect_interval = 3 * kSecond;
  config.max_connection_attempts = 10'000;
  return config;
}

MembershipNet::MembershipNet(NetOptions chosen) : options(std::move(chosen)) {
  if (!options.sync) options.config.pull_interval = 24 * 3600 * kSecond;
}

MembershipNet::~MembershipNet() { stop_all(); }

MembershipNet::Peer& MembershipNet::peer(PeerIndex p) { return *peers_[raw(p)]; }

PeerIndex MembershipNet::add(std::string_view org, std::string_view internal,
                             std::string_view external) {
  const std::string identity = fmt::format("{}/{}", org, internal);
  const OrgIndex org_index = directory.intern_org(org);
  const PeerIndex p = directory.intern_peer("pki:" + identity, identity, org_index);
  HS_ASSERT(raw(p) == peers_.size());
  peers_.push_back(std::make_unique<Peer>(
      *this, NodeIdentity{p, org_index, std::string(internal), std::string(external)}, identity));
  peers_.back()->life = std::make_unique<Peer::Life>(*peers_.back());
  return p;
}

std::vector<PeerIndex> MembershipNet::add_many(std::string_view org, std::string_view name,
                                               std::size_t count) {
  std::vector<PeerIndex> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string endpoint = fmt::format("{}{}:7051", name, i);
    all.push_back(add(org, endpoint, endpoint));
  }
  return all;
}

void MembershipNet::start(PeerIndex p) {
  Peer& me = peer(p);
  HS_ASSERT(!me.is_running);
  if (me.lives++ > 0) me.life = std::make_unique<Peer::Life>(me);
  me.is_running = true;
  if (options.identities_known) {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      const PeerIndex other = peer_index(i);
      me.life->mapper.put(directory.pki_id(other), directory.identity(other));
    }
  }
  me.life->membership.start();
}

void MembershipNet::start(const std::vector<PeerIndex>& peers) {
  for (const PeerIndex p : peers)
    start(p);
}

void MembershipNet::stop(PeerIndex p) {
  Peer& me = peer(p);
  me.is_running = false;
  me.life->membership.stop();
  std::erase_if(connected_, [p](const auto& pair) { return pair.first == p || pair.second == p; });
}

void MembershipNet::stop_all() {
  for (std::size_t i = 0; i < peers_.size(); ++i)
    stop(peer_index(i));
}

bool MembershipNet::running(PeerIndex p) const { return peers_[raw(p)]->is_running; }
Membership& MembershipNet::at(PeerIndex p) { return peer(p).life->membership; }
View& MembershipNet::view(PeerIndex p) { return peer(p).life->view; }
IdentityMapper& MembershipNet::mapper(PeerIndex p) { return peer(p).life->mapper; }
PlainCrypto& MembershipNet::crypto(PeerIndex p) { return peer(p).crypto; }
EventLog& MembershipNet::log(PeerIndex p) { return peer(p).log; }
const std::string& MembershipNet::internal(PeerIndex p) const {
  return peers_[raw(p)]->identity.internal_endpoint;
}

// --- the network ---

PeerIndex MembershipNet::running_at(std::string_view endpoint) const {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    const Peer& candidate = *peers_[i];
    if (candidate.is_running && (candidate.identity.internal_endpoint == endpoint ||
                                 candidate.identity.external_endpoint == endpoint)) {
      return peer_index(i);
    }
  }
  return kNoPeer;
}

void MembershipNet::introduce(PeerIndex a, PeerIndex b) {
  mapper(a).put(directory.pki_id(b), directory.identity(b));
  mapper(b).put(directory.pki_id(a), directory.identity(a));
}

void MembershipNet::carry(const Sent& message) {
  if (!running(message.from)) return;
  PeerIndex to = message.to;
  if (connected_.count({message.from, to}) == 0) {
    const PeerIndex found = running_at(message.endpoint);
    if (found == kNoPeer || (to != kNoPeer && found != to)) {
      return at(message.from).on_presumed_dead(to);
    }
    to = found;
    introduce(message.from, to);
    connected_.insert({message.from, to});
    connected_.insert({to, message.from});
  }
  deliver(to, message.from, options.bytes ? through_bytes(message.envelope) : message.envelope);
}

void MembershipNet::deliver(PeerIndex to, PeerIndex from, const EnvelopeRef& envelope) {
  const Received received{kNoConn, from, envelope};
  if (envelope && is_tag_legal(envelope->message()) != TagError::kNone) return;
  RejectReason why{};
  if (envelope && envelope->kind() == ContentKind::kMemReq &&
      !Membership::request_is_genuine(directory, received, &why)) {
    TraceEvent event{.other = from, .kind = TraceKind::kMessageRejected};
    event.detail = static_cast<std::uint8_t>(why);
    return log(to).on_event(event);
  }
  at(to).on_message(received);
}

void MembershipNet::push(Peer& origin, const EnvelopeRef& envelope, PeerIndex except) {
  if (!options.push) return;
  Peer::Life& life = *origin.life;
  const OrgIndex own = origin.identity.org;
  const OrgIndex subject_org = life.mapper.org_of(directory.subject(*envelope));
  const bool hidden =
      envelope->message().get<AliveMessage>()->membership->endpoint.empty() && subject_org == own;
  std::vector<PeerIndex> targets;
  const auto k = static_cast<std::uint32_t>(options.config.propagate_peer_num);
  life.view.alive_set().sample(
      k, life.random,
      [&](PeerIndex p) {
        const OrgIndex org = life.mapper.org_of(p);
        if (hidden) return org == own;
        return p != except && (subject_org == own || org == own || org == subject_org);
      },
      targets);
  for (const PeerIndex p : targets) {
    if (p == except) continue;
    if (!hidden && subject_org != own && life.view.external_endpoint(p).empty()) continue;
    const bool ours = life.mapper.org_of(p) == own;
    origin.send_to(p, life.view.preferred_endpoint(p),
                   ours ? envelope : envelope->without_secret());
  }
}

bool MembershipNet::all_see(const std::vector<PeerIndex>& peers, std::uint32_t count,
                            Duration limit) {
  return run_until(
      [&] {
        return std::all_of(peers.begin(), peers.end(),
                           [&](PeerIndex p) { return view(p).alive_set().count() == count; });
      },
      limit);
}

std::vector<Sent> MembershipNet::sent_of(PeerIndex from, ContentKind kind) const {
  std::vector<Sent> list;
  for (const Sent& message : sent) {
    if (message.from == from && message.envelope->kind() == kind) list.push_back(message);
  }
  return list;
}

// --- messages by hand ---

EnvelopeRef MembershipNet::alive(PeerIndex subject, const AliveParts& parts) const {
  const std::string& identity = directory.identity(subject);
  AliveMessage content;
  content.membership = Member{parts.endpoint, parts.metadata, directory.pki_id(subject)};
  content.timestamp = PeerTime{parts.inc, parts.seq};
  content.identity = parts.identity;
  GossipMessage message;
  message.tag = Tag::kEmpty;
  message.content = std::move(content);
  std::string payload = encode_message(message);
  std::string signature = PlainCrypto::signature_of(identity, payload);
  std::unique_ptr<SecretEnvelope> secret;
  if (parts.internal) {
    secret = std::make_unique<SecretEnvelope>();
    secret->payload = encode_secret(*parts.internal);
    secret->signature = PlainCrypto::signature_of(identity, secret->payload);
  }
  return Envelope::signed_of(std::move(message), std::move(payload), std::move(signature),
                             std::move(secret));
}

EnvelopeRef MembershipNet::request(EnvelopeRef self_info, std::uint64_t nonce) {
  GossipMessage message;
  message.nonce = nonce;
  message.tag = Tag::kEmpty;
  message.content = MembershipRequest{std::move(self_info), {}};
  return Envelope::unsigned_of(std::move(message));
}

EnvelopeRef MembershipNet::response(std::vector<EnvelopeRef> alive, std::vector<EnvelopeRef> dead,
                                    std::uint64_t nonce) {
  GossipMessage message;
  message.nonce = nonce;
  message.tag = Tag::kEmpty;
  message.content = MembershipResponse{std::move(alive), std::move(dead)};
  return Envelope::unsigned_of(std::move(message));
}

EnvelopeRef MembershipNet::through_bytes(const EnvelopeRef& envelope) {
  auto decoded = decode_envelope(encode_envelope(*envelope));
  HS_ASSERT(decoded.ok());
  return decoded.value();
}

}  // namespace hearsay::test
