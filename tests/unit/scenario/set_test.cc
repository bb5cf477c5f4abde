#include "sim/scenario/set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using testing::complaints_of;
using ::testing::ElementsAre;
using testing::load_good;
using testing::small_with;
using testing::some_options;

LoadOptions with(std::vector<std::string> sets) {
  LoadOptions options = some_options();
  options.sets = std::move(sets);
  return options;
}

TEST(Set, ChangesWhatIsThere) {
  EXPECT_EQ(load_good(small_with(""), with({"organizations.0.peers=7"})).organizations[0].peers,
            7u);
  EXPECT_EQ(load_good(small_with(""), with({"organizations[0].peers=8"})).organizations[0].peers,
            8u);
  EXPECT_EQ(load_good(small_with(""), with({"duration=90s"})).duration, 90 * kSecond);
}

TEST(Set, MakesWhatIsMissing) {
  const Scenario scenario =
      load_good(small_with(""),
                with({"network.latency.value=5ms", "blocks.0.count=3", "faults.0.kind=isolate",
                      "faults.0.at=9s", R"(faults.0.peers=["org1/1","org1/2"])",
                      R"(expect.0={"invariant":"all"})"}));
  EXPECT_EQ(scenario.network.latency, Latency::constant(5 * kMillisecond));
  EXPECT_EQ(scenario.blocks.at(0).count, 3u);
  EXPECT_EQ(scenario.faults.at(0).at, 9 * kSecond);
  EXPECT_EQ(scenario.expect.at(0).invariant, "all");
}

TEST(Set, BehindConfigTheRestIsOneKey) {
  const Scenario scenario = load_good(
      small_with(""), with({"config.peer.gossip.pullInterval=2s", "overrides.0.peers=org1/0",
                            "overrides.0.config.peer.gossip.propagatePeerNum=5"}));
  ASSERT_EQ(scenario.config.size(), 1u);
  EXPECT_EQ(scenario.config[0].key, "peer.gossip.pullInterval");
  EXPECT_EQ(config_text(scenario.config[0].value), "2s");
  EXPECT_EQ(config_text(scenario.overrides.at(0).config.at(0).value), "5");
}

TEST(Set, LaterOnesWinAndSeedWinsOverAll) {
  LoadOptions options = with({"seed=3", "seed=4"});
  EXPECT_EQ(load_good(small_with("\"seed\": 2"), options).seed, 4u);
  options.seed = 5;
  EXPECT_EQ(load_good(small_with("\"seed\": 2"), options).seed, 5u);
}

TEST(Set, ComplaintsNameTheOption) {
  EXPECT_THAT(complaints_of(small_with(""), with({"network.latncy.median=5ms"})),
              ElementsAre("--set network.latncy.median=5ms: network.latncy: unknown key; did you "
                          "mean \"latency\"?"));
  EXPECT_THAT(complaints_of(small_with(""), with({"duration=20"})),
              ElementsAre("--set duration=20: duration: 20 has no unit; write \"20s\""));
  EXPECT_THAT(complaints_of(small_with(""), with({"organizations.3.peers=20"})),
              ElementsAre("--set organizations.3.peers=20: organizations: the list has no element "
                          "3; write an index from 0 to 1"));
  EXPECT_THAT(complaints_of(small_with(""), with({"organizations.first.peers=20"})),
              ElementsAre("--set organizations.first.peers=20: organizations: a list has no part "
                          "\"first\"; write an index from 0 to 1"));
  EXPECT_THAT(complaints_of(small_with(""), with({"duration.x=20"})),
              ElementsAre("--set duration.x=20: duration: is text and has no part \"x\"; end the "
                          "path here"));
}

TEST(Set, BrokenAssignmentsAreComplaints) {
  EXPECT_THAT(complaints_of(small_with(""), with({"seed"})),
              ElementsAre("--set seed: has no \"=\"; write --set path=value"));
  for (const char* bad : {"=1", ".=1", "a..b=1", "a.=1", "[0]=1", "a[=1", "a[]=1", "a[0]b=1"}) {
    EXPECT_EQ(complaints_of(small_with(""), with({bad})).size(), 1u) << bad;
  }
  EXPECT_EQ(complaints_of(small_with(""), with({"expect=[ {"})).size(), 1u);
  EXPECT_EQ(complaints_of(small_with(""), with({"network={\"model\":1,\"model\":2}"})).size(), 1u);
}

}  // namespace
}  // namespace hearsay::scenario
