// Config: reading core.yaml keys (spec: config 1, 2, 8, 9) and saying what cannot work together.
#include "core/gossip/config.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/duration_text.h"

namespace hearsay {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> texts_of(const std::vector<ConfigProblem>& problems) {
  std::vector<std::string> texts;
  for (const ConfigProblem& problem : problems)
    texts.push_back(problem.text());
  return texts;
}

Config with(std::string_view key, std::string_view value) {
  Config config;
  const Result<bool> set = set_config(config, key, value);
  EXPECT_TRUE(set.ok()) << set.error();
  return config;
}

std::string error_of(std::string_view key, std::string_view value) {
  Config config;
  const Result<bool> set = set_config(config, key, value);
  EXPECT_FALSE(set.ok()) << key << " took " << value;
  return set.ok() ? "" : set.error();
}

struct Shipped {
  const char* key;
  const char* value;
  const char* by_code = nullptr;  // what the code uses without a file, where that differs
};

// Spec config 2 to 6, in the order of the table.
const std::vector<Shipped> kShipped = {
    {"peer.gossip.bootstrap", ""},
    {"peer.gossip.endpoint", ""},
    {"peer.gossip.externalEndpoint", ""},
    {"peer.gossip.useLeaderElection", "false"},
    {"peer.gossip.orgLeader", "true", "false"},
    {"peer.gossip.membershipTrackerInterval", "5s"},
    {"peer.gossip.maxBlockCountToStore", "10"},
    {"peer.gossip.maxPropagationBurstLatency", "10ms"},
    {"peer.gossip.maxPropagationBurstSize", "10"},
    {"peer.gossip.propagateIterations", "1"},
    {"peer.gossip.propagatePeerNum", "3"},
    {"peer.gossip.pullInterval", "4s"},
    {"peer.gossip.pullPeerNum", "3"},
    {"peer.gossip.requestStateInfoInterval", "4s"},
    {"peer.gossip.publishStateInfoInterval", "4s"},
    {"peer.gossip.stateInfoRetentionInterval", ""},
    {"peer.gossip.publishCertPeriod", "10s"},
    {"peer.gossip.skipBlockVerification", "false"},
    {"peer.gossip.dialTimeout", "3s"},
    {"peer.gossip.connTimeout", "2s"},
    {"peer.gossip.recvBuffSize", "20"},
    {"peer.gossip.sendBuffSize", "200", "20"},
    {"peer.gossip.digestWaitTime", "1s"},
    {"peer.gossip.requestWaitTime", "1500ms"},
    {"peer.gossip.responseWaitTime", "2s"},
    {"peer.gossip.aliveTimeInterval", "5s"},
    {"peer.gossip.aliveExpirationTimeout", "25s"},
    {"peer.gossip.reconnectInterval", "25s"},
    {"peer.gossip.maxConnectionAttempts", "120"},
    {"peer.gossip.msgExpirationFactor", "20"},
    {"peer.gossip.nonBlockingCommitMode", "false"},
    {"peer.gossip.election.startupGracePeriod", "15s"},
    {"peer.gossip.election.membershipSampleInterval", "1s"},
    {"peer.gossip.election.leaderAliveThreshold", "10s"},
    {"peer.gossip.election.leaderElectionDuration", "5s"},
    {"peer.gossip.pvtData.pullRetryThreshold", "60s", "0s"},
    {"peer.gossip.pvtData.transientstoreMaxBlockRetention", "1000"},
    {"peer.gossip.pvtData.pushAckTimeout", "3s", "0s"},
    {"peer.gossip.pvtData.btlPullMargin", "10"},
    {"peer.gossip.pvtData.reconcileBatchSize", "10"},
    {"peer.gossip.pvtData.reconcileSleepInterval", "60s"},
    {"peer.gossip.pvtData.reconciliationEnabled", "true", "false"},
    {"peer.gossip.pvtData.skipPullingInvalidTransactionsDuringCommit", "false"},
    {"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.requiredPeerCount", "0"},
    {"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.maxPeerCount", "1"},
    {"peer.gossip.state.enabled", "false"},
    {"peer.gossip.state.checkInterval", "10s"},
    {"peer.gossip.state.responseTimeout", "3s"},
    {"peer.gossip.state.batchSize", "10"},
    {"peer.gossip.state.maxRetries", "3"},
    {"peer.gossip.state.blockBufferSize", "20"},
    {"peer.gossip.state.channelSize", "100"},
    {"peer.deliveryclient.blockGossipEnabled", "true"},
    {"peer.deliveryclient.reconnectTotalTimeThreshold", "3600s"},
    {"peer.deliveryclient.connTimeout", "3s"},
    {"peer.deliveryclient.reConnectBackoffThreshold", "3600s"},
    {"peer.deliveryclient.addressOverrides", ""},
    {"peer.deliveryclient.staticRootsEnabled", "false"},
    {"peer.deliveryclient.blockCensorshipTimeoutKey", "30s"},
    {"peer.deliveryclient.minimalReconnectInterval", "100ms"},
    {"peer.deliveryclient.policy", "cluster"},
    {"peer.keepalive.deliveryClient.interval", "60s"},
    {"peer.keepalive.deliveryClient.timeout", "20s"},
    {"peer.keepalive.client.interval", "60s"},
    {"peer.keepalive.client.timeout", "20s"},
    {"peer.maxRecvMsgSize", "104857600"},
    {"peer.maxSendMsgSize", "104857600"},
    {"peer.tls.enabled", "false"},
    {"peer.tls.clientAuthRequired", "false"},
    {"peer.tls.cert.file", "tls/server.crt", ""},
    {"peer.tls.key.file", "tls/server.key", ""},
    {"peer.tls.clientCert.file", ""},
    {"peer.tls.clientKey.file", ""},
    {"peer.authentication.timewindow", "900s"},
};

TEST(Config, DefaultsAreThoseOfTheShippedFile) {
  const Config config;
  ASSERT_EQ(config_keys().size(), kShipped.size());
  for (std::size_t i = 0; i < kShipped.size(); ++i) {
    EXPECT_EQ(config_keys()[i].name, kShipped[i].key);
    EXPECT_EQ(config_value(config, kShipped[i].key), kShipped[i].value) << kShipped[i].key;
  }
}

TEST(Config, WithoutAFileTheCodesDefaultsCount) {
  const Config config = Config::code_defaults();
  for (const Shipped& key : kShipped) {
    EXPECT_EQ(config_value(config, key.key), key.by_code == nullptr ? key.value : key.by_code)
        << key.key;
  }
  EXPECT_TRUE(config.alive_expiration_follows);
  EXPECT_TRUE(config.reconnect_follows);
}

TEST(Config, DefaultsAreJudgedFine) { EXPECT_THAT(texts_of(Config().judge()), IsEmpty()); }

// Another value than the default, and another for each key of a type.
std::string other_value(const ConfigKey& key, int number) {
  const std::string text = std::to_string(number);
  switch (key.type) {
    case ConfigType::kDuration:
      return text + "s";
    case ConfigType::kInt:
      return text;
    case ConfigType::kBool:
      return config_value(Config(), key.name) == "true" ? "false" : "true";
    case ConfigType::kText:
      return "text" + text;
    case ConfigType::kList:
      return "host" + text + ":7051 other" + text + ":7051";
    case ConfigType::kOverrides:
      return "from" + text + ":7050>to:7050 from:7050>to" + text + ":7050>ca.pem";
  }
  return "";
}

// Spec config 9.1.
TEST(Config, EveryKeyIsTakenOver) {
  constexpr int kFirst = 1001;
  Config config;
  for (std::size_t i = 0; i < config_keys().size(); ++i) {
    const ConfigKey& key = config_keys()[i];
    const std::string value = other_value(key, kFirst + static_cast<int>(i));
    ASSERT_TRUE(set_config(config, key.name, value).ok()) << key.name;
    EXPECT_NE(value, config_value(Config(), key.name)) << key.name;
  }
  for (std::size_t i = 0; i < config_keys().size(); ++i) {
    const ConfigKey& key = config_keys()[i];
    EXPECT_EQ(config_value(config, key.name), other_value(key, kFirst + static_cast<int>(i)))
        << key.name;
  }
}

// Spec config 1.3.
TEST(Config, EachReadingHasItsOwnZero) {
  const auto value = [](std::string_view key, std::string_view text) {
    return config_value(with(key, text), key);
  };
  EXPECT_EQ(value("peer.gossip.sendBuffSize", "0"), "20");
  EXPECT_EQ(value("peer.gossip.sendBuffSize", ""), "20");
  EXPECT_EQ(value("peer.gossip.state.batchSize", "0"), "0");
  EXPECT_EQ(value("peer.gossip.state.batchSize", ""), "10");
  EXPECT_EQ(value("peer.deliveryclient.blockGossipEnabled", ""), "true");
  EXPECT_EQ(value("peer.deliveryclient.blockGossipEnabled", "false"), "false");
  EXPECT_EQ(value("peer.gossip.pvtData.pullRetryThreshold", ""), "0s");
  EXPECT_EQ(value("peer.gossip.pvtData.pullRetryThreshold", "0"), "0s");
  EXPECT_EQ(value("peer.gossip.pvtData.reconcileBatchSize", "0"), "10");
  EXPECT_EQ(value("peer.deliveryclient.connTimeout", ""), "3s");
  EXPECT_EQ(value("peer.deliveryclient.reConnectBackoffThreshold", "0s"), "3600s");
  EXPECT_EQ(value("peer.keepalive.deliveryClient.interval", "0"), "0s");
}

TEST(Config, ANegativeMarginIsReplacedAndZeroIsNot) {
  EXPECT_EQ(with("peer.gossip.pvtData.btlPullMargin", "-1").pvt_btl_pull_margin, 10);
  EXPECT_EQ(with("peer.gossip.pvtData.btlPullMargin", "0").pvt_btl_pull_margin, 0);
}

TEST(Config, ListsStandBetweenBlanks) {
  EXPECT_THAT(with("peer.gossip.bootstrap", " a:1  b:2\t").bootstrap, ElementsAre("a:1", "b:2"));
  EXPECT_THAT(with("peer.gossip.bootstrap", "").bootstrap, IsEmpty());
  EXPECT_THAT(
      with("peer.deliveryclient.addressOverrides", "a:1>b:1 c:1>d:1>ca.pem")
          .deliver_address_overrides,
      ElementsAre(EndpointOverride{"a:1", "b:1", ""}, EndpointOverride{"c:1", "d:1", "ca.pem"}));
  for (const char* bad : {"a:1", "a:1>", ">b:1", "a>b>c>d"}) {
    EXPECT_THAT(error_of("peer.deliveryclient.addressOverrides", bad), HasSubstr("from>to"));
  }
}

TEST(Config, AnEndpointHasOneColonAndAPort) {
  EXPECT_EQ(endpoint_port("0.0.0.0:7051"), 7051);
  EXPECT_EQ(endpoint_port("host:65535"), 65535);
  for (const char* bad : {"host", "host:", "host:65536", "host:port", "::1:7051", "host:-1", ""}) {
    EXPECT_EQ(endpoint_port(bad), std::nullopt) << bad;
  }
}

TEST(Config, DerivedValuesFollowTheirKeys) {
  EXPECT_EQ(with("peer.gossip.election.leaderAliveThreshold", "19s").leadership_ttl(),
            190 * kSecond);
  EXPECT_EQ(with("peer.gossip.aliveExpirationTimeout", "21s").alive_check_interval(),
            2100 * kMillisecond);
  EXPECT_EQ(Config().alive_message_ttl(), 500 * kSecond);
  EXPECT_EQ(Config().block_ttl(), 400 * kSecond);
}

TEST(Config, ZeroAndNothingMeanTheCodesDefault) {
  for (const char* unset : {"0", "", " "}) {
    EXPECT_EQ(with("peer.gossip.propagateIterations", unset).propagate_iterations, 1);
    EXPECT_EQ(with("peer.gossip.pullInterval", unset).pull_interval, 4 * kSecond);
    EXPECT_EQ(with("peer.gossip.sendBuffSize", unset).send_buff_size, 20) << "not the shipped 200";
  }
  EXPECT_EQ(with("peer.gossip.pullInterval", "0s").pull_interval, 4 * kSecond);
}

TEST(Config, StateKeysTakeZeroAtItsWord) {
  EXPECT_EQ(with("peer.gossip.state.blockBufferSize", "0").state_block_buffer_size, 0);
  EXPECT_EQ(with("peer.gossip.state.batchSize", "0").state_batch_size, 0);
  EXPECT_EQ(with("peer.gossip.state.checkInterval", "0").state_check_interval, 0);
}

TEST(Config, BoolsAreSpeltAsGoSpellsThem) {
  for (const char* yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    EXPECT_TRUE(with("peer.gossip.state.enabled", yes).state_enabled) << yes;
  }
  for (const char* no : {"false", "F", "0", ""}) {
    EXPECT_FALSE(with("peer.gossip.orgLeader", no).org_leader) << no;
  }
  EXPECT_THAT(error_of("peer.gossip.state.enabled", "yes"), HasSubstr("neither true nor false"));
}

TEST(Config, KeysAreCaseInsensitive) {
  EXPECT_EQ(with("PEER.gossip.PULLinterval", "7s").pull_interval, 7 * kSecond);
}

TEST(Config, ExpirationAndReconnectFollowTheAliveInterval) {
  const Config config = with("peer.gossip.aliveTimeInterval", "2s");
  EXPECT_EQ(config.alive_expiration_timeout, 10 * kSecond);
  EXPECT_EQ(config.reconnect_interval, 10 * kSecond);
  EXPECT_EQ(config.alive_check_interval(), 1 * kSecond);
}

TEST(Config, WhatIsSetDoesNotFollowWhateverTheOrder) {
  const std::vector<std::pair<const char*, const char*>> keys = {
      {"peer.gossip.aliveExpirationTimeout", "25s"}, {"peer.gossip.aliveTimeInterval", "2s"}};
  for (const bool reversed : {false, true}) {
    Config config;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto& [key, value] = keys[reversed ? keys.size() - 1 - i : i];
      ASSERT_TRUE(set_config(config, key, value).ok());
    }
    EXPECT_EQ(config.alive_expiration_timeout, 25 * kSecond);
    EXPECT_EQ(config.reconnect_interval, 25 * kSecond) << "it follows the expiration";
  }
}

