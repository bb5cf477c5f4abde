// What people get wrong, and what they are told.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/keys.h"
#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using testing::complaints_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::small_with;

// The only complaint about a small scenario with `more` in it, without "scenario.json:<line>: ".
std::string complaint(std::string_view more) {
  const auto texts = complaints_of(small_with(more));
  EXPECT_EQ(texts.size(), 1u) << more;
  for (std::size_t i = 1; i < texts.size(); ++i)
    ADD_FAILURE() << texts[i];
  if (texts.empty()) return "";
  return texts[0].substr(texts[0].find(": ") + 2);
}

TEST(Mistakes, TenMistakesGetTenComplaints) {
  EXPECT_THAT(
      complaints_of(R"({
  "name": "ten-mistakes",
  "duraton": "60s", "duration": "60s",
  "organizations": [
    { "name": "org1", "peers": "fifty", "start": { "at": "5" } },
    { "name": "org2", "peers": 3, "leader": "elected", "leaders": "org2/1" }
  ],
  "channels": [ { "name": "ch1", "organizations": ["org1", "org3"] } ],
  "config": { "peer.gossip.pulInterval": "4s" },
  "network": { "latency": { "distribution": "lognormal", "median": "20ms", "p99": "2ms" } },
  "blocks": [ { "channel": "ch1", "start": "20s", "count": 100 } ],
  "faults": [
    // Too late.
    { "kind": "crash", "at": "2m", "peers": "org2/1" }
  ],
  "expect": [
    { "metric": "blocks.t100_s" }
  ]
})"),
      ElementsAre("scenario.json:3: duraton: unknown key; did you mean \"duration\"?",
                  "scenario.json:5: organizations[0].peers: \"fifty\" is text, not a whole number; "
                  "write a whole number from 1 to 100000",
                  "scenario.json:5: organizations[0].start.at: \"5\" has no unit; write \"5s\"",
                  "scenario.json:6: organizations[1].leaders: names static leaders, but the "
                  "organisation elects them; leave it out, or write \"leader\": \"static\"",
                  "scenario.json:8: channels[0].organizations[1]: there is no organisation "
                  "\"org3\"; did you mean \"org1\"?",
                  "scenario.json:9: config.peer.gossip.pulInterval: unknown configuration key; did "
                  "you mean \"peer.gossip.pullInterval\"?",
                  "scenario.json:10: network.latency.p99: \"2ms\" is below the median (\"20ms\"); "
                  "write \"20ms\" or more",
                  "scenario.json:11: blocks[0].count: 100 blocks every \"1s\" from \"20s\" do not "
                  "fit before the end at \"60s\"; write 41 or fewer",
                  "scenario.json:14: faults[0].at: \"120s\" is not before the end of the run; "
                  "write less than \"60s\"",
                  "scenario.json:17: expect[0]: has no bound; write \"min\", \"max\" or "
                  "\"equals\""));
}

TEST(Mistakes, TheContractsExample) {
  EXPECT_EQ(complaint(R"("faults": [ { "kind": "crash", "at": "20", "peers": "org1/1" } ])"),
            "faults[0].at: \"20\" has no unit; write \"20s\"");
}

TEST(Mistakes, WrongKindsOfValues) {
  EXPECT_EQ(complaint("\"seed\": -1"),
            "seed: -1 is out of range; write a whole number from 0 to 18446744073709551615");
  EXPECT_THAT(complaint("\"seed\": 1.5"), HasSubstr("1.5 is not a whole number"));
  EXPECT_THAT(complaint("\"seed\": 18446744073709551616"), HasSubstr("is out of range"));
  EXPECT_EQ(complaint("\"seed\": \"7\""), "seed: \"7\" is text, not a number; write 7");
  EXPECT_EQ(complaint("\"seed\": null").substr(0, 31), "seed: is null, not a whole numb");
  EXPECT_EQ(complaint("\"description\": 3"),
            "description: 3 is a number, not text; write a sentence");
  EXPECT_EQ(complaint("\"blocks\": {}"),
            "blocks: is an object, not a list; write [ { \"channel\": \"ch1\" } ]");
  EXPECT_EQ(complaint("\"network\": []"), "network: is a list, not an object; write { … }");
  EXPECT_EQ(complaint("\"heal_at\": 20"), "heal_at: 20 has no unit; write \"20s\"");
  EXPECT_EQ(complaint("\"network\": { \"model\": \"flows\" }"),
            "network.model: \"flows\" is unknown; did you mean \"flow\"? (known: \"latency\", "
            "\"flow\")");
  EXPECT_THAT(complaints_of("[]"),
              ElementsAre("scenario.json:1: is a list, not an object; write { … }"));
  EXPECT_THAT(complaints_of("7"),
              ElementsAre("scenario.json:1: 7 is a number, not an object; write { … }"));
}

