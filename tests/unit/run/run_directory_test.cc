#include "sim/run/run_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/run/scratch.h"

namespace hearsay::sim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;
using Blame = OutputTrouble::Blame;

constexpr const char* kSummary = "{\n  \"hearsay\": \"0.1.0\"\n}\n";

RunDirectory make(const std::string& path) {
  auto directory = RunDirectory::create(path);
  EXPECT_TRUE(directory.ok()) << (directory.ok() ? "" : directory.error().reason);
  return std::move(directory).value();
}

OutputTrouble trouble_of(const std::string& path) {
  const auto directory = RunDirectory::create(path);
  return directory.ok() ? OutputTrouble{Blame::kInput, "created"} : directory.error();
}

TEST(RunDirectory, IsIncompleteUntilItIsFinished) {
  const Scratch scratch;
  const std::string path = scratch / "runs/deep/first-1";
  RunDirectory directory = make(path);
  EXPECT_THAT(content_of(path + "/INCOMPLETE"),
              StartsWith("hearsay: this run directory is incomplete\nthe run did not finish\n"));
  directory.write("summary.json", kSummary);
  directory.open("blocks.csv").write("a,b\n");
  directory.write("messages.csv", [](const RunDirectory::Pieces& sink) { sink("1"), sink("2"); });
  EXPECT_TRUE(fs::exists(path + "/INCOMPLETE"));
  const auto complete = directory.finish();
  ASSERT_TRUE(complete.ok());
  EXPECT_TRUE(complete.value());
  EXPECT_FALSE(fs::exists(path + "/INCOMPLETE"));
  EXPECT_EQ(content_of(path + "/blocks.csv"), "a,b\n");
  EXPECT_EQ(content_of(path + "/messages.csv"), "12");
}

TEST(RunDirectory, AnInterruptedRunKeepsItsFilesAndSaysSo) {
  const Scratch scratch;
  RunDirectory directory = make(scratch / "run");
  directory.write("summary.json", kSummary);
  directory.mark_incomplete("interrupted after 12 s of 120 s");
  const auto complete = directory.finish();
  ASSERT_TRUE(complete.ok());
  EXPECT_FALSE(complete.value());
  EXPECT_THAT(content_of(scratch / "run/INCOMPLETE"), HasSubstr("interrupted after 12 s of 120 s"));
  EXPECT_EQ(content_of(scratch / "run/summary.json"), kSummary);
}

TEST(RunDirectory, AnOldRunIsReplacedWhole) {
  const Scratch scratch;
  for (const bool complete : {true, false}) {
    const std::string path = scratch / (complete ? "complete" : "broken");
    RunDirectory old = make(path);
    old.write("summary.json", kSummary);
    old.write("blocks.csv", "old");
    if (!complete) old.mark_incomplete("interrupted");
    ASSERT_TRUE(old.finish().ok());
    put(path + "/notes.txt", "mine");
    RunDirectory fresh = make(path);
    EXPECT_FALSE(fs::exists(path + "/blocks.csv"));
    EXPECT_FALSE(fs::exists(path + "/summary.json"));
    EXPECT_EQ(content_of(path + "/notes.txt"), "mine");
    fresh.write("summary.json", kSummary);
    EXPECT_TRUE(fresh.finish().value());
  }
}

TEST(RunDirectory, RefusesAnythingThatIsNoRun) {
  const Scratch scratch;
  fs::create_directory(scratch / "home");
  put(scratch / "home/thesis.tex", "precious");
  put(scratch / "home/summary.json", "{ \"somebody\": \"else's\" }");
  const OutputTrouble foreign = trouble_of(scratch / "home");
  EXPECT_EQ(foreign.blame, Blame::kInput);
  EXPECT_THAT(foreign.reason, HasSubstr("is not empty and no run directory"));
  EXPECT_EQ(content_of(scratch / "home/thesis.tex"), "precious");
  EXPECT_FALSE(fs::exists(scratch / "home/INCOMPLETE"));
  EXPECT_THAT(trouble_of(scratch / "home/thesis.tex").reason, HasSubstr("is a file"));
  EXPECT_EQ(trouble_of(scratch / "home/thesis.tex").blame, Blame::kInput);
}