TEST(Config, ZeroLetsAValueFollowAgain) {
  Config config = with("peer.gossip.aliveExpirationTimeout", "7s");
  ASSERT_TRUE(set_config(config, "peer.gossip.aliveExpirationTimeout", "0").ok());
  ASSERT_TRUE(set_config(config, "peer.gossip.aliveTimeInterval", "3s").ok());
  EXPECT_EQ(config.alive_expiration_timeout, 15 * kSecond);
}

TEST(Config, ABareNumberIsNanoseconds) {
  const Config config = with("peer.gossip.pullInterval", "4");
  EXPECT_EQ(config.pull_interval, 4);
  EXPECT_THAT(config.problems(), testing::Contains(AllOf(HasSubstr("pullInterval is only 4ns"),
                                                         HasSubstr("write 4s"))));
}

TEST(Config, UnreadableTextIsAnErrorThatSaysWhatWouldBeRight) {
  EXPECT_THAT(error_of("peer.gossip.pullInterval", "4 sec"),
              AllOf(HasSubstr("peer.gossip.pullInterval"), HasSubstr("4 sec"), HasSubstr("4s")));
  EXPECT_THAT(error_of("peer.gossip.requestWaitTime", "soon"), HasSubstr("1500ms"));
  EXPECT_THAT(error_of("peer.gossip.propagatePeerNum", "3s"),
              AllOf(HasSubstr("whole number"), HasSubstr("such as 3")));
  EXPECT_THAT(error_of("peer.gossip.propagatePeerNum", "3000000000"), HasSubstr("out of range"));
  EXPECT_THAT(error_of("peer.gossip.propagatePeerNum", "99999999999999999999"),
              HasSubstr("whole number"));
}

