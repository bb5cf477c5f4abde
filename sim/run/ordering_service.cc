#include "sim/run/ordering_service.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "sim/run/block_series.h"
#include "sim/scenario/keys.h"

namespace hearsay::sim {

namespace {

constexpr const char* kPort = ":7050";

// In the order of scenario::words::kStatuses.
constexpr std::array kStatuses = {Status::kSuccess,
                                  Status::kBadRequest,
                                  Status::kForbidden,
                                  Status::kNotFound,
                                  Status::kRequestEntityTooLarge,
                                  Status::kInternalServerError,
                                  Status::kNotImplemented,
                                  Status::kServiceUnavailable};
static_assert(kStatuses.size() == scenario::words::kStatuses.size());

Status status_of(const std::string& word) {
  const auto& words = scenario::words::kStatuses;
  const auto found = std::find(words.begin(), words.end(), word);
  HS_ASSERT(found != words.end());
  return kStatuses.at(static_cast<std::size_t>(found - words.begin()));
}

OrdererConduct::Kind kind_of(scenario::OrdererAction action) {
  using Action = scenario::OrdererAction;
  using Kind = OrdererConduct::Kind;
  switch (action) {
    case Action::kSlow:
      return Kind::kSlow;
    case Action::kWithhold:
      return Kind::kWithhold;
    case Action::kStatus:
      return Kind::kStatus;
    case Action::kCorrupt:
      return Kind::kCorrupt;
    case Action::kGarbage:
      return Kind::kGarbage;
    case Action::kWrongChannel:
      return Kind::kWrongChannel;
    case Action::kOldBlock:
      return Kind::kOldBlock;
    case Action::kOutage:
      break;
  }
  return Kind::kSound;
}

}  // namespace

OrdererConduct conduct_of(const scenario::Fault& fault) {
  HS_ASSERT(fault.kind == scenario::FaultKind::kOrderer &&
            fault.action != scenario::OrdererAction::kOutage);
  OrdererConduct conduct;
  conduct.kind = kind_of(fault.action);
  conduct.delay = fault.delay;
  if (!fault.status.empty()) conduct.status = status_of(fault.status);
  return conduct;
}

OrderingService::OrderingService(const scenario::Scenario& plan, World& world, Cluster& cluster)
    : world_(world),
      directory_(cluster.directory()),
      first_host_(world.hosts()),
      cutter_(
          cluster.crypto(), cluster.orderer_identity(), world.random().fork("orderer"),
          [&world](Time at, std::function<void()> action) { world.call_at(at, std::move(action)); },
          [this](ChannelIndex channel, const Payload& block) { on_cut(channel, block); }) {
  HS_ASSERT(first_host_ == cluster.size());
  for (const scenario::Channel& channel : plan.channels)
    log_.add_channel(directory_.find_channel(channel.name), channel.name);
  ordered_.resize(directory_.channel_count());
  for (const scenario::OrdererNode& orderer : *plan.orderers)
    add_orderer(orderer, cluster);
  for (const scenario::BlockStream& blocks : plan.blocks)
    add(blocks);
}

void OrderingService::add(const scenario::BlockStream& blocks) {
  const ChannelIndex channel = directory_.find_channel(blocks.channel);
  if (!blocks.from) ordered_[raw(channel)] = true;
  cutter_.add(block_series(blocks, channel));
}

void OrderingService::add_orderer(const scenario::OrdererNode& orderer, Cluster& cluster) {
  OrdererHome& home = homes_.emplace_back();
  troubles_.emplace_back();
  endpoints_.push_back(orderer.name + kPort);
  home.name = orderer.name;
  home.keys = &cluster.crypto();
  home.identity = cluster.issue_orderer(orderer.name);
  home.crypto = std::make_unique<FakeCrypto>(cluster.crypto(), home.identity);
  home.log = &log_;
  home.lag = orderer.delay;
  const HostIndex host = world_.add_host(home.name, [&home](const HostContext& context) {
    return std::make_unique<OrdererHost>(home, context);
  });
  world_.call_at(0, [this, host] { world_.start(host); });
}

void OrderingService::on_cut(ChannelIndex channel, const Payload& block) {
  world_.trace({.time = world_.now(),
                .value = block.seq_num,
                .size = static_cast<std::uint32_t>(block.data.size()),
                .channel = channel,
                .kind = TraceKind::kBlockCut});
  if (ordered_[raw(channel)]) log_.append(channel, block, world_.now());
  if (subscriber_) subscriber_(channel, block);
}

void OrderingService::misbehave(HostIndex host, const Misconduct* fault,
                                const OrdererConduct& conduct) {
  const std::size_t orderer = raw(host) - first_host_;
  troubles_[orderer].push_back({fault, conduct});
  conduct_changed(orderer);
}

void OrderingService::behave(HostIndex host, const Misconduct* fault) {
  const std::size_t orderer = raw(host) - first_host_;
  std::erase_if(troubles_[orderer], [&](const Trouble& t) { return t.fault == fault; });
  conduct_changed(orderer);
}

void OrderingService::conduct_changed(std::size_t orderer) {
  const auto& troubles = troubles_[orderer];
  homes_[orderer].conduct = troubles.empty() ? OrdererConduct{} : troubles.back().conduct;
  if (Tenant* tenant = world_.tenant(host(orderer))) {
    static_cast<OrdererHost*>(tenant)->conduct_changed();
  }
}

void Misconduct::begin(std::span<const FaultTarget> targets) {
  for (const FaultTarget& target : targets) {
    hosts_.push_back(target.host);
    orderers_.misbehave(target.host, this, conduct_);
  }
}

void Misconduct::end() {
  for (const HostIndex host : hosts_)
    orderers_.behave(host, this);
}

}  // namespace hearsay::sim