TEST(Mistakes, MissingAndEmpty) {
  EXPECT_THAT(complaints_of("{}"),
              ElementsAre("scenario.json:1: duration: is missing; write \"duration\": \"120s\"",
                          HasSubstr("organizations: is missing; write")));
  EXPECT_THAT(complaints_of(R"({ "duration": "1s", "organizations": [] })"),
              ElementsAre(HasSubstr("organizations: there is no organisation")));
  EXPECT_THAT(complaints_of(R"({ "duration": "1s", "organizations": [ {} ] })"),
              ElementsAre(HasSubstr("organizations[0].name: is missing"),
                          HasSubstr("organizations[0].peers: is missing")));
}

TEST(Mistakes, UnknownKeysNameTheNearest) {
  EXPECT_EQ(complaint("\"fautls\": []"), "fautls: unknown key; did you mean \"faults\"?");
  EXPECT_EQ(complaint("\"network\": { \"bandwith\": \"1Gbps\" }"),
            "network.bandwith: unknown key; did you mean \"bandwidth\"?");
  EXPECT_EQ(complaint("\"cpu\": { \"zzzzzzz\": 1 }"),
            "cpu.zzzzzzz: unknown key; known keys: verify, validate_block, commit_block");
}

TEST(Mistakes, DeliverClients) {
  const auto fetched_by = [](const std::string& client) {
    return complaints_of(
        "{ \"duration\": \"60s\", \"organizations\": [\n"
        "  { \"name\": \"org1\", \"peers\": 3,\n"
        "    \"deliver_client\": " +
        client + " } ] }");
  };
  EXPECT_THAT(fetched_by("\"v1.4.5\""), IsEmpty());
  EXPECT_THAT(fetched_by("\"v1.4\""),
              ElementsAre("scenario.json:3: organizations[0].deliver_client: \"v1.4\" is unknown; "
                          "did you mean \"v1.0\"? (known: \"v1.0\", \"v1.1\", \"v1.2\", "
                          "\"v1.4.4\", \"v1.4.5\", \"v2\")"));
  EXPECT_THAT(fetched_by("2"),
              ElementsAre(HasSubstr("scenario.json:3: organizations[0].deliver_client: 2 is a "
                                    "number, not")));
}

TEST(Mistakes, FaultKinds) {
  EXPECT_EQ(complaint(R"("faults": [ { "kind": "hold", "at": "5s", "what": [] } ])"),
            "faults[0].kind: fault kind \"hold\" is not available in this version; available: "
            "crash, isolate, partition, orderer");
  EXPECT_EQ(complaint(R"("faults": [ { "kind": "crsh", "at": "5s", "peers": "org1/1" } ])"),
            "faults[0].kind: fault kind \"crsh\" is unknown; did you mean \"crash\"?");
  EXPECT_EQ(
      complaint(R"("faults": [ { "at": "5s", "peers": "org1/1" } ])"),
      "faults[0].kind: is missing; write \"kind\": and one of: crash, isolate, partition, orderer");
  EXPECT_EQ(
      complaint(R"("faults": [ { "kind": "crash", "at": "5s", "for": "5s", "peers": "*" } ])"),
      "faults[0].for: fault kind \"crash\" has no \"for\"; write \"restart_after\"");
  EXPECT_EQ(
      complaint(
          R"("faults": [ { "kind": "isolate", "at": "5s", "state": "kept", "peers": "*" } ])"),
      "faults[0].state: fault kind \"isolate\" has no \"state\"; leave it out");
  EXPECT_EQ(
      complaint(R"("faults": [ { "kind": "crash", "at": "5s", "state": "lost", "peers": "*" } ])"),
      "faults[0].state: \"lost\" is not available in this version; write \"kept\"");
  for (const std::string_view kind : words::kFaultKinds) {
    const auto texts = complaints_of(small_with("\"faults\": [ { \"kind\": \"" + std::string(kind) +
                                                "\", \"at\": \"5s\", \"peers\": \"*\" } ]"));
    const bool available = kind == "crash" || kind == "isolate";
    EXPECT_EQ(texts.empty(), available) << kind;
  }
}

