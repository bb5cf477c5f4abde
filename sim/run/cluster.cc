#include "sim/run/cluster.h"

#include <algorithm>
#include <map>

#include "core/base/assert.h"
#include "core/wire/message.h"
#include "sim/world/node_clock.h"

namespace hearsay::sim {

namespace {

constexpr std::string_view kOrdererOrg = "OrdererMSP";
constexpr const char* kPort = ":7051";

std::string internal_endpoint(const std::string& org, std::uint32_t number) {
  return "peer" + std::to_string(number) + "." + org + kPort;
}

DeliverVersion version_of(scenario::DeliverClient client) {
  using Client = scenario::DeliverClient;
  switch (client) {
    case Client::kV1_0:
      return DeliverVersion::kV1_0;
    case Client::kV1_1:
      return DeliverVersion::kV1_1;
    case Client::kV1_2:
      return DeliverVersion::kV1_2;
    case Client::kV1_4_4:
      return DeliverVersion::kV1_4_4;
    case Client::kV1_4_5:
      return DeliverVersion::kV1_4_5;
    case Client::kV2:
      break;
  }
  return DeliverVersion::kV2;
}

std::string external_endpoint(const std::string& org, std::uint32_t number) {
  return "peer" + std::to_string(number) + "." + org + ".example.com" + kPort;
}

}  // namespace

std::string event_purpose(std::size_t index) { return "event" + std::to_string(index); }

void apply_config(Config& config, const scenario::ConfigMap& entries) {
  for (const scenario::ConfigEntry& entry : entries) {
    const auto set = set_config(config, entry.key, scenario::config_text(entry.value));
    HS_ASSERT_MSG(set.ok(), "a configuration entry that validation let pass");
  }
}

Cluster::Cluster(const scenario::Scenario& plan, World& world, TraceSink& trace)
    : plan_(plan),
      world_(world),
      random_(world.random().fork("cluster")),
      population_(scenario::population_of(plan)),
      crypto_(plan.seed),
      shared_{directory_, trace, plan.cpu.commit_block, blocks_} {
  orderer_identity_ = issue_orderer("orderer0");
  make_configs();
  find_expiries();
  make_peers();
  make_channels();
  assign_bootstrap();
  make_pasts();
}

std::string Cluster::issue_orderer(const std::string& name) {
  return crypto_.issue(kOrdererOrg, name, kOrdererIdentitySize);
}

void Cluster::make_pasts() {
  const auto overridden = override_starts();
  std::map<Time, std::vector<PeerIndex>> circles;
  for (const scenario::Organization& org : plan_.organizations) {
    if (org.membership != scenario::MembershipMode::kConverged) continue;
    const auto& range = *population_.find(org.name);
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const PeerIndex p{range.first + i};
      // Who starts at another time than its organisation is a stranger to it.
      if (!overridden[raw(p)]) circles[org.start.at].push_back(p);
    }
  }
  for (const auto& [at, peers] : circles) {
    pasts_.push_back(make_past({at, peers, directory_, homes_}, random_.fork("past")));
    for (const PeerIndex p : peers)
      homes_[raw(p)].past = &pasts_.back();
  }
}

std::vector<PeerIndex> Cluster::select(const scenario::Selector& selector,
                                       std::string_view purpose) const {
  Random random = random_.fork(purpose);
  const auto draw = [&random](std::uint64_t below) { return random.below64(below); };
  const auto leaders_of = [this](std::string_view org, std::string_view channel) {
    return leaders(org, channel);
  };
  return scenario::select(selector, population_, draw, leaders_of);
}

void Cluster::make_configs() {
  apply_config(configs_.emplace_back(), plan_.config);
  config_of_.assign(population_.total(), &configs_.front());
  for (std::size_t i = 0; i < plan_.overrides.size(); ++i) {
    const scenario::Override& entry = plan_.overrides[i];
    // Several overrides may meet in one peer; each adds to what the peer has so far.
    for (const PeerIndex p : select(entry.peers, "override" + std::to_string(i))) {
      configs_.push_back(*config_of_[raw(p)]);
      apply_config(configs_.back(), entry.config);
      config_of_[raw(p)] = &configs_.back();
    }
  }
  make_leader_configs();
}

// peer.gossip.useLeaderElection and orgLeader are what the organisation's `leader` and `leaders`
// say.
void Cluster::make_leader_configs() {
  for (Config& config : configs_) {
    config.use_leader_election = false;
    config.org_leader = false;
  }
  for (const scenario::Organization& org : plan_.organizations) {
    if (org.leader == scenario::LeaderMode::kElected) {
      make_election_configs(org);
      continue;
    }
    for (const PeerIndex p : select(*org.leaders, "leaders")) {
      configs_.push_back(*config_of_[raw(p)]);
      configs_.back().org_leader = true;
      config_of_[raw(p)] = &configs_.back();
    }
  }
}

