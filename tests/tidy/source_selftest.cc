#include <gtest/gtest.h>

#include "tests/tidy/source.h"

namespace hearsay::tidy {
namespace {

std::vector<std::string> words(std::string_view code) {
  std::vector<std::string> out;
  for (const Token& token : tokens_of(code))
    out.emplace_back(token.text);
  return out;
}

TEST(TidySource, BlanksCommentsAndKeepsLines) {
  EXPECT_EQ(without_comments("a // b\nc /* d\ne */ f", true), "a     \nc     \n     f");
  EXPECT_EQ(without_comments("// a \\\n b\nc", true), "      \n  \nc");
}

TEST(TidySource, BlanksLiteralsOnRequestOnly) {
  EXPECT_EQ(without_comments("f(\"a//b\", 'c');", true), "f(\"    \", ' ');");
  EXPECT_EQ(without_comments("f(\"a//b\", 'c');", false), "f(\"a//b\", 'c');");
  EXPECT_EQ(without_comments(R"(f("\"x", '\'');)", true), R"(f("   ", '  ');)");
}

TEST(TidySource, BlanksRawStrings) {
  EXPECT_EQ(without_comments("R\"x(a \" )b)x\" c", true), "R\"        )x\" c");
}

TEST(TidySource, KeepsDigitSeparators) {
  EXPECT_EQ(without_comments("1'000'000 // n", true), "1'000'000     ");
}

TEST(TidySource, BlanksDirectivesWithContinuations) {
  EXPECT_EQ(without_directives("#define A \\\n  {\nb"), "           \n   \nb");
}

TEST(TidySource, SplitsIntoTokensWithLines) {
  const std::vector<Token> tokens = tokens_of("std::a_1\n->b(2)");
  EXPECT_EQ(words("std::a_1\n->b(2)"),
            (std::vector<std::string>{"std", "::", "a_1", "->", "b", "(", "2", ")"}));
  EXPECT_EQ(tokens[2].line, 1);
  EXPECT_EQ(tokens[3].line, 2);
}

TEST(TidySource, KnowsTheRoomOfAPath) {
  EXPECT_EQ(room_of("core/wire/codec.cc"), "core/wire");
  EXPECT_EQ(room_of("core/gossip/privdata/store.h"), "core/gossip");
  EXPECT_EQ(room_of("analysis/stats.h"), "analysis");
  EXPECT_EQ(room_of("tests/unit/core/base/time_test.cc"), "tests");
  EXPECT_EQ(room_of("README.md"), "");
}

TEST(TidySource, UnderMeansFileFolderOrPrefix) {
  EXPECT_TRUE(under("sim/cli/main.cc", "sim/cli"));
  EXPECT_TRUE(under("a.cc", "a.cc"));
  EXPECT_TRUE(under("core/wire/codec_read.cc", "core/wire/codec*"));
  EXPECT_FALSE(under("sim/clique/main.cc", "sim/cli"));
}

}  // namespace
}  // namespace hearsay::tidy
