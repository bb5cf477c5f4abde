// Configuration as Fabric's own tests of it show it (spec: config 9).
#include "core/gossip/config.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What a file with these keys alone makes of a peer; they stand in `section`.
Config from_file(const std::string& section, const Pairs& keys) {
  Config config = Config::code_defaults();
  for (const auto& [key, value] : keys) {
    const auto set = set_config(config, section + key, value);
    EXPECT_TRUE(set.ok()) << set.error();
  }
  return config;
}

void expect_values(const Config& config, const std::string& section, const Pairs& keys) {
  for (const auto& [key, value] : keys)
    EXPECT_EQ(config_value(config, section + key), value) << key;
}

const std::string kGossip = "peer.gossip.";
const std::string kPrivate = "peer.gossip.pvtData.";
const std::string kPolicy = kPrivate + "implicitCollectionDisseminationPolicy.";
const std::string kDeliver = "peer.deliveryclient.";

// 9.1, TestGlobalConfig.
TEST(FabricConfig, EveryKeyOfTheNodeIsTakenOver) {
  const Pairs keys = {{"endpoint", "0.0.0.0:7051"},
                      {"maxBlockCountToStore", "1"},
                      {"maxPropagationBurstLatency", "2s"},
                      {"maxPropagationBurstSize", "3"},
                      {"propagateIterations", "4"},
                      {"propagatePeerNum", "5"},
                      {"pullInterval", "6s"},
                      {"pullPeerNum", "7"},
                      {"publishCertPeriod", "8s"},
                      {"requestStateInfoInterval", "9s"},
                      {"publishStateInfoInterval", "10s"},
                      {"membershipTrackerInterval", "11s"},
                      {"digestWaitTime", "12s"},
                      {"requestWaitTime", "13s"},
                      {"responseWaitTime", "14s"},
                      {"dialTimeout", "15s"},
                      {"connTimeout", "16s"},
                      {"recvBuffSize", "17"},
                      {"sendBuffSize", "18"},
                      {"election.leaderAliveThreshold", "19s"},
                      {"aliveTimeInterval", "20s"},
                      {"aliveExpirationTimeout", "21s"},
                      {"reconnectInterval", "22s"},
                      {"maxConnectionAttempts", "100"},
                      {"msgExpirationFactor", "10"}};
  const Config config = from_file(kGossip, keys);
  expect_values(config, kGossip, keys);
  EXPECT_EQ(config.leadership_ttl(), 190 * kSecond);
  EXPECT_EQ(config.alive_check_interval(), 2100 * kMillisecond);
  EXPECT_EQ(endpoint_port(config.endpoint), 7051);
}

// 9.2, TestGlobalConfigDefaults.
TEST(FabricConfig, WithEndpointsAloneTheNodeHasTheCodesDefaults) {
  const Config config =
      from_file(kGossip, {{"endpoint", "0.0.0.0:7051"}, {"externalEndpoint", "0.0.0.0:7052"}});
  expect_values(config, kGossip,
                {{"maxBlockCountToStore", "10"},
                 {"maxPropagationBurstLatency", "10ms"},
                 {"maxPropagationBurstSize", "10"},
                 {"propagateIterations", "1"},
                 {"propagatePeerNum", "3"},
                 {"pullInterval", "4s"},
                 {"pullPeerNum", "3"},
                 {"publishCertPeriod", "10s"},
                 {"requestStateInfoInterval", "4s"},
                 {"publishStateInfoInterval", "4s"},
                 {"membershipTrackerInterval", "5s"},
                 {"digestWaitTime", "1s"},
                 {"requestWaitTime", "1500ms"},
                 {"responseWaitTime", "2s"},
                 {"dialTimeout", "3s"},
                 {"connTimeout", "2s"},
                 {"recvBuffSize", "20"},
                 {"sendBuffSize", "20"},
                 {"aliveTimeInterval", "5s"},
                 {"aliveExpirationTimeout", "25s"},
                 {"reconnectInterval", "25s"},
                 {"maxConnectionAttempts", "120"},
                 {"msgExpirationFactor", "20"},
                 {"externalEndpoint", "0.0.0.0:7052"}});
  EXPECT_EQ(config.leadership_ttl(), 100 * kSecond);
  EXPECT_EQ(config.alive_check_interval(), 2500 * kMillisecond);
}

// 9.3.
TEST(FabricConfig, TheServicesKeysAreTakenOverAndBothLeadersPassAtThisStage) {
  const Pairs keys = {{"useLeaderElection", "true"},
                      {"orgLeader", "true"},
                      {"nonBlockingCommitMode", "true"},
                      {"endpoint", "0.0.0.0:7051"},
                      {"election.leaderAliveThreshold", "600s"},
                      {"election.leaderElectionDuration", "5s"},
                      {"pvtData.btlPullMargin", "15"},
                      {"pvtData.transientstoreMaxBlockRetention", "1000"},
                      {"pvtData.skipPullingInvalidTransactionsDuringCommit", "false"}};
  const Config config = from_file(kGossip, keys);
  expect_values(config, kGossip, keys);
  expect_values(
      config, kGossip,
      {{"election.startupGracePeriod", "15s"}, {"election.membershipSampleInterval", "1s"}});
  EXPECT_THAT(config.problems(),
              ElementsAre(HasSubstr("while orgLeader is true: Fabric ends when its first")))
      << "the first channel ends it";
}

