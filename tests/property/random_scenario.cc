#include "tests/property/random_scenario.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/random.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/resolve.h"

namespace hearsay::test {

namespace {

constexpr Time kHealAt = 60 * kSecond;
// A stream that lost a frame breaks after 80 s at the latest; a lost peer is asked again every
// reconnectInterval, which is 25 s here at most.
constexpr Duration kPeace = 300 * kSecond;

// One stream of draws.
class Draws {
 public:
  explicit Draws(Random random) : random_(random) {}

  std::uint32_t below(std::uint32_t bound) { return random_.below(bound); }
  // In [least, most].
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + below(most - least + 1);
  }
  Duration between_ms(std::uint32_t least, std::uint32_t most) {
    return Duration{between(least, most)} * kMillisecond;
  }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

 private:
  Random random_;
};

class Maker {
 public:
  explicit Maker(std::uint64_t seed)
      : random_(Random::root(seed).fork("scenario")),
        parting_(Random::root(seed).fork("partition")),
        ordering_(Random::root(seed).fork("ordering")) {
    plan_.seed = seed;
    plan_.name = fmt::format("property-{}", seed);
    plan_.duration = kHealAt + kPeace;
    plan_.heal_at = kHealAt;
  }

  scenario::Scenario make() {
    organizations();
    network();
    config();
    blocks();
    const std::uint32_t faults = random_.below(5);
    for (std::uint32_t i = 0; i < faults; ++i)
      fault();
    if (random_.one_in(3)) event();
    leaders();
    orderers();
    delivery();
    for (std::uint32_t i = ordering_.below(4); i > 0; --i)
      trouble();
    return scenario::resolve(std::move(plan_));
  }

 private:
  void organizations() {
    const std::uint32_t count = random_.between(1, 3);
    std::uint32_t left = random_.between(std::max(2u, count), 12);
    for (std::uint32_t i = 0; i < count; ++i) {
      scenario::Organization org;
      org.name = fmt::format("org{}", i + 1);
      const std::uint32_t for_others = count - 1 - i;
      org.peers = for_others == 0 ? left : random_.between(1, left - for_others);
      left -= org.peers;
      org.start.spread = random_.between_ms(0, 3000);
      if (random_.one_in(4)) {
        org.membership = scenario::MembershipMode::kConverged;
        org.start.spread = 0;
      }
      if (!random_.one_in(4)) org.external_endpoints = scenario::Selector::peer(org.name, 0);
      if (!random_.one_in(3)) org.anchors = scenario::Selector::peer(org.name, 0);
      plan_.organizations.push_back(org);
    }
    plan_.channels.push_back({.name = "ch1"});
  }

  void network() {
    scenario::Latency& latency = plan_.network.latency;
    switch (random_.below(3)) {
      case 0:
        // Short: two peers that lost each other ask each other again in one rhythm, and while the
        // moments are nearer than a handshake takes, their dials end each other. Jitter ends
        // that; where there is none it can go on for ever (Fabric's quirk, comm.md section 9).
        latency = scenario::Latency::constant(Duration{random_.between(0, 300)} * kMicrosecond);
        break;
      case 1:
        latency = {.distribution = scenario::Distribution::kUniform,
                   .min = random_.between_ms(0, 5),
                   .max = random_.between_ms(5, 60)};
        break;
      default:
        latency = {.median = random_.between_ms(1, 10), .p99 = random_.between_ms(10, 100)};
    }
    plan_.network.bandwidth = random_.one_in(4) ? 1'000'000 : 1'000'000'000;
    plan_.cpu.commit_block = random_.one_in(2) ? 0 : random_.between_ms(1, 200);
    plan_.cpu.verify = random_.one_in(2) ? 0 : 50 * kMicrosecond;
  }

  void set(const char* key, std::string value) { plan_.config.push_back({key, std::move(value)}); }
  void set(const char* key, std::uint32_t value) {
    plan_.config.push_back({key, std::int64_t{value}});
  }

