#include "tests/support/node_net.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace hearsay::test {

using namespace literals;

Config profile_1() {
  Config config;
  config.max_propagation_burst_size = 20;
  config.max_propagation_burst_latency = 500_ms;
  config.pull_peer_num = 5;
  config.max_block_count_to_store = 100;
  config.publish_state_info_interval = 1_s;
  config.request_state_info_interval = 1_s;
  config.publish_cert_period = 4_s;
  config.alive_time_interval = 1_s;
  config.alive_expiration_timeout = 10_s;
  config.reconnect_interval = 1_s;
  config.max_connection_attempts = 5;
  config.alive_expiration_follows = false;
  config.reconnect_follows = false;
  return config;
}

Config profile_3() {
  Config config = profile_1();
  config.pull_interval = 2_s;
  config.max_block_count_to_store = 10;
  return config;
}

NodeNet::NodeNet(Config config, sim::WireMode wire)
    : config_(std::move(config)),
      world_({.random = Random::root(1), .trace = &sink}),
      network_(world_, {.links = sim::LinkModel(sim::Latency::constant(1_ms)), .wire = wire}) {}

NodeNet::~NodeNet() = default;

PeerIndex NodeNet::add(PeerSpec spec) {
  const std::size_t number = hosts_.size();
  if (spec.internal.empty()) spec.internal = fmt::format("peer{}:7051", number);
  const std::string bytes =
      crypto.issue(spec.org, fmt::format("peer{}", number), sim::kIdentitySize, spec.expires);
  Host& host = hosts_.emplace_back();
  sim::PeerHome& home = host.home;
  home.crypto = std::make_unique<sim::FakeCrypto>(crypto, bytes);
  home.config = &config_;
  home.bootstrap = std::move(spec.bootstrap);
  home.identity.org = directory.intern_org(spec.org);
  home.identity.self =
      directory.intern_peer(home.crypto->pki_id_of(bytes), bytes, home.identity.org);
  home.identity.internal_endpoint = spec.internal;
  home.identity.external_endpoint = spec.external;
  const auto index = world_.add_host(spec.internal, [this, &host](const sim::HostContext& context) {
    return make_tenant(host, context);
  });
  HS_ASSERT(raw(index) == raw(home.identity.self));
  network_.set_endpoint(spec.internal, index);
  if (!spec.external.empty()) network_.set_endpoint(spec.external, index);
  return home.identity.self;
}

std::vector<PeerIndex> NodeNet::add_many(std::size_t count, std::vector<std::string> bootstrap) {
  std::vector<PeerIndex> peers;
  for (std::size_t i = 0; i < count; ++i)
    peers.push_back(add({.bootstrap = bootstrap}));
  return peers;
}

std::unique_ptr<sim::Tenant> NodeNet::make_tenant(Host& host, const sim::HostContext& context) {
  const PeerIndex self = host.home.identity.self;
  if (!host.seized) {
    if (delivery) {
      host.home.delivery = [this, self](sim::GossipPeer&) -> Delivery& { return delivery(self); };
    }
    return std::make_unique<sim::GossipPeer>(host.home, shared_, context);
  }
  return std::make_unique<Attacker>(context.transport,
                                    signed_by(key(self), conn_establish(persona(self))));
}

void NodeNet::start(const std::vector<PeerIndex>& peers) {
  for (const PeerIndex peer : peers)
    start(peer);
}

void NodeNet::join(PeerIndex peer, std::string_view channel, const std::vector<std::string>& orgs,
                   const std::vector<ChannelAnchor>& anchors) {
  directory.intern_channel(channel);
  sim::ChannelPlan& plan = plans_.emplace_back();
  plan.name = channel;
  plan.config.channel = channel;
  crypto.add_orderer(channel, "OrdererMSP");
  for (const std::string& name : orgs) {
    ChannelOrg& made = plan.config.organizations[name];
    made = {.name = name, .msp_id = name, .anchors = std::vector<AnchorPeer>()};
    for (const ChannelAnchor& anchor : anchors) {
      if (anchor.org == org(name)) made.anchors->push_back(anchor_peer(anchor.endpoint));
    }
    crypto.add_member(channel, name);
  }
  hosts_[raw(peer)].home.channels.push_back(&plan);
  static_cast<sim::GossipPeer*>(world_.tenant(peer))->join_due_channels();
}

Node& NodeNet::node(PeerIndex peer) const {
  return static_cast<sim::GossipPeer*>(world_.tenant(peer))->node();
}

GossipService& NodeNet::service(PeerIndex peer) const {
  return static_cast<sim::GossipPeer*>(world_.tenant(peer))->service();
}

Attacker& NodeNet::attacker(PeerIndex peer) const {
  return *static_cast<Attacker*>(world_.tenant(peer));
}

Persona NodeNet::persona(PeerIndex p) const {
  const NodeIdentity& who = home(p).identity;
  return {directory.pki_id(p), directory.identity(p), who.internal_endpoint, who.external_endpoint};
}

bool NodeNet::all_see(const std::vector<PeerIndex>& peers, std::size_t count, Duration limit) {
  return run_until(
      [&] {
        return std::all_of(peers.begin(), peers.end(),
                           [&](PeerIndex p) { return node(p).peers().size() == count; });
      },
      limit);
}

}  // namespace hearsay::test
