#include "sim/simgrid/simgrid_driver.h"

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"
#include "tests/unit/simgrid/own_process.h"

namespace hearsay::sim {
namespace {

Platform bare_platform() {
  auto platform = Platform::bare();
  EXPECT_TRUE(platform.ok()) << platform.error();
  return std::move(platform).value();
}

// A busy little world: streams, timers by actions, crashes. Its history as lines.
std::vector<std::string> history(TimeDriver& driver, const std::vector<Time>& stops) {
  WiredWorld wired(6, {.links = LinkModel(Latency::lognormal(kMillisecond, 8 * kMillisecond)),
                       .bandwidth_bps = 50'000'000});
  std::vector<std::string> lines;
  std::vector<ConnId> conns;
  for (std::uint32_t h = 1; h < 6; ++h) {
    conns.push_back(wired.at(0).transport.dial("h" + std::to_string(h)));
  }
  std::uint64_t next = 0;
  std::function<void()> chatter = [&] {
    for (const ConnId conn : conns) {
      if (!wired.at(0).transport.write_fails(conn))
        wired.at(0).transport.write(conn, hello(next++));
    }
    if (wired.world.now() < 2 * kSecond) {
      wired.world.call_at(wired.world.now() + 3'333'333, chatter);
    }
  };
  wired.world.call_at(500 * kMillisecond, chatter);
  wired.world.call_at(kSecond, [&] { wired.crash(3); });
  for (const Time stop : stops)
    wired.world.run_until(stop, driver);
  for (std::uint32_t h = 0; h < 6; ++h) {
    if (h == 3) continue;
    for (const std::string& line : wired.at(h).log)
      lines.push_back(std::to_string(h) + ": " + line);
  }
  lines.push_back("events " + std::to_string(wired.world.events()));
  lines.push_back("now " + std::to_string(wired.world.now()));
  return lines;
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest,
                       both_drivers_lead_through_the_same_events_in_the_same_order) {
  PlainDriver plain;
  const std::vector<std::string> expected = history(plain, {3 * kSecond});
  EXPECT_GT(expected.size(), 1000u);
  const Platform platform = bare_platform();
  SimGridDriver driver(platform);
  EXPECT_EQ(history(driver, {3 * kSecond}), expected);
  EXPECT_GT(driver.rings(), 1000u);
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, a_run_in_pieces_is_the_same_run) {
  PlainDriver plain;
  const std::vector<std::string> expected = history(plain, {3 * kSecond});
  const Platform platform = bare_platform();
  SimGridDriver driver(platform);
  std::vector<Time> stops;
  for (Time t = 0; t <= 3 * kSecond; t += 123'456'789)
    stops.push_back(t);
  stops.push_back(3 * kSecond);
  stops.push_back(3 * kSecond);
  EXPECT_EQ(history(driver, stops), expected);
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, the_bell_rings_once_per_instant) {
  const Platform platform = bare_platform();
  SimGridDriver driver(platform);
  WiredWorld wired;
  for (int i = 0; i < 10; ++i) {
    for (int k = 0; k < 5; ++k)
      wired.world.call_at(i * kMillisecond, [] {});
  }
  wired.world.run_until(9 * kMillisecond, driver);
  EXPECT_EQ(driver.rings(), 10u);
  EXPECT_EQ(wired.world.events(), 50u);
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, an_empty_calendar_is_run_to_its_end) {
  const Platform platform = bare_platform();
  SimGridDriver driver(platform);
  WiredWorld wired;
  EXPECT_TRUE(wired.world.run_until(5 * kSecond, driver));
  EXPECT_EQ(wired.world.now(), 5 * kSecond);
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, a_stop_ends_the_run_and_it_can_go_on) {
  const Platform platform = bare_platform();
  SimGridDriver driver(platform);
  WiredWorld wired;
  int ran = 0;
  wired.world.call_at(kSecond, [&] { wired.world.request_stop(); });
  wired.world.call_at(2 * kSecond, [&] { ++ran; });
  EXPECT_FALSE(wired.world.run_until(5 * kSecond, driver));
  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(wired.world.run_until(5 * kSecond, driver));
  EXPECT_EQ(ran, 1);
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, signal_handlers_stay_as_they_were) {
  const auto mine = [](int) {};
  const auto before = std::signal(SIGINT, mine);
  {
    const Platform platform = bare_platform();
    SimGridDriver driver(platform);
    WiredWorld wired;
    wired.world.run_until(kSecond, driver);
  }
  EXPECT_EQ(std::signal(SIGINT, before), static_cast<void (*)(int)>(mine));
}

HS_TEST_IN_OWN_PROCESS(SimGridDriverTest, nothing_reaches_stdout) {
  testing::internal::CaptureStdout();
  {
    const Platform platform = bare_platform();
    SimGridDriver driver(platform);
    WiredWorld wired;
    wired.world.run_until(kSecond, driver);
    EXPECT_FALSE(Platform::load("/nowhere").ok());
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace hearsay::sim
