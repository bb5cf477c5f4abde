#include "sim/run/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/run/scratch.h"

namespace hearsay::sim {
namespace {

TEST(OutputFile, WritesWhatItIsGiven) {
  const Scratch scratch;
  OutputFile file = OutputFile::open(scratch / "a");
  const std::string piece(1000, 'x');
  for (int i = 0; i < 200; ++i)
    file.write(piece);
  EXPECT_TRUE(file.close());
  EXPECT_TRUE(file.close());
  EXPECT_EQ(content_of(scratch / "a"), std::string(200'000, 'x'));
}

TEST(OutputFile, AFullDiskShowsAtTheLatestWhenClosing) {
  OutputFile small = OutputFile::open("/dev/full");
  small.write("x");
  EXPECT_TRUE(small.ok());
  EXPECT_FALSE(small.close());
  EXPECT_EQ(small.trouble(), "cannot write /dev/full: No space left on device");
  OutputFile large = OutputFile::open("/dev/full");
  for (int i = 0; i < 1000; ++i)
    large.write(std::string(1000, 'x'));
  EXPECT_FALSE(large.ok());
  EXPECT_FALSE(large.close());
}

TEST(OutputFile, AFileThatCannotBeMadeHasAReason) {
  OutputFile file = OutputFile::open("/nowhere/at/all");
  EXPECT_EQ(file.trouble(), "cannot write /nowhere/at/all: No such file or directory");
  file.write("x");
  EXPECT_FALSE(file.close());
}

TEST(OutputFile, CanBeMoved) {
  const Scratch scratch;
  OutputFile file;
  EXPECT_FALSE(file.ok());
  file = OutputFile::open(scratch / "a");
  file.write("one ");
  OutputFile other = std::move(file);
  other.write("two");
  EXPECT_TRUE(other.close());
  EXPECT_EQ(content_of(scratch / "a"), "one two");
}

}  // namespace
}  // namespace hearsay::sim