TEST(Config, AnUnreadableTextChangesNothing) {
  Config config;
  EXPECT_FALSE(set_config(config, "peer.gossip.pullInterval", "x").ok());
  EXPECT_EQ(config.pull_interval, 4 * kSecond);
}

TEST(Config, AnUnknownKeyNamesTheNearest) {
  EXPECT_THAT(error_of("peer.gossip.pullIntervall", "4s"), HasSubstr("peer.gossip.pullInterval"));
  EXPECT_THAT(error_of("fanout", "3"), HasSubstr("fanout is not a key"));
  EXPECT_THAT(error_of("sendBuffSize", "3"), HasSubstr("the nearest is peer.gossip.sendBuffSize"));
}

TEST(Config, WhatConfigValueGivesSetConfigReads) {
  for (const ConfigKey& key : config_keys()) {
    Config config;
    const std::string text = config_value(config, key.name);
    ASSERT_TRUE(set_config(config, key.name, text).ok()) << key.name;
    EXPECT_EQ(config_value(config, key.name), text);
  }
}

TEST(ConfigProblems, NameEveryNegativeValueAtOnce) {
  for (const ConfigKey& key : config_keys()) {
    const bool duration = key.type == ConfigType::kDuration;
    if (!duration && key.type != ConfigType::kInt) continue;
    if (key.name == "peer.gossip.pvtData.btlPullMargin") continue;
    const Config config = with(key.name, duration ? "-1s" : "-1");
    EXPECT_THAT(texts_of(config.judge()),
                testing::Contains(HasSubstr(std::string(key.name) + " is -1")))
        << key.name;
  }
  Config config;
  config.propagate_iterations = -1;
  config.send_buff_size = -5;
  config.dial_timeout = -1;
  EXPECT_EQ(config.problems().size(), 3u);
}

