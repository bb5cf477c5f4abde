#include "core/gossip/membership.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace hearsay {

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

bool contains(const std::vector<std::string>& list, std::string_view endpoint) {
  return std::find(list.begin(), list.end(), endpoint) != list.end();
}

}  // namespace

std::string NetworkMember::describe() const {
  return fmt::format("Endpoint: {}, InternalEndpoint: {}, PKI-ID: {}, Metadata: {}", endpoint,
                     internal_endpoint, hex(pki_id), hex(metadata));
}

Membership::Membership(Context& context, View& view, IdentityMapper& mapper, MembershipLinks& links,
                       Gossiper& gossiper)
    : context_(context),
      view_(view),
      mapper_(mapper),
      links_(links),
      gossiper_(gossiper),
      disclosure_(context, mapper),
      own_alive_(context),
      connector_(context, mapper, links, own_alive_),
      random_(context.random.fork("membership")),
      first_heartbeat_(context.config.alive_time_interval),
      heartbeat_timer_(context.clock, *this, TimerKind::kSendAlive),
      check_timer_(context.clock, *this, TimerKind::kCheckAlive),
      reconnect_timer_(context.clock, *this, TimerKind::kReconnect),
      sweep_timer_(context.clock, *this, TimerKind::kAliveStoreSweep),
      sync_timer_(context.clock, *this, TimerKind::kMembershipSync) {
  const std::string fault = endpoint_fault(context.identity.internal_endpoint);
  HS_ASSERT_MSG(fault.empty(), fault.c_str());
}

std::string Membership::endpoint_fault(std::string_view endpoint) {
  if (endpoint.empty()) return "internal endpoint is empty, it must be host:port";
  if (std::count(endpoint.begin(), endpoint.end(), ':') != 1) {
    return fmt::format("internal endpoint {} must be host:port with exactly one colon", endpoint);
  }
  const std::string_view text = endpoint.substr(endpoint.find(':') + 1);
  std::int64_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  // Quirk: zero and negative ports pass.
  if (error != std::errc() || end != text.data() + text.size() || port > 65535) {
    return fmt::format("internal endpoint {} needs a port of at most 65535", endpoint);
  }
  return {};
}

void Membership::start() {
  if (stopped_) return;
  view_.reserve(context_.directory.peer_count());
  own_alive_.start();
  const Config& config = context_.config;
  heartbeat_timer_.arm_after(first_heartbeat_);
  check_timer_.arm_after(context_.first_delay(config.alive_check_interval()));
  reconnect_timer_.arm_after(context_.first_delay(config.reconnect_interval, 0));
  sweep_timer_.arm_after(context_.first_delay(config.alive_message_ttl() / 100));
  sync_timer_.arm_after(context_.first_delay(config.pull_interval, 0));
}

void Membership::adopt(const Past& past) {
  HS_ASSERT(context_.settled && view_.alive_set().empty());
  past_ = &past;
  view_.reserve(past.members.size());
  const Duration ttl = context_.config.alive_message_ttl();
  for (std::size_t i = 0; i < past.members.size(); ++i) {
    const PeerIndex p = peer_index(i);
    if (!past.knows(context_.directory, context_.self(), p)) continue;
    const Past::Member& member = past.members[i];
    const bool ours = context_.directory.org(p) == context_.org();
    const EnvelopeRef shown = ours ? member.alive : member.alive->without_secret();
    mapper_.assume(p, member.expires);
    view_.store_add(p, shown, member.seen, ttl);
    view_.learn(p, MemberState::kAlive, shown, member.seen);
  }
  const Past::Member& self = past.members[raw(context_.self())];
  own_alive_.adopt(self.alive);
  const Time due = self.seen + context_.config.alive_time_interval;
  first_heartbeat_ = std::max<Duration>(0, due - context_.now());
}

void Membership::stop() {
  stopped_ = true;
  heartbeat_timer_.cancel();
  check_timer_.cancel();
  reconnect_timer_.cancel();
  sweep_timer_.cancel();
  sync_timer_.cancel();
  connector_.stop();
}

void Membership::on_timer(TimerKind kind, std::uint32_t) {
  switch (kind) {
    case TimerKind::kSendAlive:
      heartbeat_timer_.fired();
      return heartbeat();
    case TimerKind::kCheckAlive:
      check_timer_.fired();
      return check_alive();
    case TimerKind::kReconnect:
      reconnect_timer_.fired();
      return reconnect();
    case TimerKind::kAliveStoreSweep:
      sweep_timer_.fired();
      return sweep_store();
    case TimerKind::kMembershipSync:
      sync_timer_.fired();
      return sync();
    default:
      HS_ASSERT_MSG(false, "a timer membership never armed");
  }
}

