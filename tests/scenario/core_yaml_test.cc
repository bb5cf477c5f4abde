// A real peer's core.yaml as configuration of a scenario.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

const std::string kData = HS_SOURCE_DIR "/tests/scenario/data/";

struct Place {
  int line;
  std::string key;
  std::string words;
};

const std::vector<Place> kPlaces = {
    {4, "peer.gossip.pullInterval", "\"4 sec\""},
    {5, "peer.Gossip.pulPeerNum", "did you mean \"peer.gossip.pullPeerNum\""},
    {6, "peer.gossip.pullPeerNum", "\"three\" is not a whole number"},
    {7, "peer.gossip.digestWaitTime", "is a list, not a single value"},
    {8, "peer.gossip.propagateIterations", "Fabric panics at start; write 0 or more"},
    {9, "peer.gossip.useLeaderElection", "neither true nor false"},
    {10, "peer.gossip.aliveTimeInterval", "is only 5ns: a number without a unit is nanoseconds"},
    {11, "peer.gossip.aliveTimeInterval", "is given twice"},
    {12, "peer.gossip.maxBlockCountToStore", "octal"},
    {13, "peer.gossip.endpoint", "which is not host:port"},
    {15, "peer.gossip.bootstrap", "is a section, not text"},
    {19, "peer.gossip.pvtData.implicitCollectionDisseminationPolicy.maxPeerCount",
     "is 1, which is not at least requiredPeerCount (2): Fabric ends at start"},
    {20, "peer.Gossip.election", "is a value, not a section"},
    {22, "peer.gossip.state.enabled", "\"2\" is neither true nor false"},
    {23, "peer.gossip.state.batchSize", "\"\" is not a whole number"},
    {24, "peer.Gossip.state.chekInterval", "did you mean \"peer.gossip.state.checkInterval\""},
    {26, "peer.deliveryclient.connTimeout", "longer than nothing"},
    {27, "peer.deliveryclient.reconnectTotalTimeThreshold", "\"1 hour\""},
    {28, "peer.deliveryclient.addressOverrides", "is text, not a list"},
    {29, "peer.deliveryClient.retries", "unknown configuration key"},
};

TEST(CoreYaml, TwentyMistakesGetTwentyComplaintsWithTheirLines) {
  const Ended ended = hearsay({"check", kData + "twenty-mistakes.json"});
  EXPECT_EQ(ended.code, 2);
  const Words lines = lines_of(ended.err);
  ASSERT_EQ(lines.size(), kPlaces.size() + 1) << ended.err;
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const std::string head = kData + "twenty-mistakes.yaml:" + std::to_string(kPlaces[i].line) +
                             ": " + kPlaces[i].key + ": ";
    ASSERT_TRUE(lines[i].starts_with(head)) << lines[i] << "\nhas not " << head;
    EXPECT_THAT(lines[i], HasSubstr(kPlaces[i].words));
  }
  EXPECT_THAT(lines.back(), HasSubstr("20 mistakes; nothing was run"));
}

TEST(CoreYaml, TheScenariosOwnMistakesComeInTheSameList) {
  const Ended ended = hearsay({"check", kData + "twenty-mistakes.json", "--set", "duration=20"});
  EXPECT_THAT(ended.err, HasSubstr("duration: 20 has no unit"));
  EXPECT_THAT(ended.err, HasSubstr("21 mistakes"));
}

// Runs `check --resolved` on a scenario with this core.yaml; `more` goes into the scenario.
Ended resolved(const std::string& yaml, const std::string& more = "") {
  const sim::Scratch scratch;
  sim::put(scratch / "core.yaml", yaml);
  sim::put(scratch / "scenario.json",
           "{ \"duration\": \"30s\", \"core_yaml\": \"core.yaml\",\n"
           "\"organizations\": [ { \"name\": \"org1\", \"peers\": 4 } ]" +
               (more.empty() ? "" : ",\n" + more) + " }");
  return hearsay({"check", "--resolved", scratch / "scenario.json"});
}

const std::string kLeads = "peer:\n  gossip:\n    orgLeader: true\n";

TEST(CoreYaml, ConfigWinsOverTheFileAndTheFileOverTheDefaults) {
  const Ended ended = resolved(
      kLeads + "    pullInterval: 5s\n    pullPeerNum: 4\n",
      "\"config\": { \"peer.gossip.PULLPEERNUM\": 5, \"peer.gossip.propagatePeerNum\": 6 }");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"peer.gossip.pullInterval\": \"5s\""));
  EXPECT_THAT(ended.out, HasSubstr("\"peer.gossip.pullPeerNum\": 5"));
  EXPECT_THAT(ended.out, Not(HasSubstr("\"peer.gossip.pullPeerNum\": 4")));
  EXPECT_THAT(ended.out, HasSubstr("\"peer.gossip.propagatePeerNum\": 6"));
  EXPECT_THAT(ended.out, Not(HasSubstr("core_yaml")));
}

TEST(CoreYaml, AKeyThatTheFileLeavesOutHasTheCodesDefault) {
  const Ended ended = resolved(kLeads);
  EXPECT_THAT(ended.out, HasSubstr("\"peer.gossip.sendBuffSize\": 20"));
  EXPECT_THAT(ended.out, HasSubstr("\"peer.gossip.pvtData.reconciliationEnabled\": false"));
  EXPECT_THAT(ended.out, Not(HasSubstr("aliveExpirationTimeout"))) << "it follows the interval";
  EXPECT_THAT(ended.err, HasSubstr("every distribution of private data to peers fails"));
}