TEST(ConfigProblems, NameDurationsThatCannotBeCountedWith) {
  Config config;
  config.alive_expiration_timeout = 300 * 24 * 3600 * kSecond;
  config.msg_expiration_factor = 1'000'000;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("msgExpirationFactor (1000000)")));
  config = Config();
  config.pull_interval = 0;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("longer than nothing")));
  config.pull_interval = kNever;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("at most a year")));
}

TEST(ConfigProblems, LetZeroFanOutAndZeroIterationsPass) {
  Config config;
  config.propagate_iterations = 0;
  config.propagate_peer_num = 0;
  config.pull_peer_num = 0;
  EXPECT_THAT(texts_of(config.judge()), IsEmpty());
}

TEST(ConfigProblems, OfKeysWithoutAnEngineAreWarnings) {
  const Config config = with("peer.maxRecvMsgSize", "0");
  EXPECT_THAT(config.problems(), IsEmpty());
  EXPECT_THAT(config.warnings(), ElementsAre(HasSubstr("no message would be taken")));
}

// One row a rule of spec config 8: values that break it, and what is said then.
struct Broken {
  const char* name;
  std::vector<std::pair<const char*, const char*>> set;
  bool fatal;
  const char* said;
};

const std::vector<Broken> kBroken = {
    {"1",
     {{"peer.gossip.useLeaderElection", "true"}},
     true,
     "useLeaderElection is true, which is not false while orgLeader is true: Fabric ends"},
    {"2",
     {{"peer.gossip.orgLeader", "false"}},
     false,
     "state.enabled is false, which is not true while neither useLeaderElection nor orgLeader is"},
    {"3",
     {{"peer.gossip.pullInterval", "3s"}},
     false,
     "pullInterval is 3s, which is not longer than digestWaitTime + responseWaitTime (3s): a pull "
     "round would begin before the last one ended"},
    {"4",
     {{"peer.gossip.requestWaitTime", "1s"}},
     false,
     "digestWaitTime is 1s, which is not shorter than requestWaitTime (1s)"},
    {"5",
     {{"peer.gossip.aliveExpirationTimeout", "9999ms"}},
     false,
     "aliveExpirationTimeout is 9999ms, which is not at least twice aliveTimeInterval (5s)"},
    {"6",
     {{"peer.gossip.election.leaderAliveThreshold", "12s"}},
     false,
     "leaderAliveThreshold is 12s, which is not shorter than twice membershipSampleInterval + "
     "leaderElectionDuration (12s)"},
    {"9",
     {{"peer.gossip.maxBlockCountToStore", "21"}},
     false,
     "blockBufferSize is 20, which is not at least maxBlockCountToStore (21)"},
    {"10",
     {{"peer.deliveryclient.blockGossipEnabled", "false"}, {"peer.gossip.orgLeader", "false"}},
     false,
     "blockGossipEnabled is false, which is not true while state.enabled is false"},
    {"11a",
     {{"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.requiredPeerCount", "-1"}},
     true,
     "requiredPeerCount is -1, which is not 0 or more: Fabric ends"},
    {"11b",
     {{"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.requiredPeerCount", "2"}},
     true,
     "maxPeerCount is 1, which is not at least requiredPeerCount (2): Fabric ends"},
    {"12a",
     {{"peer.gossip.pvtData.pullRetryThreshold", "0"}},
     false,
     "missing private data is never asked of peers"},
    {"12b",
     {{"peer.gossip.pvtData.pushAckTimeout", "0"}},
     false,
     "every distribution of private data to peers fails"},
    {"14a", {{"peer.gossip.endpoint", "host:70510"}}, true, "endpoint is host:70510, which is not"},
    {"14b", {{"peer.gossip.bootstrap", "a:1 b"}}, false, "bootstrap is a:1 b, which is not"},
    {"14c", {{"peer.gossip.externalEndpoint", "a:b:1"}}, false, "externalEndpoint is a:b:1"},
    {"6.1", {{"peer.keepalive.deliveryClient.interval", "59s"}}, false, "which is not 1m or more"},
    {"6.2", {{"peer.keepalive.client.interval", "59s"}}, false, "which is not 1m or more"},
    {"9.7",
     {{"peer.tls.clientAuthRequired", "true"}, {"peer.tls.key.file", ""}},
     true,
     "clientAuthRequired is true, which is not false without a certificate and a key"},
};

