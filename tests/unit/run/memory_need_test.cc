#include "sim/run/memory_need.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "sim/scenario/load.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::sim {
namespace {

MemoryNeed need_of(const std::string& organizations, const std::string& blocks = "",
                   WireMode wire = WireMode::kShared) {
  const auto plan = scenario::load_scenario_text(
      R"({ "duration": "5m", "channels": [ { "name": "ch1" } ], "organizations": [)" +
          organizations + R"(], "blocks": [)" + blocks + "] }",
      "s.json", "", {});
  EXPECT_TRUE(plan.ok());
  return plan.ok() ? memory_need(plan.value(), wire) : MemoryNeed{};
}

std::string org(const std::string& name, int peers, const std::string& more = "") {
  return R"({ "name": ")" + name + R"(", "peers": )" + std::to_string(peers) + more + " }";
}

// docs/performance.md: what such runs took.
TEST(MemoryNeed, ComesNearWhatWasMeasured) {
  const std::pair<int, double> measured[] = {
      {1000, 220e6}, {2000, 670e6}, {5000, 3.5e9}, {10'000, 14.5e9}};
  for (const auto& [peers, bytes] : measured) {
    const double need = need_of(org("org1", peers)).bytes;
    EXPECT_NEAR(need / bytes, 1, 0.1) << peers << " peers";
  }
}

TEST(MemoryNeed, NamesWhatTakesMost) {
  EXPECT_EQ(need_of(org("a", 10) + "," + org("b", 300)).place, "organizations[1].peers");
  EXPECT_EQ(need_of(org("a", 10) + "," + org("b", 300)).what, "310 peers");
  const std::string blocks = R"({ "count": 2 }, { "count": 5, "size": "10MiB" })";
  EXPECT_EQ(need_of(org("a", 10), blocks).place, "blocks[1].size");
  EXPECT_EQ(need_of(org("a", 10), blocks).what, "5 blocks of 10485760 bytes");
  EXPECT_EQ(need_of(org("a", 90), R"({ "count": 200000, "size": "1B", "interval": "1ms" })").place,
            "blocks[0].count");
}

TEST(MemoryNeed, StrangersTakeARowOnly) {
  const MemoryNeed hidden = need_of(org("a", 1000) + "," + org("b", 1000));
  const std::string seen = R"(, "external_endpoints": "all")";
  const MemoryNeed visible = need_of(org("a", 1000, seen) + "," + org("b", 1000, seen));
  EXPECT_GT(visible.bytes, hidden.bytes + 150e6);
  EXPECT_EQ(visible.certain, hidden.certain);
}

TEST(MemoryNeed, IsCertainForWhatIsNotDrawn) {
  const double peers = need_of(org("a", 10)).certain;
  EXPECT_EQ(need_of(org("a", 10), R"({ "count": 3, "size": "1MiB" })").certain,
            peers + 3 * 1048576);
  EXPECT_EQ(need_of(org("a", 10), R"({ "count": 3, "size": { "distribution": "uniform",
      "min": "1MiB", "max": "3MiB" } })")
                .certain,
            peers);
}

TEST(MemoryNeed, IsNotCertainWherePeersCrash) {
  const std::string crash = R"( ], "faults": [ { "kind": "crash", "at": "1s", "peers": "a/0" } )";
  EXPECT_GT(need_of(org("a", 10)).certain, 0);
  EXPECT_EQ(need_of(org("a", 10), crash).certain, 0);
}

TEST(MemoryNeed, IsGreaterWhereEverybodyDecodes) {
  const std::string blocks = R"({ "count": 10, "size": "10MiB" })";
  EXPECT_GT(need_of(org("a", 10), blocks, WireMode::kBytes).bytes,
            need_of(org("a", 10), blocks).bytes + 1.9e9);
}

// A root with the files that the kernel would show.
class MemoryThereTest : public testing::Test {
 protected:
  void file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ / path).parent_path());
    put(root_ / path, text);
  }
  MemoryThere there(int runs = 1) { return memory_there(runs, root_ / ""); }
  void machine() {
    file("proc/meminfo",
         "MemTotal:  8000 kB\nMemFree:  100 kB\nMemAvailable:  5000 kB\nSwapTotal:  2000 kB\n"
         "SwapFree:  1000 kB\n");
  }
  Scratch root_;
  const MemoryLimit unlimited_{RLIM_INFINITY};  // whatever the shell has set
};

TEST_F(MemoryThereTest, IsThatOfTheMachineWithItsSwap) {
  machine();
  EXPECT_EQ(there().free, 6000 * 1024.0);
  EXPECT_EQ(there().at_most, 10'000 * 1024.0);
  EXPECT_EQ(there().free_limit, "what the machine has");
  EXPECT_EQ(there().at_most_limit, "what the machine has");
  EXPECT_EQ(there(2).free, 6000 * 1024.0) << "two runs share it";
}

TEST_F(MemoryThereTest, IsBoundedByTheControlGroupAndThoseAboveIt) {
  machine();
  file("proc/self/cgroup", "0::/jobs/one\n");
  file("sys/fs/cgroup/jobs/one/memory.max", "max\n");
  file("sys/fs/cgroup/jobs/memory.max", "4096000\n");
  EXPECT_EQ(there().free, 4096000);
  EXPECT_EQ(there().at_most, 4096000);
  EXPECT_EQ(there().free_limit, "the limit of the control group");
  EXPECT_EQ(there().at_most_limit, "the limit of the control group");
}

TEST_F(MemoryThereTest, NamesWhoSetsEitherBound) {
  machine();
  file("proc/self/cgroup", "0::/jobs\n");
  file("sys/fs/cgroup/jobs/memory.max", "8192000\n");
  EXPECT_EQ(there().free, 6000 * 1024.0);
  EXPECT_EQ(there().free_limit, "what the machine has");
  EXPECT_EQ(there().at_most, 8192000);
  EXPECT_EQ(there().at_most_limit, "the limit of the control group");
}

TEST_F(MemoryThereTest, KnowsTheOlderControlGroups) {
  machine();
  file("proc/self/cgroup", "8:pids:/\n4:memory:/jobs\n0::/\n");
  file("sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "2048000\n");
  file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(there().free, 2048000);
}

TEST_F(MemoryThereTest, IsBoundedByTheProcess) {
  file("proc/self/status", "Name: x\nVmSize:  1000 kB\n");
  file("proc/meminfo", "MemTotal: 800000000000 kB\nMemAvailable: 500000000000 kB\n");
  // More than the address space that sanitizers take.
  constexpr rlim_t kLimit = rlim_t{1} << 46;
  const MemoryLimit limit(kLimit);
  EXPECT_EQ(there().at_most, static_cast<double>(kLimit));
  EXPECT_EQ(there().free, static_cast<double>(kLimit) - 1000 * 1024);
  EXPECT_EQ(there().free_limit, "the limit of the process (ulimit -v)");
  EXPECT_EQ(there(2).at_most, 2 * static_cast<double>(kLimit)) << "each run is a process";
}

TEST_F(MemoryThereTest, IsBoundlessWhereNothingSays) {
  EXPECT_GT(there().free, 1e300);
  EXPECT_EQ(there().free_limit, "");
}

}  // namespace
}  // namespace hearsay::sim
