#include "sim/scenario/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "sim/scenario/keys.h"
#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using ::testing::ElementsAre;
using testing::load_good;
using testing::small_with;

TEST(Resolve, WritesEveryDefault) {
  const Scenario scenario = load_good(small_with("\"blocks\": [ {} ]"));
  EXPECT_EQ(scenario.name, "scenario");
  EXPECT_EQ(scenario.seed, 1u);
  const Organization& org = scenario.organizations.at(0);
  EXPECT_EQ(to_text(*org.bootstrap), "org1/0");
  EXPECT_EQ(*org.anchors, Selector::nobody());
  EXPECT_EQ(*org.external_endpoints, Selector::nobody());
  EXPECT_EQ(to_text(*org.leaders), "org1/0");
  EXPECT_THAT(*scenario.channels.at(0).organizations, ElementsAre("org1"));
  EXPECT_EQ(scenario.network.latency, Latency{});
  EXPECT_EQ(scenario.network.bandwidth, 1'000'000'000u);
  EXPECT_THAT(*scenario.orderers, ElementsAre(OrdererNode{.name = "orderer0"}));
  const BlockStream& blocks = scenario.blocks.at(0);
  EXPECT_EQ(blocks.channel, "ch1");
  EXPECT_FALSE(blocks.from.has_value());
  EXPECT_EQ(blocks.start, 30 * kSecond);
  EXPECT_EQ(blocks.interval, kSecond);
  EXPECT_EQ(blocks.size, BlockSize{});
}

TEST(Resolve, TextOfAResolvedScenarioLeavesNothingImplicit) {
  EXPECT_EQ(to_json(load_good(small_with("\"name\": \"x\", \"blocks\": [ {} ]"))),
            R"({
  "name": "x",
  "description": "",
  "seed": 1,
  "duration": "60s",
  "organizations": [
    {
      "name": "org1",
      "peers": 10,
      "bootstrap": "org1/0",
      "anchors": [],
      "external_endpoints": "none",
      "leader": "static",
      "leaders": "org1/0",
      "deliver_client": "v2",
      "membership": "cold",
      "start": { "at": "0s", "spread": "0s" }
    }
  ],
  "channels": [ { "name": "ch1", "organizations": ["org1"], "join_at": "0s" } ],
  "config": {},
  "overrides": [],
  "network": {
    "model": "latency",
    "latency": { "distribution": "lognormal", "median": "2ms", "p99": "20ms" },
    "bandwidth": "1Gbps",
    "zones": [],
    "between_zones": []
  },
  "cpu": { "verify": "0s", "validate_block": "0s", "commit_block": "0s" },
  "orderers": [ { "name": "orderer0", "delay": "0s" } ],
  "blocks": [
    {
      "channel": "ch1",
      "from": "orderers",
      "start": "30s",
      "interval": "1s",
      "count": 10,
      "size": "1KiB",
      "arrivals": "constant"
    }
  ],
  "faults": [],
  "events": [],
  "expect": []
}
)");
}

void expect_round_trip(const Scenario& scenario, const std::string& what) {
  const std::string text = to_json(scenario);
  const auto again =
      load_scenario_text(text, "elsewhere.json", "/nowhere", testing::shipped_options());
  ASSERT_TRUE(again.ok()) << what << ": " << again.error()[0].text() << "\n" << text;
  EXPECT_EQ(again.value(), scenario) << what;
  EXPECT_EQ(to_json(again.value()), text) << what;
  EXPECT_EQ(resolve(scenario, "other", "/other"), scenario) << what << ": resolving is idempotent";
}

TEST(Resolve, ShippedScenariosComeBackFromTheirText) {
  for (const std::string& path : testing::shipped_scenarios()) {
    const auto loaded = load_scenario(path, testing::shipped_options());
    ASSERT_TRUE(loaded.ok()) << loaded.error()[0].text();
    expect_round_trip(loaded.value(), path);
  }
}