TEST(Mistakes, OrdererFaults) {
  const auto faulty = [](const std::string& more) {
    return complaint("\"faults\": [ { \"kind\": \"orderer\", \"at\": \"5s\", " + more + " } ]");
  };
  EXPECT_THAT(faulty(R"("orderers": "orderer0")"),
              HasSubstr("faults[0].action: is missing; write \"action\": \"outage\""));
  EXPECT_THAT(faulty(R"("action": "outtage")"),
              HasSubstr("faults[0].action: \"outtage\" is unknown; did you mean \"outage\"?"));
  EXPECT_EQ(faulty(R"("action": "outage", "orderers": "orderer1")"),
            "faults[0].orderers: there is no orderer \"orderer1\"; did you mean \"orderer0\"?");
  EXPECT_EQ(faulty(R"("action": "outage", "orderers": [ "orderer0", "orderer0" ])"),
            "faults[0].orderers[1]: \"orderer0\" is listed twice; list it once");
  EXPECT_EQ(faulty(R"("action": "outage", "peers": "*")"),
            "faults[0].peers: fault kind \"orderer\" has no \"peers\"; write \"orderers\"");
  EXPECT_EQ(faulty(R"("action": "slow")"),
            "faults[0].delay: is missing; write \"delay\": \"500ms\"");
  EXPECT_EQ(faulty(R"("action": "outage", "delay": "1s")"),
            "faults[0].delay: action \"outage\" has no \"delay\"; leave it out");
  EXPECT_THAT(faulty(R"("action": "status", "status": "UNAVAILABLE")"),
              HasSubstr("faults[0].status: \"UNAVAILABLE\" is unknown"));
  EXPECT_EQ(complaint(R"("orderers": [], "faults": [
                         { "kind": "orderer", "at": "5s", "action": "withhold" } ])"),
            "faults[0].orderers: there is no orderer; leave out \"orderers\" for one at the top");
  EXPECT_THAT(
      complaints_of(small_with(R"("orderers": [ { "name": "a" }, { "name": "b" } ], "faults": [
                { "kind": "orderer", "at": "5s", "for": "5s", "action": "outage" },
                { "kind": "orderer", "at": "5s", "action": "slow", "delay": "1s", "orderers": "a" },
                { "kind": "orderer", "at": "5s", "action": "status", "orderers": [ "b" ] } ])")),
      IsEmpty());
}

// The complaint about a partition with these keys besides.
std::string parted(const std::string& more) {
  return complaint("\"faults\": [ { \"kind\": \"partition\", \"at\": \"5s\", " + more + " } ]");
}

TEST(Mistakes, Partitions) {
  EXPECT_EQ(parted(R"("for": "5s")"),
            "faults[0].groups: is missing; write \"groups\": [ \"org1/0..4\", \"org1/5..9\" ]");
  EXPECT_THAT(
      complaints_of(
          small_with(R"("faults": [ { "kind": "partition", "at": "5s", "peers": "org1" } ])")),
      ElementsAre(HasSubstr("faults[0].peers: fault kind \"partition\" has no \"peers\"; write "
                            "\"groups\""),
                  HasSubstr("faults[0].groups: is missing")));
  EXPECT_EQ(parted(R"("groups": [ "org1/0", "org1/1" ], "restart_after": "5s")"),
            "faults[0].restart_after: fault kind \"partition\" has no \"restart_after\"; write "
            "\"for\"");
  EXPECT_EQ(parted(R"("groups": "org1")"),
            "faults[0].groups: \"org1\" is text, not a list; write [ \"org1/0..4\", "
            "\"org1/5..9\" ]");
  EXPECT_EQ(parted(R"("groups": [])"),
            "faults[0].groups: there is no group; write two or more, such as [ \"org1/0..4\", "
            "\"org1/5..9\" ]");
  EXPECT_EQ(parted(R"("groups": [ "org1" ])"),
            "faults[0].groups: one group is not parted from anybody; write two or more, such as [ "
            "\"org1/0..4\", \"org1/5..9\" ]");
  EXPECT_EQ(parted(R"("groups": [ "org1/0", "org2" ])"),
            "faults[0].groups[1]: there is no organisation \"org2\"; did you mean \"org1\"?");
  EXPECT_EQ(parted(R"("groups": [ "org1/0", [] ])"),
            "faults[0].groups[1]: selects no peer; select one at least");
  EXPECT_EQ(parted(R"("groups": [ "org1/0", "org1/1" ], "one_way": "yes")"),
            "faults[0].one_way: \"yes\" is text, not true or false; write true or false");
  EXPECT_EQ(parted(R"("groups": [ "org1/0", "org1/1" ], "bridge": "org3")"),
            "faults[0].bridge: there is no organisation \"org3\"; did you mean \"org1\"?");
  EXPECT_EQ(complaint(R"("faults": [
          { "kind": "crash", "at": "5s", "peers": "*", "groups": [ "org1" ] } ])"),
            "faults[0].groups: fault kind \"crash\" has no \"groups\"; write \"peers\"");
  EXPECT_EQ(complaint(R"("faults": [
          { "kind": "isolate", "at": "5s", "peers": "*", "bridge": "org1/0" } ])"),
            "faults[0].bridge: fault kind \"isolate\" has no \"bridge\"; leave it out");
}

