// HS_ASSERT: the guard against broken code, on in every build.
//
// An assertion that fails means that hearsay itself is wrong, never that its input is: bad input
// and expected trouble are values. The process prints the expression, the place and the message,
// calls the hook (which adds virtual time, node and last events when a world runs) and aborts.
#pragma once

namespace hearsay {

// Called once before the process aborts; may print more context to stderr. Must not return to the
// caller by exception. Returns the hook that was installed before.
using AssertHook = void (*)();
AssertHook set_assert_hook(AssertHook hook);

[[noreturn]] void assert_failed(const char* expression, const char* file, int line,
                                const char* message);

}  // namespace hearsay

#define HS_ASSERT_MSG(condition, message)                                \
  do {                                                                   \
    if (!(condition)) [[unlikely]] {                                     \
      ::hearsay::assert_failed(#condition, __FILE__, __LINE__, message); \
    }                                                                    \
  } while (false)

#define HS_ASSERT(condition) HS_ASSERT_MSG(condition, "")
