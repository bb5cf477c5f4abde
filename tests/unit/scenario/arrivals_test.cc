// Recorded arrivals: a file read, and all that can be wrong with one.
#include "sim/scenario/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/resolve.h"
#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using testing::complaints_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::small_with;

constexpr const char* kFile = HS_SOURCE_DIR "/tests/unit/scenario/data/arrivals.csv";

std::string replay_of(const std::string& file, const std::string& more = "") {
  return small_with(R"("blocks": [ { "arrivals": "replay", "file": ")" + file + '"' + more +
                    " } ]");
}

std::vector<std::string> complaints_in(std::string_view csv, Duration latest = kMaxRun) {
  Complaints complaints;
  parse_arrivals(csv, "a.csv", latest, complaints);
  std::vector<std::string> texts;
  for (const Complaint& complaint : complaints)
    texts.push_back(complaint.text());
  return texts;
}

TEST(Arrivals, AByteOrderMarkIsNoPartOfTheHead) {
  EXPECT_THAT(complaints_in("\xEF\xBB\xBFtime_s,size_bytes\r\n0,3\r\n"), IsEmpty());
}

TEST(Arrivals, AFileIsReadToTheNanosecond) {
  const Scenario scenario = testing::load_good(replay_of(kFile));
  const BlockStream& blocks = scenario.blocks.at(0);
  EXPECT_EQ(blocks.arrivals, Arrivals::kReplay);
  EXPECT_THAT(
      blocks.recorded,
      ElementsAre(RecordedBlock{0, 1024}, RecordedBlock{250 * kMillisecond, 20'480},
                  RecordedBlock{12 * kSecond + 1, 1}, RecordedBlock{12 * kSecond + 1, 5000}));
}

TEST(Arrivals, AResolvedScenarioFindsTheFileFromAnywhere) {
  const Scenario scenario =
      testing::load_good(replay_of("../tests/unit/scenario/data/arrivals.csv"));
  EXPECT_EQ(scenario.blocks.at(0).file, kFile);
  const std::string text = to_json(scenario);
  EXPECT_THAT(text, ::testing::Not(HasSubstr("interval")));
  const auto again = load_scenario_text(text, "x.json", "/nowhere", testing::some_options());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value(), scenario);
}

TEST(Arrivals, TheKeysOfOtherArrivalsAreComplaints) {
  EXPECT_THAT(
      complaints_of(replay_of(kFile, R"(, "count": 5, "rate": 2)")),
      ElementsAre(HasSubstr("blocks[0].rate: is given beside \"replay\", and the file says it"),
                  HasSubstr("blocks[0].count: is given beside")));
  EXPECT_THAT(complaints_of(small_with(R"("blocks": [ { "arrivals": "replay" } ])")),
              ElementsAre(HasSubstr("blocks[0].file: is missing; write \"file\"")));
  EXPECT_THAT(complaints_of(small_with(R"("blocks": [ { "file": "a.csv" } ])")),
              ElementsAre(HasSubstr("blocks[0].file: is for replay alone")));
}

TEST(Arrivals, AFileThatIsNotThereIsAComplaintAtItsKey) {
  EXPECT_THAT(
      complaints_of(replay_of("nowhere.csv")),
      ElementsAre(HasSubstr("scenario.json:4: blocks[0].file: \"nowhere.csv\" cannot be "
                            "read: No such file or directory; name a CSV file (looked for ")));
  EXPECT_THAT(complaints_of(replay_of("")), ElementsAre(HasSubstr("names no file")));
  EXPECT_THAT(complaints_of(replay_of("platforms")), ElementsAre(HasSubstr("is a directory")));
}

TEST(Arrivals, AllThatIsWrongIsSaidWithItsLine) {
  EXPECT_THAT(
      complaints_in("time_s,size_bytes\n"
                    "1.5,1024\n"
                    "1,5,1024\n"
                    "soon,1024\n"
                    "2\n"
                    "1.25,1024\n"
                    "3,0\n"
                    "3.,1\n"
                    "4,1.5\n"
                    "-1,10\n"
                    "5.1234567891,10\n"
                    "6,103809025\n"
                    "99999999999999999999,10\n"
                    "7,10\n"),
      ElementsAre("a.csv:3: \"1,5,1024\" has not two columns; write a time and a size, such "
                  "as 12.5,1024",
                  "a.csv:4: time_s: \"soon\" is no time; write seconds with up to 9 "
                  "decimals, such as 12.5",
                  HasSubstr("a.csv:5: \"2\" has not two columns"),
                  "a.csv:6: time_s: 1.25 is before the line above; sort the lines by time "
                  "(the last is at \"1500ms\")",
                  "a.csv:7: size_bytes: \"0\" is no size of a block; write a whole number "
                  "of bytes from 1 to 103809024",
                  HasSubstr("a.csv:8: time_s: \"3.\" is no time"),
                  HasSubstr("a.csv:9: size_bytes: \"1.5\" is no size"),
                  HasSubstr("a.csv:10: time_s: \"-1\" is no time"),
                  HasSubstr("a.csv:11: time_s: \"5.1234567891\" is no time"),
                  HasSubstr("a.csv:12: size_bytes: \"103809025\" is no size"),
                  HasSubstr("a.csv:13: time_s: \"99999999999999999999\" is no time")));
}

TEST(Arrivals, ATableWithoutHeadOrBlocks) {
  EXPECT_THAT(complaints_in("1.5,1024\n2,1024\n"),
              ElementsAre("a.csv:1: \"1.5,1024\" is not the head of the table; begin with the line "
                          "\"time_s,size_bytes\""));
  EXPECT_THAT(complaints_in(""), ElementsAre(HasSubstr("a.csv: holds no blocks; write")));
  EXPECT_THAT(complaints_in("time_s,size_bytes\n\n"), ElementsAre(HasSubstr("holds no blocks")));
}

TEST(Arrivals, BlocksAfterTheEndOfTheRun) {
  EXPECT_THAT(complaints_in("time_s,size_bytes\n30,10\n30.5,10\n", 30 * kSecond),
              ElementsAre("a.csv:3: time_s: 30.5 is after the end of the run; record up to \"30s\" "
                          "from the stream's start, or run for longer"));
  const std::string late = R"(, "start": "50s")";
  EXPECT_THAT(complaints_of(replay_of(kFile, late)), SizeIs(2)) << "two lines are at 12 s";
}

TEST(Arrivals, MistakesHaveAnEnd) {
  std::string csv = "time_s,size_bytes\n";
  for (std::size_t i = 0; i < 3 * kMaxComplaints; ++i)
    csv += "x,1\n";
  EXPECT_THAT(complaints_in(csv), SizeIs(kMaxComplaints + 1));
}

}  // namespace
}  // namespace hearsay::scenario