TEST(Mistakes, GroupsOfAPartitionDoNotOverlap) {
  EXPECT_EQ(parted(R"("groups": [ "org1/0..4", "org1/4..9" ])"),
            "faults[0].groups[1]: selects \"org1/4\", which is in groups[0] already; let each peer "
            "be in one group, or in none to reach all of them");
  EXPECT_EQ(parted(R"("groups": [ "org1", "leader of org1 in ch1" ])"),
            "faults[0].groups[1]: has nobody left: its peers are in groups before it or in "
            "\"bridge\"; select others too");
  EXPECT_EQ(parted(R"("groups": [ "org1/0", "org1/1" ], "bridge": "org1/1..2")"),
            "faults[0].groups[1]: has nobody left: its peers are in groups before it or in "
            "\"bridge\"; select others too");
  for (const char* groups :
       {R"([ "org1/0..4", "org1/5..9" ])", R"([ "org1/0", "org1/1" ])", R"([ "50% of org1", "*" ])",
        R"([ "leader of org1 in ch1", "org1" ])", R"([ "3 of org1", "3 of org1", "3 of org1" ])"}) {
    EXPECT_THAT(complaints_of(small_with(R"("faults": [ { "kind": "partition", "at": "5s",
                    "for": "5s", "one_way": true, "bridge": "org1/7", "groups": )" +
                                         std::string(groups) + " } ]")),
                IsEmpty())
        << groups;
  }
  EXPECT_THAT(complaints_of(small_with(R"("faults": [ { "kind": "partition", "at": "5s",
                  "groups": [ "org1/0..5", "org1/5..9" ], "bridge": "org1/5" } ])")),
              IsEmpty())
      << "a bridge is in no group";
}

TEST(Mistakes, NotInThisVersion) {
  EXPECT_THAT(complaint("\"core_yaml\": \"none.yaml\""),
              HasSubstr("none.yaml\" cannot be read: No such file or directory; name a peer's"));
  EXPECT_EQ(complaint(R"("events": [ { "kind": "leave_chanel", "at": "5s", "peers": "*" } ])"),
            "events[0].kind: \"leave_chanel\" is unknown; did you mean \"leave_channel\"? "
            "(known: \"leave_channel\", \"revoke\", \"expire\")");
  EXPECT_EQ(complaint(R"("events": [ { "kind": "revoke", "at": "5s" } ])"),
            "events[0].peers: is missing; write \"peers\": and a selector such as \"org1/0..9\"");
  EXPECT_EQ(
      complaint(
          R"("events": [ { "kind": "revoke", "at": "5s", "peers": "*", "channel": "ch1" } ])"),
      "events[0].channel: event kind \"revoke\" has no \"channel\"; leave it out");
  EXPECT_EQ(complaint(R"("events": [
          { "kind": "leave_channel", "at": "5s", "peers": "*", "channel": "ch7" } ])"),
            "events[0].channel: there is no channel \"ch7\"; did you mean \"ch1\"?");
  EXPECT_EQ(complaint(R"("events": [ { "kind": "leave_channel", "at": "60s", "peers": "*" } ])"),
            "events[0].at: \"60s\" is not before the end of the run; write less than \"60s\"");
  EXPECT_EQ(complaints_of(R"({ "duration": "60s", "organizations": [
                { "name": "org1", "peers": 3, "membership": "converged",
                  "start": { "spread": "5s" } } ] })")[0],
            "scenario.json:3: organizations[0].start.spread: peers that know each other from the "
            "start (\"membership\": \"converged\") start at once; write \"0s\", or \"membership\": "
            "\"cold\"");
  EXPECT_EQ(complaint(R"("events": [ { "kind": "leave_channel", "at": "0s", "peers": "*" } ])"),
            "events[0].at: \"0s\" is not after the peers join \"ch1\"; write more than \"0s\"");
  EXPECT_EQ(
      complaint(
          R"("events": [ { "kind": "expire", "at": "5s", "peers": "leader of org1 in ch1" } ])"),
      "events[0].peers: who \"leader of org1 in ch1\" is, is known only while the world runs; name "
      "peers here");
  EXPECT_THAT(complaint("\"swarm\": {}"), HasSubstr("is not available in this version"));
}

TEST(Mistakes, FaultTimes) {
  EXPECT_EQ(
      complaint(R"("faults": [ { "kind": "isolate", "at": "50s", "for": "20s", "peers": "*" } ])"),
      "faults[0].for: the fault ends at \"70s\", after the end of the run; write \"10s\" or "
      "less, or leave it out for \"never\"");
  EXPECT_THAT(
      complaint(
          R"("heal_at": "40s", "faults": [ { "kind": "crash", "at": "40s", "peers": "*" } ])"),
      HasSubstr("faults[0].at: \"40s\" is not before \"heal_at\""));
  EXPECT_THAT(complaint("\"heal_at\": \"70s\""), HasSubstr("after the end of the run"));
}

