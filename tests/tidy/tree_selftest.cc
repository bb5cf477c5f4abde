#include <gtest/gtest.h>

#include "tests/tidy/tree.h"

namespace hearsay::tidy {
namespace {

TEST(TidyTree, PathsOfAMachineAreFound) {
  const std::string text =
      "a\nsee /wo"
      "rk/x and ../sh"
      "ared/y\n";
  const Findings found = check_machine_paths({"docs/a.md", text});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_EQ(check_machine_paths({"docs/a.md", "see docs/work and shared/y"}), Findings{});
}

TEST(TidyTree, SourcesThatNobodyBuildsAreFound) {
  const SourceFile lists = {"tests/unit/CMakeLists.txt", "hs_test(a_test SOURCES a_test.cc sub/b)"};
  EXPECT_EQ(check_dead_sources({lists, {"tests/unit/a_test.cc", ""}}), Findings{});
  EXPECT_EQ(check_dead_sources({lists, {"tests/unit/sub/b.cc", ""}}), Findings{});
  EXPECT_EQ(check_dead_sources({lists, {"tests/unit/c_test.cc", ""}}).size(), 1U);
  EXPECT_EQ(check_dead_sources({lists, {"tests/unit/test.cc", ""}}).size(), 1U);
  EXPECT_EQ(check_dead_sources({lists, {"tests/other/a_test.cc", ""}}).size(), 1U);
}

TEST(TidyTree, ANameInACMakeCommentDoesNotCount) {
  const SourceFile lists = {"core/CMakeLists.txt", "# a.cc\n"};
  EXPECT_EQ(check_dead_sources({lists, {"core/a.cc", ""}}).size(), 1U);
}

TEST(TidyTree, ReadsRelativeLinks) {
  const Findings links = links_of({"docs/adr/README.md",
                                   "[a](0001.md) [b](../style.md#x) [c](https://x.org)\n"
                                   "```\n[d](no.md)\n```\n[e](#here)\n"});
  EXPECT_EQ(links, (Findings{{"docs/adr/README.md", 1, "docs/adr/0001.md"},
                             {"docs/adr/README.md", 1, "docs/style.md"}}));
}

TEST(TidyTree, DeadLinksAreFound) {
  const Findings found = check_links({{"README.md", "x\n[a](docs/none.md)\n"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_EQ(found[0].message, "links to docs/none.md, which does not exist");
}

TEST(TidyTree, PagesNobodyLinksAreFound) {
  const SourceFile page = {"docs/adr/0001.md", ""};
  EXPECT_EQ(check_links({{"README.md", ""}, page}).size(), 1U);
  EXPECT_EQ(check_links({{"README.md", "[a](docs/adr/0001.md)"}, page}), Findings{});
  EXPECT_EQ(
      check_links({{"README.md", "[a](docs/adr/)"}, {"docs/adr/README.md", "[b](0001.md)"}, page}),
      Findings{});
}

}  // namespace
}  // namespace hearsay::tidy