TEST(ConfigProblems, SayWhatCannotGoTogetherAndWhatWouldHappen) {
  for (const Broken& broken : kBroken) {
    Config config;
    for (const auto& [key, value] : broken.set)
      ASSERT_TRUE(set_config(config, key, value).ok()) << broken.name;
    const auto said = broken.fatal ? config.problems() : config.warnings();
    EXPECT_THAT(said, ElementsAre(HasSubstr(broken.said))) << "rule " << broken.name;
    EXPECT_THAT(broken.fatal ? config.warnings() : config.problems(), IsEmpty()) << broken.name;
  }
}

TEST(ConfigProblems, KeepQuietOnTheGoodSideOfEachBound) {
  const std::vector<std::pair<const char*, const char*>> good = {
      {"peer.gossip.pullInterval", "3000000001"},
      {"peer.gossip.requestWaitTime", "1000000001"},
      {"peer.gossip.aliveExpirationTimeout", "10s"},
      {"peer.gossip.election.leaderAliveThreshold", "11999ms"},
      {"peer.gossip.maxBlockCountToStore", "20"},
      {"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.requiredPeerCount", "1"},
      {"peer.gossip.endpoint", "host:65535"},
      {"peer.gossip.bootstrap", "a:1 b:2"},
      {"peer.keepalive.client.interval", "60s"},
      {"peer.tls.clientAuthRequired", "true"},
  };
  for (const auto& [key, value] : good)
    EXPECT_THAT(texts_of(with(key, value).judge()), IsEmpty()) << key;
}