TEST(Mistakes, Selectors) {
  const auto fault = [](std::string peers) {
    return complaint("\"faults\": [ { \"kind\": \"crash\", \"at\": \"5s\", \"peers\": " + peers +
                     " } ]");
  };
  EXPECT_EQ(fault("\"org2\""),
            "faults[0].peers: there is no organisation \"org2\"; did you mean \"org1\"?");
  EXPECT_EQ(
      fault("[ \"org1/1\", \"org1/10\" ]"),
      "faults[0].peers[1]: the selector \"org1/10\" goes beyond the 10 peers of \"org1\"; the "
      "last one is \"org1/9\"");
  EXPECT_EQ(fault("{ \"select\": \"*\", \"except\": [ \"org1\", \"org7\" ] }"),
            "faults[0].peers.except[1]: there is no organisation \"org7\"; did you mean \"org1\"?");
  EXPECT_EQ(fault("\"org1 except *\""), "faults[0].peers: selects no peer; select one at least");
  EXPECT_EQ(fault("[]"), "faults[0].peers: selects no peer; select one at least");
  EXPECT_EQ(fault("\"11 of org1\""),
            "faults[0].peers: the selector \"11 of org1\" draws more peers than the 10 there are; "
            "write 10 or fewer");
  EXPECT_EQ(fault("\"leader of org1 in ch2\""),
            "faults[0].peers: there is no channel \"ch2\"; did you mean \"ch1\"?");
  EXPECT_THAT(fault("7"), HasSubstr("7 is a number, not a selector"));
  EXPECT_THAT(complaint(R"("overrides": [ { "peers": "org1/0" } ])"), HasSubstr("config"));
  EXPECT_THAT(complaint(R"("overrides": [ { "peers": "org1/0", "start": { "at": "60s" } } ])"),
              HasSubstr("when the run is over"));
  EXPECT_THAT(complaint(R"("overrides": [ { "peers": "leader of org1 in ch1", "config": {} } ])"),
              HasSubstr("is known only while the world runs"));
  EXPECT_THAT(
      complaints_of(small_with(
          R"("faults": [ { "kind": "crash", "at": "5s", "peers": "leader of org1 in ch1" } ])")),
      IsEmpty());
}

TEST(Mistakes, PeersOfAnotherOrganisation) {
  const auto texts = complaints_of(R"({ "duration": "60s", "organizations": [
    { "name": "org1", "peers": 2, "bootstrap": ["org2/0"] },
    { "name": "org2", "peers": 2, "leaders": "1 of *" } ],
    "channels": [ { "name": "ch1", "organizations": ["org1"] } ],
    "blocks": [ { "from": "org2/1" } ] })");
  EXPECT_THAT(
      texts,
      ElementsAre("scenario.json:2: organizations[0].bootstrap: selects \"org2/0\", a peer of "
                  "another organisation; select peers of \"org1\" only",
                  "scenario.json:3: organizations[1].leaders: selects \"org1/0\", a peer of "
                  "another organisation; select peers of \"org2\" only",
                  "scenario.json:5: blocks[0].from: selects \"org2/1\", which is not in channel "
                  "\"ch1\"; select peers of the channel's organisations"));
}

TEST(Mistakes, Names) {
  EXPECT_THAT(complaint("\"name\": \"../x\""), HasSubstr("\"../x\" is no name for a scenario"));
  const auto texts = complaints_of(R"({ "duration": "60s", "organizations": [
    { "name": "org 1", "peers": 2 }, { "name": "all", "peers": 2 },
    { "name": "a", "peers": 2 }, { "name": "a", "peers": 2 } ],
    "channels": [ { "name": "ch.1" } ], "orderers": [ { "name": "" } ] })");
  EXPECT_THAT(
      texts,
      ElementsAre(HasSubstr("organizations[0].name: \"org 1\" is no name for an organisation"),
                  HasSubstr("organizations[1].name: \"all\" means something else"),
                  HasSubstr("organizations[3].name: \"a\" is the name of two; write another "
                            "name (the first is organizations[2])"),
                  HasSubstr("channels[0].name: \"ch.1\" is no name for a channel"),
                  HasSubstr("orderers[0].name: \"\" is no name for an orderer")));
}

