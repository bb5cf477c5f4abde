// Files that are no files: named, refused, and nobody waits for them. Pipes that somebody fills are
// as good as files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.h"
#include "tests/unit/run/scratch.h"

namespace hearsay::testing {
namespace {

using ::testing::HasSubstr;

// A pipe with a name, into which nobody writes.
std::string idle_pipe(const sim::Scratch& scratch) {
  EXPECT_EQ(mkfifo((scratch / "pipe").c_str(), 0600), 0);
  return scratch / "pipe";
}

TEST(Files, AScenarioThatIsNoFileIsRefusedByName) {
  const sim::Scratch scratch;
  const std::vector<std::pair<std::string, std::string>> others = {
      {idle_pipe(scratch), "is a pipe into which nobody writes; name a scenario file"},
      {"/dev/zero", "is a device; name a scenario file"},
      {scratch / "", "is a directory; name a scenario file"},
      {"-", "cannot be read: No such file or directory; write /dev/stdin for standard input"},
  };
  for (const auto& [path, message] : others) {
    for (const char* command : {"run", "check"}) {
      const Ended ended = hearsay({command, path}, {.folder = scratch / ""});
      EXPECT_EQ(ended.code, 2);
      EXPECT_THAT(ended.err, HasSubstr(path + ": " + message));
    }
  }
}

TEST(Files, SoIsEveryFileThatAScenarioNames) {
  const sim::Scratch scratch;
  const std::string pipe = idle_pipe(scratch);
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"core_yaml=" + pipe, "core_yaml: the file \"" + pipe + "\" is a pipe into which nobody"},
      {"core_yaml=/dev/zero", "core_yaml: the file \"/dev/zero\" is a device; name a peer's"},
      {"core_yaml=/", "core_yaml: the file \"/\" is a directory; name a peer's"},
      {"network={\"platform\":\"" + pipe + "\"}", "\" is a pipe; name a SimGrid platform file"},
      {R"(network={"platform":"/"})", "network.platform: \"/\" is a directory; name a SimGrid"},
      {R"(network={"platform":"/dev/null"})", "network.platform: \"/dev/null\" is a device; name"},
      {"blocks=[{\"arrivals\":\"replay\",\"file\":\"" + pipe + "\"}]",
       "\" is a pipe into which nobody writes; name a CSV file"},
      {R"(blocks=[{"arrivals":"replay","file":"/dev/zero"}])",
       "blocks[0].file: \"/dev/zero\" is a device; name a CSV file"},
  };
  for (const auto& [set, message] : slips) {
    const Ended ended = hearsay({"check", shipped("first-blocks"), "--set", set});
    EXPECT_EQ(ended.code, 2) << set;
    EXPECT_THAT(ended.err, HasSubstr(message));
  }
}

// What bash makes of a command with `hearsay`; the exit code.
int in_bash(const std::string& command) {
  const std::string whole = "bash -c '" + command + "' > /dev/null 2>&1";
  return WEXITSTATUS(std::system(whole.c_str()));
}

TEST(Files, PipesThatSomebodyFillsAreReadLikeFiles) {
  const std::string check = std::string(HS_PROGRAM) + " check ";
  const std::string scenario = shipped("first-blocks");
  EXPECT_EQ(in_bash(check + "<(sleep 0.1; cat " + scenario + ")"), 0);
  EXPECT_EQ(in_bash("cat " + scenario + " | " + check + "/dev/stdin"), 0);
  EXPECT_EQ(in_bash(check + "/dev/stdin < " + scenario), 0);
  EXPECT_EQ(
      in_bash(check + scenario + " --set core_yaml=<(cat " HS_SOURCE_DIR "/scenarios/core.yaml)"),
      0);
}

}  // namespace
}  // namespace hearsay::testing
