// Where a run's files cannot go, or not all of them: a clear message, the right exit code, and a
// run directory that is complete or says that it is not.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Ended run_into(const std::string& out) {
  return hearsay({"run", shipped("first-blocks"), "--out", out});
}

TEST(Output, AFileInTheWayIsBadInputAndStaysAsItIs) {
  const sim::Scratch scratch;
  sim::put(scratch / "taken", "mine");
  const Ended ended = run_into(scratch / "taken");
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err, "hearsay: " + scratch / "taken" + " is a file, not a directory\n");
  EXPECT_EQ(sim::content_of(scratch / "taken"), "mine");
}

TEST(Output, AFolderOfOtherThingsIsBadInputAndStaysAsItIs) {
  const sim::Scratch scratch;
  sim::put(scratch / "letter.txt", "mine");
  const Ended ended = run_into(scratch / "");
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("is not empty and no run directory; choose another with --out"));
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / ""), {}), 1);
}

TEST(Output, AnOldRunDirectoryIsUsedAgain) {
  const sim::Scratch scratch;
  EXPECT_EQ(run_into(scratch / "run").code, 0);
  EXPECT_EQ(run_into(scratch / "run").code, 0);
}

TEST(Output, BelowAFileNothingCanBeMade) {
  const sim::Scratch scratch;
  sim::put(scratch / "taken", "mine");
  const Ended ended = run_into(scratch / "taken/run");
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err, "hearsay: cannot create " + scratch / "taken/run" + ": Not a directory\n");
}

TEST(Output, InProcNothingCanBeMade) {
  const Ended ended = run_into("/proc/hearsay/run");
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, StartsWith("hearsay: cannot create /proc/hearsay/run: "));
}

TEST(Output, AReadOnlyFolderIsNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "to root no folder is read-only";
  const sim::Scratch scratch;
  fs::create_directory(scratch / "closed");
  fs::permissions(scratch / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  const Ended ended = run_into(scratch / "closed/run");
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("cannot create " + scratch / "closed/run"));
}

// A file system of `size` at `folder` for this process and its children, gone with the process.
bool mount_small_disk(const std::string& folder, const char* size) {
  fs::create_directory(folder);
  return unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", folder.c_str(), "tmpfs", 0, size) == 0;
}

TEST(Output, AFullDiskLeavesAnIncompleteRunDirectoryThatSaysSo) {
  const sim::Scratch scratch;
  const std::string disk = scratch / "disk";
  if (!mount_small_disk(disk, "size=64k")) GTEST_SKIP() << "no right to mount a file system";
  const Ended ended = run_into(disk + "/run");
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, StartsWith("hearsay: cannot write " + disk + "/run/"));
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  const std::string marker = sim::content_of(disk + "/run/INCOMPLETE");
  EXPECT_THAT(marker, HasSubstr("this run directory is incomplete"));
  EXPECT_THAT(marker, HasSubstr("No space left on device"));
  umount(disk.c_str());
}

TEST(Output, ADiskThatIsFullAlreadyGetsNothing) {
  const sim::Scratch scratch;
  const std::string disk = scratch / "disk";
  if (!mount_small_disk(disk, "size=16k")) GTEST_SKIP() << "no right to mount a file system";
  sim::put(disk + "/ballast", std::string(64 * 1024, 'x'));
  const Ended ended = run_into(disk + "/run");
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  EXPECT_FALSE(fs::exists(disk + "/run/summary.json"));
  umount(disk.c_str());
}

TEST(Output, FilesThatMayNotGrowLeaveAnIncompleteRunDirectoryThatSaysSo) {
  const sim::Scratch scratch;
  const Ended ended = [&] {
    const sim::FileSizeLimit limit(8 * 1024);
    return run_into(scratch / "run");
  }();
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("File too large"));
  EXPECT_THAT(sim::content_of(scratch / "run/INCOMPLETE"), HasSubstr("File too large"));
}