TEST(Mistakes, Orderers) {
  EXPECT_EQ(complaint(R"("orderers": [ { "name": "o", "zone": "eu" } ])").substr(0, 40),
            "orderers[0].zone: there is no zone \"eu\";");
  EXPECT_EQ(complaint(R"("network": { "zones": [ { "name": "eu", "peers": "org1" } ] },
                         "orderers": [ { "name": "o", "zone": "ue" } ])"),
            "orderers[0].zone: there is no zone \"ue\"; did you mean \"eu\"?");
  EXPECT_EQ(complaint(R"("network": { "zones": [ { "name": "eu", "peers": "org1" } ] },
                         "orderers": [ { "name": "o", "zone": "eu", "latency": "1ms" } ])"),
            "orderers[0].latency: is given beside \"zone\", which has latencies of its own; leave "
            "one of them out");
  EXPECT_EQ(
      complaint(R"("orderers": [ { "name": "o", "latency": { "min": "2ms", "max": "1ms" } } ])"),
      "orderers[0].latency.max: \"1ms\" is below the minimum (\"2ms\"); write \"2ms\" or "
      "more");
  EXPECT_EQ(complaint(R"("network": { "platform": "platforms/wan.xml" },
                         "orderers": [ { "name": "o", "bandwidth": "1Mbps" } ])"),
            "orderers[0].bandwidth: is given beside a platform, which has links of its own; leave "
            "it out, or leave out \"platform\"");
}

TEST(Mistakes, PacesAndSizesOfBlocks) {
  EXPECT_EQ(complaint(R"("blocks": [ { "interval": "1s", "rate": 2 } ])"),
            "blocks[0].rate: is given beside \"interval\", which says the same; leave one of them "
            "out");
  for (const std::string rate : {"0", "-1", "1e7", "1e-9"}) {
    EXPECT_EQ(complaint(R"("blocks": [ { "rate": )" + rate + " } ]"),
              "blocks[0].rate: " + rate +
                  " blocks per second are out of range; write a number such as 2.5, above 0 and up "
                  "to 1000000");
  }
  EXPECT_EQ(complaint(R"("blocks": [ { "size": { "min": "1KiB", "max": "2KiB" } } ])"),
            "blocks[0].size.distribution: is missing; write \"constant\", \"uniform\" or "
            "\"lognormal\"");
  EXPECT_EQ(complaint(R"("blocks": [ { "size": { "distribution": "uniform", "min": "2KiB",
                                                 "max": "1KiB" } } ])"),
            "blocks[0].size.max: \"1KiB\" is below the minimum (\"2KiB\"); write \"2KiB\" or more");
  EXPECT_EQ(complaint(R"("blocks": [ { "size": { "distribution": "lognormal", "median": "2KiB",
                                                 "p99": "1KiB" } } ])"),
            "blocks[0].size.p99: \"1KiB\" is below the median (\"2KiB\"); write \"2KiB\" or more");
  EXPECT_EQ(complaint(R"("blocks": [ { "size": { "distribution": "constant", "value": "2KiB",
                                                 "p99": "1KiB" } } ])"),
            "blocks[0].size.p99: a constant size has no \"p99\"; write \"value\"");
  EXPECT_EQ(complaint(R"("blocks": [ { "size": { "distribution": "uniform", "min": "2KiB" } } ])"),
            "blocks[0].size.max: is missing; write \"max\": \"16KiB\"");
}

TEST(Mistakes, AMistakeInANameDoesNotBreedOthers) {
  EXPECT_THAT(complaints_of(R"({ "duration": "60s",
    "organizations": [ { "nam": "org1", "peers": 2 } ],
    "channels": [ { "name": 7, "organizations": ["org1"] } ],
    "blocks": [ { "channel": "ch1" } ],
    "faults": [ { "kind": "crash", "at": "1s", "peers": "org1/7" } ] })"),
              ElementsAre(HasSubstr("organizations[0].nam: unknown key"),
                          HasSubstr("organizations[0].name: is missing"),
                          HasSubstr("channels[0].name: 7 is a number")));
}

TEST(Mistakes, Limits) {
  EXPECT_THAT(complaints_of(R"({ "duration": "31h", "organizations": [
    { "name": "a", "peers": 60000 }, { "name": "b", "peers": 60000 } ] })"),
              ElementsAre(HasSubstr("organizations: 120000 peers in all; write 100000 or fewer")));
  EXPECT_THAT(complaint("\"blocks\": [ { \"count\": 1000001 } ]"), HasSubstr("out of range"));
  EXPECT_THAT(complaint("\"blocks\": [ { \"size\": \"100MiB\" } ]"),
              HasSubstr("\"100MiB\" is too large; write \"99MiB\" or less"));
  EXPECT_THAT(complaint("\"blocks\": [ { \"interval\": \"0s\" } ]"), HasSubstr("is too small"));
  EXPECT_THAT(complaint("\"heal_at\": \"9999999999h\""), HasSubstr("is too large"));
  EXPECT_THAT(complaint("\"blocks\": [ { \"interval\": \"700h\", \"count\": 1000000 } ]"),
              HasSubstr("do not fit before the end"));
}

