// OrdererHost and StreamBlockSource: a deliver stream from seek to end, over a virtual network.
#include "sim/model/orderer_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world/node_clock.h"
#include "tests/unit/model/deliver_world.h"

namespace hearsay::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = OrdererConduct::Kind;
using Pos = SeekPosition::Kind;

constexpr Duration kSettle = 100 * kMillisecond;

SeekInfo seek(SeekPosition start, SeekPosition stop) {
  SeekInfo made;
  made.start = start;
  made.stop = stop;
  return made;
}

class OrdererHostTest : public testing::Test {
 protected:
  // What comes back for a seek, in a world where four blocks were cut.
  std::vector<std::string> answers(const CommonEnvelope& envelope) {
    peer().log.clear();
    w.pull(envelope);
    w.run_for(kSettle);
    return peer().log;
  }
  Puller& peer() { return w.peer(); }

  DeliverWorld w;
};

TEST_F(OrdererHostTest, BlocksComeInOrderAndThenAsTheyAreCut) {
  w.cut(2);
  w.pull_from(1);
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open", "block 1", "block 2"));
  w.cut();
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open", "block 1", "block 2", "block 3"));
  const FakeCrypto crypto(w.keys, w.peer_identity);
  for (const Block& block : peer().blocks)
    EXPECT_TRUE(crypto.verify_block("ch", block.number, encode_block(block)));
}

TEST_F(OrdererHostTest, ABlockArrivesALatencyAfterItWasCut) {
  w.pull_from(1);
  w.run_for(kSettle);
  const Time cut = w.world.now();
  w.cut();
  w.run_for(kSettle);
  EXPECT_THAT(peer().arrivals, ElementsAre(cut + kMillisecond));
}

TEST_F(OrdererHostTest, EveryStartAndStopOfASeek) {
  w.cut(4);
  const auto at = [](std::uint64_t n) { return SeekPosition::specified(n); };
  EXPECT_THAT(answers(w.envelope(seek({Pos::kOldest, 0}, at(1)))),
              ElementsAre("open", "block 0", "block 1", "status 200"));
  EXPECT_THAT(answers(w.envelope(seek({Pos::kNewest, 0}, {Pos::kNewest, 0}))),
              ElementsAre("open", "block 4", "status 200"));
  EXPECT_THAT(answers(w.envelope(seek(at(2), at(3)))),
              ElementsAre("open", "block 2", "block 3", "status 200"));
  EXPECT_THAT(answers(w.envelope(seek(at(2), {Pos::kOldest, 0}))),
              ElementsAre("open", "block 2", "status 200"));
  EXPECT_THAT(answers(w.envelope(seek({Pos::kNextCommit, 0}, at(9)))), ElementsAre("open"));
}

TEST_F(OrdererHostTest, AStartBeyondTheNextBlockIsNotFound) {
  w.cut(4);
  EXPECT_THAT(answers(w.envelope(seek_from(5))), ElementsAre("open")) << "the next is waited for";
  EXPECT_THAT(answers(w.envelope(seek_from(6))), ElementsAre("open", "status 404", "end closed"));
}

TEST_F(OrdererHostTest, WithoutBlockUntilReadyTheEndIsNotFound) {
  w.cut(2);
  SeekInfo impatient = seek_from(2);
  impatient.behavior = SeekInfo::Behavior::kFailIfNotReady;
  EXPECT_THAT(answers(w.envelope(impatient)),
              ElementsAre("open", "block 2", "status 404", "end closed"));
}

TEST_F(OrdererHostTest, UnknownChannelsAreNotFound) {
  EXPECT_THAT(answers(w.envelope(seek_from(1), "elsewhere")),
              ElementsAre("open", "status 404", "end closed"));
}

TEST_F(OrdererHostTest, StrangersAreForbidden) {
  const auto forbidden = ElementsAre("open", "status 403", "end closed");
  EXPECT_THAT(answers(w.envelope(seek_from(1), "secret")), forbidden) << "no member";
  CommonEnvelope spoilt = w.envelope(seek_from(1));
  spoilt.signature.back() ^= 1;
  EXPECT_THAT(answers(spoilt), forbidden);
  const std::string other = w.keys.issue("Org1MSP", "org1/9");
  EXPECT_THAT(answers(w.envelope_of(encode(seek_from(1)), "ch", other)), forbidden)
      << "signed by somebody else";
}