// --- 6.3, 8.4, 9.3, 5: periodic work

void Membership::heartbeat() {
  // Quirk: with nobody alive nothing is built, so the sequence number stands still too.
  if (!view_.alive_set().empty()) {
    const EnvelopeRef alive = own_alive_.build_heartbeat();
    // Quirk: one failure to sign ends the heartbeat for good.
    if (!alive) return;
    gossiper_.gossip(alive);
  }
  heartbeat_timer_.arm_after(context_.config.alive_time_interval);
}

void Membership::check_alive() {
  scratch_.clear();
  view_.find_silent(context_.now(), context_.config.alive_expiration_timeout, scratch_);
  expire(scratch_, DeathCause::kExpired);
  check_timer_.arm_after(context_.config.alive_check_interval());
}

void Membership::reconnect() {
  first_ping_ += static_cast<std::uint32_t>(pings_.size());
  pings_.clear();
  view_.dead_set().for_each([this](PeerIndex p) {
    pings_.push_back({p, std::string(view_.preferred_endpoint(p)), true});
  });
  // One above the pings, taken off when all are started: a round ends once.
  pings_open_ = static_cast<std::uint32_t>(pings_.size()) + 1;
  for (std::size_t i = 0; i < pings_.size(); ++i) {
    links_.probe(pings_[i].endpoint, first_ping_ + static_cast<std::uint32_t>(i));
  }
  ping_done();
}

void Membership::on_probe_done(std::uint32_t cookie, bool ok) {
  const std::uint32_t i = cookie - first_ping_;
  if (stopped_ || i >= pings_.size() || !pings_[i].pending) return;
  Ping& ping = pings_[i];
  ping.pending = false;
  // Quirk: the round works on its snapshot; who came back or was forgotten meanwhile is asked as
  // well.
  if (ok) {
    if (const EnvelopeRef request = own_alive_.build_request(true, 0)) {
      send_request(ping.peer, ping.endpoint, request);
    }
  }
  ping_done();
}

void Membership::ping_done() {
  if (--pings_open_ == 0) reconnect_timer_.arm_after(context_.config.reconnect_interval);
}

void Membership::sweep_store() {
  const Duration ttl = context_.config.alive_message_ttl();
  scratch_.clear();
  view_.sweep_store(context_.now(), ttl, scratch_);
  for (const PeerIndex p : scratch_) {
    // Quirk: the member goes even if it is alive by younger requests and responses.
    if (never_forgotten(*view_.store_entry(p)) || !view_.forget(p)) continue;
    context_.trace(TraceKind::kMemberForgotten, p);
  }
  sweep_timer_.arm_after(ttl / 100);
}

bool Membership::never_forgotten(const Envelope& alive) const {
  return is_fixed_point(alive.message().get<AliveMessage>()->membership->endpoint) ||
         is_fixed_point(alive.internal_endpoint());
}

bool Membership::is_fixed_point(std::string_view endpoint) const {
  return contains(bootstrap_endpoints_, endpoint) || anchor_tracker_.is_anchor(endpoint);
}

// --- 8: member states

void Membership::learn(PeerIndex subject, const EnvelopeRef& alive) {
  if (subject == context_.self()) return;
  switch (view_.state(subject)) {
    case MemberState::kUnknown:
    case MemberState::kRecordOnly:
      // Fabric: v2.5 crashes on a member known but in neither map; main learns it anew, and so do
      // we.
      view_.learn(subject, MemberState::kAlive, alive, context_.now());
      break;
    case MemberState::kDead:
      if (alive->stamp() <= view_.message(subject)->stamp()) return;
      view_.refresh(subject, alive, context_.now());
      break;
    case MemberState::kAlive:
      if (alive->stamp() <= view_.message(subject)->stamp()) return;
      view_.refresh(subject, alive, context_.now());
      return;
  }
  context_.trace(TraceKind::kMemberAlive, subject, alive->stamp().seq_num);
}

