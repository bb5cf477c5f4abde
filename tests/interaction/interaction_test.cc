// The golden conversations of tests/interaction/data. The names of the files read as a list of
// behaviours.
//
// If one fails, run `./dev golden --rewrite` and look at the difference. Commit it only when you
// understand what caused it and want it. docs/how-to/golden-tests.md says more.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/interaction/datadriven.h"
#include "tests/interaction/environment.h"

namespace hearsay::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> conversations() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(HS_SOURCE_DIR "/tests/interaction/data")) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool rewriting() {
  const char* value = std::getenv("HS_REWRITE_GOLDEN");
  return value != nullptr && *value != '\0';
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Conversation : public testing::TestWithParam<std::string> {};

TEST_P(Conversation, goes_like_this) {
  const fs::path path = fs::path(HS_SOURCE_DIR "/tests/interaction/data") / (GetParam() + ".txt");
  const std::string text = read(path);
  Environment environment;
  const Outcome outcome =
      run_script(text, [&](const Command& command) { return environment.handle(command); });
  ASSERT_EQ(outcome.malformed, "") << path;
  if (rewriting()) {
    if (outcome.rewritten == text) return;
    ASSERT_TRUE(std::ofstream(path) << outcome.rewritten) << path;
    return;
  }
  for (const Mismatch& m : outcome.mismatches) {
    // Equality of whole texts, so that the difference is shown line by line.
    EXPECT_EQ(m.expected, m.actual)
        << path.string() << ":" << m.line << ": " << m.command
        << "\nIf this is wanted: ./dev golden --rewrite, and look at the difference.";
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Conversation, testing::ValuesIn(conversations()),
                         [](const auto& name) { return name.param; });

// --- the runner itself

std::string echo(const Command& c) {
  std::string out = c.name;
  for (const std::string& word : c.words)
    out += " " + word;
  for (const auto& [key, value] : c.values)
    out += " " + key + ":" + value;
  return out + "\n" + c.input;
}

TEST(DataDriven, a_command_has_words_values_and_input) {
  const Outcome outcome = run_script("# hi\n\nsay b a=1\nmore\n----\nsay b a:1\nmore\n", echo);
  EXPECT_EQ(outcome.malformed, "");
  EXPECT_TRUE(outcome.mismatches.empty());
}

TEST(DataDriven, another_output_is_a_mismatch_with_its_line_and_the_rest_still_runs) {
  const Outcome outcome = run_script("# hi\nsay a\n----\nsay b\n\nsay c\n----\nsay c\n", echo);
  ASSERT_EQ(outcome.mismatches.size(), 1u);
  EXPECT_EQ(outcome.mismatches[0].line, 2);
  EXPECT_EQ(outcome.mismatches[0].actual, "say a\n");
  EXPECT_EQ(outcome.rewritten, "# hi\nsay a\n----\nsay a\n\nsay c\n----\nsay c\n");
}

TEST(DataDriven, what_was_rewritten_runs_without_mismatch) {
  const std::string rewritten = run_script("say a\n----\n\n# x\nsay b\nin\n----\n", echo).rewritten;
  const Outcome again = run_script(rewritten, echo);
  EXPECT_TRUE(again.mismatches.empty());
  EXPECT_EQ(again.rewritten, rewritten);
}

TEST(DataDriven, no_output_is_ok) {
  EXPECT_TRUE(run_script("x\n----\nok\n", [](const Command&) { return ""; }).mismatches.empty());
}

TEST(DataDriven, a_command_without_separator_and_an_empty_line_of_output_are_malformed) {
  EXPECT_NE(run_script("say\nmore\n", echo).malformed, "");
  EXPECT_NE(run_script("say\n----\n", [](const Command&) { return "a\n\nb"; }).malformed, "");
}

}  // namespace
}  // namespace hearsay::test
