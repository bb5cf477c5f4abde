// Scenarios larger than the machine: said beforehand, or at least in a sentence.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr rlim_t kMiB = 1 << 20;
constexpr rlim_t kLimit = 1000 * kMiB;

Ended run_within(rlim_t bytes, const sim::Scratch& scratch, const Words& flags) {
  const sim::MemoryLimit limit(bytes);
  return hearsay(joined({"run", shipped("first-blocks"), "--out", scratch / "run", "--set",
                         "expect=[]", "--trace", "none"},
                        flags));
}

TEST(Memory, MorePeersThanCanEverFitAreRefusedAtOnce) {
  const sim::Scratch scratch;
  const Ended ended = run_within(2048 * kMiB, scratch, {"--set", "organizations.0.peers=100000"});
  EXPECT_EQ(ended.code, 3);
  const Words lines = lines_of(ended.err);
  ASSERT_EQ(lines.size(), 2U) << ended.err;
  EXPECT_THAT(lines[0],
              MatchesRegex(".*first-blocks.json: organizations\\[0\\].peers: 100000 peers take at "
                           "the least 419 GiB of memory, and 2 GiB can be had \\(the limit of "
                           "the process .*\\); fewer peers help, or a larger machine"));
  EXPECT_THAT(lines[1], HasSubstr("first-blocks.json: nothing was run"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "run"));
}

TEST(Memory, SoAreMoreBytesOfBlocks) {
  const sim::Scratch scratch;
  const Ended ended =
      run_within(kLimit, scratch, {"--set", "blocks.0.size=99MiB", "--set", "blocks.0.count=20"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("blocks[0].size: 20 blocks of 103809024 bytes take at the "
                                   "least 1.93 GiB of memory"));
  EXPECT_THAT(ended.err, HasSubstr("; fewer or smaller blocks help"));
}

// Half of what is there is certain to be needed, and three times as much in truth.
const Words kTooMany = {"--set", "blocks.0.size=20MiB",    "--set", "blocks.0.count=25",
                        "--set", "organizations.0.peers=3"};

TEST(Memory, WhatMayNotFitIsAWarningAndItsEndASentence) {
  const sim::Scratch scratch;
  const Ended ended = run_within(kLimit, scratch, joined(kTooMany, {"--junit", scratch / "j.xml"}));
  EXPECT_EQ(ended.code, 3);
  const Words lines = lines_of(ended.err);
  ASSERT_EQ(lines.size(), 2U) << ended.err;
  EXPECT_THAT(lines[0], MatchesRegex("hearsay: warning: .*: blocks\\[0\\].size: 25 blocks of "
                                     "20971520 bytes take about 1.[0-9]+ GiB of memory, and .*"));
  EXPECT_THAT(lines[1], MatchesRegex("hearsay: out of memory: .*: blocks\\[0\\].size: 25 blocks of "
                                     "20971520 bytes take about 1.[0-9]+ GiB of memory, and .*; "
                                     "fewer or smaller blocks help, or a larger machine"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "run/INCOMPLETE"));
  const std::string xml = sim::content_of(scratch / "j.xml");
  EXPECT_THAT(xml, HasSubstr("<error type=\"run\" message=\"out of memory\""));
  EXPECT_THAT(xml, HasSubstr("</testsuites>"));
}

TEST(Memory, TheLimitOfAProcessIsNotSharedByTwoRuns) {
  const sim::Scratch scratch;
  // Two thirds of the limit are certain to be needed by each.
  const Words blocks = {"--set", "blocks.0.size=99MiB",    "--set", "blocks.0.count=7",
                        "--set", "organizations.0.peers=1"};
  const Ended ended = run_within(kLimit, scratch, joined(blocks, {"--twice"}));
  EXPECT_THAT(ended.err, Not(HasSubstr("nothing was run")));
  EXPECT_TRUE(std::filesystem::exists(scratch / "run"));
}

TEST(Memory, NothingIsSaidWhereItSuffices) {
  const sim::Scratch scratch;
  const Ended ended = run_within(kLimit, scratch, {"--set", "organizations.0.peers=12"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
}

}  // namespace
}  // namespace hearsay::testing