// 9.4.
TEST(FabricConfig, PrivateData) {
  const Pairs given = {{"reconcileSleepInterval", "10s"},
                       {"reconcileBatchSize", "10"},
                       {"reconciliationEnabled", "true"},
                       {"implicitCollectionDisseminationPolicy.requiredPeerCount", "2"},
                       {"implicitCollectionDisseminationPolicy.maxPeerCount", "3"}};
  expect_values(from_file(kPrivate, given), kPrivate, given);
  expect_values(Config::code_defaults(), kPrivate,
                {{"reconcileSleepInterval", "60s"},
                 {"reconcileBatchSize", "10"},
                 {"reconciliationEnabled", "false"},
                 {"implicitCollectionDisseminationPolicy.requiredPeerCount", "0"},
                 {"implicitCollectionDisseminationPolicy.maxPeerCount", "1"}});
  EXPECT_THAT(
      from_file(kPolicy, {{"requiredPeerCount", "2"}, {"maxPeerCount", "1"}}).problems(),
      ElementsAre(AllOf(HasSubstr("maxPeerCount is 1"), HasSubstr("requiredPeerCount (2)"))));
  EXPECT_THAT(from_file(kPolicy, {{"requiredPeerCount", "-1"}}).problems(),
              ElementsAre(HasSubstr("requiredPeerCount is -1")));
}

// 9.5.
TEST(FabricConfig, StateTransfer) {
  const Pairs given = {{"checkInterval", "1s"}, {"responseTimeout", "2s"}, {"batchSize", "3"},
                       {"maxRetries", "4"},     {"blockBufferSize", "5"},  {"channelSize", "6"},
                       {"enabled", "true"}};
  expect_values(from_file(kGossip + "state.", given), kGossip + "state.", given);
  expect_values(Config::code_defaults(), kGossip + "state.",
                {{"checkInterval", "10s"},
                 {"responseTimeout", "3s"},
                 {"batchSize", "10"},
                 {"maxRetries", "3"},
                 {"blockBufferSize", "20"},
                 {"channelSize", "100"},
                 {"enabled", "false"}});
}

// 9.6, TestGlobalConfig and TestGlobalConfigDefault. The server's keepalive is not of these keys.
TEST(FabricConfig, Delivery) {
  const Pairs given = {{"reConnectBackoffThreshold", "25s"},
                       {"reconnectTotalTimeThreshold", "20s"},
                       {"connTimeout", "10s"}};
  Config config = from_file(kDeliver, given);
  expect_values(config, kDeliver, given);
  EXPECT_TRUE(config.block_gossip_enabled);
  config = from_file("peer.keepalive.deliveryClient.", {{"interval", "5s"}, {"timeout", "2s"}});
  EXPECT_EQ(config.deliver_keepalive_interval, 5 * kSecond);
  EXPECT_EQ(config.deliver_keepalive_timeout, 2 * kSecond);
  config = Config::code_defaults();
  expect_values(config, kDeliver,
                {{"blockGossipEnabled", "true"},
                 {"reConnectBackoffThreshold", "3600s"},
                 {"reconnectTotalTimeThreshold", "3600s"},
                 {"connTimeout", "3s"}});
  EXPECT_EQ(config.deliver_keepalive_interval, 60 * kSecond);
  EXPECT_EQ(config.deliver_keepalive_timeout, 20 * kSecond);
  EXPECT_FALSE(config.tls_enabled);
}

// 9.7, TestSecureOptsConfig: the client's own certificate and key, else the server's, else the end.
TEST(FabricConfig, ClientAuthenticationNeedsACertificateAndAKey) {
  const auto problems = [](Pairs keys) {
    keys.emplace_back("clientAuthRequired", "true");
    return from_file("peer.tls.", keys).problems();
  };
  EXPECT_THAT(problems({{"clientCert.file", "c.crt"}, {"clientKey.file", "c.key"}}), IsEmpty());
  EXPECT_THAT(problems({{"cert.file", "s.crt"}, {"key.file", "s.key"}}), IsEmpty());
  EXPECT_THAT(problems({{"clientCert.file", "c.crt"}, {"key.file", "s.key"}}), IsEmpty());
  EXPECT_THAT(problems({{"clientCert.file", "c.crt"}}), ElementsAre(HasSubstr("Fabric ends")));
  EXPECT_THAT(problems({{"key.file", "s.key"}}), ElementsAre(HasSubstr("Fabric ends")));
  EXPECT_THAT(problems({}), ElementsAre(HasSubstr("clientAuthRequired")));
}

// 9.8, TestLoadOverridesMap. Here certificates are names, so none of them is unreadable.
TEST(FabricConfig, AddressOverrides) {
  const std::string key = kDeliver + "addressOverrides";
  Config config;
  ASSERT_TRUE(set_config(config, key, "a:1>b:1>ca.pem c:1>d:1>none.pem").ok());
  EXPECT_EQ(config.deliver_address_overrides.size(), 2u);
  ASSERT_TRUE(set_config(config, key, "a:1>b:1 c:1>d:1").ok());
  EXPECT_THAT(config.deliver_address_overrides,
              ElementsAre(EndpointOverride{"a:1", "b:1", ""}, EndpointOverride{"c:1", "d:1", ""}));
  const auto scalar = set_config(config, key, "scalar");
  ASSERT_FALSE(scalar.ok());
  EXPECT_THAT(scalar.error(), HasSubstr(key));
  ASSERT_TRUE(set_config(config, key, "").ok());
  EXPECT_THAT(config.deliver_address_overrides, IsEmpty());
}

}  // namespace
}  // namespace hearsay
