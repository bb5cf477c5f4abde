// V1Endpoints: in which order the deliver client of v1.x tries the orderers.
//
// Mirrors core/comm/producer.go of Fabric v1.0 to v1.4. To v1.4.3 each connection tries them in a
// fresh random order, but for those that are disabled; from v1.4.4 on they are shuffled once and
// tried in turn, over all connections.
//
// Quirk: in turn, what an update names is not shuffled, and begins with the first.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/deliver/orderer_endpoints.h"

namespace hearsay {

class V1Endpoints {
 public:
  static constexpr Duration kDisabledFor = 10 * kSecond;

  // REQUIRES: at least one endpoint.
  V1Endpoints(Random random, bool round_robin, std::span<const OrdererEndpointRef> endpoints);

  // The endpoints of a new configuration; none: ignored. Those that stay stay disabled.
  void update(std::span<const OrdererEndpointRef> endpoints);
  // Begins a connection: next() gives each endpoint once that is not disabled, then null.
  void begin(Time now);
  OrdererEndpointRef next();
  // Not to be used for a while; not the last one.
  void disable(const OrdererEndpointRef& endpoint, Time now);

 private:
  void shuffle(std::vector<OrdererEndpointRef>& endpoints);

  Random random_;
  const bool round_robin_;
  std::vector<OrdererEndpointRef> endpoints_;
  std::map<std::string, Time, std::less<>> disabled_;  // address, since when
  std::vector<OrdererEndpointRef> order_;              // of this connection, the next one last
  std::size_t turn_ = 0;
  std::size_t tries_left_ = 0;  // of this connection, in turn
};

}  // namespace hearsay