void Cluster::make_election_configs(const scenario::Organization& org) {
  const auto& range = *population_.find(org.name);
  const Config* from = nullptr;
  const Config* made = nullptr;
  for (std::uint32_t i = 0; i < range.count; ++i) {
    const Config*& config = config_of_[range.first + i];
    // Neighbours mostly share one.
    if (config != from) {
      from = config;
      configs_.push_back(*config);
      configs_.back().use_leader_election = true;
      made = &configs_.back();
    }
    config = made;
  }
}

std::vector<std::optional<Time>> Cluster::override_starts() const {
  std::vector<std::optional<Time>> starts(population_.total());
  for (std::size_t i = 0; i < plan_.overrides.size(); ++i) {
    const scenario::Override& entry = plan_.overrides[i];
    if (!entry.start) continue;
    Random random = random_.fork("override start").fork(i);
    const auto spread = static_cast<std::uint64_t>(entry.start->spread);
    for (const PeerIndex p : select(entry.peers, "override" + std::to_string(i))) {
      starts[raw(p)] = entry.start->at + static_cast<Duration>(random.below64(spread + 1));
    }
  }
  return starts;
}

void Cluster::find_expiries() {
  expires_of_.assign(population_.total(), kNever);
  for (std::size_t i = 0; i < plan_.events.size(); ++i) {
    const scenario::Event& event = plan_.events[i];
    if (event.kind != scenario::EventKind::kExpire) continue;
    for (const PeerIndex p : select(event.peers, event_purpose(i))) {
      expires_of_[raw(p)] = std::min(expires_of_[raw(p)], event.at);
    }
  }
}

void Cluster::make_peers() {
  for (const scenario::Organization& org : plan_.organizations) {
    const OrgIndex org_index = directory_.intern_org(org.name);
    const auto* range = population_.find(org.name);
    std::vector<bool> external(population_.total());
    for (const PeerIndex p : select(*org.external_endpoints, "external"))
      external[raw(p)] = true;
    for (std::uint32_t number = 0; number < org.peers; ++number) {
      const PeerIndex p{range->first + number};
      const std::string name = population_.name_of(p);
      const Time end = expires_of_[raw(p)];
      const std::uint64_t expires =
          end == kNever ? 0 : kUnixEpoch + static_cast<std::uint64_t>(end);
      const std::string identity = crypto_.issue(org.name, name, kIdentitySize, expires);
      PeerHome& home = homes_.emplace_back();
      home.crypto = std::make_unique<FakeCrypto>(crypto_, identity);
      home.identity.self =
          directory_.intern_peer(home.crypto->pki_id_of(identity), identity, org_index);
      HS_ASSERT(home.identity.self == p);
      home.identity.org = org_index;
      home.identity.internal_endpoint = internal_endpoint(org.name, number);
      if (external[raw(p)]) home.identity.external_endpoint = external_endpoint(org.name, number);
      home.config = config_of_[raw(p)];
      home.deliver_version = version_of(org.deliver_client);
      home.on_died = [this, p] {
        // Not from inside the process itself.
        world_.call_at(world_.now(), [this, p] { world_.stop(p, StopReason::kCrash); });
      };
      world_.add_host(name, [this, &home](const HostContext& host) {
        return std::make_unique<GossipPeer>(home, shared_, host);
      });
    }
  }
}

void Cluster::make_channels() {
  for (const scenario::Channel& channel : plan_.channels) {
    directory_.intern_channel(channel.name);
    ChannelPlan& made = channels_.emplace_back();
    made.name = channel.name;
    made.join_at = channel.join_at;
    made.config.channel = channel.name;
    std::vector<OrgIndex> members;
    crypto_.add_orderer(channel.name, kOrdererOrg);
    for (const std::string& org : *channel.organizations) {
      members.push_back(org_index(org));
      crypto_.add_member(channel.name, org);
      const auto& plan = *std::find_if(plan_.organizations.begin(), plan_.organizations.end(),
                                       [&](const auto& o) { return o.name == org; });
      made.config.organizations.emplace(org, channel_org(plan));
    }
    for (PeerHome& home : homes_) {
      if (std::find(members.begin(), members.end(), home.identity.org) != members.end()) {
        home.channels.push_back(&made);
      }
    }
  }
}

