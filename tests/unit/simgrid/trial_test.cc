#include "sim/simgrid/trial.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay::sim {
namespace {

using Wrong = std::optional<std::string>;

TEST(TrialTest, all_is_well) {
  EXPECT_EQ(try_in_child([](const SayStep&) -> Wrong { return std::nullopt; }), std::nullopt);
}

TEST(TrialTest, what_the_attempt_returns_is_the_error) {
  EXPECT_EQ(try_in_child([](const SayStep&) -> Wrong {
              std::fprintf(stderr, "noise\n");
              return "line one\nline two";
            }),
            "line one\nline two");
}

TEST(TrialTest, an_abort_gives_the_critical_line) {
  EXPECT_EQ(try_in_child([](const SayStep&) -> Wrong {
              std::fprintf(stderr, "[0.0] x.cpp:1: [root/CRITICAL] Not so!\nAborted\n");
              std::abort();
            }),
            "Not so!");
}

TEST(TrialTest, an_exit_gives_the_last_line) {
  EXPECT_EQ(try_in_child([](const SayStep&) -> Wrong {
              std::fprintf(stderr, "first\nlast words\n");
              ::_exit(2);
            }),
            "last words");
}

TEST(TrialTest, a_silent_crash_gives_the_step) {
  EXPECT_EQ(try_in_child([](const SayStep& say_step) -> Wrong {
              say_step("walking");
              say_step("running");
              std::raise(SIGSEGV);
              return std::nullopt;
            }),
            "SimGrid crashed while running");
  EXPECT_NE(try_in_child([](const SayStep&) -> Wrong { ::_exit(3); }), std::nullopt);
}

TEST(TrialTest, much_output_keeps_its_end) {
  EXPECT_EQ(try_in_child([](const SayStep& say_step) -> Wrong {
              for (int i = 0; i < 20'000; ++i)
                say_step("step " + std::to_string(i));
              return "the end";
            }),
            "the end");
}

TEST(TrialTest, the_parent_is_untouched_and_its_output_clean) {
  int here = 1;
  testing::internal::CaptureStdout();
  try_in_child([&](const SayStep&) -> Wrong {
    here = 2;
    std::printf("noise\n");
    std::fflush(stdout);
    return std::nullopt;
  });
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(here, 1);
}

}  // namespace
}  // namespace hearsay::sim