  // Each key is left alone half of the time, so that defaults meet odd values.
  void config() {
    const auto ms = [&](std::uint32_t least, std::uint32_t most) {
      return fmt::format("{}ms", random_.between(least, most));
    };
    if (random_.one_in(2)) set("peer.gossip.aliveTimeInterval", ms(1000, 5000));
    if (random_.one_in(2)) set("peer.gossip.propagatePeerNum", random_.between(1, 5));
    if (random_.one_in(2)) set("peer.gossip.propagateIterations", random_.between(1, 2));
    if (random_.one_in(2)) set("peer.gossip.maxPropagationBurstSize", random_.between(1, 10));
    if (random_.one_in(2)) set("peer.gossip.maxPropagationBurstLatency", ms(1, 50));
    if (random_.one_in(2)) pull_interval(random_.between(1000, 6000));
    if (random_.one_in(2)) set("peer.gossip.pullPeerNum", random_.between(1, 4));
    if (random_.one_in(2)) set("peer.gossip.sendBuffSize", random_.between(1, 50));
    if (random_.one_in(2)) set("peer.gossip.maxBlockCountToStore", random_.between(5, 30));
    if (random_.one_in(2)) set("peer.gossip.publishStateInfoInterval", ms(1000, 6000));
    if (random_.one_in(2)) {
      plan_.config.push_back({"peer.gossip.state.enabled", true});
      if (random_.one_in(2)) set("peer.gossip.state.checkInterval", ms(1000, 15'000));
      // A batch takes longer than a short timeout on a thin link, and would never come.
      const bool thin = plan_.network.bandwidth < 100'000'000;
      if (random_.one_in(2)) set("peer.gossip.state.responseTimeout", ms(thin ? 3000 : 100, 4000));
      if (random_.one_in(2)) set("peer.gossip.state.batchSize", random_.between(0, 12));
      if (random_.one_in(2)) set("peer.gossip.state.blockBufferSize", random_.between(1, 25));
    }
    if (random_.one_in(4)) plan_.config.push_back({"peer.gossip.nonBlockingCommitMode", true});
    if (random_.one_in(2)) set("peer.gossip.dialTimeout", ms(500, 3000));
    // With an hour, nobody needs identity pull.
    if (random_.one_in(4))
      set("peer.gossip.publishCertPeriod", ms(1000, 20'000));
    else if (random_.one_in(2))
      set("peer.gossip.publishCertPeriod", std::string("1h"));
  }

  // A round must end before the next begins, or nothing is pulled from the second on (Fabric's
  // quirk, pull.md section 3).
  void pull_interval(std::uint32_t interval) {
    const auto ms = [](std::uint32_t n) { return fmt::format("{}ms", n); };
    set("peer.gossip.pullInterval", ms(interval));
    if (interval > 3000) return;
    set("peer.gossip.digestWaitTime", ms(interval / 4));
    set("peer.gossip.requestWaitTime", ms(interval / 2));
    set("peer.gossip.responseWaitTime", ms(interval / 2));
  }

  void blocks() {
    if (random_.one_in(8)) return;
    plan_.blocks.push_back({.channel = "ch1",
                            .start = random_.between_ms(100, 20'000),
                            .interval = random_.between_ms(1, 3000),
                            .count = random_.between(1, 25),
                            .size = {.value = random_.between(1024, 20'000)}});
  }

  void fault() {
    scenario::Fault fault;
    fault.kind = random_.one_in(2) ? scenario::FaultKind::kCrash : scenario::FaultKind::kIsolate;
    fault.at = random_.between_ms(0, 55'000);
    if (!random_.one_in(3)) fault.lasts = random_.between_ms(1, 50'000);
    fault.peers = some_peers();
    if (fault.peers.first > 0) part(fault);
    plan_.faults.push_back(fault);
  }

  scenario::Selector some_peers() {
    const scenario::Organization& org =
        plan_.organizations[random_.below(static_cast<std::uint32_t>(plan_.organizations.size()))];
    scenario::Selector peers;
    peers.kind = scenario::Selector::Kind::kRange;
    peers.org = org.name;
    peers.first = random_.below(org.peers);
    peers.last = random_.between(peers.first, org.peers - 1);
    return peers;
  }

  void event() {
    constexpr std::array kKinds = {scenario::EventKind::kLeaveChannel, scenario::EventKind::kRevoke,
                                   scenario::EventKind::kExpire};
    scenario::Event event{.kind = kKinds[random_.below(kKinds.size())],
                          .at = random_.between_ms(1000, 55'000),
                          .peers = some_peers(),
                          .channel = {}};
    // An organisation whose bootstrap peer nobody listens to cannot grow together again.
    if (event.kind != scenario::EventKind::kLeaveChannel && event.peers.first == 0) {
      if (event.peers.last == 0) return;
      event.peers.first = 1;
    }
    plan_.events.push_back(event);
  }

  // Of some faults, makes a partition: the peers that it is about from everybody else, or from
  // their organisation's first.
  void part(scenario::Fault& fault) {
    if (parting_.below(3) > 0) return;
    scenario::Selector everybody;
    everybody.kind = scenario::Selector::Kind::kAll;
    const scenario::Selector peers = std::exchange(fault.peers, {});
    fault.kind = scenario::FaultKind::kPartition;
    fault.groups = {peers, parting_.below(2) == 0 ? scenario::Selector::peer(peers.org, 0)
                                                  : scenario::Selector::without(everybody, peers)};
    fault.one_way = parting_.below(4) == 0;
  }

  // --- who pulls the blocks, from whom, and what these do wrong

  void leaders() {
    for (scenario::Organization& org : plan_.organizations) {
      if (ordering_.one_in(2)) org.leader = scenario::LeaderMode::kElected;
    }
    // Half of the time the first peer leads, as by default.
    for (scenario::Organization& org : plan_.organizations) {
      if (org.leader == scenario::LeaderMode::kStatic && ordering_.one_in(2)) {
        org.leaders = scenario::Selector::peer(org.name, ordering_.below(org.peers));
      }
    }
  }

  void orderers() {
    plan_.orderers.emplace(ordering_.between(1, 4));
    for (scenario::OrdererNode& orderer : *plan_.orderers) {
      orderer.name = fmt::format("orderer{}", &orderer - plan_.orderers->data());
      if (ordering_.one_in(3)) orderer.delay = ordering_.between_ms(1, 2000);
      if (ordering_.one_in(3)) {
        orderer.latency = scenario::Latency::constant(ordering_.between_ms(0, 100));
      }
      if (ordering_.one_in(4)) orderer.bandwidth = 1'000'000;
    }
  }

  void delivery() {
    const auto ms = [&](const char* key, std::uint32_t least, std::uint32_t most) {
      if (ordering_.one_in(2)) set(key, fmt::format("{}ms", ordering_.between(least, most)));
    };
    ms("peer.gossip.election.startupGracePeriod", 500, 15'000);
    ms("peer.gossip.election.membershipSampleInterval", 100, 1000);
    ms("peer.gossip.election.leaderAliveThreshold", 2000, 10'000);
    ms("peer.gossip.election.leaderElectionDuration", 500, 5000);
    ms("peer.deliveryclient.connTimeout", 500, 3000);
    ms("peer.deliveryclient.reConnectBackoffThreshold", 100, 20'000);
    // Elected leaders that run out of patience yield.
    if (ordering_.one_in(2)) ms("peer.deliveryclient.reconnectTotalTimeThreshold", 100, 20'000);
    if (ordering_.one_in(8))
      plan_.config.push_back({"peer.deliveryclient.blockGossipEnabled", false});
  }

  void trouble() {
    using scenario::OrdererAction;
    constexpr std::array kActions = {OrdererAction::kOutage,       OrdererAction::kSlow,
                                     OrdererAction::kWithhold,     OrdererAction::kStatus,
                                     OrdererAction::kCorrupt,      OrdererAction::kGarbage,
                                     OrdererAction::kWrongChannel, OrdererAction::kOldBlock};
    scenario::Fault fault;
    fault.kind = scenario::FaultKind::kOrderer;
    fault.at = ordering_.between_ms(0, 55'000);
    if (!ordering_.one_in(3)) fault.lasts = ordering_.between_ms(1, 50'000);
    for (const scenario::OrdererNode& orderer : *plan_.orderers) {
      if (ordering_.one_in(2)) fault.orderers.push_back(orderer.name);
    }
    fault.action = kActions[ordering_.below(kActions.size())];
    if (fault.action == OrdererAction::kSlow) fault.delay = ordering_.between_ms(1, 3000);
    if (fault.action == OrdererAction::kStatus) {
      const auto& statuses = scenario::words::kStatuses;
      fault.status = statuses[ordering_.below(statuses.size())];
    }
    plan_.faults.push_back(fault);
  }

  Draws random_;
  Draws parting_;
  Draws ordering_;
  scenario::Scenario plan_;
};

}  // namespace

scenario::Scenario random_scenario(std::uint64_t seed) { return Maker(seed).make(); }

}  // namespace hearsay::test
