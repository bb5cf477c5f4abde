// comm.md section 11 and section 16, 17 to 21: sends that are acknowledged.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/comm.h"
#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using namespace hearsay::literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Kind = CommEvent::Kind;

class CommAck : public testing::Test {
 protected:
  CommAck() {
    for (const char* name : {"p1", "p2", "p3"}) {
      const std::string endpoint = std::string(name) + ":7051";
      peers.push_back(std::make_unique<CommNode>(world, "Org1MSP", name, endpoint));
      a.book[peers.back()->self] = endpoint;
    }
  }
  static GossipMessage message() {
    GossipMessage m;
    m.tag = Tag::kEmpty;
    m.content = EmptyMessage{};
    return m;
  }
  // p1 acks, p2 answers `second`, p3 `third`; "-" is silence.
  void answer(std::string second, std::string third) {
    const std::vector<std::string> texts{"", std::move(second), std::move(third)};
    for (std::size_t i = 0; i < 3; ++i) {
      if (texts[i] == "-") continue;
      peers[i]->on_message = [p = peers[i].get(), text = texts[i]](const Received& got) {
        p->comm.ack(got, text);
      };
    }
  }
  void send(std::size_t count, std::int32_t min_ack, Duration timeout = 10_s) {
    std::vector<PeerIndex> to;
    for (std::size_t i = 0; i < count; ++i)
      to.push_back(peers[i]->self);
    a.comm.send_with_ack(message(), timeout, min_ack, to, 77);
    a.drain();
    world.clock.run_for(2 * timeout);
    ASSERT_EQ(a.count(Kind::kAcksDone), 1u);
    for (std::size_t i = 0; i < a.events.size(); ++i) {
      if (a.events[i].kind != Kind::kAcksDone) continue;
      EXPECT_EQ(a.events[i].cookie, 77u);
      result = a.events[i].acks;
      done_at = a.event_times[i];
    }
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const SendResult& r : result.results)
      all.push_back(r.error);
    return all;
  }

  CommWorld world;
  CommNode a{world, "Org1MSP", "a", "a:7051"};
  std::vector<std::unique_ptr<CommNode>> peers;
  AggregatedSendResult result;
  Time done_at = 0;
};

// 19.
TEST_F(CommAck, TwoOfTwoAcksGiveTwoResultsWithoutErrors) {
  answer("", "-");
  send(2, 2);
  EXPECT_THAT(texts(), UnorderedElementsAre("", ""));
  EXPECT_EQ(result.to_string(), "{\"successes\":2}");
}

TEST_F(CommAck, TwoOfThreeAcksReturnWithoutWaitingForTheSilentOne) {
  answer("", "-");
  send(3, 2);
  EXPECT_LT(done_at, 5_s);
  EXPECT_THAT(texts(), UnorderedElementsAre("", ""));
}

// 19, 20.
TEST_F(CommAck, OneAckOneNackOneSilentGiveThreeResults) {
  answer("uh oh", "-");
  send(3, 2);
  EXPECT_THAT(texts(), UnorderedElementsAre("", "uh oh", "timed out"));
  EXPECT_EQ(result.ack_count(), 1u);
  EXPECT_EQ(result.nack_count(), 2u);
  EXPECT_EQ(result.to_string(), "{\"failures\":{\"timed out\":1,\"uh oh\":1},\"successes\":1}");
  EXPECT_EQ(a.count(Kind::kPresumedDead), 0u);
}

TEST_F(CommAck, TwoSilentPeersBothTimeOut) {
  peers[0]->on_message = nullptr;
  send(2, 2);
  EXPECT_THAT(texts(), UnorderedElementsAre("timed out", "timed out"));
  EXPECT_EQ(result.to_string(), "{\"failures\":{\"timed out\":2}}");
}

// 18.
TEST_F(CommAck, AcksAreConsumedAndOtherMessagesArePassedOn) {
  answer("", "");
  send(3, 3);
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_EQ(a.traced(TraceKind::kMessageDelivered), 3u);
  EXPECT_THAT(peers[0]->received, SizeIs(1));
}

