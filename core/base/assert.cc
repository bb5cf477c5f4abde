#include "core/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace hearsay {

namespace {
AssertHook g_hook = nullptr;
}  // namespace

AssertHook set_assert_hook(AssertHook hook) {
  AssertHook before = g_hook;
  g_hook = hook;
  return before;
}

void assert_failed(const char* expression, const char* file, int line, const char* message) {
  std::fprintf(stderr, "hearsay: internal error at %s:%d: %s%s%s\n", file, line, expression,
               *message ? ": " : "", message);
  // A hook that asserts must not recurse.
  if (AssertHook hook = set_assert_hook(nullptr)) hook();
  std::fflush(stderr);
  std::abort();
}

}  // namespace hearsay