TEST_F(OrdererHostTest, WhatDoesNotDecodeIsABadRequest) {
  const auto bad = ElementsAre("open", "status 400", "end closed");
  EXPECT_THAT(answers({"\x0A", "signature"}), bad);
  EXPECT_THAT(answers({"", "signature"}), bad) << "no header";
  EXPECT_THAT(answers(w.envelope_of("\x0A", "ch", w.peer_identity)), bad) << "no seek";
  EXPECT_THAT(answers(w.envelope_of("", "ch", w.peer_identity)), bad) << "neither start nor stop";
  const auto at = [](std::uint64_t n) { return SeekPosition::specified(n); };
  w.cut(4);
  EXPECT_THAT(answers(w.envelope(seek(at(3), at(2)))), bad) << "stop before start";
}

TEST_F(OrdererHostTest, ARequestOfAnotherTimeIsABadRequest) {
  const CommonEnvelope early = w.envelope(seek_from(1));
  w.run_for(kSeekTimeWindow - kSettle);
  EXPECT_THAT(answers(early), ElementsAre("open")) << "at the edge";
  w.run_for(kSecond);
  EXPECT_THAT(answers(early), ElementsAre("open", "status 400", "end closed"));
}

TEST_F(OrdererHostTest, NothingIsSentAheadOfAPeerThatDoesNotRead) {
  w.cut(400);  // of 1 KiB
  const SourceStream stream = w.pull_from(1);
  peer().after_response = [&](SourceStream s) { peer().source.set_reading(s, false); };
  w.run_for(kSettle);
  ASSERT_THAT(peer().log, ElementsAre("open", "block 1"));
  // What the window lets through is at the peer now; the orderer may stop, and that much still
  // comes.
  w.world.stop(HostIndex{1}, StopReason::kEnd);
  w.run_for(kSettle);
  peer().after_response = {};
  peer().source.set_reading(stream, true);
  w.run_for(kSettle);
  EXPECT_EQ(peer().log.back(), "end closed");
  EXPECT_GE(peer().blocks.size(), kDeliverWindow / 1100);
  EXPECT_LE(peer().blocks.size(), kDeliverWindow / 1000 + 1);
}

TEST_F(OrdererHostTest, APeerThatReadsGetsThemAll) {
  w.cut(400);
  w.pull_from(1);
  w.run_for(kSecond);
  ASSERT_EQ(peer().blocks.size(), 400u);
  for (std::size_t i = 0; i < 400; ++i)
    EXPECT_EQ(peer().blocks[i].number, i + 1);
}

TEST_F(OrdererHostTest, HeldResponsesComeAtOnceWhenReadingGoesOn) {
  w.cut(3);
  const SourceStream stream = w.pull_from(1);
  peer().after_response = [&](SourceStream s) { peer().source.set_reading(s, false); };
  w.run_for(kSettle);
  const Time then = w.world.now();
  peer().source.set_reading(stream, true);
  EXPECT_EQ(peer().log.size(), 2u) << "not from inside the call";
  w.run_for(0);
  EXPECT_THAT(peer().arrivals.back(), then);
  EXPECT_THAT(peer().log, ElementsAre("open", "block 1", "block 2")) << "it turned reading off";
}

TEST_F(OrdererHostTest, AnUplinkWithoutRoomIsWaitedFor) {
  NetworkOptions narrow;
  narrow.bandwidth_bps = 8'000'000;  // a kilobyte a millisecond
  narrow.limits.uplink_backlog_bytes = 4096;
  DeliverWorld slow(1, std::move(narrow));
  slow.cut(30);
  slow.pull_from(1);
  slow.run_for(20 * kMillisecond);
  EXPECT_GT(slow.peer().blocks.size(), 5u);
  EXPECT_LT(slow.peer().blocks.size(), 20u);
  slow.run_for(kSecond);
  EXPECT_EQ(slow.peer().blocks.size(), 30u);
}