TEST(Mistakes, ComplaintsAreLimitedToo) {
  std::string many = "\"faults\": [ 0";
  for (int i = 0; i < 5000; ++i)
    many += ", 0";
  const auto texts = complaints_of(small_with(many + " ]"));
  ASSERT_EQ(texts.size(), kMaxComplaints + 1);
  EXPECT_EQ(texts.back(), "scenario.json: 4001 more mistakes are not listed");
  std::string keys = "\"network\": { \"model\": \"flow\"";
  for (int i = 0; i < 100'000; ++i)
    keys += ", \"modle" + std::to_string(i) + "\": 0";
  EXPECT_EQ(complaints_of(small_with(keys + " }")).size(), kMaxComplaints + 1);
}

TEST(Mistakes, Configuration) {
  const auto config = [](std::string entry) { return complaint("\"config\": { " + entry + " }"); };
  EXPECT_EQ(config("\"peer.gossip.pullInterval\": 4"),
            "config.peer.gossip.pullInterval: 4 has no unit; write \"4s\"");
  EXPECT_THAT(config("\"peer.gossip.propagatePeerNum\": \"4s\""),
              HasSubstr("is not a whole number"));
  EXPECT_THAT(config("\"peer.gossip.nonBlockingCommitMode\": 1"), HasSubstr("not true or false"));
  EXPECT_EQ(config("\"peer.gossip.bootstrap\": \"x:1\""),
            "config.peer.gossip.bootstrap: is set by hearsay itself; write \"bootstrap\" in the "
            "organisation");
  EXPECT_THAT(config("\"peer.gossip.pullInterval\": \"4s\", \"PEER.gossip.pullInterval\": \"4s\""),
              HasSubstr("is given twice"));
  EXPECT_THAT(complaints_of(small_with("\"config\": { \"peer.gossip.PULLinterval\": \"1m\", "
                                       "\"peer.gossip.propagatePeerNum\": \"4\" }")),
              IsEmpty())
      << "Fabric's keys have no case, and numbers may be text";
}

TEST(Mistakes, ConfigurationValuesThatTheEnginesRefuse) {
  LoadOptions options = testing::some_options();
  options.rules.config_value_check = [](std::string_view key,
                                        const std::string& text) -> std::optional<Trouble> {
    if (key != "peer.gossip.propagatePeerNum" || text != "-3") return std::nullopt;
    return Trouble{"-3 is negative", "write 0 or more"};
  };
  EXPECT_THAT(
      complaints_of(small_with("\"config\": { \"peer.gossip.propagatepeernum\": -3 }"), options),
      ElementsAre("scenario.json:4: config.peer.gossip.propagatepeernum: -3 is negative; "
                  "write 0 or more"));
}

TEST(Mistakes, BoundariesBelongToTheRightSide) {
  const auto good = [](std::string_view more) {
    EXPECT_THAT(complaints_of(small_with(more)), IsEmpty()) << more;
  };
  good(R"("network": { "latency": { "median": "2ms", "p99": "2ms" } })");
  good(R"("blocks": [ { "start": "30s", "interval": "10s", "count": 4 } ])");
  EXPECT_THAT(complaint(R"("blocks": [ { "start": "30s", "interval": "10s", "count": 5 } ])"),
              HasSubstr("write 4 or fewer"));
  good(R"("faults": [ { "kind": "crash", "at": "59999ms", "peers": "*" } ])");
  EXPECT_THAT(complaint(R"("faults": [ { "kind": "crash", "at": "60s", "peers": "*" } ])"),
              HasSubstr("\"60s\" is not before the end of the run"));
  good(R"("faults": [ { "kind": "isolate", "at": "50s", "for": "10s", "peers": "*" } ])");
  good(R"("faults": [ { "kind": "isolate", "at": "5s", "peers": "10 of org1" } ])");
}

TEST(Mistakes, Latencies) {
  const auto latency = [](std::string value) {
    return complaint("\"network\": { \"latency\": " + value + " }");
  };
  EXPECT_EQ(latency(R"({ "distribution": "constant", "median": "2ms" })"),
            "network.latency.median: a constant latency has no \"median\"; write \"value\"");
  EXPECT_EQ(latency(R"({ "min": "2ms" })"),
            "network.latency.max: is missing; write \"max\": \"10ms\"");
  EXPECT_EQ(latency(R"({ "min": "2ms", "max": "1ms" })"),
            "network.latency.max: \"1ms\" is below the minimum (\"2ms\"); write \"2ms\" or more");
  EXPECT_THAT(latency(R"({ "median": "0s", "p99": "1ms" })"), HasSubstr("cannot be 0"));
  EXPECT_THAT(latency("{}"), HasSubstr("network.latency.distribution: is missing"));
  EXPECT_THAT(latency("5"), HasSubstr("network.latency: 5 has no unit; write"));
  EXPECT_THAT(latency("\"2h\""), HasSubstr("is too large; write \"3600s\" or less"));
  EXPECT_THAT(complaint("\"network\": { \"bandwidth\": \"1\" }"),
              HasSubstr("network.bandwidth: \"1\" has no unit; write \"1Mbps\""));
}

TEST(Mistakes, Zones) {
  EXPECT_THAT(complaint(R"("network": { "zones": [ { "name": "eu", "peers": "org1/0..4" },
                              { "name": "us", "peers": "org1/4" } ] })"),
              HasSubstr("network.zones[1].peers: selects \"org1/4\", which is in zone \"eu\""));
  EXPECT_THAT(complaint(R"("network": { "zones": [ { "name": "eu", "peers": "org1" } ],
                              "between_zones": [ { "a": "eu", "b": "us", "latency": "1ms" } ] })"),
              HasSubstr("network.between_zones[0].b: there is no zone \"us\"; known zones: eu"));
  EXPECT_THAT(complaint(R"("network": { "zones": [ { "name": "eu", "peers": "org1/0" },
                                           { "name": "us", "peers": "org1/1" } ],
                              "between_zones": [ { "a": "eu", "b": "us", "latency": "1ms" },
                                                 { "a": "us", "b": "eu", "latency": "2ms" } ] })"),
              HasSubstr("network.between_zones[1]: \"us\" and \"eu\" are given twice"));
}

