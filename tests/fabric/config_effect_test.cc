// Every key that an engine is said to read changes what happens; the others change nothing.
//
// A small world runs twice, with the key's default and with another value, and the digests are
// compared: they hold whatever the peers did.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/gossip/config.h"
#include "sim/run/runner.h"
#include "tests/support/stage.h"

namespace hearsay {
namespace {

// What a key needs to show: the parts of a scenario, besides the common ones.
struct Setting {
  std::string config;  // "\"key\": value, …"
  std::string more;    // further parts of the scenario
  std::string duration = "60s";
  std::string blocks = R"("start": "15s", "interval": "1s", "count": 20)";
  std::string org = "";  // further parts of the organisation
};

const Setting kPlain = {"", "", "60s"};
// The bootstrap peer is late.
const Setting kLate = {"", R"("overrides": [ { "peers": "org1/0", "start": { "at": "70s" } } ])",
                       "120s"};
// Some cannot be reached for a while, and one is gone for good.
const Setting kFaults = {"",
                         R"("faults": [
     { "kind": "isolate", "at": "12s", "for": "30s", "peers": "org1/2..4" },
     { "kind": "crash", "at": "20s", "peers": "org1/5" } ])",
                         "120s"};
const std::string kBlocks = kPlain.blocks;
const Setting kElected = {"", "", "60s", kBlocks, R"("leader": "elected")"};
// Peers come one after the other, so that no view is stable for long.
const Setting kGathering = {"", "", "60s", kBlocks,
                            R"("leader": "elected", "start": { "spread": "10s" })"};
// The orderer is away for a while, and an elected leader tries again.
const Setting kOutage = {"",
                         R"("faults": [
     { "kind": "orderer", "action": "outage", "at": "20s", "for": "40s" } ])",
                         "90s", kBlocks, R"("leader": "elected")"};
// The leader hears nobody.
const Setting kSilence = {"",
                          R"("faults": [
     { "kind": "isolate", "at": "0s", "for": "30s", "peers": "org1/0" } ])",
                          "60s"};
// Large frames wait on thin links.
const Setting kNarrow = {
    "", R"("network": { "bandwidth": "1Mbps" })", "60s",
    R"("start": "15s", "from": "org1/0", "interval": "200ms", "count": 100, "size": "256KiB")"};
// Answers to a request for blocks come late.
const Setting kFar = {"", R"("network": { "latency": "40ms" })", "60s"};
// A late peer catches up, and answers take their time.
const Setting kCatchUp = {R"("peer.gossip.state.enabled": true)",
                          R"("overrides": [ { "peers": "org1/7", "start": { "at": "38s" } } ],
     "network": { "latency": "40ms" })",
                          "90s"};
const Setting kLateComer = {"", kCatchUp.more, "90s"};
const Setting kHopeless = {R"("peer.gossip.state.enabled": true,
     "peer.gossip.state.responseTimeout": "1ms")",
                           kCatchUp.more, "90s"};
// Blocks come faster than they can be committed.
const Setting kFlood = {R"("peer.gossip.state.blockBufferSize": 2)",
                        R"("cpu": { "commit_block": "3s" })", "60s"};

const Setting kSlowCommit = {"", kFlood.more, "60s"};

// Answers come when the request was made again, and wait for room.
const Setting kImpatient = {R"("peer.gossip.state.enabled": true,
     "peer.gossip.state.responseTimeout": "500ms", "peer.gossip.state.blockBufferSize": 1)",
                            R"("overrides": [ { "peers": "org1/7", "start": { "at": "38s" } } ],
     "network": { "latency": "600ms" }, "cpu": { "commit_block": "3s" })",
                            "200s"};

