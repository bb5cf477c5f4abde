// The command line: each option does what it says, and what is unknown is named with the nearest.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

using Json = nlohmann::json;

const Words kSmall = {"--set", "organizations.0.peers=12", "--set", "expect=[]"};

Words small_run(const Words& more) {
  return joined(joined({"run", shipped("first-blocks")}, kSmall), more);
}

TEST(Options, TwiceRunsTwiceAndSaysThatTheDigestsAgree) {
  const sim::Scratch scratch;
  const Ended ended = hearsay(small_run({"--twice", "--out", scratch / "run"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "the second run has the same digest\n");
  EXPECT_FALSE(std::filesystem::exists(scratch / "run/INCOMPLETE"));
}

TEST(Options, TheSeedChangesTheDigest) {
  const std::string scenario = shipped("first-blocks");
  const std::string first = digest_of(scenario, kSmall);
  EXPECT_EQ(first, digest_of(scenario, joined(kSmall, {"--seed", "1"})));
  EXPECT_NE(first, digest_of(scenario, joined(kSmall, {"--seed", "2"})));
}

TEST(Options, SetChangesTheScenario) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  EXPECT_EQ(hearsay(small_run({"--seed", "77", "--out", out})).code, 0);
  const Json resolved = Json::parse(sim::content_of(out + "/scenario.json"));
  EXPECT_EQ(resolved["organizations"][0]["peers"], 12);
  EXPECT_EQ(resolved["seed"], 77);
  EXPECT_EQ(summary_of(out)["seed"], 77);
  EXPECT_NE(summary_of(out)["digest"], digest_of(shipped("first-blocks"), {"--seed", "77"}));
}

TEST(Options, TheRunDirectoryIsNamedAfterScenarioAndSeed) {
  const sim::Scratch scratch;
  EXPECT_EQ(hearsay(small_run({"--seed", "5"}), {.folder = scratch / ""}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(scratch / "runs/first-blocks-5/summary.json"));
}

TEST(Options, TheRunDirectorysScenarioRunsAgainWithTheSameDigest) {
  const sim::Scratch scratch;
  EXPECT_EQ(hearsay(small_run({"--seed", "3", "--out", scratch / "run"})).code, 0);
  EXPECT_EQ(summary_of(scratch / "run")["digest"], digest_of(scratch / "run/scenario.json", {}));
}

TEST(Options, ABrokenPromiseIsExitCodeOneWithEvidence) {
  const sim::Scratch scratch;
  const Ended ended = hearsay(
      {"run", shipped("first-blocks"), "--set", "expect.0.max=1", "--out", scratch / "run"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("\n  ✗ membership.converged_s <= 1: "));
  EXPECT_THAT(ended.out, HasSubstr(" last, at "));
  EXPECT_THAT(ended.out, HasSubstr("FAILED: 1 of 5 promises broken"));
  const Json summary = summary_of(scratch / "run");
  EXPECT_EQ(summary["verdict"], "fail");
  EXPECT_EQ(summary["expectations"][0]["pass"], false);
  EXPECT_THAT(summary["expectations"][0]["evidence"].get<std::string>(), HasSubstr(" last, at "));
  EXPECT_FALSE(std::filesystem::exists(scratch / "run/INCOMPLETE"));
}

TEST(Options, JunitHasACaseForEachPromise) {
  const sim::Scratch scratch;
  const Ended ended = hearsay({"run", shipped("first-blocks"), "--set", "expect.0.max=1", "--out",
                               scratch / "run", "--junit", scratch / "run/junit.xml"});
  EXPECT_EQ(ended.code, 1);
  const std::string xml = sim::content_of(scratch / "run/junit.xml");
  EXPECT_THAT(xml, StartsWith("<?xml"));
  EXPECT_THAT(xml, HasSubstr("tests=\"6\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"membership.converged_s &lt;= 1\""));
  EXPECT_THAT(xml, HasSubstr("<failure "));
}

TEST(Options, FormatJsonPrintsTheSummary) {
  const sim::Scratch scratch;
  const Ended ended = hearsay(small_run({"--format", "json", "--out", scratch / "run"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, sim::content_of(scratch / "run/summary.json"));
}

TEST(Options, QuietSaysNothing) {
  const sim::Scratch scratch;
  const Ended ended = hearsay(small_run({"--quiet", "--out", scratch / "run"}));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out + ended.err, "");
}

TEST(Options, TraceNoneWritesNoTrace) {
  const sim::Scratch scratch;
  EXPECT_EQ(hearsay(small_run({"--trace", "none", "--out", scratch / "run"})).code, 0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "run/trace.jsonl.zst"));
}

struct Slip {
  Words arguments;
  std::string message;
};

TEST(Options, WhatIsUnknownIsNamedWithTheNearest) {
  const std::string scenario = shipped("first-blocks");
  const std::vector<Slip> slips = {
      {{"rnu", scenario}, "unknown command \"rnu\"; did you mean \"run\"?"},
      {{"frobnicate"}, "unknown command \"frobnicate\"; known commands: run, check, list, schema"},
      {{"sweep", scenario}, "sweep is not available in this version"},
      {{"trace", "--help"}, "trace is not available in this version; commands: run, check"},
      {{"rnu", "-h"}, "unknown command \"rnu\"; did you mean \"run\"?"},
      {{"frobnicate", "--version"}, "unknown command \"frobnicate\""},
      {{"--help", "frob"}, "unknown command \"frob\""},
      {{"--verison"}, "unknown option \"--verison\"; did you mean \"--version\"?"},
      {{"run", scenario, "--sed", "5"}, "run: unknown option \"--sed\"; did you mean \"--seed\"?"},
      {{"run", "--qiet", scenario}, "unknown option \"--qiet\"; did you mean \"--quiet\"?"},
      {{"run", scenario, "--ouput=x"}, "unknown option \"--ouput\"; did you mean \"--out\"?"},
      {{"check", scenario, "--resolve"}, "did you mean \"--resolved\"?"},
      {{"run", scenario, "--wire", "byte"}, "there is no \"byte\"; did you mean \"bytes\"?"},
      {{"run", scenario, "--clock", "sundial"}, "known values: simgrid, plain"},
      {{"run", scenario, "--trace", "message"}, "did you mean \"messages\"?"},
      {{"run", scenario, "--format", "jsn"}, "did you mean \"json\"?"},
      {{"run", scenario, "--seed", "-5"}, "--seed: \"-5\" is not a whole number"},
      {{"run", scenario, "--seed", "18446744073709551616"}, "write one from 0 to"},
      {{"check", scenario, "--seed", "five"}, "--seed: \"five\" is not a whole number"},
      {{"run", scenario, scenario}, "not expected"},
      {{"run"}, "run: scenario is required"},
      {{}, "a command is missing; try hearsay --help"},
  };
  const sim::Scratch scratch;
  for (const Slip& slip : slips) {
    const Ended ended = hearsay(slip.arguments, {.folder = scratch / ""});
    EXPECT_EQ(ended.code, 2) << slip.message;
    EXPECT_EQ(ended.out, "") << slip.message;
    EXPECT_THAT(ended.err, StartsWith("hearsay: "));
    EXPECT_THAT(ended.err, HasSubstr(slip.message));
    EXPECT_EQ(lines_of(ended.err).size(), 1U) << ended.err;
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch / ""));
}

TEST(Options, VersionNamesHearsaySimGridAndProtobuf) {
  const Ended ended = hearsay({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out,
              MatchesRegex("hearsay [0-9.]+ \\(SimGrid [0-9.]+, protobuf [0-9.]+, .*\n"));
}

TEST(Options, HelpIsEverywhere) {
  const std::vector<Words> commands = {
      {"--help"}, {"run", "--help"}, {"check", "--help"}, {"list", "--help"}, {"schema", "-h"}};
  for (const Words& command : commands) {
    const Ended ended = hearsay(command);
    EXPECT_EQ(ended.code, 0) << command[0];
    EXPECT_THAT(ended.out, HasSubstr("Usage: hearsay"));
    EXPECT_EQ(ended.err, "");
  }
}

TEST(Options, ListNamesEveryShippedScenario) {
  const Ended ended = hearsay({"list"});
  EXPECT_EQ(ended.code, 0);
  for (const std::string& name : shipped_names()) {
    EXPECT_THAT(ended.out, HasSubstr("scenarios/" + name + ".json\n    "));
  }
}

TEST(Options, SchemaIsTheShippedOne) {
  const Ended ended = hearsay({"schema"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(Json::parse(ended.out), Json::parse(sim::content_of(shipped("schema"))));
}

TEST(Options, CheckFindsEveryShippedScenarioFine) {
  Words arguments = {"check"};
  for (const std::string& name : shipped_names())
    arguments.push_back(shipped(name));
  const Ended ended = hearsay(arguments);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "") << "no warnings";
  // Behind some stand remarks, on lines of their own.
  const Words lines = lines_of(ended.out);
  EXPECT_EQ(
      std::count_if(lines.begin(), lines.end(),
                    [](const std::string& line) { return line.find(": fine: ") != line.npos; }),
      static_cast<std::ptrdiff_t>(shipped_names().size()));
}

// What bash would offer behind `line`, one word a line.
std::string completed(const std::string& line) {
  const sim::Scratch scratch;
  sim::put(scratch / "completion.bash", hearsay({"completion"}).out);
  sim::put(scratch / "ask.bash", "source " + (scratch / "completion.bash") + "\nCOMP_WORDS=(" +
                                     line +
                                     ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                     "_hearsay\nprintf '%s\\n' \"${COMPREPLY[@]}\" > " +
                                     (scratch / "offered"));
  const std::string command = "bash -eu " + (scratch / "ask.bash");
  EXPECT_EQ(std::system(command.c_str()), 0) << line;
  return sim::content_of(scratch / "offered");
}

TEST(Options, BashCompletesCommandsOptionsAndTheirValues) {
  EXPECT_THAT(completed("hearsay sch"), StartsWith("schema\n"));
  EXPECT_EQ(completed("hearsay run --wi"), "--wire\n");
  EXPECT_EQ(completed("hearsay run --wire sh"), "shared\n");
  EXPECT_EQ(completed("hearsay check --wi"), "\n");
}

// The keys of an object of the schema, and of what it holds.
void collect_keys(const Json& node, Words& keys) {
  if (!node.is_structured()) return;
  if (node.is_object() && node.contains("properties")) {
    for (const auto& property : node["properties"].items())
      keys.push_back(property.key());
  }
  for (const auto& child : node)
    collect_keys(child, keys);
}

TEST(Options, EveryKeyOfAScenarioIsDocumented) {
  Words keys;
  collect_keys(Json::parse(sim::content_of(shipped("schema"))), keys);
  ASSERT_GT(keys.size(), 50U);
  const std::string page = sim::content_of(HS_SOURCE_DIR "/docs/scenario-format.md");
  for (const std::string& key : keys)
    EXPECT_THAT(page, HasSubstr("`" + key + "`"));
}

TEST(Options, TheScenarioOfTheFirstHowToPasses) {
  const std::string page = sim::content_of(HS_SOURCE_DIR "/docs/how-to/first-scenario.md");
  const std::string open = "```json\n";
  const std::size_t begin = page.find(open) + open.size();
  const sim::Scratch scratch;
  sim::put(scratch / "mine.json", page.substr(begin, page.find("```", begin) - begin));
  const Ended ended = hearsay({"run", scratch / "mine.json", "--out", scratch / "run"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace hearsay::testing