TEST(CoreYaml, WhoLeadsIsAsInTheFileUnlessTheOrganisationSaysSo) {
  EXPECT_THAT(resolved(kLeads).out, HasSubstr("\"leaders\": \"org1\""));
  const Ended nobody = resolved("peer:\n  gossip:\n");
  EXPECT_THAT(nobody.out, HasSubstr("\"leaders\": []"));
  EXPECT_THAT(nobody.err, HasSubstr("depends on pushed blocks alone"));
  const sim::Scratch scratch;
  sim::put(scratch / "core.yaml", kLeads);
  sim::put(scratch / "s.json",
           R"({ "duration": "30s", "core_yaml": "core.yaml", "organizations":
                [ { "name": "org1", "peers": 4, "leaders": "org1/2" } ] })");
  EXPECT_THAT(hearsay({"check", "--resolved", scratch / "s.json"}).out,
              HasSubstr("\"leaders\": \"org1/2\""));
}

TEST(CoreYaml, LeadersAreElectedWhereTheFileSaysSo) {
  const Ended ended = resolved("peer:\n  gossip:\n    useLeaderElection: true\n");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"leader\": \"elected\""));
  EXPECT_THAT(ended.out, HasSubstr("\"leaders\": []"));
}

TEST(CoreYaml, BothKindsOfLeaderEndFabric) {
  const Ended ended = resolved(kLeads + "    useLeaderElection: true\n");
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("core.yaml:4: peer.gossip.useLeaderElection: is true, which is "
                                   "not false while orgLeader is true"));
}

TEST(CoreYaml, AnExternalEndpointMakesPeersVisible) {
  EXPECT_THAT(resolved(kLeads + "    externalEndpoint: peer.org1:7051\n").out,
              HasSubstr("\"external_endpoints\": \"all\""));
  EXPECT_THAT(resolved(kLeads).out, HasSubstr("\"external_endpoints\": \"none\""));
}

TEST(CoreYaml, ValuesAreReadAsFabricReadsThem) {
  const Ended ended = resolved(kLeads +
                               "    pullInterval: 5000000000\n"
                               "    pullPeerNum: '7'\n"
                               "    digestWaitTime: 0\n"
                               "    nonBlockingCommitMode: yes\n"
                               "    state: {Enabled: on}\n"
                               "    election.leaderElectionDuration: 6s\n"
                               "  deliveryclient:\n"
                               "    addressOverrides:\n"
                               "      - {from: 'a:1', to: 'b:1', caCertsFile: tls/ca.crt}\n"
                               "      - from: c:1\n"
                               "        TO: d:1\n");
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* entry :
       {R"("peer.gossip.pullInterval": "5s")", R"("peer.gossip.pullPeerNum": 7)",
        R"("peer.gossip.digestWaitTime": "0s")", R"("peer.gossip.nonBlockingCommitMode": true)",
        R"("peer.gossip.state.enabled": true)",
        R"("peer.gossip.election.leaderElectionDuration": "6s")",
        R"("peer.deliveryclient.addressOverrides": ["a:1>b:1>tls/ca.crt", "c:1>d:1"])"}) {
    EXPECT_THAT(ended.out, HasSubstr(entry));
  }
}

TEST(CoreYaml, WhatIsNoCoreYamlIsSaid) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"", "core.yaml: is no core.yaml: it has no sections"},
      {"- a\n- b\n", "core.yaml:1: is no core.yaml: it has no sections"},
      {"orderer:\n  a: 1\n", "has no section \"peer\""},
      {"peer:\n  gossip: 3\n", "core.yaml:2: peer.gossip: is a value, not a section"},
      {"peer:\n  gossip:\n    a: [1\n", "is no YAML"},
      {"peer:\n  gossip:\n    <<: {pullInterval: 4s}\n", "merging of sections is not read"},
  };
  for (const auto& [yaml, message] : files) {
    const Ended ended = resolved(yaml);
    EXPECT_EQ(ended.code, 2) << yaml;
    EXPECT_THAT(ended.err, HasSubstr(message));
  }
  const Ended missing = hearsay({"check", shipped("core-yaml"), "--set", "core_yaml=no/such.yaml"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no/such.yaml\" cannot be read: "));
}

TEST(CoreYaml, TheShippedFileIsFabricsOwn) {
  const Ended ended = hearsay({"check", shipped("core-yaml")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_THAT(ended.out, HasSubstr("no effect in this version (connections have no TLS): "));
  EXPECT_THAT(ended.out, HasSubstr("peer.gossip.pvtData.pushAckTimeout"));
}

TEST(CoreYaml, FilesOfOtherPartsOfFabricAreNone) {
  const sim::Scratch scratch;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"peers:\n  peer0.org1.example.com:\n    url: grpcs://localhost:7051\n",
       "is no core.yaml: it has no section \"peer\""},
      {"General:\n  ListenPort: 7050\n", "is no core.yaml: it has no section \"peer\""},
      {"peer: [gossip]\n", "peer: is a list, not a section"},
  };
  for (const auto& [text, words] : files) {
    sim::put(scratch / "c.yaml", text);
    const Ended ended =
        hearsay({"check", shipped("first-blocks"), "--set", "core_yaml=" + scratch / "c.yaml"});
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_THAT(ended.err, HasSubstr(words));
  }
}

}  // namespace
}  // namespace hearsay::testing