// A scenario in which everything that can be drawn is.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(Random::root(seed)) {}

  bool coin() { return random_.below(2) == 0; }
  std::uint32_t up_to(std::uint32_t most) { return random_.below(most + 1); }
  Duration time(Duration most) {
    return static_cast<Duration>(random_.below64(static_cast<std::uint64_t>(most) + 1));
  }
  Selector selector(const std::string& org, bool late, int depth = 0) {
    switch (random_.below(depth < 3 ? 7 : 4)) {
      case 0:
        return Selector::organization(org);
      case 1:
        return Selector::peer(org, up_to(3));
      case 2:
        return parse_selector("25% of " + org).value();
      case 3:
        return parse_selector((late ? "leader of " + org + " in ch1" : org)).value();
      case 4:
        return parse_selector("3 of " + org + "/0..5").value();
      case 5:
        return Selector::list({selector(org, late, depth + 1), selector(org, late, depth + 1)});
      default:
        // The first peer stays, so that the selection is never empty.
        return Selector::without(
            Selector::list({Selector::organization(org)}),
            depth % 2 == 0 ? Selector::peer(org, 1 + up_to(2))
                           : Selector::without(Selector::peer(org, 1), Selector::peer(org, 2)));
    }
  }
  Latency latency() {
    Latency latency = Latency::constant(time(kSecond));
    switch (up_to(2)) {
      case 0:
        break;
      case 1:
        latency = {Distribution::kUniform, 0, time(kSecond), 2 * kSecond, 0, 0};
        break;
      default:
        latency = {Distribution::kLognormal, 0, 0, 0, 1 + time(kSecond), 2 * kSecond};
    }
    return latency;
  }
  BlockSize block_size() {
    const std::uint64_t low = 1 + up_to(1'000'000), high = low + up_to(1'000'000);
    switch (up_to(2)) {
      case 0:
        return {.value = low};
      case 1:
        return {.distribution = Distribution::kUniform, .value = 0, .min = low, .max = high};
      default:
        return {.distribution = Distribution::kLognormal, .value = 0, .median = low, .p99 = high};
    }
  }
  Scenario scenario();

 private:
  void add_world(Scenario& scenario);
  void add_events(Scenario& scenario);

  Random random_;
};

void Dice::add_world(Scenario& scenario) {
  for (const std::string name : {"org1", "Org_2"}) {
    Organization org{.name = name, .peers = 6 + up_to(20)};
    if (coin()) org.bootstrap = selector(name, false);
    if (coin()) org.anchors = selector(name, false);
    if (coin())
      org.external_endpoints = coin() ? Selector::organization(name) : selector(name, false);
    if (coin()) org.leaders = coin() ? Selector::nobody() : selector(name, false);
    if (coin()) {
      org.leader = LeaderMode::kElected;
      org.leaders.reset();
    }
    org.deliver_client = static_cast<DeliverClient>(up_to(5));
    org.start = {time(kSecond), time(kSecond)};
    if (coin()) {
      org.membership = MembershipMode::kConverged;
      org.start.spread = 0;
    }
    scenario.organizations.push_back(org);
  }
  scenario.channels.push_back({.name = "ch1", .join_at = time(kSecond)});
  scenario.channels.push_back({.name = "ch2", .organizations = {{"org1"}}});
  if (coin()) scenario.config.push_back({"peer.gossip.pullInterval", std::string("1500ms")});
  if (coin()) scenario.config.push_back({"peer.gossip.propagatePeerNum", std::int64_t{-3}});
  scenario.overrides.push_back(
      {selector("org1", false), {{"peer.gossip.nonBlockingCommitMode", coin()}}});
  if (coin()) scenario.overrides.back().start = {time(kSecond), time(kSecond)};
  Network& network = scenario.network;
  network.model = coin() ? NetworkModel::kFlow : NetworkModel::kLatency;
  network.latency = latency();
  network.bandwidth = kMinBandwidth + random_.below64(kMaxBandwidth - kMinBandwidth);
  network.zones = {{"eu", selector("org1", false)}, {"us", selector("Org_2", false)}};
  network.between_zones = {{"eu", "us", latency()}, {"us", "us", latency()}};
  scenario.cpu = {time(kSecond), time(kSecond), time(kSecond)};
}