// Spec config 8.8.
TEST(ConfigProblems, NameWhatAnOrganisationShouldHaveInCommon) {
  const Config common;
  Config other;
  EXPECT_THAT(disagreements(common, other), IsEmpty());
  other.pull_interval = 9 * kSecond;
  EXPECT_THAT(disagreements(common, other), IsEmpty());
  other.state_batch_size = 20;
  other.leader_election_duration = 4 * kSecond;
  EXPECT_THAT(texts_of(disagreements(common, other)),
              ElementsAre(HasSubstr("leaderElectionDuration is 4s here and 5s at other peers"),
                          HasSubstr("batchSize is 20 here and 10 at other peers")));
}

TEST(DurationText, ReadsGosSyntax) {
  const std::vector<std::pair<const char*, Duration>> cases = {{"1h2m3.5s", 3723'500'000'000},
                                                               {"1.5s", 1'500'000'000},
                                                               {"-1.5ms", -1'500'000},
                                                               {"+5us", 5'000},
                                                               {"5\u00B5s", 5'000},
                                                               {"5\u03BCs", 5'000},
                                                               {".5s", 500'000'000},
                                                               {"1.s", 1'000'000'000},
                                                               {"0", 0},
                                                               {"17", 17},
                                                               {"5.9", 5},
                                                               {"0.1234567899s", 123'456'789},
                                                               {"0.3h", 1'080'000'000'000},
                                                               {"9223372036854775807ns", kNever}};
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(DurationText, RefusesWhatGoRefuses) {
  for (const char* text : {"", "-", "s", ".", ".s", "1x", "1s2", "1 s", "1S", "1ss", "--1s", "1e3s",
                           "9223372036854775808ns", "2562048h", "1..5s", "5 "}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(DurationText, WritesTheLargestUnitWithoutAFraction) {
  EXPECT_EQ(duration_text(25 * kSecond), "25s");
  EXPECT_EQ(duration_text(1500 * kMillisecond), "1500ms");
  EXPECT_EQ(duration_text(10 * kMicrosecond), "10us");
  EXPECT_EQ(duration_text(7), "7ns");
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(-kSecond), "-1s");
}

}  // namespace
}  // namespace hearsay