TEST_F(OrdererHostTest, AClosedStreamHearsNothingMore) {
  const SourceStream stream = w.pull_from(1);
  w.run_for(kSettle);
  ASSERT_EQ(w.orderer().streams(), 1u);
  peer().source.close(stream);
  peer().source.close(stream);
  w.cut();
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open"));
  EXPECT_EQ(w.orderer().streams(), 0u);
  EXPECT_EQ(peer().source.streams(), 0u);
}

TEST_F(OrdererHostTest, TheHandlerMayCloseFromInsideAnUpcall) {
  w.cut(3);
  w.pull_from(1);
  peer().after_response = [&](SourceStream s) { peer().source.close(s); };
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open", "block 1"));
}

TEST_F(OrdererHostTest, AnOrdererThatIsDownRefusesAtOnce) {
  w.world.stop(HostIndex{1}, StopReason::kCrash);
  w.pull_from(1);
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("end dial"));
  EXPECT_EQ(peer().ended, 2 * kMillisecond) << "a round trip";
}

TEST_F(OrdererHostTest, WhoDoesNotAnswerIsGivenUpAfterTheDialTimeout) {
  w.pull(w.envelope(seek_from(1)), "nobody:7050");
  w.run_for(10 * kSecond);
  EXPECT_THAT(peer().log, ElementsAre("end dial"));
  EXPECT_EQ(peer().ended, 3 * kSecond);
}

TEST_F(OrdererHostTest, ACrashBreaksTheStreamAndARestartServesAnew) {
  w.cut(2);
  w.pull_from(1);
  w.run_for(kSettle);
  w.world.stop(HostIndex{1}, StopReason::kCrash);
  w.run_for(kSettle);
  EXPECT_EQ(peer().log.back(), "end broken");
  w.cut();
  w.world.start(HostIndex{1});
  w.pull_from(3);
  w.run_for(kSettle);
  EXPECT_EQ(peer().log.back(), "block 3");
}

TEST_F(OrdererHostTest, OrderersShareOneChain) {
  DeliverWorld two(2);
  two.cut(2);
  two.pull(two.envelope(seek_from(1)), "orderer0:7050");
  two.run_for(kSettle);
  two.pull(two.envelope(seek_from(1)), "orderer1:7050");
  two.run_for(kSettle);
  ASSERT_EQ(two.peer().blocks.size(), 4u);
  EXPECT_EQ(two.peer().blocks[0], two.peer().blocks[2]);
  EXPECT_EQ(two.peer().blocks[1], two.peer().blocks[3]);
}

TEST_F(OrdererHostTest, AnOrdererMayLagBehindTheOthers) {
  w.homes[0].lag = kSecond;
  w.cut();
  w.pull_from(1);
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open"));
  w.run_for(kSecond);
  EXPECT_THAT(peer().arrivals, ElementsAre(kSecond + kMillisecond));
  // What was cut while it was down arrives as late as ever.
  w.cut();
  const Time cut = w.world.now();
  w.world.stop(HostIndex{1}, StopReason::kCrash);
  w.world.start(HostIndex{1});
  EXPECT_THAT(answers(w.envelope(seek_from(3))).back(), "end closed") << "not even its next";
  w.pull_from(2);
  w.run_for(2 * kSecond);
  EXPECT_EQ(peer().arrivals.back(), cut + kSecond + kMillisecond);
}

TEST_F(OrdererHostTest, ASlowOrdererTakesItsTimeForEachBlock) {
  w.conduct({.kind = Kind::kSlow, .delay = 500 * kMillisecond});
  w.cut(3);
  w.pull_from(1);
  w.run_for(10 * kSecond);
  const Time seek_there = 3 * kMillisecond;
  EXPECT_THAT(peer().arrivals,
              ElementsAre(seek_there + 501 * kMillisecond, seek_there + 1001 * kMillisecond,
                          seek_there + 1501 * kMillisecond));
}

TEST_F(OrdererHostTest, AnOrdererThatWithholdsKeepsTheStreamAndSendsNothing) {
  w.conduct({.kind = Kind::kWithhold});
  w.cut(3);
  w.pull_from(1);
  w.pull(w.envelope(seek_from(1), "elsewhere"));
  w.run_for(100 * kSecond);
  EXPECT_THAT(peer().log, ElementsAre("open", "open"));
  w.conduct({});
  w.run_for(kSettle);
  EXPECT_EQ(peer().blocks.size(), 3u) << "it goes on where it was";
}

