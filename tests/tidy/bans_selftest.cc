#include <gtest/gtest.h>

#include "tests/tidy/bans.h"

namespace hearsay::tidy {
namespace {

std::size_t bans_in(const std::string& path, const std::string& text) {
  return check_bans({path, text}).size();
}

std::size_t iterations_in(const std::string& text, const std::string& header = "") {
  return check_unordered_iteration({"core/a.cc", text}, {"core/a.h", header}).size();
}

TEST(TidyBans, HiddenRandomnessIsFound) {
  EXPECT_EQ(bans_in("core/base/a.cc", "std::random_device d;"), 1U);
  EXPECT_EQ(bans_in("tests/unit/a.cc", "std::random_device d;"), 1U);
  EXPECT_EQ(bans_in("sim/net/a.cc", "std::mt19937_64 g;"), 1U);
  EXPECT_EQ(bans_in("analysis/a.cc", "std::uniform_int_distribution<int> d;"), 1U);
  EXPECT_EQ(bans_in("sim/model/a.cc", "int x = rand();"), 1U);
  EXPECT_EQ(bans_in("sim/model/a.cc", "int x = std::rand();"), 1U);
  EXPECT_EQ(bans_in("sim/model/a.cc", "std::shuffle(a, b, g);"), 1U);
}

TEST(TidyBans, TheMessageSaysWhereAndWhatInstead) {
  const Findings found = check_bans({"core/base/a.cc", "\n\nint x = rand();"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found),
            "core/base/a.cc:3: rand( is banned; use a named stream of core/base/random.h\n");
}

TEST(TidyBans, NamesOfOthersAreNotTaken) {
  EXPECT_EQ(bans_in("core/base/a.cc", "x.rand(); p->time(0); my::time(nullptr); operand();"), 0U);
  EXPECT_EQ(bans_in("core/base/a.cc", "Foo latency_distribution;"), 0U);
  EXPECT_EQ(bans_in("core/base/a.cc", "// rand()\nauto s = \"rand()\";"), 0U);
}

TEST(TidyBans, RealClocksAreForTheProgramAndGrpcOnly) {
  for (const char* clock : {"system_clock", "steady_clock", "high_resolution_clock"}) {
    const std::string text = "auto t = std::chrono::" + std::string(clock) + "::now();";
    EXPECT_EQ(bans_in("core/gossip/a.cc", text), 1U) << clock;
    EXPECT_EQ(bans_in("sim/world/a.cc", text), 1U) << clock;
    EXPECT_EQ(bans_in("sim/cli/a.cc", text), 0U) << clock;
    EXPECT_EQ(bans_in("core/grpc/a.cc", text), 0U) << clock;
  }
  EXPECT_EQ(bans_in("core/gossip/a.cc", "auto t = time(nullptr);"), 1U);
  EXPECT_EQ(bans_in("core/gossip/a.cc", "auto t = std::time(NULL);"), 1U);
}

TEST(TidyBans, AnAllowanceHoldsForItsPlaceAndTokenOnly) {
  const std::string steady = "auto t = std::chrono::steady_clock::now();";
  const std::string system = "auto t = std::chrono::system_clock::now();";
  EXPECT_EQ(bans_in("sim/run/a.cc", steady), 0U);
  EXPECT_EQ(bans_in("sim/run/a.cc", system), 1U);
  EXPECT_EQ(bans_in("sim/net/a.cc", steady), 1U);
}

TEST(TidyBans, ThreadsAndLocksAreFoundBelowRun) {
  for (const char* name : {"thread", "jthread", "mutex", "shared_mutex", "atomic", "atomic_bool",
                           "async", "condition_variable"}) {
    const std::string text = "std::" + std::string(name) + " x;";
    EXPECT_EQ(bans_in("core/gossip/a.h", text), 1U) << name;
    EXPECT_EQ(bans_in("sim/run/a.h", text), 0U) << name;
  }
  EXPECT_EQ(bans_in("core/gossip/a.h", "thread_local int x;"), 1U);
}

TEST(TidyBans, SleepingIsFoundInTestsToo) {
  EXPECT_EQ(bans_in("tests/unit/a.cc", "std::this_thread::sleep_for(1s);"), 1U);
}

TEST(TidyBans, RawAssertIsFoundAndOurOwnIsNot) {
  EXPECT_EQ(bans_in("core/base/a.cc", "assert(x);"), 1U);
  EXPECT_EQ(bans_in("core/base/a.cc", "HS_ASSERT(x); static_assert(true); ASSERT_EQ(a, b);"), 0U);
}

TEST(TidyBans, IterationOverUnorderedContainersIsFound) {
  EXPECT_EQ(iterations_in("std::unordered_map<int, std::vector<int>> m;\nfor (auto& x : m) f(x);"),
            1U);
  EXPECT_EQ(iterations_in("for (const auto& [k, v] : index_) f(k);",
                          "class A { std::unordered_set<int> index_; };"),
            1U);
  EXPECT_EQ(iterations_in("f(const std::unordered_map<int, int>& m) { for (auto x : m) {} }"), 1U);
  EXPECT_EQ(iterations_in("std::unordered_set<int> s; auto i = s.begin();"), 1U);
  EXPECT_EQ(iterations_in("std::unordered_set<int> s; for (auto x : this->s) f(x);"), 1U);
}

TEST(TidyBans, LookupAndOrderedContainersAreFine) {
  EXPECT_EQ(iterations_in("std::unordered_map<int, int> m; m.find(3); m.erase(3);"), 0U);
  EXPECT_EQ(
      iterations_in("std::unordered_map<int, int> m; std::map<int, int> o; for (auto x : o) {}"),
      0U);
  EXPECT_EQ(iterations_in("std::unordered_map<int, int> m; for (int i = 0; i < 3; ++i) m[i] = i;"),
            0U);
}

TEST(TidyBans, LeftoversAreFoundInComments) {
  EXPECT_EQ(check_leftovers({"core/a.cc",
                             "x\n// FIX"
                             "ME later\n"}),
            (Findings{{"core/a.cc", 2,
                       "\"FIX"
                       "ME\" marks unfinished work: finish it first"}}));
}

}  // namespace
}  // namespace hearsay::tidy