void Dice::add_events(Scenario& scenario) {
  if (coin()) {
    scenario.orderers.emplace();
    scenario.orderers->push_back(
        {.name = "o1", .zone = coin() ? "eu" : "", .delay = time(kSecond)});
    scenario.orderers->push_back({.name = "o2", .latency = latency()});
    if (coin()) scenario.orderers->back().bandwidth = kMinBandwidth + up_to(1'000'000);
  }
  scenario.blocks.push_back({.channel = "ch2",
                             .from = selector("org1", false),
                             .start = time(20 * kSecond),
                             .interval = kMicrosecond + time(kMillisecond),
                             .count = 1 + up_to(999),
                             .size = block_size(),
                             .arrivals = coin() ? Arrivals::kPoisson : Arrivals::kConstant});
  scenario.blocks.push_back({.channel = "ch1"});
  scenario.faults.push_back({FaultKind::kCrash, time(kSecond), {}, selector("org1", true)});
  scenario.faults.push_back(
      {FaultKind::kIsolate, time(kSecond), 1 + time(kSecond), selector("org1", true)});
  scenario.faults.push_back({.kind = FaultKind::kPartition,
                             .at = time(kSecond),
                             .groups = {selector("org1", true), selector("Org_2", true)},
                             .one_way = coin(),
                             .bridge = parse_selector("leader of org1 in ch1").value()});
  Fault faulty{.kind = FaultKind::kOrderer, .at = time(kSecond)};
  faulty.action = static_cast<OrdererAction>(up_to(7));
  if (faulty.action == OrdererAction::kSlow) faulty.delay = time(kSecond);
  if (faulty.action == OrdererAction::kStatus) faulty.status = words::kStatuses[up_to(7)];
  if (coin()) faulty.orderers = {scenario.orderers ? "o2" : "orderer0"};
  scenario.faults.push_back(faulty);
  scenario.events.push_back({EventKind::kLeaveChannel, kSecond + 1 + time(kSecond),
                             selector("org1", true), coin() ? "ch1" : "ch2"});
  scenario.events.push_back({EventKind::kRevoke, time(kSecond), selector("Org_2", true), ""});
  scenario.events.push_back({EventKind::kExpire, time(kSecond), selector("org1", false), ""});
  if (coin()) scenario.heal_at = 50 * kSecond;
  Promise metric{.metric = "blocks.t100_s", .stat = "p99"};
  if (coin()) {
    metric.min = static_cast<double>(up_to(1'000'000)) / 7;
    metric.max = 1e300;
  } else {
    metric.equals = -1.0 / static_cast<double>(1 + up_to(1'000'000));
  }
  scenario.expect = {metric, {.invariant = "ledger.in_order"}};
}

Scenario Dice::scenario() {
  Scenario scenario;
  scenario.name = "random";
  scenario.description = "tab\t, quote \", ü, 日本";
  scenario.seed = random_.next64();
  scenario.duration = 60 * kSecond + time(kSecond);
  add_world(scenario);
  add_events(scenario);
  return scenario;
}

TEST(Resolve, AnyScenarioComesBackFromItsText) {
  for (std::uint64_t seed = 0; seed < 500 && !HasFailure(); ++seed) {
    expect_round_trip(resolve(Dice(seed).scenario()), "seed " + std::to_string(seed));
  }
}

TEST(Resolve, PlatformIsLookedForBesideTheScenario) {
  const Scenario scenario =
      load_good(small_with(R"("network": { "platform": "platforms/wan.xml" })"));
  EXPECT_EQ(scenario.network.platform, HS_SOURCE_DIR "/scenarios/platforms/wan.xml");
}

}  // namespace
}  // namespace hearsay::scenario
