// SimGrid platform files that are no good: file and line, what is wrong and what would be right;
// nothing is written.
#include <filesystem>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Damage {
  std::string name;
  std::string (*done)(std::string good);
  std::string message;  // a part of what must be said
};

// For the names that ctest lists.
void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

// The shipped platform with the first `from` replaced, in a file that has one.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

const std::vector<Damage> kDamages = {
    {"NoXml", [](std::string) { return std::string("hosts: 30\n"); },
     "is no SimGrid platform; begin"},
    {"Empty", [](std::string) { return std::string(); }, "is no SimGrid platform; begin"},
    {"Truncated", [](std::string good) { return good.substr(0, good.size() / 2); },
     "ends in the middle; end"},
    {"UnknownTag", [](std::string good) { return with(good, "<cluster ", "<clutser "); },
     ".xml:8: <clutser> is unknown, or may not stand in <zone>; see"},
    {"UnknownUnit", [](std::string good) { return with(good, "40ms", "40parsecs"); },
     ".xml:15: \"parsecs\" is no unit; write"},
    {"UnknownLink",
     [](std::string good) {
       return with(good, "link_ctn id=\"europe-asia", "link_ctn id=\"nowhere");
     },
     ".xml:23: there is no link \"nowhere\"; name a <link>"},
    {"MissingRoute",
     [](std::string good) {
       const std::size_t begin = good.find("<zoneRoute");
       return good.erase(begin, good.find("</zoneRoute>") + 12 - begin);
     },
     "; "},
    {"NoHosts", [](std::string good) { return with(good, "radical=\"0-9\"", "radical=\"9-0\""); },
     "no host"},
    {"TooManyHosts",
     [](std::string good) { return with(good, "radical=\"0-9\"", "radical=\"0-999999999\""); },
     ".xml:8: <cluster> makes more than 200000 hosts in all; leave out"},
    {"NegativeLatency", [](std::string good) { return with(good, "250us", "-250us"); },
     "has a latency below 0; write 0s or more"},
    {"NegativeBandwidth", [](std::string good) { return with(good, "bw=\"1Gbps", "bw=\"-1Gbps"); },
     "has no bandwidth; write 1kbps or more"},
    {"EndlessLatency", [](std::string good) { return with(good, "40ms", "1e10s"); },
     ".xml:15: the link \"europe-america\" has a latency above 30 days; write"},
    {"Configuration",
     [](std::string good) {
       return with(good, "<zone ", "<config><prop id=\"tracing\" value=\"yes\"/></config>\n<zone ");
     },
     ": <config> is not taken from a platform; leave it out"},
    {"OtherZones",
     [](std::string good) {
       return with(
           with(with(good, "id=\"asia\"", "id=\"oceania\""), "dst=\"asia\"", "dst=\"oceania\""),
           "dst=\"asia\"", "dst=\"oceania\"");
     },
     "\"asia\""},
};

class BadPlatform : public ::testing::TestWithParam<Damage> {};

TEST_P(BadPlatform, IsNamedAndRefusedAndNothingIsWritten) {
  const sim::Scratch scratch;
  const std::string good = sim::content_of(HS_SOURCE_DIR "/scenarios/platforms/wan.xml");
  sim::put(scratch / "broken.xml", GetParam().done(good));
  const std::string set = "network.platform=" + scratch / "broken.xml";
  const std::vector<Words> commands = {
      {"run", shipped("wan"), "--set", set, "--out", scratch / "deep/run"},
      {"check", shipped("wan"), "--set", set}};
  for (const Words& command : commands) {
    const Ended ended = hearsay(command);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.starts_with(scratch / "broken.xml:")) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("wan.json: 1 mistake; nothing was run\n"));
    EXPECT_EQ(lines_of(ended.err).size(), 2U) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(GetParam().message));
    EXPECT_THAT(ended.err, Not(HasSubstr("terminate")));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch / "deep"));
}

INSTANTIATE_TEST_SUITE_P(All, BadPlatform, ::testing::ValuesIn(kDamages),
                         [](const auto& damage) { return damage.param.name; });

TEST(Platform, AMissingFileIsAComplaintWithItsPlace) {
  const sim::Scratch scratch;
  sim::put(scratch / "s.json", sim::content_of(shipped("wan")));
  const Ended ended = hearsay({"run", scratch / "s.json", "--out", scratch / "run"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr(scratch / "s.json:"));
  EXPECT_THAT(ended.err,
              HasSubstr("network.platform: \"platforms/wan.xml\" cannot be read: No such"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "run"));
}

TEST(Platform, AZoneThatThePlatformDoesNotHaveIsNamed) {
  const sim::Scratch scratch;
  const Ended ended = hearsay(
      {"run", shipped("wan"), "--set", "network.zones.2.name=atlantis", "--out", scratch / "run"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("platforms/wan.xml"));
  EXPECT_THAT(ended.err, HasSubstr("\"atlantis\""));
  EXPECT_FALSE(std::filesystem::exists(scratch / "run"));
}

}  // namespace
}  // namespace hearsay::testing
