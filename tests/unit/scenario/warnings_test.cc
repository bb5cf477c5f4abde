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

TEST(Warnings, AChannelNameThatIsAMistakeIsNoWarningToo) {
  EXPECT_EQ(testing::complaints_of(R"({ "duration": "60s",
    "organizations": [ { "name": "org1", "peers": 2 } ], "channels": [ { "name": "A.b" } ] })")
                .size(),
            1u);
}

}  // namespace
}  // namespace hearsay::scenario
