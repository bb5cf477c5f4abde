// Every shipped scenario keeps its promises, and its digest whatever the run does not depend on.
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;

// What makes the longer ones short where only the digest matters.
Words shortened(const std::string& name) {
  static const std::map<std::string, Words> table = {
      {"membership", {"--set", "duration=40s", "--set", "organizations.0.peers=50"}},
      {"push-only",
       {"--set", "duration=70s", "--set", "organizations.0.peers=40", "--set",
        "blocks.0.count=20"}},
  };
  const auto found = table.find(name);
  return found == table.end() ? Words{} : found->second;
}

class Shipped : public ::testing::TestWithParam<std::string> {
 protected:
  std::string digest(const Words& flags = {}) const {
    return digest_of(shipped(GetParam()), joined(shortened(GetParam()), flags));
  }
};

TEST_P(Shipped, KeepsItsPromisesAndFillsItsRunDirectory) {
  const sim::Scratch scratch;
  const std::string out = scratch / "runs/here";
  const Ended ended = hearsay({"run", shipped(GetParam()), "--out", out});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("PASSED"));
  for (const char* file : {"summary.json", "scenario.json", "convergence.csv", "blocks.csv",
                           "messages.csv", "metrics.prom", "metrics.csv", "trace.jsonl.zst"}) {
    EXPECT_TRUE(std::filesystem::exists(out + "/" + file)) << file;
  }
  EXPECT_FALSE(std::filesystem::exists(out + "/INCOMPLETE"));
  const auto summary = summary_of(out);
  EXPECT_EQ(summary.value("verdict", ""), "pass");
  EXPECT_EQ(summary.value("scenario", ""), GetParam());
  EXPECT_EQ(summary.value("digest", "").size(), 16U);
}

TEST_P(Shipped, HasOneDigestInTwoRuns) { EXPECT_EQ(digest(), digest()); }

TEST_P(Shipped, HasOneDigestInBothWireModes) {
  EXPECT_EQ(digest({"--wire", "shared"}), digest({"--wire", "bytes"}));
}

TEST_P(Shipped, HasOneDigestOnBothClocks) {
  const std::string simgrid = digest({"--clock", "simgrid"});
  EXPECT_EQ(simgrid, digest({"--clock", "plain"}));
  EXPECT_EQ(simgrid, digest({"--clock", "plain", "--wire", "bytes"}));
}

TEST_P(Shipped, HasOneDigestWhateverIsWritten) {
  const std::string usual = digest();
  EXPECT_EQ(usual, digest({"--trace", "messages"}));
  EXPECT_EQ(usual, digest({"--trace", "none", "--quiet"}));
  EXPECT_EQ(usual, digest({"--trace", "protocol", "--format", "json"}));
}

TEST_P(Shipped, HasOneDigestWhateverIsSaidAndPromised) {
  EXPECT_EQ(digest(),
            digest({"--set", "name=other", "--set", "description=Nothing.", "--set", "expect=[]"}));
}

TEST_P(Shipped, RunsAgainFromItsResolvedForm) {
  const sim::Scratch scratch;
  const Ended resolved =
      hearsay(joined({"check", "--resolved", shipped(GetParam())}, shortened(GetParam())));
  ASSERT_EQ(resolved.code, 0) << resolved.err;
  sim::put(scratch / "resolved.json", resolved.out);
  EXPECT_EQ(digest(), digest_of(scratch / "resolved.json", {}));
}

INSTANTIATE_TEST_SUITE_P(All, Shipped, ::testing::ValuesIn(shipped_names()), [](const auto& named) {
  std::string name = named.param;
  std::erase_if(name, [](char c) { return !std::isalnum(c); });
  return name;
});

}  // namespace
}  // namespace hearsay::testing
