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

TEST(Config, DefaultsAreThoseOfTheShippedFile) {
  const std::vector<std::pair<std::string, std::string>> shipped = {
      {"peer.gossip.propagatePeerNum", "3"},
      {"peer.gossip.propagateIterations", "1"},
      {"peer.gossip.maxPropagationBurstSize", "10"},
      {"peer.gossip.maxPropagationBurstLatency", "10ms"},
      {"peer.gossip.aliveTimeInterval", "5s"},
      {"peer.gossip.aliveExpirationTimeout", "25s"},
      {"peer.gossip.reconnectInterval", "25s"},
      {"peer.gossip.maxConnectionAttempts", "120"},
      {"peer.gossip.msgExpirationFactor", "20"},
      {"peer.gossip.publishCertPeriod", "10s"},
      {"peer.gossip.pullInterval", "4s"},
      {"peer.gossip.pullPeerNum", "3"},
      {"peer.gossip.digestWaitTime", "1s"},
      {"peer.gossip.requestWaitTime", "1500ms"},
      {"peer.gossip.responseWaitTime", "2s"},
      {"peer.gossip.maxBlockCountToStore", "10"},
      {"peer.gossip.publishStateInfoInterval", "4s"},
      {"peer.gossip.requestStateInfoInterval", "4s"},
      {"peer.gossip.membershipTrackerInterval", "5s"},
      {"peer.gossip.state.enabled", "false"},
      {"peer.gossip.state.checkInterval", "10s"},
      {"peer.gossip.state.responseTimeout", "3s"},
      {"peer.gossip.state.batchSize", "10"},
      {"peer.gossip.state.maxRetries", "3"},
      {"peer.gossip.state.blockBufferSize", "20"},
      {"peer.gossip.state.channelSize", "100"},
      {"peer.gossip.nonBlockingCommitMode", "false"},
      {"peer.gossip.dialTimeout", "3s"},
      {"peer.gossip.connTimeout", "2s"},
      {"peer.gossip.recvBuffSize", "20"},
      {"peer.gossip.sendBuffSize", "200"},
      {"peer.gossip.useLeaderElection", "false"},
      {"peer.gossip.orgLeader", "true"},
      {"peer.gossip.election.leaderAliveThreshold", "10s"},
      {"peer.gossip.election.startupGracePeriod", "15s"},
      {"peer.gossip.election.membershipSampleInterval", "1s"},
      {"peer.gossip.election.leaderElectionDuration", "5s"},
      {"peer.deliveryclient.blockGossipEnabled", "true"},
      {"peer.deliveryclient.reconnectTotalTimeThreshold", "3600s"},
      {"peer.deliveryclient.reConnectBackoffThreshold", "3600s"},
      {"peer.deliveryclient.connTimeout", "3s"}};
  const Config config;
  ASSERT_EQ(config_keys().size(), shipped.size());
  for (std::size_t i = 0; i < shipped.size(); ++i) {
    EXPECT_EQ(config_keys()[i].name, shipped[i].first);
    EXPECT_EQ(config_value(config, shipped[i].first), shipped[i].second) << shipped[i].first;
  }
}

TEST(Config, DefaultsHaveNoProblems) { EXPECT_THAT(Config().problems(), IsEmpty()); }

// Spec config 9.1.
TEST(Config, EveryKeyIsTakenOver) {
  int number = 1;
  // Bools take turns, so that both values differ from some default.
  const auto next_value = [&](const ConfigKey& key) -> std::string {
    ++number;
    if (key.type == ConfigType::kBool) return number % 2 == 0 ? "true" : "false";
    return std::to_string(number) + (key.type == ConfigType::kInt ? "" : "s");
  };
  Config config;
  for (const ConfigKey& key : config_keys()) {
    const std::string value = next_value(key);
    ASSERT_TRUE(set_config(config, key.name, value).ok()) << key.name;
  }
  number = 1;
  for (const ConfigKey& key : config_keys()) {
    const std::string value = next_value(key);
    EXPECT_EQ(config_value(config, key.name), value) << key.name;
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

TEST(ConfigProblems, NamePullRoundsThatOverlap) {
  Config config;
  config.pull_interval = 3 * kSecond;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("pullInterval (3s) is not longer than")));
  config.pull_interval = 3 * kSecond + 1;
  EXPECT_THAT(config.problems(), IsEmpty());
}

TEST(ConfigProblems, NameAHelloForgottenTooEarly) {
  Config config;
  config.request_wait_time = config.digest_wait_time;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("nothing would be pulled")));
}

TEST(ConfigProblems, NameAnExpirationBelowTwoIntervals) {
  Config config;
  config.alive_expiration_timeout = 10 * kSecond - 1;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("less than twice aliveTimeInterval (5s)")));
  config.alive_expiration_timeout = 10 * kSecond;
  EXPECT_THAT(config.problems(), IsEmpty());
}

TEST(ConfigProblems, NameEveryNegativeValueAtOnce) {
  for (const ConfigKey& key : config_keys()) {
    if (key.type == ConfigType::kBool) continue;
    const Config config = with(key.name, key.type == ConfigType::kInt ? "-1" : "-1s");
    EXPECT_THAT(config.problems(), testing::Contains(HasSubstr(std::string(key.name) + " is -1")))
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
  EXPECT_THAT(config.problems(), testing::Contains(HasSubstr("longer than nothing")));
  config.pull_interval = kNever;
  EXPECT_THAT(config.problems(), ElementsAre(HasSubstr("at most a year")));
}

TEST(ConfigProblems, LetZeroFanOutAndZeroIterationsPass) {
  Config config;
  config.propagate_iterations = 0;
  config.propagate_peer_num = 0;
  config.pull_peer_num = 0;
  EXPECT_THAT(config.problems(), IsEmpty());
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