TEST(Output, AnUnwritableJunitFileStopsTheRunBeforeItBegins) {
  const sim::Scratch scratch;
  const Ended ended = hearsay({"run", shipped("first-blocks"), "--out", scratch / "run", "--junit",
                               scratch / "no/folder/j.xml"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("cannot write " + scratch / "no/folder/j.xml"));
  EXPECT_THAT(sim::content_of(scratch / "run/INCOMPLETE"), HasSubstr("nothing was run"));
}

TEST(Output, AnUnwritableJunitFileLeavesAnOldRunAlone) {
  const sim::Scratch scratch;
  EXPECT_EQ(run_into(scratch / "run").code, 0);
  const Ended ended = hearsay({"run", shipped("first-blocks"), "--out", scratch / "run", "--junit",
                               scratch / "no/folder/j.xml"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(summary_of(scratch / "run").value("verdict", ""), "pass");
}

TEST(Output, ARefusedRunMakesNoJunitFile) {
  const sim::Scratch scratch;
  sim::put(scratch / "taken", "mine");
  const Ended ended = hearsay(
      {"run", shipped("first-blocks"), "--out", scratch / "taken", "--junit", scratch / "j.xml"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_FALSE(fs::exists(scratch / "j.xml"));
}

TEST(Output, AJunitFileReplacesNeitherTheScenarioNorAFileOfTheRun) {
  const sim::Scratch scratch;
  const std::string scenario = sim::content_of(shipped("first-blocks"));
  sim::put(scratch / "self.json", scenario);
  fs::create_hard_link(scratch / "self.json", scratch / "other.json");
  for (const char* junit : {"self.json", "./self.json", "other.json", "o/summary.json",
                            "./o/../o/trace.jsonl.zst", "o/INCOMPLETE"}) {
    const Ended ended =
        hearsay({"run", "self.json", "--out", "o", "--junit", junit}, {.folder = scratch / ""});
    EXPECT_EQ(ended.code, 2) << junit;
    EXPECT_THAT(ended.err, StartsWith("hearsay: --junit " + std::string(junit) + " would replace"));
    EXPECT_EQ(sim::content_of(scratch / "self.json"), scenario) << junit;
    EXPECT_FALSE(fs::exists(scratch / "o")) << junit;
    fs::remove_all(scratch / "o");
    sim::put(scratch / "self.json", scenario);
  }
}

TEST(Output, AnEmptyNameIsBadInput) {
  for (const char* option : {"--out", "--junit"}) {
    const Ended ended = hearsay({"run", shipped("first-blocks"), option, ""});
    EXPECT_EQ(ended.code, 2) << option;
    EXPECT_THAT(ended.err, HasSubstr(std::string(option) + ": the name is empty; write one"));
  }
}

TEST(Output, AJunitFileOnAFullDiskIsReported) {
  const sim::Scratch scratch;
  const Ended ended =
      hearsay({"run", shipped("first-blocks"), "--out", scratch / "run", "--junit", "/dev/full"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("cannot write /dev/full: No space left on device"));
}

TEST(Output, StandardOutputOnAFullDiskIsReported) {
  const std::vector<Words> commands = {
      {"list"}, {"schema"}, {"check", shipped("first-blocks")}, {"--help"}, {"--version"}};
  for (const Words& command : commands) {
    const Ended ended = hearsay(command, {.out_file = "/dev/full"});
    EXPECT_EQ(ended.code, 3) << command[0];
    EXPECT_EQ(ended.err, "hearsay: cannot write to standard output: No space left on device\n");
  }
}

const Words kLong = {"run", shipped("first-blocks"), "--set", "duration=100h"};

TEST(Output, AnInterruptedRunKeepsWhatItHasAndSaysSo) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  Program program(joined(kLong, {"--out", out}));
  ASSERT_TRUE(program.has_made(out + "/INCOMPLETE"));
  program.interrupt();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.err, StartsWith("hearsay: interrupted at "));
  EXPECT_THAT(sim::content_of(out + "/INCOMPLETE"), HasSubstr("interrupted at "));
  const auto summary = summary_of(out);
  EXPECT_NE(summary.value("verdict", "pass"), "pass");
  EXPECT_THAT(summary.value("incomplete", ""), StartsWith("interrupted at "));
  EXPECT_TRUE(fs::exists(out + "/scenario.json"));
  EXPECT_TRUE(fs::exists(out + "/convergence.csv"));
}

TEST(Output, AHangupEndsARunInGoodOrderToo) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  Program program(joined(kLong, {"--out", out}));
  ASSERT_TRUE(program.has_made(out + "/INCOMPLETE"));
  program.interrupt(SIGHUP);
  EXPECT_EQ(program.wait().code, 130);
  EXPECT_TRUE(fs::exists(out + "/summary.json"));
}

TEST(Output, TwoRunsDoNotShareADirectory) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  Program first(joined(kLong, {"--out", out}));
  ASSERT_TRUE(first.has_made(out + "/INCOMPLETE"));
  const Ended second = run_into(out);
  EXPECT_EQ(second.code, 2);
  EXPECT_THAT(second.err, HasSubstr("is being written by another run; choose another with --out"));
  first.interrupt();
  EXPECT_EQ(first.wait().code, 130);
}

TEST(Output, AnInterruptedRunEndsItsSecondRunToo) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  Program program(joined(kLong, {"--twice", "--out", out}));
  ASSERT_TRUE(program.has_made(out + "/INCOMPLETE"));
  program.interrupt();
  EXPECT_EQ(program.wait().code, 130);
}

TEST(Output, AJunitFileSaysThatTheSecondRunDied) {
  const sim::Scratch scratch;
  Program program({"run", shipped("first-blocks"), "--set", "duration=3000s", "--twice", "--out",
                   scratch / "run", "--junit", scratch / "j.xml"});
  ASSERT_TRUE(program.has_made(scratch / "run/INCOMPLETE"));
  ASSERT_TRUE(program.kill_its_child());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err, "hearsay: the second run ended without a digest\n");
  const std::string xml = sim::content_of(scratch / "j.xml");
  EXPECT_THAT(xml, HasSubstr("errors=\"1\""));
  EXPECT_THAT(xml,
              HasSubstr("<error type=\"run\" message=\"the second run ended without a digest"));
}

TEST(Output, AnInterruptedRunDirectoryIsUsedAgain) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  {
    Program program(joined(kLong, {"--out", out}));
    ASSERT_TRUE(program.has_made(out + "/INCOMPLETE"));
    program.interrupt();
    EXPECT_EQ(program.wait().code, 130);
  }
  EXPECT_EQ(run_into(out).code, 0);
  EXPECT_FALSE(fs::exists(out + "/INCOMPLETE"));
}

}  // namespace
}  // namespace hearsay::testing