TEST(RunDirectory, AnEmptyDirectoryWillDo) {
  const Scratch scratch;
  fs::create_directory(scratch / "empty");
  EXPECT_TRUE(make(scratch / "empty").finish().value());
}

TEST(RunDirectory, APlaceThatCannotBeWrittenIsTheMachinesFault) {
  const OutputTrouble nowhere = trouble_of("/proc/hearsay/run");
  EXPECT_EQ(nowhere.blame, Blame::kEnvironment);
  EXPECT_THAT(nowhere.reason, StartsWith("cannot create /proc/hearsay/run: "));
}

TEST(RunDirectory, AFullDiskLeavesADirectoryThatSaysSo) {
  const Scratch scratch;
  RunDirectory directory = make(scratch / "run");
  {
    const FileSizeLimit full(4096);
    OutputFile& blocks = directory.open("blocks.csv");
    for (int i = 0; i < 1000; ++i)
      blocks.write(std::string(1000, 'x'));
    EXPECT_THAT(directory.trouble(), HasSubstr("blocks.csv: File too large"));
    directory.write("summary.json", kSummary);
    const auto complete = directory.finish();
    ASSERT_FALSE(complete.ok());
    EXPECT_EQ(complete.error().blame, Blame::kEnvironment);
    EXPECT_THAT(complete.error().reason, StartsWith("cannot write "));
    EXPECT_THAT(complete.error().reason, HasSubstr("blocks.csv: File too large"));
  }
  EXPECT_THAT(content_of(scratch / "run/INCOMPLETE"), HasSubstr("blocks.csv: File too large"));
  // What could be written is there.
  EXPECT_EQ(content_of(scratch / "run/summary.json"), kSummary);
}

TEST(RunDirectory, ADiskThatIsFullFromTheStartMakesNoRun) {
  const Scratch scratch;
  {
    const FileSizeLimit full(0);
    const OutputTrouble trouble = trouble_of(scratch / "run");
    EXPECT_EQ(trouble.blame, Blame::kEnvironment);
    EXPECT_THAT(trouble.reason, HasSubstr("INCOMPLETE: File too large"));
  }
  // Once there is room again the same place will do.
  EXPECT_TRUE(make(scratch / "run").finish().value());
}

TEST(RunDirectory, ALongReasonFitsTheMarker) {
  const Scratch scratch;
  RunDirectory directory = make(scratch / "run");
  directory.mark_incomplete(std::string(5000, 'x'));
  ASSERT_TRUE(directory.finish().ok());
  EXPECT_EQ(fs::file_size(scratch / "run/INCOMPLETE"), 1024U);
}

TEST(RunDirectory, TheMarkerHoldsItsTextAndNothingElse) {
  const Scratch scratch;
  RunDirectory directory = make(scratch / "run");
  directory.mark_incomplete("cut");
  ASSERT_TRUE(directory.finish().ok());
  EXPECT_EQ(content_of(scratch / "run/INCOMPLETE"),
            "hearsay: this run directory is incomplete\ncut\n");
}

TEST(RunDirectory, OneRunAtATimeWritesIt) {
  const Scratch scratch;
  {
    RunDirectory first = make(scratch / "run");
    const OutputTrouble trouble = trouble_of(scratch / "run");
    EXPECT_EQ(trouble.blame, Blame::kInput);
    EXPECT_THAT(trouble.reason, HasSubstr("is being written by another run"));
    EXPECT_TRUE(first.finish().value());
  }
  EXPECT_TRUE(make(scratch / "run").finish().value());
}

}  // namespace
}  // namespace hearsay::sim
