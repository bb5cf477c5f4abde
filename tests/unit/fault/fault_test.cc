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
  const std::vector<HostIndex> hosts = {kB, kC};
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
  const std::vector<HostIndex> hosts = {kA, kB};
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
  const std::vector<HostIndex> hosts = {kA};
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
  const std::vector<HostIndex> hosts = {kA, kB};
  isolate.begin(hosts);
  wired.at(0).transport.write(conn, hello(1));
  wired.run_for(10 * kSecond);
  EXPECT_THAT(wired.at(1).frames, IsEmpty());
}

}  // namespace
}  // namespace hearsay::sim
