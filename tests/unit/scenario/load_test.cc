// A scenario that uses everything, and the shipped ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kEverything = R"(// A comment first.
{
  "name": "everything", "description": "uses every key", "seed": 7, "duration": "2m",
  "organizations": [
    { "name": "org1", "peers": 50, "bootstrap": ["org1/0", "org1/1"], "anchors": "org1/0",
      "external_endpoints": "all", "leader": "static", "leaders": "org1/0..1",
      "membership": "cold", "start": { "at": "1s", "spread": "500ms" } },
    { "name": "org2", "peers": 4, "external_endpoints": "none" }
  ],
  "channels": [ { "name": "ch1", "organizations": ["org1"], "join_at": "2s" } ],
  "config": { "peer.gossip.pullInterval": "1m30s" },
  "overrides": [ { "peers": "org1/0..9", "config": { "peer.gossip.propagatePeerNum": 5 } },
                 { "peers": "org1/3", "start": { "at": "20s" } } ],
  "network": {
    "model": "flow",
    "latency": { "min": "1ms", "max": "2ms" },
    "bandwidth": "100Mbps",
    "zones": [ { "name": "eu", "peers": "org1" }, { "name": "us", "peers": "org2" } ],
    "between_zones": [ { "a": "eu", "b": "us", "latency": "40ms" } ]
  },
  "cpu": { "verify": "50us", "validate_block": "1ms", "commit_block": "2ms" },
  "orderers": [ { "name": "orderer7" },
                { "name": "orderer8", "zone": "eu", "bandwidth": "1Mbps", "delay": "50ms" },
                { "name": "orderer9", "latency": "7ms" } ],
  "blocks": [ { "channel": "ch1", "from": ["org1/3"], "start": "30s", "interval": "100ms",
                "count": 40, "size": "64KiB", "arrivals": "poisson" },
              { "channel": "ch1", "start": "30s", "rate": 2.5,
                "size": { "distribution": "lognormal", "median": "1KiB", "p99": "1MiB" } } ],
  "faults": [
    { "kind": "crash", "at": "40s", "restart_after": "20s", "state": "kept",
      "peers": { "select": "25% of org1", "except": "leader of org1 in ch1" } },
    { "kind": "isolate", "at": "45s", "for": "5s", "peers": "3 of org1" },
    { "kind": "partition", "at": "50s", "for": "6s", "groups": [ "leader of org1 in ch1", "org1" ],
      "one_way": true, "bridge": "org1/9" } ],
  "heal_at": "100s",
  "events": [ { "kind": "leave_channel", "at": "50s", "peers": "org1/3", "channel": "ch1" },
              { "kind": "expire", "at": "60s", "peers": "org1/4" } ],
  "expect": [
    { "metric": "blocks.t100_s", "stat": "p99", "min": 0.5, "max": 45 },
    { "metric": "leaders.ch1.org1.final", "equals": 1 },
    { "invariant": "all" } ]
})";

TEST(Load, EveryKeyOfTheWorldArrives) {
  const Scenario scenario = testing::load_good(kEverything);
  EXPECT_EQ(scenario.name, "everything");
  EXPECT_EQ(scenario.seed, 7u);
  EXPECT_EQ(scenario.duration, 120 * kSecond);
  const Organization& org = scenario.organizations.at(0);
  EXPECT_EQ(org.peers, 50u);
  EXPECT_EQ(*org.bootstrap, Selector::list({Selector::peer("org1", 0), Selector::peer("org1", 1)}));
  EXPECT_EQ(*org.external_endpoints, Selector::organization("org1"));
  EXPECT_EQ(to_text(*org.leaders), "org1/0..1");
  EXPECT_EQ(org.start, (StartTimes{kSecond, 500 * kMillisecond}));
  EXPECT_EQ(*scenario.organizations.at(1).external_endpoints, Selector::nobody());
  EXPECT_EQ(scenario.channels.at(0).join_at, 2 * kSecond);
  EXPECT_EQ(config_text(scenario.config.at(0).value), "90s");
  EXPECT_EQ(config_text(scenario.overrides.at(0).config.at(0).value), "5");
  EXPECT_FALSE(scenario.overrides.at(0).start.has_value());
  EXPECT_EQ(scenario.overrides.at(1).start, (StartTimes{20 * kSecond, 0}));
  EXPECT_EQ(scenario.network.model, NetworkModel::kFlow);
  EXPECT_EQ(scenario.network.latency.distribution, Distribution::kUniform);
  EXPECT_EQ(scenario.network.latency.max, 2 * kMillisecond);
  EXPECT_EQ(scenario.network.bandwidth, 100'000'000u);
  EXPECT_EQ(scenario.network.between_zones.at(0).latency, Latency::constant(40 * kMillisecond));
  EXPECT_EQ(scenario.cpu, (Cpu{50 * kMicrosecond, kMillisecond, 2 * kMillisecond}));
  EXPECT_THAT(
      *scenario.orderers,
      ElementsAre(
          OrdererNode{.name = "orderer7"},
          OrdererNode{
              .name = "orderer8", .zone = "eu", .bandwidth = 1'000'000, .delay = 50 * kMillisecond},
          OrdererNode{.name = "orderer9", .latency = Latency::constant(7 * kMillisecond)}));
  EXPECT_EQ(population_of(scenario).total(), 54u);
}

