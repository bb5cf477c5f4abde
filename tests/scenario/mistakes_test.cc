// Bad input: all complaints at once, exit code 2, and nothing is written.
#include <filesystem>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

const std::string kTenMistakes = HS_SOURCE_DIR "/tests/scenario/data/ten-mistakes.json";

struct Place {
  int line;
  std::string path;
};

const std::vector<Place> kPlaces = {
    {3, "duraton"},
    {8, "organizations[0].peers"},
    {9, "organizations[0].start.at"},
    {11, "organizations[1].leaders"},
    {14, "channels[0].organizations[1]"},
    {18, "config.peer.gossip.pulInterval"},
    {20, "network.latency.p99"},
    {21, "blocks[0].count"},
    {23, "faults[0].at"},
    {26, "expect[0].metric"},
};

// Ten lines, each with its place, a problem and a remedy, and one that sums up.
void expect_ten_complaints(const std::string& err) {
  const Words lines = lines_of(err);
  ASSERT_EQ(lines.size(), kPlaces.size() + 1) << err;
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const std::string head =
        kTenMistakes + ":" + std::to_string(kPlaces[i].line) + ": " + kPlaces[i].path + ": ";
    ASSERT_TRUE(lines[i].starts_with(head)) << lines[i] << "\nhas not " << head;
    EXPECT_THAT(lines[i].substr(head.size()), MatchesRegex("[^;]{5,}; .{5,}"));
  }
  EXPECT_THAT(lines.back(), HasSubstr("10 mistakes; nothing was run"));
}

TEST(Mistakes, TenMistakesGetTenComplaintsAndNothingIsWritten) {
  const sim::Scratch scratch;
  const Ended ended =
      hearsay({"run", kTenMistakes, "--out", scratch / "deep/run", "--junit", scratch / "j.xml"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  expect_ten_complaints(ended.err);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / ""));
}

TEST(Mistakes, TheDefaultRunDirectoryIsNotMadeEither) {
  const sim::Scratch scratch;
  EXPECT_EQ(hearsay({"run", kTenMistakes}, {.folder = scratch / ""}).code, 2);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / ""));
}

TEST(Mistakes, CheckComplainsAsRunDoes) {
  const Ended ended = hearsay({"check", kTenMistakes});
  EXPECT_EQ(ended.code, 2);
  expect_ten_complaints(ended.err);
}

TEST(Mistakes, CheckGoesOnAfterABadScenario) {
  const Ended ended = hearsay({"check", kTenMistakes, shipped("first-blocks")});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.out, HasSubstr("first-blocks.json: fine"));
}

TEST(Mistakes, AMistakeInAnOptionNamesTheOption) {
  const Ended ended = hearsay({"run", shipped("first-blocks"), "--set", "duration=20"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--set duration=20: duration: "));
  EXPECT_THAT(ended.err, HasSubstr("\"20s\""));
}

TEST(Mistakes, AMissingScenarioIsNamed) {
  const Ended ended = hearsay({"run", "no/such/scenario.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err,
              HasSubstr("no/such/scenario.json: cannot be read: No such file or directory; "));
}

TEST(Mistakes, AConfigurationThatTheEnginesRefuseIsAComplaint) {
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"config.peer.gossip.propagateIterations=-1", "write 0 or more"},
      {"config.peer.gossip.propagatePeerNum=3000000000", "out of range; write at most 2147483647"},
      {"config.peer.gossip.maxPropagationBurstLatency=1ns", "is only 1ns"},
      {R"(config={"peer.tls.clientAuthRequired": true, "peer.tls.key.file": ""})",
       "config.peer.tls.clientAuthRequired: is true, which is not false without a certificate"},
      {R"(overrides=[{"peers": "org1/3", "config": {
            "peer.gossip.pvtData.implicitCollectionDisseminationPolicy.maxPeerCount": -1}}])",
       "overrides[0].config.peer.gossip.pvtData.implicitCollectionDisseminationPolicy.maxPeerCount:"
       " is -1, which is not at least requiredPeerCount (0)"},
  };
  for (const auto& [set, message] : slips) {
    const Ended ended = hearsay({"check", shipped("first-blocks"), "--set", set});
    EXPECT_EQ(ended.code, 2) << set;
    EXPECT_THAT(ended.err, HasSubstr(message));
    EXPECT_EQ(lines_of(ended.err).size(), 2U) << ended.err;
  }
}

