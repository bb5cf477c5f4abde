#include "core/node/gossip_service.h"

#include <map>
#include <utility>

#include <fmt/format.h>

namespace hearsay {

GossipService::GossipService(Context& context, Node& node, Delivery* delivery)
    : context_(context), node_(node), delivery_(delivery) {
  node_.set_leadership_listener(this);
}

// --- 4 to 6. channels and their configuration

Result<bool> GossipService::create_channel(const ConfigUpdate& config, Ledger& ledger) {
  const ChannelIndex index = context_.directory.intern_channel(config.channel);
  if (chain_of(index) == nullptr) {
    if (chains_.size() <= raw(index)) chains_.resize(raw(index) + 1u);
    chains_[raw(index)] = std::make_unique<Chain>(*this, index, config.channel, ledger);
  }
  if (auto joined = process_config(config); !joined.ok()) return joined;
  return initialize_channel(config.channel);
}

Result<bool> GossipService::process_config(const ConfigUpdate& config) {
  Chain* chain = chain_of(config.channel);
  if (chain == nullptr) return Error{fmt::format("channel {} was not created", config.channel)};
  const bool begins = chain->channel() == nullptr;
  chain->eventer().process(config);
  // Whatever a node with a past knows when it begins was looked at then.
  if (!(begins && context_.settled)) node_.suspect_peers([](std::string_view) { return true; });
  return true;
}

void GossipService::update_anchors(const ConfigUpdate& config) {
  // By MSP id; of two organisations with the same one the later list counts.
  std::map<std::string_view, std::vector<AnchorPeer>> members;
  for (const auto& [name, org] : config.organizations) {
    members[org.msp_id] = org.anchors.value_or(std::vector<AnchorPeer>{});
  }
  // Fabric: logs an error. The peer stays in the channel as it was configured last.
  if (!members.contains(context_.directory.org_name(context_.org()))) return;
  JoinChannel join{.sequence = config.sequence, .orgs = {}};
  std::vector<ChannelAnchor> anchors;
  std::vector<std::string> tracked;
  for (const auto& [msp_id, peers] : members) {
    const OrgIndex org = context_.directory.intern_org(msp_id);
    join.orgs.push_back(org);
    for (const AnchorPeer& peer : peers) {
      tracked.push_back(fmt::format("{}:{}", peer.host, peer.port));
      const bool ipv6 = peer.host.find(':') != std::string::npos;
      anchors.push_back(
          {org, ipv6 ? fmt::format("[{}]:{}", peer.host, peer.port) : tracked.back()});
    }
  }
  const Chain* chain = chain_of(config.channel);
  node_.anchor_tracker().replace(context_.directory.find_channel(config.channel),
                                 std::move(tracked));
  node_.join_channel(config.channel, join, anchors, chain->ledger());
}

// --- 8, 9. leadership

Result<bool> GossipService::initialize_channel(std::string_view channel) {
  Chain* chain = chain_of(channel);
  if (chain == nullptr || chain->channel() == nullptr) {
    return Error{fmt::format("channel {} was not joined", channel)};
  }
  if (delivery_ == nullptr) return true;
  const Config& config = context_.config;
  if (config.use_leader_election && config.org_leader) {
    return Error{
        "Setting both orgLeader and useLeaderElection to true isn't supported, aborting "
        "execution"};
  }
  if (config.use_leader_election) {
    chain->elect();
  } else if (config.org_leader) {
    chain->lead_by_configuration();
  }
  return true;
}

void GossipService::Chain::elect() {
  election_ = std::make_unique<LeaderElection>(service_.context_, index_, *this);
  election_->start();
}

// Fabric: whether delivery could be started is not looked at.
void GossipService::Chain::lead_by_configuration() {
  if (leads_by_configuration_) return;
  leads_by_configuration_ = true;
  service_.context_.trace({.channel = index_, .kind = TraceKind::kLeaderDeclared});
  static_cast<void>(service_.delivery_->start(name_, [] {}));
}

// Fabric: onStatusChangeFactory. Errors are logged and change nothing: a leader that cannot pull
// blocks leads on.
void GossipService::Chain::on_status(bool is_leader) {
  if (!is_leader) {
    static_cast<void>(service_.delivery_->stop(name_));
    return;
  }
  GossipService& service = service_;
  // The election is looked up when delivery ends: it may be another one by then.
  static_cast<void>(service.delivery_->start(name_, [&service, index = index_] {
    if (Chain* chain = service.chain_of(index)) chain->yield();
  }));
}

void GossipService::Chain::yield() {
  if (election_) election_->yield();
}

void GossipService::Chain::on_message(PeerIndex creator, bool is_declaration) {
  if (election_) election_->on_message(creator, is_declaration);
}

void GossipService::on_leadership(ChannelIndex channel, PeerIndex creator, bool is_declaration) {
  if (Chain* chain = chain_of(channel)) chain->on_message(creator, is_declaration);
}

std::size_t GossipService::Chain::peer_count() const {
  std::size_t count = 0;
  channel()->for_each_peer([&](PeerIndex peer, const std::optional<Properties>&) {
    if (service_.node_.is_in_my_org(peer)) ++count;
  });
  return count;
}

bool GossipService::Chain::is_peer(PeerIndex peer) const {
  return channel()->is_peer(peer) && service_.node_.is_in_my_org(peer);
}

void GossipService::Chain::gossip(GossipMessage message) {
  service_.node_.gossip(std::move(message));
}

// --- 10, 11

AddOutcome GossipService::add_payload(std::string_view channel, const std::optional<Payload>& block,
                                      AddDone done) {
  return node_.add_payload(channel, block, std::move(done));
}

std::optional<BlockBytes> GossipService::get_block(std::string_view channel,
                                                   BlockNum number) const {
  const Chain* chain = chain_of(channel);
  return chain == nullptr ? std::nullopt : chain->ledger().block(number);
}

void GossipService::Chain::stop() {
  if (election_) election_->stop();
}

void GossipService::stop() {
  if (stopped_) return;
  stopped_ = true;
  for (const auto& chain : chains_) {
    if (chain) chain->stop();
  }
  if (delivery_ != nullptr) delivery_->stop_all();
  node_.stop();
}

const LeaderElection* GossipService::election(ChannelIndex channel) const {
  const Chain* chain = chain_of(channel);
  return chain == nullptr ? nullptr : chain->election();
}

bool GossipService::is_leader(ChannelIndex channel) const {
  const Chain* chain = chain_of(channel);
  return chain != nullptr && chain->leads();
}

}  // namespace hearsay
