#include "sim/run/trace_file.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/run/scratch.h"

namespace hearsay::sim {
namespace {

using namespace literals;
using testing::HasSubstr;

RunFacts facts() {
  RunFacts f;
  f.orgs = {"org1", "org2"};
  f.peers = {{"org1/0", OrgIndex{0}, true, 3, true, true}, {"org2/0", OrgIndex{1}, false}};
  f.channels = {{"ch1", {PeerIndex{0}, PeerIndex{1}}, 5, true}};
  f.types = {"None", "AliveMsg"};
  f.timers = {"send_alive"};
  f.faults = {{"isolate org1/0", true}, {"leave_channel org2/0", false, ChannelIndex{0}}};
  f.duration = 120_s;
  f.catches_up = true;
  return f;
}

class Tape final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { events.push_back(event); }
  std::vector<TraceEvent> events;
};

TraceEvent event_of(TraceKind kind, Time time) {
  TraceEvent e;
  e.time = time;
  e.kind = kind;
  e.peer = PeerIndex{0};
  return e;
}

// One event of each kind, written at `level` and read back.
std::vector<TraceKind> kinds_at(TraceLevel level, bool timers) {
  const Scratch scratch;
  OutputFile file = OutputFile::open(scratch / "t");
  TraceFileSink sink(file, facts(), level, timers);
  for (std::size_t i = 0; i < kTraceKinds; ++i) {
    sink.on_event(event_of(static_cast<TraceKind>(i), static_cast<Time>(i)));
  }
  sink.finish();
  EXPECT_TRUE(file.close());
  auto reader = TraceFileReader::open(scratch / "t");
  EXPECT_TRUE(reader.ok());
  Tape tape;
  EXPECT_TRUE(reader.value().read(tape).value());
  std::vector<TraceKind> kinds;
  for (const TraceEvent& event : tape.events)
    kinds.push_back(event.kind);
  return kinds;
}

TEST(TraceFile, EachLevelHoldsTheOneBelow) {
  EXPECT_EQ(kinds_at(TraceLevel::kNone, false).size(), 0u);
  EXPECT_EQ(kinds_at(TraceLevel::kBlocks, false).size(), 18u);
  EXPECT_EQ(kinds_at(TraceLevel::kProtocol, false).size(), 28u);
  EXPECT_EQ(kinds_at(TraceLevel::kMessages, false).size(), kTraceKinds - 1);
  EXPECT_EQ(kinds_at(TraceLevel::kMessages, true).size(), kTraceKinds);
  EXPECT_EQ(kinds_at(TraceLevel::kNone, true).front(), TraceKind::kTimerFired);
  EXPECT_THAT(
      kinds_at(TraceLevel::kBlocks, false),
      testing::ElementsAre(
          TraceKind::kNodeStarted, TraceKind::kNodeStopped, TraceKind::kBlockReceived,
          TraceKind::kBlockCommitted, TraceKind::kLeaderDeclared, TraceKind::kLeaderSteppedDown,
          TraceKind::kFaultBegun, TraceKind::kFaultEnded, TraceKind::kBlockLost,
          TraceKind::kCommitFailed, TraceKind::kStraggler, TraceKind::kCatchUpBegun,
          TraceKind::kCatchUpEnded, TraceKind::kDeliverConnected, TraceKind::kDeliverRefused,
          TraceKind::kDeliverRetry, TraceKind::kDeliverEnded, TraceKind::kBlockCut));
}

TEST(TraceFile, LevelsHaveNames) {
  for (const char* name : {"none", "blocks", "protocol", "messages"}) {
    ASSERT_TRUE(parse_trace_level(name).has_value());
    EXPECT_STREQ(trace_level_name(*parse_trace_level(name)), name);
  }
  EXPECT_FALSE(parse_trace_level("everything").has_value());
}

TEST(TraceFile, FactsSurvive) {
  const auto back = facts_from_json(facts_to_json(facts()));
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(back.value(), facts());
}

TEST(TraceFile, ManyEventsSurviveCompression) {
  const Scratch scratch;
  std::vector<TraceEvent> written;
  {
    OutputFile file = OutputFile::open(scratch / "t");
    TraceFileSink sink(file, facts(), TraceLevel::kMessages);
    for (int i = 0; i < 50'000; ++i) {
      TraceEvent e = event_of(TraceKind::kMessageSent, i * 1_ms);
      e.value = static_cast<std::uint64_t>(i) * 0x9E37'79B9'7F4A'7C15;
      e.other = PeerIndex{1};
      e.type = 1;
      sink.on_event(e);
      written.push_back(e);
    }
  }
  auto reader = TraceFileReader::open(scratch / "t");
  ASSERT_TRUE(reader.ok());
  Tape tape;
  const auto whole = reader.value().read(tape);
  ASSERT_TRUE(whole.ok()) << whole.error();
  EXPECT_TRUE(whole.value());
  ASSERT_EQ(tape.events.size(), written.size());
  EXPECT_EQ(std::memcmp(tape.events.data(), written.data(), written.size() * sizeof(TraceEvent)),
            0);
}

TEST(TraceFile, AFullDiskStopsTheTraceAndNothingElse) {
  OutputFile file = OutputFile::open("/dev/full");
  TraceFileSink sink(file, facts(), TraceLevel::kMessages);
  for (int i = 0; i < 100'000; ++i) {
    TraceEvent e = event_of(TraceKind::kMessageSent, i);
    e.value = static_cast<std::uint64_t>(i) * 0x9E37'79B9'7F4A'7C15;
    sink.on_event(e);
  }
  sink.finish();
  EXPECT_FALSE(file.close());
  EXPECT_EQ(file.trouble(), "cannot write /dev/full: No space left on device");
}

class BadTrace : public testing::Test {
 protected:
  // A trace of a thousand blocks, as bytes.
  std::string good() {
    OutputFile file = OutputFile::open(scratch_ / "good");
    TraceFileSink sink(file, facts(), TraceLevel::kBlocks);
    for (int i = 0; i < 1000; ++i) {
      TraceEvent e = event_of(TraceKind::kBlockReceived, i * 1_ms);
      e.value = static_cast<std::uint64_t>(i) * 7'777'777;
      sink.on_event(e);
    }
    sink.finish();
    file.close();
    return content_of(scratch_ / "good");
  }
  std::string read(const std::string& bytes) {
    put(scratch_ / "bad", bytes);
    auto reader = TraceFileReader::open(scratch_ / "bad");
    if (!reader) return reader.error();
    Tape tape;
    const auto whole = reader.value().read(tape);
    if (!whole) return whole.error();
    return whole.value() ? "whole" : "cut";
  }
  Scratch scratch_;
};

TEST_F(BadTrace, ACutFileIsReadAsFarAsItGoes) {
  const std::string bytes = good();
  EXPECT_EQ(read(bytes), "whole");
  // Without its checksum alone a file is not whole.
  EXPECT_EQ(read(bytes.substr(0, bytes.size() - 1)), "cut");
  for (std::size_t n = 0; n < bytes.size(); n += 97) {
    const std::string said = read(bytes.substr(0, n));
    EXPECT_TRUE(said == "cut" || said.ends_with("ends before its first line")) << n << said;
  }
}

TEST_F(BadTrace, DamagedBytesAreFound) {
  const std::string bytes = good();
  for (std::size_t n = 0; n < bytes.size(); n += 97) {
    std::string damaged = bytes;
    damaged[n] = static_cast<char>(damaged[n] ^ 0x55);
    EXPECT_NE(read(damaged), "whole") << n;
  }
}

TEST_F(BadTrace, WrongFilesAreRefusedWithAReason) {
  EXPECT_THAT(read("just text"), HasSubstr("bad is damaged: "));
  EXPECT_THAT(TraceFileReader::open(scratch_ / "none").error(), HasSubstr("No such file"));
}

TEST(TraceFacts, WrongFactsAreRefusedWithAReason) {
  const auto error = [](std::string from, std::string to) {
    std::string line = facts_to_json(facts());
    line.replace(line.find(from), from.size(), to);
    const auto back = facts_from_json(line);
    return back.ok() ? "accepted" : back.error();
  };
  EXPECT_EQ(facts_from_json("[1]").error(), "this is no trace of hearsay");
  EXPECT_EQ(facts_from_json("{").error(), "this is no trace of hearsay");
  EXPECT_EQ(error("_trace\":1", "_trace\":2"), "this trace has version 2; known: 1");
  EXPECT_EQ(error("\"org\":1", "\"org\":2"), "the facts are wrong: \"org\" is no number below 2");
  EXPECT_EQ(error("[0,1]", "[1,0]"),
            "the facts are wrong: \"members\" are not peers in ascending order");
  EXPECT_EQ(error("[0,1]", "[0,2]"),
            "the facts are wrong: \"members\" are not peers in ascending order");
  EXPECT_EQ(error("\"cuts_off\":true", "\"cuts_off\":1"),
            "the facts are wrong: \"cuts_off\" is neither true nor false");
  EXPECT_EQ(error("\"timers\"", "\"timer\""), "the facts are wrong: \"timers\" is no list");
}

}  // namespace
}  // namespace hearsay::sim