void Membership::expire(std::span<const PeerIndex> silent, DeathCause cause) {
  for (const PeerIndex p : silent) {
    view_.bury(p);
    context_.trace(TraceKind::kMemberDead, p, 0, static_cast<std::uint8_t>(cause));
  }
  // Only now: a close may queue events, and those must find the deaths done.
  for (const PeerIndex p : silent) {
    links_.close_conn(p);
  }
}

void Membership::on_presumed_dead(PeerIndex peer) {
  if (stopped_ || !view_.alive(peer)) return;
  expire({&peer, 1}, DeathCause::kPresumedDead);
}

void Membership::on_identity_switch(PeerIndex old_peer) {
  // The store's entry stays: messages of the old identity remain refused.
  if (!stopped_ && view_.forget(old_peer)) context_.trace(TraceKind::kMemberForgotten, old_peer);
}

// --- 9, 13: active

void Membership::connect_bootstrap(std::string_view endpoint) {
  if (stopped_) return;
  if (!contains(bootstrap_endpoints_, endpoint)) bootstrap_endpoints_.emplace_back(endpoint);
  if (context_.settled) return;  // they met long ago
  connector_.connect(endpoint, Connector::Expect::kOwnOrg);
}

void Membership::connect_anchor(std::string_view endpoint, OrgIndex declared_org) {
  if (stopped_) return;
  const auto colon = endpoint.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return;
  if (endpoint.substr(colon + 1).find_first_not_of('0') == std::string_view::npos) return;
  // Who has met in the past is not introduced again when it becomes the present.
  const bool at_start = past_ != nullptr && past_->at == context_.now();
  if (at_start && past_->met(context_.org(), declared_org)) return;
  const bool own_org = declared_org == context_.org();
  // A node without an external endpoint has nothing to show to another organisation.
  if (!own_org && own_alive_.endpoint().empty()) return;
  connector_.connect(endpoint, own_org ? Connector::Expect::kOwnOrg : Connector::Expect::kAnyOrg);
}

void Membership::connect(std::string_view endpoint) {
  if (!stopped_) connector_.connect(endpoint, Connector::Expect::kNobody);
}

// Fabric: syncDiscovery of the node, a loop of its own. The first round, at start, finds nobody and
// sets the phase of the rest.
void Membership::sync() {
  initiate_sync(context_.config.pull_peer_num);
  sync_timer_.arm_after(context_.config.pull_interval);
}

void Membership::initiate_sync(std::int32_t n) {
  if (stopped_ || n <= 0) return;
  scratch_.clear();
  view_.alive_set().sample(
      static_cast<std::uint32_t>(n), random_, [](PeerIndex) { return true; }, scratch_);
  if (scratch_.empty()) return;
  const EnvelopeRef request = own_alive_.build_request(true, 0);
  if (!request) return;
  for (const PeerIndex p : scratch_) {
    // Quirk: only the secret of the last message counts here, not an internal endpoint known from
    // before.
    const std::string& internal = view_.message(p)->internal_endpoint();
    send_request(p, internal.empty() ? view_.external_endpoint(p) : internal, request);
  }
}

void Membership::learn_anchors(std::span<const ChannelAnchor> anchors) {
  for (const ChannelAnchor& anchor : anchors)
    connect_anchor(anchor.endpoint, anchor.org);
}

// --- 10: queries

std::optional<NetworkMember> Membership::lookup(PeerIndex peer) const {
  if (peer == context_.self()) {
    return NetworkMember{peer,
                         own_alive_.endpoint(),
                         own_alive_.metadata(),
                         context_.pki_id(),
                         context_.identity.internal_endpoint,
                         nullptr};
  }
  if (!view_.known(peer)) return std::nullopt;
  const Member& member = *view_.message(peer)->message().get<AliveMessage>()->membership;
  return NetworkMember{peer,
                       member.endpoint,
                       member.metadata,
                       member.pki_id,
                       std::string(view_.internal_endpoint(peer)),
                       nullptr};
}

NetworkMember Membership::self() {
  return {context_.self(),
          own_alive_.endpoint(),
          own_alive_.metadata(),
          context_.pki_id(),
          "",
          own_alive_.build_unsigned()};
}

std::vector<NetworkMember> Membership::members() const {
  std::vector<NetworkMember> list;
  if (stopped_) return list;
  view_.alive_set().for_each([&](PeerIndex p) {
    NetworkMember& member = list.emplace_back(*lookup(p));
    member.envelope = view_.message(p);
  });
  return list;
}

}  // namespace hearsay
