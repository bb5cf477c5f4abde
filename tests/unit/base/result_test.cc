#include "core/base/result.h"

#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

Result<int> parse(bool good) {
  if (!good) return Error{"not a number"};
  return 7;
}

TEST(Result, HoldsAValueOrAReason) {
  const auto good = parse(true);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(good);
  EXPECT_EQ(good.value(), 7);
  const auto bad = parse(false);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), "not a number");
}

TEST(Result, TellsAStringValueFromAStringReason) {
  const Result<std::string> value(std::string("text"));
  const Result<std::string> reason(Error{"text"});
  EXPECT_TRUE(value.ok());
  EXPECT_FALSE(reason.ok());
}

TEST(Result, GivesAValueAway) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 3);
}

TEST(ResultDeathTest, AskingTheWrongSideIsBrokenCode) {
  auto good = parse(true);
  auto bad = parse(false);
  EXPECT_DEATH(bad.value(), "ok\\(\\)");
  EXPECT_DEATH(good.error(), "!ok\\(\\)");
}

TEST(AssertDeathTest, PrintsExpressionPlaceAndMessageAndCallsTheHook) {
  const auto fail = [] {
    set_assert_hook([] { std::fputs("at virtual time 5 s\n", stderr); });
    HS_ASSERT_MSG(1 + 1 == 3, "arithmetic");
  };
  EXPECT_DEATH(fail(), "result_test.cc:[0-9]+: 1 \\+ 1 == 3: arithmetic\nat virtual time 5 s");
}

}  // namespace
}  // namespace hearsay
