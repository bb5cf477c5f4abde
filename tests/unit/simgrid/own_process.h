// SimGrid allows one engine per process: a test that needs one runs in a process of its own.
#pragma once

#include <unistd.h>

#include <cstdio>

#include <gtest/gtest.h>

namespace hearsay::sim {

[[noreturn]] inline void end_process() {
  std::fflush(nullptr);
  ::_exit(testing::Test::HasFailure() ? 1 : 0);
}

}  // namespace hearsay::sim

// As TEST; what failed inside is printed behind "Actual msg".
#define HS_TEST_IN_OWN_PROCESS(suite, name)               \
  static void suite##_##name##_body();                    \
  TEST(suite, name) {                                     \
    const auto whole = [] {                               \
      suite##_##name##_body();                            \
      hearsay::sim::end_process();                        \
    };                                                    \
    EXPECT_EXIT(whole(), testing::ExitedWithCode(0), ""); \
  }                                                       \
  static void suite##_##name##_body()
