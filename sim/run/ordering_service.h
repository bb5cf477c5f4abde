// OrderingService: the orderers of a scenario, on hosts of their own.
//
// Their hosts come behind those of the peers, so that a peer's index stays its host's. They share
// one log, into which the blocks of every channel with a stream "from orderers" are put as they are
// cut; all are up from the beginning of the run. Which peers pull them is the peers' affair.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "sim/fault/fault.h"
#include "sim/model/block_cutter.h"
#include "sim/model/orderer_host.h"
#include "sim/run/cluster.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace hearsay::sim {

class Misconduct;

class OrderingService {
 public:
  // Adds the hosts. `cluster` has all its hosts already; it and the world outlive this.
  OrderingService(const scenario::Scenario& plan, World& world, Cluster& cluster);

  std::size_t size() const { return homes_.size(); }
  const std::string& name(std::size_t orderer) const { return homes_[orderer].name; }
  HostIndex host(std::size_t orderer) const { return peer_index(first_host_ + orderer); }
  // host:port
  const std::string& endpoint(std::size_t orderer) const { return endpoints_[orderer]; }
  const std::vector<std::string>& endpoints() const { return endpoints_; }

  // Cuts a stream of blocks besides those of the scenario. Its start is not in the past.
  void add(const scenario::BlockStream& blocks);

  // Hears of every block of every channel, once the orderers have it.
  void subscribe(BlockSubscriber subscriber) { subscriber_ = std::move(subscriber); }

  // From now on the orderer on `host` does so, until `fault` is over. Of several faults the one
  // that began last decides.
  void misbehave(HostIndex host, const Misconduct* fault, const OrdererConduct& conduct);
  void behave(HostIndex host, const Misconduct* fault);

 private:
  struct Trouble {
    const Misconduct* fault;  // only compared
    OrdererConduct conduct;
  };

  void add_orderer(const scenario::OrdererNode& orderer, Cluster& cluster);
  void on_cut(ChannelIndex channel, const Payload& block);
  void conduct_changed(std::size_t orderer);

  World& world_;
  const Directory& directory_;
  const std::size_t first_host_;
  OrderedLog log_;
  std::vector<bool> ordered_;  // by ChannelIndex: its blocks come from the orderers
  std::deque<OrdererHome> homes_;
  std::vector<std::string> endpoints_;
  BlockSubscriber subscriber_;
  BlockCutter cutter_;
  std::deque<std::vector<Trouble>> troubles_;  // by orderer
};

// What orderers do wrong, as a fault.
class Misconduct final : public Fault {
 public:
  // `orderers` outlives it.
  Misconduct(OrderingService& orderers, const OrdererConduct& conduct)
      : orderers_(orderers), conduct_(conduct) {}
  void begin(std::span<const FaultTarget> targets) override;
  void end() override;

 private:
  OrderingService& orderers_;
  const OrdererConduct conduct_;
  std::vector<HostIndex> hosts_;
};

// REQUIRES: a fault of orderers, and no outage.
OrdererConduct conduct_of(const scenario::Fault& fault);

}  // namespace hearsay::sim
