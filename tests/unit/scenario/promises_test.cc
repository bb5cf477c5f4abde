// What a scenario may promise, and what it is told otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using testing::complaints_of;
using ::testing::HasSubstr;
using testing::small_with;

TEST(Promises, Mistakes) {
  const auto expect = [](std::string entry) {
    const auto texts = complaints_of(small_with("\"expect\": [ { " + entry + " } ]"));
    EXPECT_EQ(texts.size(), 1u) << entry;
    return texts.empty() ? "" : texts[0].substr(texts[0].find(": ") + 2);
  };
  EXPECT_EQ(expect("\"metric\": \"blocks.t100s\", \"max\": 1"),
            "expect[0].metric: there is no metric \"blocks.t100s\"; did you mean "
            "\"blocks.t100_s\"?");
  EXPECT_EQ(expect("\"metric\": \"leaders.ch1.org1.finale\", \"max\": 1"),
            "expect[0].metric: there is no metric \"leaders.ch1.org1.finale\"; did you mean "
            "\"leaders.ch1.org1.final\"?");
  EXPECT_THAT(expect("\"metric\": \"blocks\", \"max\": 1"), HasSubstr("is no name of a metric"));
  EXPECT_THAT(expect("\"max\": 1"), HasSubstr("promises nothing"));
  EXPECT_THAT(expect("\"metric\": \"blocks.count\", \"max\": 1, \"invariant\": \"all\""),
              HasSubstr("promises both"));
  EXPECT_THAT(expect("\"invariant\": \"all\", \"max\": 1"),
              HasSubstr("an invariant has no bounds"));
  EXPECT_THAT(expect("\"invariant\": \"al\""), HasSubstr("did you mean \"all\"?"));
  EXPECT_THAT(expect("\"metric\": \"blocks.count\", \"min\": 3, \"max\": 1"),
              HasSubstr("expect[0].max: 1 is below \"min\" (3)"));
  EXPECT_THAT(expect("\"metric\": \"blocks.count\", \"max\": \"5s\""), HasSubstr("not a number"));
  EXPECT_THAT(expect("\"metric\": \"blocks.count\", \"max\": 1, \"stat\": \"p98\""),
              HasSubstr("expect[0].stat: \"p98\" is unknown"));
  EXPECT_EQ(expect("\"metric\": \"blocks.count\", \"equals\": 3, \"max\": 4"),
            "expect[0].equals: stands beside \"min\" or \"max\"; write one or the other");
}

TEST(Promises, MetricsOfChannelsAndOrganisationsThatAreNotThere) {
  const auto expect = [](std::string metric) {
    const auto all = complaints_of(R"({ "duration": "60s",
  "organizations": [ { "name": "org1", "peers": 2 }, { "name": "shop", "peers": 2 } ],
  "channels": [ { "name": "ch1", "organizations": ["org1"] }, { "name": "ch2" } ],
  "expect": [ { "metric": ")" + metric +
                                   R"(", "equals": 1 } ] })");
    return all.empty() ? "" : all.front().substr(all.front().find("expect"));
  };
  EXPECT_EQ(expect("leaders.ch2.shop.final"), "");
  EXPECT_EQ(expect("leaders.channel.org1.final"),
            "expect[0].metric: there is no channel \"channel\"; known channels: ch1, ch2");
  EXPECT_EQ(expect("leaders.ch2.org2.final"),
            "expect[0].metric: there is no organisation \"org2\"; did you mean \"org1\"?");
  EXPECT_EQ(expect("leaders.ch1.shop.final"),
            "expect[0].metric: organisation \"shop\" is not in channel \"ch1\"; known members: "
            "org1");
}

TEST(Promises, StatisticsThatAMetricDoesNotHave) {
  const auto expect = [](std::string metric, std::string stat) {
    const auto all = complaints_of(small_with("\"expect\": [ { \"metric\": \"" + metric +
                                              "\", \"max\": 1, \"stat\": \"" + stat + "\" } ]"));
    return all.empty() ? "" : all.front().substr(all.front().find("expect"));
  };
  EXPECT_EQ(expect("blocks.t100_s", "p90"), "");
  EXPECT_EQ(expect("blocks.count", "max"), "") << "a resolved scenario says so";
  EXPECT_EQ(expect("blocks.count", "p90"),
            "expect[0].stat: \"blocks.count\" is one number; leave it out");
  EXPECT_EQ(
      expect("membership.detection_s", "mean"),
      "expect[0].stat: \"membership.detection_s\" has no \"mean\"; known statistics: p50, max");
}

}  // namespace
}  // namespace hearsay::scenario
