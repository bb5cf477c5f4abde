#include "sim/net/access_links.h"

#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

constexpr HostIndex kA{0};
constexpr HostIndex kB{1};
constexpr std::uint64_t kGigabit = 1'000'000'000;  // 8 ns a byte

AccessLinks two_hosts(std::uint64_t bps) {
  AccessLinks links;
  links.set_default(bps);
  links.add_host();
  links.add_host();
  return links;
}

TEST(AccessLinksTest, an_uplink_is_fifo_by_size_over_bandwidth_in_exact_nanoseconds) {
  AccessLinks links = two_hosts(kGigabit);
  EXPECT_EQ(links.send(kA, 1000, 100), 8'100);
  EXPECT_EQ(links.send(kA, 10, 100), 8'180);
  EXPECT_EQ(links.send(kB, 10, 100), 180);
  EXPECT_EQ(links.send(kA, 1, 10'000), 10'008);
}

TEST(AccessLinksTest, parts_of_a_nanosecond_are_kept) {
  AccessLinks links = two_hosts(100 * kGigabit);  // 80 ps a byte
  EXPECT_EQ(links.send(kA, 10, 0), 1);
  for (int i = 0; i < 8; ++i)
    links.send(kA, 10, 0);
  EXPECT_EQ(links.send(kA, 10, 0), 8);
}

TEST(AccessLinksTest, bandwidth_zero_is_infinite) {
  AccessLinks links = two_hosts(0);
  EXPECT_FALSE(links.limited());
  EXPECT_EQ(links.send(kA, 1'000'000'000, 5), 5);
  EXPECT_EQ(links.receive(kB, 1'000'000'000, 0, 5), 5);
  EXPECT_EQ(links.backlog(kA, 5), 0u);
  links.set(kB, 0, kGigabit);
  EXPECT_TRUE(links.limited());
}

TEST(AccessLinksTest, an_idle_downlink_of_the_same_bandwidth_adds_nothing) {
  AccessLinks links = two_hosts(kGigabit);
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 50'000), 50'000);
}

TEST(AccessLinksTest, a_slower_downlink_determines_the_time) {
  AccessLinks links = two_hosts(kGigabit);
  links.set(kB, kGigabit, kGigabit / 10);
  // The first byte came at 42,000; all 1000 take 80,000.
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 50'000), 122'000);
}

TEST(AccessLinksTest, a_downlink_is_fifo_in_the_order_of_arrival) {
  AccessLinks links = two_hosts(kGigabit);
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 50'000), 50'000);
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 50'000), 58'000);
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 51'000), 66'000);
  EXPECT_EQ(links.receive(kB, 1000, 8'000, 90'000), 90'000);
}

TEST(AccessLinksTest, backlog_is_what_waits_for_the_uplink) {
  AccessLinks links = two_hosts(kGigabit);
  links.send(kA, 10'000, 0);
  EXPECT_EQ(links.backlog(kA, 0), 10'000u);
  EXPECT_EQ(links.backlog(kA, 8'000), 9'000u);
  EXPECT_EQ(links.backlog_below(kA, 4'000, 0), 48'000);
  EXPECT_EQ(links.backlog(kA, 100'000), 0u);
}

TEST(AccessLinksTest, frames_through_the_network_pay_size_over_bandwidth_once) {
  WiredWorld wired(2, {.bandwidth_bps = 8'000'000});  // 1 us a byte
  const ConnId conn = wired.stream();
  const Time start = wired.world.now();
  wired.at(0).transport.write(conn, hello(1, 500));
  wired.at(0).transport.write(conn, hello(2, 300));
  wired.run_for(kSecond);
  ASSERT_EQ(wired.at(1).arrivals.size(), 2u);
  EXPECT_EQ(wired.at(1).arrivals[0] - start, kMillisecond + 500 * kMicrosecond);
  EXPECT_EQ(wired.at(1).arrivals[1] - start, kMillisecond + 800 * kMicrosecond);
}

TEST(AccessLinksTest, frames_of_two_senders_queue_at_the_downlink) {
  WiredWorld wired(3, {.bandwidth_bps = 8'000'000});
  const ConnId first = wired.stream(0, 2);
  const ConnId second = wired.stream(1, 2);
  const Time start = wired.world.now();
  wired.at(0).transport.write(first, hello(1, 500));
  wired.at(1).transport.write(second, hello(2, 500));
  wired.at(0).transport.close(first);
  wired.run_for(kSecond);
  ASSERT_EQ(wired.at(2).arrivals.size(), 2u);
  EXPECT_EQ(wired.at(2).arrivals[0] - start, kMillisecond + 500 * kMicrosecond);
  EXPECT_EQ(wired.at(2).arrivals[1] - start, kMillisecond + 1000 * kMicrosecond);
}

}  // namespace
}  // namespace hearsay::sim
