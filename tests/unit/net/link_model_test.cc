#include "sim/net/link_model.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace hearsay::sim {
namespace {

constexpr HostIndex kA{0};
constexpr HostIndex kB{1};
constexpr HostIndex kC{2};

struct Fixture {
  Duration travel(HostIndex from, HostIndex to, std::uint32_t size = 0, std::uint64_t ps = 0) {
    return model.travel(from, to, size, ps, random);
  }
  LinkModel model{Latency::constant(kMillisecond)};
  Random random = Random::root(1);
};

TEST(LinkModelTest, without_zones_every_pair_draws_from_the_base) {
  Fixture f;
  EXPECT_EQ(f.travel(kA, kB), kMillisecond);
}

TEST(LinkModelTest, a_route_replaces_the_base_or_adds_to_it) {
  Fixture f;
  f.model.make_zones(3);
  f.model.set_zone(kB, 1);
  f.model.set_zone(kC, 2);
  f.model.set_route(0, 1, {.latency = 40 * kMillisecond});
  f.model.set_route(1, 2, {.latency = 40 * kMillisecond, .adds_base = true});
  EXPECT_EQ(f.travel(kA, kB), 40 * kMillisecond);
  EXPECT_EQ(f.travel(kB, kA), 40 * kMillisecond);
  EXPECT_EQ(f.travel(kB, kC), 41 * kMillisecond);
  EXPECT_EQ(f.travel(kA, kC), kMillisecond);
  EXPECT_EQ(f.travel(kA, HostIndex{77}), kMillisecond);
}

TEST(LinkModelTest, a_pair_of_zones_may_have_a_distribution_of_its_own) {
  Fixture f;
  f.model.make_zones(3);
  f.model.set_zone(kB, 1);
  f.model.set_zone(kC, 2);
  f.model.set_latency(0, 1, Latency::constant(7 * kMillisecond));
  f.model.set_latency(1, 2, Latency::uniform(50, 60));
  EXPECT_EQ(f.travel(kA, kB), 7 * kMillisecond);
  EXPECT_EQ(f.travel(kB, kA), 7 * kMillisecond);
  EXPECT_GE(f.travel(kB, kC), 50);
  EXPECT_LE(f.travel(kB, kC), 60);
  EXPECT_EQ(f.travel(kA, kC), kMillisecond);
}

TEST(LinkModelTest, a_narrow_place_costs_what_it_is_slower_than_the_uplink) {
  Fixture f;
  f.model.make_zones(1);
  f.model.set_route(0, 0, {.latency = kMillisecond, .bandwidth_bps = 8'000'000});
  EXPECT_EQ(f.travel(kA, kB, 100), kMillisecond + 100 * kMicrosecond);
  EXPECT_EQ(f.travel(kA, kB, 100, picoseconds_per_byte(16'000'000)),
            kMillisecond + 50 * kMicrosecond);
  EXPECT_EQ(f.travel(kA, kB, 100, picoseconds_per_byte(4'000'000)), kMillisecond);
}

TEST(LinkModelTest, a_route_source_is_asked_once_per_pair_and_only_when_used) {
  struct Source final : RouteSource {
    Route route(ZoneIndex from, ZoneIndex to) override {
      asked.emplace_back(from, to);
      return {.latency = (from * 10 + to) * kMillisecond};
    }
    std::vector<std::pair<int, int>> asked;
  };
  Fixture f;
  auto source = std::make_shared<Source>();
  f.model.use_routes(3, source);
  f.model.set_zone(kB, 1);
  EXPECT_TRUE(source->asked.empty());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(f.travel(kA, kB), 1 * kMillisecond);
  EXPECT_EQ(f.travel(kB, kA), 10 * kMillisecond);
  EXPECT_EQ(source->asked, (std::vector<std::pair<int, int>>{{0, 1}, {1, 0}}));
}

TEST(LinkModelTest, bandwidth_becomes_picoseconds_a_byte) {
  EXPECT_EQ(picoseconds_per_byte(0), 0u);
  EXPECT_EQ(picoseconds_per_byte(1'000'000'000), 8'000u);
  EXPECT_EQ(picoseconds_per_byte(100'000'000'000), 80u);
}

}  // namespace
}  // namespace hearsay::sim