struct Row {
  std::string key;
  std::string value;  // another than the default, as JSON
  const Setting& setting = kPlain;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"peer.gossip.membershipTrackerInterval", "\"7s\""},
      {"peer.gossip.maxBlockCountToStore", "1"},
      {"peer.gossip.maxPropagationBurstLatency", "\"100ms\""},
      {"peer.gossip.maxPropagationBurstSize", "1"},
      {"peer.gossip.propagateIterations", "2"},
      {"peer.gossip.propagatePeerNum", "1"},
      {"peer.gossip.pullInterval", "\"6s\""},
      {"peer.gossip.pullPeerNum", "1"},
      {"peer.gossip.requestStateInfoInterval", "\"9s\""},
      {"peer.gossip.publishStateInfoInterval", "\"9s\""},
      {"peer.gossip.publishCertPeriod", "\"1s\""},
      {"peer.gossip.dialTimeout", "\"1s\"", kFaults},
      {"peer.gossip.connTimeout", "\"5ms\""},
      {"peer.gossip.sendBuffSize", "1", kNarrow},
      {"peer.gossip.digestWaitTime", "\"500ms\""},
      {"peer.gossip.requestWaitTime", "\"1ms\""},
      {"peer.gossip.responseWaitTime", "\"10ms\"", kFar},
      {"peer.gossip.aliveTimeInterval", "\"3s\""},
      {"peer.gossip.aliveExpirationTimeout", "\"12s\"", kFaults},
      {"peer.gossip.reconnectInterval", "\"7s\"", kFaults},
      {"peer.gossip.maxConnectionAttempts", "1", kLate},
      {"peer.gossip.msgExpirationFactor", "1", kFaults},
      {"peer.gossip.election.startupGracePeriod", "\"1s\"", kGathering},
      {"peer.gossip.election.membershipSampleInterval", "\"3s\"", kElected},
      {"peer.gossip.election.leaderAliveThreshold", "\"4s\"", kElected},
      {"peer.gossip.election.leaderElectionDuration", "\"2s\"", kElected},
      {"peer.deliveryclient.blockGossipEnabled", "false"},
      {"peer.deliveryclient.reconnectTotalTimeThreshold", "\"5s\"", kOutage},
      {"peer.deliveryclient.reConnectBackoffThreshold", "\"200ms\"", kOutage},
      {"peer.deliveryclient.connTimeout", "\"1s\"", kSilence},
      {"peer.deliveryclient.addressOverrides", "\"orderer0:7050>nobody:7050\""},
      {"peer.gossip.nonBlockingCommitMode", "true", kFlood},
      {"peer.gossip.state.enabled", "true", kLateComer},
      {"peer.gossip.state.checkInterval", "\"4s\"", kCatchUp},
      {"peer.gossip.state.responseTimeout", "\"1ms\"", kCatchUp},
      {"peer.gossip.state.batchSize", "2", kCatchUp},
      {"peer.gossip.state.maxRetries", "0", kHopeless},
      {"peer.gossip.state.blockBufferSize", "1", kSlowCommit},
      {"peer.gossip.state.channelSize", "1", kImpatient},
  };
  return table;
}

std::string digest_of(const Setting& setting, const std::string& entry) {
  std::string config = setting.config;
  if (!entry.empty()) config += (config.empty() ? "" : ", ") + entry;
  const scenario::Scenario plan = test::scenario_of(fmt::format(
      R"({{ "seed": 3, "duration": "{}", "config": {{ {} }}{}{},
     "organizations": [ {{ "name": "org1", "peers": 8{}{} }} ],
     "channels": [ {{ "name": "ch1" }} ],
     "blocks": [ {{ {} }} ] }})",
      setting.duration, config, setting.more.empty() ? "" : ", ", setting.more,
      setting.org.empty() ? "" : ", ", setting.org, setting.blocks));
  sim::RunOptions options;
  options.clock = sim::ClockKind::kPlain;
  auto made = sim::Runner::make(plan, options);
  EXPECT_TRUE(made.ok());
  return made.value()->run().digest_hex;
}

// As JSON.
std::string other_value(const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::kDuration:
      return "\"17s\"";
    case ConfigType::kInt:
      return "17";
    case ConfigType::kBool:
      return config_value(Config(), key.name) == "true" ? "false" : "true";
    case ConfigType::kOverrides:
      return "\"orderer0:7050>other:7050\"";
    case ConfigType::kText:
    case ConfigType::kList:
      break;
  }
  return "\"other\"";
}

class KeyEffect : public testing::TestWithParam<std::string_view> {};

TEST_P(KeyEffect, IsAsTheTableOfKeysSays) {
  const ConfigKey& key = *find_config_key(GetParam());
  const auto& all = rows();
  const auto row =
      std::find_if(all.begin(), all.end(), [&](const Row& r) { return r.key == key.name; });
  if (key.effect == ConfigEffect::kEngine) {
    ASSERT_NE(row, all.end()) << "no row shows what " << key.name << " does";
    EXPECT_NE(digest_of(row->setting, ""),
              digest_of(row->setting, fmt::format("\"{}\": {}", row->key, row->value)))
        << key.name << " changes nothing";
    return;
  }
  EXPECT_EQ(row, all.end()) << key.name << " has a row and is said to have no effect";
  if (key.effect == ConfigEffect::kScenario) return;
  static const std::string usual = digest_of(kPlain, "");
  EXPECT_EQ(usual, digest_of(kPlain, fmt::format("\"{}\": {}", key.name, other_value(key))));
}

std::vector<std::string_view> key_names() {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys())
    names.push_back(key.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, KeyEffect, testing::ValuesIn(key_names()), [](const auto& named) {
  std::string name(named.param);
  std::erase_if(name, [](char c) { return c == '.'; });
  return name;
});

TEST(KeyEffects, TheDigestsOfTheSettingsAreTheirOwn) {
  EXPECT_EQ(digest_of(kPlain, ""), digest_of(kPlain, ""));
  EXPECT_NE(digest_of(kPlain, ""), digest_of(kFaults, ""));
}

}  // namespace
}  // namespace hearsay