TEST_F(OrdererHostTest, AStatusEndsWhatIsServedAndAnswersEverySeek) {
  w.pull_from(1);
  w.run_for(kSettle);
  w.conduct({.kind = Kind::kStatus, .status = Status::kServiceUnavailable});
  w.run_for(kSettle);
  EXPECT_THAT(peer().log, ElementsAre("open", "status 503", "end closed"));
  EXPECT_THAT(answers(w.envelope(seek_from(1))), ElementsAre("open", "status 503", "end closed"));
}

TEST_F(OrdererHostTest, BadBlocksFailTheChecksOfAPeer) {
  const FakeCrypto crypto(w.keys, w.peer_identity);
  w.cut(2);
  for (const Kind kind : {Kind::kCorrupt, Kind::kWrongChannel}) {
    peer().blocks.clear();
    w.conduct({.kind = kind});
    w.pull_from(1);
    w.run_for(kSettle);
    ASSERT_EQ(peer().blocks.size(), 2u);
    for (const Block& block : peer().blocks) {
      EXPECT_EQ(block.number, &block == peer().blocks.data() ? 1u : 2u);
      EXPECT_FALSE(crypto.verify_block("ch", block.number, encode_block(block)));
    }
  }
  // Sound but for the channel.
  EXPECT_EQ(block_channel_id(peer().blocks[0]).value(), "ch-other");
  EXPECT_EQ(block_data_hash(peer().blocks[0]), peer().blocks[0].data_hash);
}

TEST_F(OrdererHostTest, GarbageDoesNotDecode) {
  w.conduct({.kind = Kind::kGarbage});
  w.cut();
  EXPECT_THAT(answers(w.envelope(seek_from(1))), ElementsAre("open", "nonsense"));
}

TEST_F(OrdererHostTest, AnOldBlockIsTheOneBefore) {
  w.cut(3);
  w.conduct({.kind = Kind::kOldBlock});
  EXPECT_THAT(answers(w.envelope(seek_from(2))), ElementsAre("open", "block 1", "block 2"));
}

// In both modes, at every size: the network asserts that a frame has the size it says.
TEST(DeliverFrame, StreamsAreTheSameInBothWireModes) {
  std::vector<std::vector<Time>> arrivals;
  for (const WireMode mode : {WireMode::kShared, WireMode::kBytes}) {
    NetworkOptions options;
    options.wire = mode;
    options.bandwidth_bps = 10'000'000;
    DeliverWorld w(1, std::move(options));
    w.cut(200);
    w.pull_from(1);
    w.pull(w.envelope(seek_from(1), "secret"));
    w.run_for(10 * kSecond);
    EXPECT_EQ(w.peer().blocks.size(), 200u);
    arrivals.push_back(w.peer().arrivals);
    arrivals.back().push_back(w.peer().ended);
  }
  EXPECT_EQ(arrivals[0], arrivals[1]);
}

TEST(DeliverFrame, HasTheSizeOfTheMessageItCarries) {
  const std::string block = encode_block(make_block(3, "p", "ch", 700));
  EXPECT_EQ(frame_of_block(block)->wire_size(),
            encode(DeliverResponse{decode_block(block).value()}).size());
  for (const Status status : {Status::kUnknown, Status::kSuccess, Status::kServiceUnavailable}) {
    EXPECT_EQ(frame_of(status)->wire_size(), encode(DeliverResponse{status}).size());
    EXPECT_EQ(std::get<Status>(response_in(*frame_of(status))), status);
  }
  const CommonEnvelope envelope{"payload", "signature"};
  EXPECT_EQ(frame_of(envelope)->wire_size(), encode(envelope).size());
  EXPECT_EQ(envelope_in(*frame_of(envelope)), envelope);
}

TEST(DeliverFrame, WindowsAreToldApart) {
  for (const std::uint32_t bytes : {1u, 127u, 128u, 65'536u, 0xFFFF'FFFFu})
    EXPECT_EQ(window_in(*window_frame(bytes)), bytes);
  EXPECT_FALSE(window_in(*frame_of(CommonEnvelope{"p", "s"})));
  EXPECT_FALSE(window_in(*frame_of(Status::kSuccess)));
}

}  // namespace
}  // namespace hearsay::sim