TEST(Mistakes, WhatFabricWouldStartWithIsAWarning) {
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"config.peer.gossip.aliveExpirationTimeout=6s",
       "config.peer.gossip.aliveExpirationTimeout: is 6s, which is not at least twice"},
      {R"(overrides=[{"peers": "org1/3", "config": {"peer.gossip.pullInterval": "2s"}}])",
       "overrides[0].config.peer.gossip.pullInterval: is 2s, which is not longer than"},
      // Said where the key stands that was changed.
      {"config.peer.gossip.responseWaitTime=3s",
       "config.peer.gossip.responseWaitTime: peer.gossip.pullInterval is 4s, which is not longer"},
      {R"(overrides=[{"peers": "org1/3", "config": {"peer.gossip.state.batchSize": 20}}])",
       "batchSize: is 20 here and 10 at other peers of the organisation"},
      {"config.peer.deliveryclient.blockGossipEnabled=false",
       "config.peer.deliveryclient.blockGossipEnabled: is false, which is not true while"},
  };
  for (const auto& [set, message] : slips) {
    const Ended ended = hearsay({"check", shipped("first-blocks"), "--set", set});
    EXPECT_EQ(ended.code, 0) << set;
    ASSERT_EQ(lines_of(ended.err).size(), 1U) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("hearsay: warning: --set ")) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(message));
  }
  const Ended whole = hearsay({"check", shipped("first-blocks"), "--set",
                               R"(overrides=[{"peers": "org1", "config": {
                                    "peer.gossip.state.batchSize": 20}}])"});
  EXPECT_EQ(whole.err, "") << "a whole organisation may differ from another";
}

TEST(Mistakes, QuietRunsDoNotWarn) {
  const sim::Scratch scratch;
  const Words run = {"run",   shipped("first-blocks"),
                     "--set", "duration=3s",
                     "--set", "blocks=[]",
                     "--set", "expect=[]",
                     "--set", "config.peer.gossip.pullInterval=3s",
                     "--out"};
  EXPECT_THAT(hearsay(joined(run, {scratch / "loud"})).err, HasSubstr("warning"));
  EXPECT_EQ(hearsay(joined(run, {scratch / "quiet", "--quiet"})).err, "");
}

TEST(Mistakes, WhatJsonIsNotGetsWhatItIs) {
  const sim::Scratch scratch;
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"{ # a remark\n}", "begin comments with //"},
      {"{ duration: \"5s\" }", "write keys and texts between double quotes"},
      {"{ \"duration\": '5s' }", "write keys and texts between double quotes"},
      {"{ \"seed\": NaN }", "numbers in digits"},
  };
  for (const auto& [text, remedy] : slips) {
    sim::put(scratch / "s.json", text);
    const Ended ended = hearsay({"check", scratch / "s.json"});
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_THAT(ended.err, HasSubstr("s.json:1: column "));
    EXPECT_THAT(ended.err, HasSubstr(remedy));
  }
}

// Editors look for it.
TEST(Mistakes, TheNameOfTheSchemaIsNoMistake) {
  const Ended ended =
      hearsay({"check", shipped("first-blocks"), "--set", "$schema=schema.json", "--resolved"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, ::testing::Not(HasSubstr("$schema")));
}

TEST(Mistakes, AnUnknownMetricGetsTheNearest) {
  const Ended ended =
      hearsay({"run", shipped("first-blocks"), "--set", "expect.0.metric=membership.convergd_s"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("did you mean \"membership.converged_s\"?"));
}

}  // namespace
}  // namespace hearsay::testing
