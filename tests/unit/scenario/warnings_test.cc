// What can be run but may not do what was meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::warnings_of;

std::vector<std::string> about_channel(const std::string& name) {
  return warnings_of(R"({ "duration": "60s", "organizations": [ { "name": "org1", "peers": 2 } ],
    "channels": [ { "name": ")" +
                     name + "\" } ] }");
}

// Fabric: common/configtx/validator.go: [a-z][a-z0-9.-]*, of fewer than 250 characters.
TEST(Warnings, AChannelNameThatFabricRefuses) {
  for (const char* good : {"ch1", "c", "a-channel-0"})
    EXPECT_THAT(about_channel(good), IsEmpty()) << good;
  EXPECT_THAT(
      about_channel("Ch1"),
      ElementsAre("scenario.json:2: channels[0].name: \"Ch1\" is a name that Fabric gives to no "
                  "channel; write small letters, digits and \"-\", the first a letter, such as "
                  "\"ch1\""));
  for (const char* bad : {"chA", "1ch", "my_channel"})
    EXPECT_EQ(about_channel(bad).size(), 1u) << bad;
}

std::vector<std::string> about_anchors(const std::string& org1, const std::string& more = "") {
  return warnings_of(R"({ "duration": "60s", "organizations": [
    { "name": "org1", "peers": 4, )" +
                     org1 + R"( },
    { "name": "org2", "peers": 4, "external_endpoints": "all" } ],
    "channels": [ { "name": "ch1")" +
                     more + " } ] }");
}

TEST(Warnings, AnAnchorWithoutAnExternalEndpoint) {
  EXPECT_THAT(about_anchors(R"("anchors": "org1/0..1", "external_endpoints": "org1/0")"),
              ElementsAre("scenario.json:2: organizations[0].anchors: \"org1/1\" has no external "
                          "endpoint: it learns of peers of other organisations, which breaks "
                          "channels.no_leak, and they never see it; add it to "
                          "\"external_endpoints\", or choose another anchor"));
  EXPECT_EQ(about_anchors(R"("anchors": "org1/0")").size(), 1u);
}

TEST(Warnings, AnchorsThatAreFine) {
  EXPECT_THAT(about_anchors(R"("anchors": "org1/0", "external_endpoints": "all")"), IsEmpty());
  EXPECT_THAT(about_anchors(R"("anchors": "org1/0", "external_endpoints": "2 of org1")"), IsEmpty())
      << "who is drawn is not known yet";
  EXPECT_THAT(about_anchors(R"("anchors": "org1/0")", R"(, "organizations": ["org1"])"), IsEmpty())
      << "nobody else is there";
}

}  // namespace
}  // namespace hearsay::scenario