TEST(Mistakes, Platforms) {
  EXPECT_THAT(
      complaint(R"("network": { "platform": "platforms/nowhere.xml" })"),
      HasSubstr("network.platform: \"platforms/nowhere.xml\" cannot be read: No such file"));
  EXPECT_THAT(complaint(R"("network": { "platform": "platforms/wan.xml", "latency": "1ms" })"),
              HasSubstr("network.latency: is given beside a platform"));
}

TEST(Mistakes, Blocks) {
  EXPECT_THAT(complaint(R"("blocks": [ { "channel": "ch2" } ])"),
              HasSubstr("blocks[0].channel: there is no channel \"ch2\"; did you mean \"ch1\"?"));
  EXPECT_THAT(complaint(R"("orderers": [], "blocks": [ {} ])"), HasSubstr("there is no orderer"));
  EXPECT_THAT(
      complaints_of(R"({ "duration": "60s", "organizations": [ { "name": "o", "peers": 1 } ],
      "blocks": [ {} ] })"),
      ElementsAre(HasSubstr("blocks[0].channel: there is no channel to send blocks into")));
  EXPECT_THAT(
      complaints_of(R"({ "duration": "60s", "organizations": [ { "name": "o", "peers": 1 } ],
      "channels": [ { "name": "a" }, { "name": "b", "join_at": "40s" } ],
      "blocks": [ {}, { "channel": "b" } ] })"),
      ElementsAre(HasSubstr("blocks[0].channel: is missing, and there are several"),
                  HasSubstr("blocks[1].start: \"30s\" is before the peers join \"b\"")));
}

TEST(Mistakes, ANameInPlaceOfAnObjectIsTakenUp) {
  EXPECT_EQ(complaint(R"("orderers": ["orderer0"])"),
            "orderers[0]: \"orderer0\" is text, not an object; write { \"name\": \"orderer0\" }");
}

TEST(Mistakes, PartsOfAConfigurationKey) {
  EXPECT_EQ(complaint(R"("config": { "pullInterval": "4s" })"),
            "config.pullInterval: unknown configuration key; write the whole name, "
            "\"peer.gossip.pullInterval\"");
  EXPECT_EQ(complaint(R"("config": { "gossip.pullInterval": "4s" })"),
            "config.gossip.pullInterval: unknown configuration key; write the whole name, "
            "\"peer.gossip.pullInterval\"");
  EXPECT_THAT(complaint(R"("config": { "peer": { "gossip": {} } })"),
              HasSubstr("config.peer: is a section; write whole names"));
}

TEST(Mistakes, FilesThatCannotBeRead) {
  const auto only = [](const std::string& path) {
    const auto result = load_scenario(path, testing::some_options());
    EXPECT_FALSE(result.ok());
    return result.ok() || result.error().empty() ? "" : result.error()[0].text();
  };
  EXPECT_EQ(only("/nowhere/x.json"),
            "/nowhere/x.json: cannot be read: No such file or directory; name a scenario file");
  EXPECT_EQ(only("/"), "/: is a directory; name a scenario file");
  EXPECT_EQ(only("/dev/zero"), "/dev/zero: is a device; name a scenario file");
  const std::string path = ::testing::TempDir() + "hearsay_file_that_cannot_be_read";
  std::ofstream(path).close();
  EXPECT_EQ(only(path), path + ":1: is empty; write a JSON object { … }");
  std::filesystem::resize_file(path, kMaxScenarioBytes + 1);
  EXPECT_EQ(only(path), path + ": is larger than 16 MiB; name a scenario file");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace hearsay::scenario
