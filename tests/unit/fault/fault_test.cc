#include "sim/fault/fault.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr HostIndex kA{0};
constexpr HostIndex kB{1};
constexpr HostIndex kC{2};

TEST(FaultTest, crash_kills_the_hosts_and_its_end_starts_them_again) {
  WiredWorld wired(3);
  wired.stream(0, 1);
  Crash crash(wired.world);
  const std::vector<FaultTarget> hosts = {{kB}, {kC}};
  crash.begin(hosts);
  EXPECT_TRUE(wired.world.running(kA));
  EXPECT_FALSE(wired.world.running(kB));
  EXPECT_FALSE(wired.world.running(kC));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(0).log, ElementsAre(testing::HasSubstr("broken")));
  crash.end();
  EXPECT_TRUE(wired.world.running(kB));
  EXPECT_TRUE(wired.world.running(kC));
}

TEST(FaultTest, crash_leaves_alone_what_was_down_before) {
  WiredWorld wired(2);
  wired.crash(1);
  Crash crash(wired.world);
  const std::vector<FaultTarget> hosts = {{kA}, {kB}};
  crash.begin(hosts);
  crash.end();
  EXPECT_TRUE(wired.world.running(kA));
  EXPECT_FALSE(wired.world.running(kB));
}

TEST(FaultTest, isolate_swallows_frames_dials_and_pings_from_and_to_the_hosts) {
  WiredWorld wired(3);
  const ConnId out = wired.stream(0, 1);
  const ConnId in = wired.stream(2, 0);
  const ConnId beside = wired.stream(1, 2);
  Isolate isolate(wired.network);
  const std::vector<FaultTarget> hosts = {{kA}};
  isolate.begin(hosts);
  wired.at(0).transport.write(out, hello(1));
  wired.at(2).transport.write(in, hello(2));
  wired.at(1).transport.write(beside, hello(3));
  wired.at(0).transport.ping(out);
  wired.at(1).transport.dial("h0");
  wired.run_for(900 * kMillisecond);
  EXPECT_THAT(wired.at(0).log, IsEmpty());
  EXPECT_THAT(wired.at(1).log, IsEmpty());
  EXPECT_THAT(wired.at(2).frames, ElementsAre(3));
  // The hosts themselves notice nothing: connections stay open.
  EXPECT_FALSE(wired.at(0).transport.write_fails(out));
  isolate.end();
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(0).frames, ElementsAre(2));
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1));
  EXPECT_EQ(wired.at(0).accepted.size(), 2u);
}

TEST(FaultTest, isolated_hosts_do_not_hear_each_other_either) {
  WiredWorld wired(2);
  const ConnId conn = wired.stream(0, 1);
  Isolate isolate(wired.network);
  const std::vector<FaultTarget> hosts = {{kA}, {kB}};
  isolate.begin(hosts);
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(1).frames, IsEmpty());
}

// h0 and h1 in the first group, h2 in the second, h3 in none.
const std::vector<FaultTarget> kSplit = {{kA, 1}, {kB, 1}, {kC, 2}};
constexpr HostIndex kD{3};

TEST(FaultTest, partition_swallows_what_goes_between_its_groups_and_nothing_else) {
  WiredWorld wired(4);
  const ConnId within = wired.stream(0, 1);
  const ConnId there = wired.stream(0, 2);
  const ConnId back = wired.stream(2, 1);
  const ConnId beside = wired.stream(3, 2);
  const ConnId from_beside = wired.stream(3, 0);
  Partition partition(wired.network, Partition::Ways::kBoth);
  partition.begin(kSplit);
  wired.at(0).transport.write(within, hello(1));
  wired.at(0).transport.write(there, hello(2));
  wired.at(2).transport.write(back, hello(3));
  wired.at(3).transport.write(beside, hello(4));
  wired.at(3).transport.write(from_beside, hello(5));
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(0).frames, ElementsAre(5));
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1));
  EXPECT_THAT(wired.at(2).frames, ElementsAre(4));
  partition.end();
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1, 3));
  EXPECT_THAT(wired.at(2).frames, ElementsAre(4, 2));
}

TEST(FaultTest, partition_lets_dials_hang_until_it_ends) {
  WiredWorld wired(4);
  Partition partition(wired.network, Partition::Ways::kBoth);
  partition.begin(kSplit);
  wired.at(0).transport.dial("h2");
  wired.at(0).transport.dial("h1");
  wired.at(3).transport.dial("h2");
  wired.run_for(kSecond / 2);
  EXPECT_EQ(wired.at(1).accepted.size(), 1u);
  EXPECT_EQ(wired.at(2).accepted.size(), 1u);
  partition.end();
  wired.run_for(10 * kSecond);
  EXPECT_EQ(wired.at(2).accepted.size(), 2u);
}

TEST(FaultTest, one_way_partition_swallows_what_goes_to_a_later_group_only) {
  WiredWorld wired(4);
  const ConnId there = wired.stream(0, 2);
  const ConnId back = wired.stream(2, 1);
  Partition partition(wired.network, Partition::Ways::kOne);
  partition.begin(kSplit);
  wired.at(0).transport.write(there, hello(1));
  wired.at(2).transport.write(back, hello(2));
  wired.at(2).transport.dial("h0");
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(2));
  EXPECT_THAT(wired.at(2).frames, IsEmpty());
  // The answer to the dial is swallowed, so the dialler is not told.
  EXPECT_THAT(wired.at(2).log, IsEmpty());
}

TEST(FaultTest, partition_of_nobody_swallows_nothing) {
  WiredWorld wired(2);
  const ConnId conn = wired.stream(0, 1);
  Partition partition(wired.network, Partition::Ways::kBoth);
  partition.begin({});
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(1).frames, ElementsAre(1));
  const ConnId late = wired.stream(1, 0);
  partition.end();
  static_cast<void>(late);
}

TEST(FaultTest, later_hosts_than_any_of_a_partition_are_in_no_group) {
  WiredWorld wired(4);
  const ConnId conn = wired.stream(3, 2);
  static_assert(raw(kD) > raw(kC));
  Partition partition(wired.network, Partition::Ways::kBoth);
  partition.begin(kSplit);
  wired.at(3).transport.write(conn, hello(1));
  wired.run_for(kSecond);
  EXPECT_THAT(wired.at(2).frames, ElementsAre(1));
}

}  // namespace
}  // namespace hearsay::sim