ChannelOrg Cluster::channel_org(const scenario::Organization& org) const {
  ChannelOrg made{.name = org.name, .msp_id = org.name, .anchors = std::vector<AnchorPeer>()};
  for (const PeerIndex p : select(*org.anchors, "anchors")) {
    // Anchors are listed for everybody, so by the endpoint that everybody may know.
    const NodeIdentity& who = homes_[raw(p)].identity;
    made.anchors->push_back(
        anchor_peer(who.external_endpoint.empty() ? who.internal_endpoint : who.external_endpoint));
  }
  return made;
}

void Cluster::assign_bootstrap() {
  for (const scenario::Organization& org : plan_.organizations) {
    std::vector<std::string> endpoints;
    for (const PeerIndex p : select(*org.bootstrap, "bootstrap")) {
      endpoints.push_back(homes_[raw(p)].identity.internal_endpoint);
    }
    const auto* range = population_.find(org.name);
    for (std::uint32_t i = 0; i < range->count; ++i) {
      homes_[range->first + i].bootstrap = endpoints;
    }
  }
}

OrgIndex Cluster::org_index(std::string_view name) const { return directory_.find_org(name); }

std::vector<std::string> Cluster::endpoints_of(PeerIndex peer) const {
  const NodeIdentity& who = homes_[raw(peer)].identity;
  std::vector<std::string> endpoints = {who.internal_endpoint};
  if (!who.external_endpoint.empty()) endpoints.push_back(who.external_endpoint);
  return endpoints;
}

GossipPeer* Cluster::peer(PeerIndex peer) const {
  return static_cast<GossipPeer*>(world_.tenant(HostIndex{raw(peer)}));
}

const ChainStore* Cluster::chain(PeerIndex peer, ChannelIndex channel) const {
  const auto& chains = homes_[raw(peer)].chains;
  const auto found = chains.find(channel);
  return found == chains.end() ? nullptr : &found->second;
}

std::vector<PeerIndex> Cluster::members_of(const ChannelPlan& channel) const {
  std::vector<PeerIndex> members;
  for (const PeerHome& home : homes_) {
    const auto& joins = home.channels;
    if (std::find(joins.begin(), joins.end(), &channel) != joins.end()) {
      members.push_back(home.identity.self);
    }
  }
  return members;
}

std::vector<PeerIndex> Cluster::leaders(std::string_view org, std::string_view channel) const {
  std::vector<PeerIndex> found;
  const auto* range = population_.find(org);
  for (std::uint32_t i = 0; range != nullptr && i < range->count; ++i) {
    const PeerIndex p{range->first + i};
    const Config& config = *config_of_[raw(p)];
    const GossipPeer* running = config.use_leader_election ? peer(p) : nullptr;
    const bool elected =
        running != nullptr && running->service().is_leader(directory_.find_channel(channel));
    if (config.org_leader || elected) found.push_back(p);
  }
  return found;
}

std::uint32_t Cluster::circle_of(const PeerHome& home) const {
  for (std::uint32_t i = 0; i < pasts_.size(); ++i) {
    if (home.past == &pasts_[i]) return i + 1;
  }
  return 0;
}

RunFacts Cluster::facts() const {
  RunFacts facts;
  for (const scenario::Organization& org : plan_.organizations)
    facts.orgs.push_back(org.name);
  for (const PeerHome& home : homes_) {
    facts.peers.push_back({population_.name_of(home.identity.self), home.identity.org,
                           !home.identity.external_endpoint.empty(), circle_of(home)});
    facts.peers.back().static_leader = home.config->org_leader;
  }
  for (const scenario::Organization& org : plan_.organizations) {
    for (const PeerIndex p : select(*org.anchors, "anchors"))
      facts.peers[raw(p)].anchor = true;
  }
  for (const ChannelPlan& plan : channels_) {
    ChannelFacts channel;
    channel.name = plan.name;
    channel.circles = std::any_of(pasts_.begin(), pasts_.end(), [&](const Past& past) {
      return past.of(directory_.find_channel(plan.name)) != nullptr;
    });
    channel.members = members_of(plan);
    facts.channels.push_back(std::move(channel));
  }
  for (std::size_t i = 0; i < kMessageTypes; ++i) {
    facts.types.emplace_back(type_name(static_cast<MessageType>(i)));
  }
  for (std::size_t i = 0; i < kTimerKinds; ++i) {
    facts.timers.emplace_back(timer_kind_name(static_cast<TimerKind>(i)));
  }
  facts.duration = plan_.duration;
  // Pull alone cannot: it knows recent blocks only.
  facts.catches_up = std::all_of(config_of_.begin(), config_of_.end(),
                                 [](const Config* config) { return config->state_enabled; });
  return facts;
}

}  // namespace hearsay::sim