TEST_F(CommAck, TheAckHasTheNonceOfTheMessageAndNoTag) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  GossipMessage m = message();
  m.nonce = 4711;
  raw.connect("a:7051", {raw.hello(), Envelope::unsigned_of(std::move(m))});
  world.clock.run_for(1_s);
  a.comm.ack(a.received.at(0), "why not");
  world.clock.run_for(1_s);
  const GossipMessage& ack = raw.frames.back().second->message();
  EXPECT_EQ(ack.nonce, 4711u);
  EXPECT_EQ(ack.tag, Tag::kUndefined);
  ASSERT_NE(ack.get<Acknowledgement>(), nullptr);
  EXPECT_EQ(ack.get<Acknowledgement>()->error, "why not");
}

TEST_F(CommAck, EachCallHasAFreshNonceAndIsUnsigned) {
  answer("", "");
  GossipMessage m = message();
  m.nonce = 5;
  for (int i = 0; i < 3; ++i) {
    a.comm.send_with_ack(m, 1_s, 1, std::vector{peers[0]->self}, 1);
    world.clock.run_for(2_s);
  }
  ASSERT_THAT(peers[0]->received, SizeIs(3));
  const std::vector<std::uint64_t> nonces = peers[0]->nonces();
  const std::set<std::uint64_t> distinct(nonces.begin(), nonces.end());
  EXPECT_THAT(distinct, SizeIs(3));
  EXPECT_FALSE(distinct.contains(5));
  EXPECT_FALSE(peers[0]->received[0].envelope->is_signed());
}

// 21.
TEST_F(CommAck, SendWithAckToNobodyHasNoResults) {
  a.comm.send_with_ack(message(), 1_s, 1, {}, 77);
  a.drain();
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_THAT(a.events[0].acks.results, IsEmpty());
  EXPECT_EQ(a.events[0].acks.to_string(), "{}");
}

TEST_F(CommAck, WhileStoppingEveryPeerFails) {
  a.comm.stop();
  send(3, 1);
  EXPECT_THAT(texts(),
              testing::ElementsAre("comm is stopping", "comm is stopping", "comm is stopping"));
  EXPECT_EQ(done_at, 0);
}

// 17.
TEST_F(CommAck, AThousandCallsInEachDirectionAllArriveAndEnd) {
  CommNode& p = *peers[0];
  p.book[a.self] = a.where;
  a.send(p, 0);
  world.clock.run_for(1_s);
  p.received.clear();
  world.net.set_window(10);
  for (int i = 0; i < 1000; ++i) {
    a.comm.send_with_ack(message(), 5_s, 1, std::vector{p.self}, i);
    p.comm.send_with_ack(message(), 5_s, 1, std::vector{a.self}, i);
  }
  world.clock.run_for(60_s);
  EXPECT_THAT(a.received, SizeIs(1000));
  EXPECT_THAT(p.received, SizeIs(1000));
  EXPECT_EQ(a.count(Kind::kAcksDone), 1000u);
  EXPECT_EQ(p.count(Kind::kAcksDone), 1000u);
  EXPECT_EQ(world.clock.timers_armed(), 0u);
}

// Figures and edge cases.
TEST_F(CommAck, AFailedConnectionStillWaitsTheFullTimeoutAfterTheSendReturned) {
  world.net.refuse("p1:7051", true);
  send(1, 1, 1_s);
  EXPECT_THAT(texts(), UnorderedElementsAre("timed out"));
  EXPECT_EQ(done_at, 1300_ms);  // dial timeout, then the whole timeout
  EXPECT_EQ(a.count(Kind::kPresumedDead), 1u);
}

TEST_F(CommAck, AnAckCountsOnlyWithinTheTimeoutOfTheCall) {
  // The send blocks behind a dial for 250 ms of a 400 ms timeout; the ack comes at about 510 ms.
  world.net.refuse("p1:7051", true);
  world.clock.call_at(250_ms, [this] { world.net.refuse("p1:7051", false); });
  CommNode& p = *peers[0];
  p.on_message = [&](const Received& got) {
    world.clock.call_at(510_ms, [&p, got] { p.comm.ack(got, ""); });
  };
  send(1, 1, 400_ms);
  EXPECT_THAT(texts(), UnorderedElementsAre("timed out"));
  EXPECT_EQ(done_at, 656_ms);  // sent at 256 ms
}

