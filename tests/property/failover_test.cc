// Whatever single orderer and whatever single leader die, at whatever moment: no block is lost, and
// delivery goes on within the time that Fabric's timers imply.
//
// The world is scenarios/multi-org.json with its faults drawn anew from each seed.
// HS_FAILOVER_SEEDS sets how many (24), HS_FAILOVER_SEED runs a single one.
#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/observer.h"
#include "sim/run/runner.h"
#include "sim/scenario/load.h"
#include "sim/scenario/resolve.h"

namespace hearsay::test {
namespace {

constexpr unsigned kGroups = 4;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// How long each organisation went without a block from the orderers, in each of its channels.
class Gaps final : public TraceSink {
 public:
  explicit Gaps(const RunFacts& facts) : facts_(facts) {}

  void on_event(const TraceEvent& event) override {
    if (event.kind != TraceKind::kBlockReceived) return;
    if (static_cast<BlockOrigin>(event.detail) != BlockOrigin::kDeliver) return;
    const auto key = std::pair(event.channel, facts_.peers[raw(event.peer)].org);
    const auto [last, first] = last_.emplace(key, event.time);
    Duration& longest = longest_[facts_.orgs[raw(key.second)]];
    if (!first) longest = std::max(longest, event.time - last->second);
    last->second = event.time;
  }

  // By organisation.
  const std::map<std::string, Duration>& longest() const { return longest_; }
  std::size_t seats() const { return last_.size(); }

 private:
  const RunFacts facts_;
  std::map<std::pair<ChannelIndex, OrgIndex>, Time> last_;
  std::map<std::string, Duration> longest_;
};

// 2 x leaderAliveThreshold + leaderElectionDuration until another leads.
constexpr Duration kTakeover = 25 * kSecond;
// Twelve dials in a row to the one orderer of three that is down, which happens once in 500,000
// times: 4.8 s of pauses; a refused dial costs nothing.
constexpr Duration kReconnect = 5 * kSecond;
// From one block to the next, and on its way.
constexpr Duration kNextBlock = 2 * kSecond;

scenario::Scenario world_of(std::uint64_t seed) {
  auto loaded = scenario::load_scenario(std::string(HS_SOURCE_DIR) + "/scenarios/multi-org.json",
                                        {.rules = {}, .sets = {}, .seed = seed});
  EXPECT_TRUE(loaded.ok());
  scenario::Scenario plan = std::move(loaded).value();
  // One steady stream a channel, so that a gap is a gap of delivery.
  for (scenario::BlockStream& blocks : plan.blocks) {
    blocks.arrivals = scenario::Arrivals::kConstant;
    blocks.interval = kSecond;
    blocks.count = 90;
  }
  return plan;
}

// One orderer goes out, one leader crashes; both come back.
void draw_faults(scenario::Scenario& plan) {
  Random random = Random::root(plan.seed).fork("failover");
  const auto moment = [&] { return Duration{45'000 + random.below(60'000)} * kMillisecond; };
  plan.faults.clear();
  scenario::Fault outage;
  outage.kind = scenario::FaultKind::kOrderer;
  outage.action = scenario::OrdererAction::kOutage;
  outage.at = moment();
  outage.lasts = Duration{1'000 + random.below(40'000)} * kMillisecond;
  outage.orderers = {(*plan.orderers)[random.below(3)].name};
  plan.faults.push_back(outage);
  scenario::Fault crash;
  crash.kind = scenario::FaultKind::kCrash;
  crash.at = moment();
  crash.lasts = Duration{1'000 + random.below(40'000)} * kMillisecond;
  const scenario::Channel& channel = plan.channels[random.below(2)];
  crash.peers.kind = scenario::Selector::Kind::kLeader;
  crash.peers.org = (*channel.organizations)[random.below(3)];
  crash.peers.channel = channel.name;
  plan.faults.push_back(crash);
}

void run_one(std::uint64_t seed) {
  scenario::Scenario plan = world_of(seed);
  draw_faults(plan);
  SCOPED_TRACE(fmt::format("HS_FAILOVER_SEED={}\n{}", seed, scenario::to_json(plan)));
  sim::RunOptions options;
  options.clock = sim::ClockKind::kPlain;
  auto made = sim::Runner::make(plan, options);
  ASSERT_TRUE(made.ok()) << made.error();
  sim::Runner& runner = *made.value();
  analysis::RunObserver observer(runner.facts());
  Gaps gaps(runner.facts());
  runner.add_sink(observer);
  runner.add_sink(gaps);
  observer.finish(runner.run().end);
  const auto count = [&](const char* name) {
    return std::get<std::uint64_t>(observer.metrics().find(name)->value);
  };
  EXPECT_EQ(count("blocks.count"), 180u);
  EXPECT_EQ(count("blocks.never"), 0u) << "of pairs of a block and a member";
  EXPECT_EQ(gaps.seats(), 6u) << "organisations in channels that had blocks from the orderers";
  const std::string& beheaded = plan.faults.back().peers.org;
  for (const auto& [org, longest] : gaps.longest()) {
    const Duration takeover = org == beheaded ? kTakeover : 0;
    EXPECT_LE(longest, takeover + kReconnect + kNextBlock) << org;
  }
  for (std::size_t i = 0; i < analysis::kInvariants; ++i) {
    const auto& state = observer.invariants().state(static_cast<analysis::Invariant>(i));
    EXPECT_EQ(state.violations, 0u) << analysis::invariant_names()[i] << ": " << state.evidence;
  }
}

class Failover : public testing::TestWithParam<unsigned> {};

TEST_P(Failover, no_block_is_lost_and_delivery_goes_on_in_time) {
  if (const std::uint64_t only = setting("HS_FAILOVER_SEED", 0); only != 0) {
    if (GetParam() == 0) run_one(only);
    return;
  }
  const std::uint64_t seeds = setting("HS_FAILOVER_SEEDS", 24);
  for (std::uint64_t seed = 1 + GetParam(); seed <= seeds && !HasFailure(); seed += kGroups) {
    run_one(seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Failover, testing::Range(0u, kGroups));

}  // namespace
}  // namespace hearsay::test