TEST(Load, EveryKeyOfTheEventsArrives) {
  const Scenario scenario = testing::load_good(kEverything);
  const BlockStream& blocks = scenario.blocks.at(0);
  EXPECT_TRUE(blocks.from.has_value());
  EXPECT_EQ(blocks.interval, 100 * kMillisecond);
  EXPECT_EQ(blocks.size, BlockSize{.value = 65'536});
  EXPECT_EQ(blocks.arrivals, Arrivals::kPoisson);
  EXPECT_EQ(scenario.blocks.at(1).interval, 400 * kMillisecond);
  EXPECT_EQ(
      scenario.blocks.at(1).size,
      (BlockSize{
          .distribution = Distribution::kLognormal, .value = 0, .median = 1024, .p99 = 1 << 20}));
  const Fault& crash = scenario.faults.at(0);
  EXPECT_EQ(crash.kind, FaultKind::kCrash);
  EXPECT_EQ(crash.lasts, 20 * kSecond);
  EXPECT_TRUE(crash.peers.late());
  EXPECT_TRUE(crash.peers.draws());
  EXPECT_EQ(scenario.faults.at(1).kind, FaultKind::kIsolate);
  EXPECT_EQ(scenario.faults.at(1).lasts, 5 * kSecond);
  EXPECT_EQ(scenario.faults.at(2).kind, FaultKind::kPartition);
  EXPECT_EQ(scenario.faults.at(2).lasts, 6 * kSecond);
  EXPECT_EQ(to_text(scenario.faults.at(2).groups.at(0)), "leader of org1 in ch1");
  EXPECT_EQ(scenario.faults.at(2).groups.at(1), Selector::organization("org1"));
  EXPECT_TRUE(scenario.faults.at(2).one_way);
  EXPECT_EQ(scenario.faults.at(2).bridge, Selector::peer("org1", 9));
  EXPECT_EQ(scenario.events.at(0),
            (Event{EventKind::kLeaveChannel, 50 * kSecond, Selector::peer("org1", 3), "ch1"}));
  EXPECT_EQ(scenario.events.at(1),
            (Event{EventKind::kExpire, 60 * kSecond, Selector::peer("org1", 4), ""}));
  EXPECT_EQ(scenario.heal_at, 100 * kSecond);
  ASSERT_EQ(scenario.expect.size(), 3u);
  EXPECT_EQ(scenario.expect[0].stat, "p99");
  EXPECT_EQ(scenario.expect[0].min, 0.5);
  EXPECT_EQ(scenario.expect[1].equals, 1.0);
  EXPECT_EQ(scenario.expect[1].stat, "max");
  EXPECT_EQ(scenario.expect[2].invariant, "all");
}

TEST(Load, ShippedScenariosAreGoodAndDescribed) {
  const auto paths = testing::shipped_scenarios();
  EXPECT_GE(paths.size(), 5u);
  for (const std::string& path : paths) {
    const auto result = load_scenario(path, testing::shipped_options());
    ASSERT_TRUE(result.ok()) << result.error()[0].text();
    EXPECT_GT(result.value().description.size(), 60u) << path;
    EXPECT_NE(path.find("/" + result.value().name + ".json"), std::string::npos) << path;
  }
}

TEST(Load, AScenarioWithoutANameIsCalledAsItsFile) {
  const auto named = [](const std::string& file) {
    return load_scenario_text(testing::small_with(""), file, "", testing::some_options())
        .value()
        .name;
  };
  EXPECT_EQ(named("a/b/first.json"), "first");
  EXPECT_EQ(named("my file!.json"), "my-file-");
  EXPECT_EQ(named(".json"), "scenario");
}

TEST(Load, WithoutATableEveryConfigurationKeyGoes) {
  const Scenario scenario = testing::load_good(
      testing::small_with(R"("config": { "a.b": 1, "c": "x", "d": true, "e": ["x", "y"] })"), {});
  ASSERT_EQ(scenario.config.size(), 4u);
  EXPECT_EQ(config_text(scenario.config[3].value), "x y");
}

}  // namespace
}  // namespace hearsay::scenario