TEST_F(CommAck, ASendThatBlocksOnAFullBufferWaitsOnlyOnceItHasRoomOrTheConnectionIsClosed) {
  world.config.send_buff_size = 1;
  a.send(*peers[0], 0);
  world.clock.run_until(1_s);
  world.net.set_window(1);
  world.net.stall("p1:7051", true);
  const std::vector to{peers[0]->self};
  for (std::uint32_t i = 0; i < 3; ++i)
    a.send(*peers[0], i);  // on the way, in hand, queued
  a.comm.send_with_ack(message(), 1_s, 1, to, 1);
  a.comm.send_with_ack(message(), 1_s, 1, to, 2);
  world.clock.call_at(1500_ms, [this] { world.net.stall("p1:7051", false); });
  world.clock.run_until(1500'500_us);
  world.net.stall("p1:7051", true);  // by now the first one has room, the second has not
  world.clock.call_at(1800_ms, [this] { a.comm.close_conn(peers[0]->self); });
  world.clock.run_until(10_s);
  ASSERT_THAT(a.events, SizeIs(2));
  EXPECT_EQ(a.events[0].cookie, 1u);
  EXPECT_EQ(a.event_times[0], 2500_ms);
  EXPECT_EQ(a.event_times[1], 2800_ms);
}

TEST_F(CommAck, AWriteThatFailsIsADeathAndStillWaitsTheFullTimeout) {
  a.send(*peers[0], 0);
  world.clock.run_until(1_s);
  peers[0]->comm.close_conn(a.self);
  world.clock.run_until(2_s);
  send(1, 1, 1_s);
  EXPECT_THAT(texts(), UnorderedElementsAre("timed out"));
  EXPECT_EQ(done_at, 3_s);
  EXPECT_EQ(a.count(Kind::kPresumedDead), 1u);
}

TEST_F(CommAck, StopForgetsWhatIsStillWaiting) {
  a.comm.send_with_ack(message(), 10_s, 1, std::vector{peers[0]->self}, 77);
  world.clock.run_until(1_s);
  EXPECT_EQ(world.clock.timers_armed(), 1u);
  a.comm.stop();
  EXPECT_EQ(world.clock.timers_armed(), 0u);
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommAck, MinAckZeroEndsWithAFirstFailure) {
  peers[0]->on_message = [this](const Received& got) { peers[0]->comm.ack(got, "no"); };
  send(3, 0);
  EXPECT_THAT(texts(), UnorderedElementsAre("no"));
}

TEST_F(CommAck, MinAckZeroWaitsForAllAfterAFirstSuccess) {
  answer("-", "-");
  send(3, 0);
  EXPECT_THAT(texts(), UnorderedElementsAre("", "timed out", "timed out"));
}

TEST_F(CommAck, TheSamePeerTwiceGetsTheMessageTwiceAndSharesItsAcks) {
  bool first = true;
  peers[0]->on_message = [&](const Received& got) {
    if (std::exchange(first, false)) peers[0]->comm.ack(got, "");
  };
  a.comm.send_with_ack(message(), 1_s, 2, std::vector{peers[0]->self, peers[0]->self}, 77);
  world.clock.run_for(3_s);
  ASSERT_EQ(a.count(Kind::kAcksDone), 1u);
  EXPECT_EQ(a.events.back().acks.to_string(), "{\"failures\":{\"timed out\":1},\"successes\":1}");
  EXPECT_THAT(peers[0]->received, SizeIs(2));
}

TEST_F(CommAck, AnAckOfAPeerThatChangedItsPkiIdDoesNotMatch) {
  answer("", "");
  const PeerIndex old = world.peer("Org1MSP", "old");
  a.identities.put(world.directory.pki_id(old), world.directory.identity(old));
  a.book[old] = "p1:7051";
  a.comm.send_with_ack(message(), 1_s, 1, std::vector{old}, 77);
  world.clock.run_for(3_s);
  ASSERT_EQ(a.count(Kind::kAcksDone), 1u);
  EXPECT_THAT(a.events.back().acks.to_string(), HasSubstr("timed out"));
  EXPECT_THAT(peers[0]->received, SizeIs(1));
}

TEST_F(CommAck, AMessageThatCannotBeEncodedFailsForEveryPeer) {
  GossipMessage m;
  m.content = Acknowledgement{"\xff"};
  a.comm.send_with_ack(std::move(m), 1_s, 1, std::vector{peers[0]->self}, 77);
  a.drain();
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].acks.nack_count(), 1u);
  EXPECT_EQ(world.net.dials_to("p1:7051"), 0u);
}

}  // namespace
}  // namespace hearsay::comm_test
