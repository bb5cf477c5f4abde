// comm.md section 16: "a correct implementation shows…", as far as it applies without TLS and with
// one subscriber. The numbers in the comments are that section's.
#include "core/gossip/comm.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using namespace hearsay::literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = CommEvent::Kind;

class CommTest : public testing::Test {
 protected:
  CommWorld world;
  CommNode a{world, "Org1MSP", "a", "a:7051"};
  CommNode b{world, "Org1MSP", "b", "b:7051"};
};

// 1, 5.
TEST_F(CommTest, ASignedHandshakeSucceedsAndAMessageIsDeliveredWithItsSendersIdentity) {
  a.send(b, 7);
  world.clock.run_for(4_s);
  ASSERT_THAT(b.received, SizeIs(1));
  const Received& got = b.received[0];
  EXPECT_EQ(got.from, a.self);
  EXPECT_EQ(got.envelope->message().nonce, 7u);
  EXPECT_TRUE(b.identities.knows(a.self));
  const EnvelopeRef auth = b.comm.handshake_of(got.conn);
  ASSERT_TRUE(auth);
  EXPECT_TRUE(
      b.crypto.verify(world.directory.identity(a.self), auth->signature(), auth->payload()));
  const auto* hello = auth->message().get<ConnEstablish>();
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(hello->pki_id, a.context.pki_id());
  EXPECT_EQ(hello->identity, world.directory.identity(a.self));
  EXPECT_FALSE(hello->probe);
  EXPECT_EQ(auth->message().tag, Tag::kEmpty);
  EXPECT_EQ(auth->message().nonce, 0u);
}

TEST_F(CommTest, TheFirstMessageNeedsFiveAndAHalfLatenciesOfARoundTripEach) {
  // Connect and ping take a round trip each; hello and its answer one; then the message.
  a.send(b, 1);
  world.clock.run_until(6_ms);
  EXPECT_TRUE(a.linked(b));
  EXPECT_THAT(b.received, IsEmpty());
  world.clock.run_until(7_ms);
  EXPECT_THAT(b.received, SizeIs(1));
}

TEST_F(CommTest, OneConnectionServesBothDirectionsAndIsDialledOnce) {
  a.send(b, 1);
  a.send(b, 2);
  world.clock.run_for(1_s);
  b.send(a, 3);
  a.send(b, 4);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1, 2, 4));
  EXPECT_THAT(a.nonces(), ElementsAre(3));
  EXPECT_EQ(world.net.dials_to("a:7051"), 0u);
  EXPECT_EQ(world.net.dials_to("b:7051"), 1u);
  EXPECT_EQ(a.traced(TraceKind::kConnectionOpened, 1), 1u);
  EXPECT_EQ(b.traced(TraceKind::kConnectionOpened, 0), 1u);
}

TEST_F(CommTest, SendTakesTheEndpointFromTheBook) {
  a.book[b.self] = b.where;
  a.comm.send(b.self, CommNode::message(1));
  world.clock.run_for(1_s);
  a.comm.send(b.self, CommNode::message(2));
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1, 2));
}

// 3. What a raw initiator may say first, and nothing comes of it.
class BadHandshake : public CommTest {
 protected:
  // Says `frames`, then pipelines a good message; nothing may be delivered within a second, or 5
  // for the silent one.
  void expect_refused(std::vector<EnvelopeRef> frames) {
    if (!frames.empty()) frames.push_back(CommNode::message(99));
    raw.connect("a:7051", std::move(frames));
    world.clock.run_for(5_s);
    EXPECT_THAT(a.received, IsEmpty());
    EXPECT_FALSE(a.comm.connected(raw.self));
    EXPECT_THAT(raw.closed, SizeIs(1));
  }
  RawPeer raw{world, "Org1MSP", "raw", "raw:7051"};
};

TEST_F(BadHandshake, AGoodOneIsTaken) {
  raw.connect("a:7051", {raw.hello(), CommNode::message(99)});
  world.clock.run_for(1_s);
  EXPECT_THAT(a.received, SizeIs(1));
  EXPECT_TRUE(a.comm.connected(raw.self));
}

TEST_F(BadHandshake, ASignatureWithOneByteMoreIsRefused) {
  expect_refused({raw.sealed(raw.hello_content(), "x")});
  EXPECT_EQ(a.traced(TraceKind::kMessageRejected, RejectReason::kHandshake), 1u);
  // Quirk: the identity was accepted before the signature was looked at.
  EXPECT_TRUE(a.identities.knows(raw.self));
}

TEST_F(BadHandshake, AnUnsignedOneIsRefused) {
  GossipMessage m;
  m.tag = Tag::kEmpty;
  m.content = raw.hello_content();
  expect_refused({Envelope::unsigned_of(std::move(m))});
}

TEST_F(BadHandshake, APkiIdThatDoesNotMatchTheIdentityIsRefused) {
  ConnEstablish hello = raw.hello_content();
  hello.pki_id += 'x';
  expect_refused({raw.sealed(hello)});
  EXPECT_FALSE(a.identities.knows(raw.self));
}

TEST_F(BadHandshake, AMissingPkiIdIsRefused) {
  ConnEstablish hello = raw.hello_content();
  hello.pki_id.clear();
  expect_refused({raw.sealed(hello)});
}

TEST_F(BadHandshake, AMissingIdentityIsRefused) {
  ConnEstablish hello = raw.hello_content();
  hello.identity.clear();
  expect_refused({raw.sealed(hello)});
}

TEST_F(BadHandshake, ARevokedIdentityIsRefused) {
  world.authority.revoked.insert(world.directory.identity(raw.self));
  expect_refused({raw.hello()});
}

TEST_F(BadHandshake, AnExpiredIdentityIsRefused) {
  world.authority.expirations[world.directory.identity(raw.self)] = FakeClock::kStart - 1;
  expect_refused({raw.hello()});
}

TEST_F(BadHandshake, AnEmptyMessageInsteadOfAConnEstablishIsRefused) {
  expect_refused({raw.sealed(EmptyMessage{})});
}

TEST_F(BadHandshake, GarbageIsRefusedAtOnce) {
  expect_refused({RawPeer::garbage()});
  EXPECT_EQ(a.traced(TraceKind::kMessageRejected, RejectReason::kUndecodable), 1u);
  EXPECT_LT(raw.closed[0].second, 100_ms);
}

TEST_F(BadHandshake, ASilentInitiatorIsRefusedWhenConnTimeoutIsOver) {
  expect_refused({});
  // Stream opened at 4 ms, accepted at 5 ms, refused 2 s later, heard of after 1 ms more.
  EXPECT_EQ(raw.closed[0].second, 2006_ms);
}

TEST_F(BadHandshake, TheAcceptorSaysItsNameWithoutWaiting) {
  raw.connect("a:7051", {});
  world.clock.run_for(10_ms);
  ASSERT_THAT(raw.frames, SizeIs(1));
  const auto* hello = raw.frames[0].second->message().get<ConnEstablish>();
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(hello->pki_id, a.context.pki_id());
}

TEST_F(BadHandshake, NothingIsCheckedOfTagNonceAndChannel) {
  GossipMessage m;
  m.tag = Tag::kChanOnly;
  m.nonce = 5;
  m.channel = "ch";
  m.content = raw.hello_content();
  std::string payload = encode_message(m);
  std::string signature = raw.crypto.sign(payload);
  raw.connect("a:7051", {Envelope::signed_of(std::move(m), payload, signature, nullptr),
                         CommNode::message(99)});
  world.clock.run_for(1_s);
  EXPECT_THAT(a.received, SizeIs(1));
}

// 4, and section 6.6.
TEST_F(CommTest, AnotherPkiIdOfTheExpectedOrganisationIsAcceptedWithAnIdentitySwitch) {
  CommNode old{world, "Org1MSP", "old", "old:7051"};
  a.meet(old);
  a.send(old.self, b.where, 5);
  world.clock.run_for(5_s);
  EXPECT_THAT(b.nonces(), ElementsAre(5));
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].kind, Kind::kIdentitySwitch);
  EXPECT_EQ(a.events[0].peer, old.self);
  EXPECT_TRUE(a.linked(b));
  EXPECT_FALSE(a.linked(old));
}

TEST_F(CommTest, AnotherPkiIdOfAForeignOrganisationIsRefused) {
  CommNode foreign{world, "Org2MSP", "f", "f:7051"};
  a.meet(b);
  a.send(b.self, foreign.where, 5);
  world.clock.run_for(5_s);
  EXPECT_THAT(foreign.received, IsEmpty());
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].kind, Kind::kPresumedDead);
  EXPECT_EQ(a.events[0].peer, b.self);
  EXPECT_FALSE(a.linked(foreign));
  EXPECT_EQ(a.traced(TraceKind::kDialFailed), 1u);
}

TEST_F(CommTest, AnExpectedPeerNeverMetIsRefusedWhenAnotherAnswers) {
  CommNode never{world, "Org1MSP", "never", "n:7051"};
  a.send(never.self, b.where, 5);
  world.clock.run_for(5_s);
  EXPECT_THAT(b.received, IsEmpty());
  EXPECT_THAT(a.dead_times(), SizeIs(1));
}

TEST_F(CommTest, EverySendToTheOldPkiIdDialsAgainAndReplacesTheConnection) {
  CommNode old{world, "Org1MSP", "old", "old:7051"};
  a.meet(old);
  a.send(old.self, b.where, 1);
  world.clock.run_for(1_s);
  a.send(old.self, b.where, 2);
  world.clock.run_for(1_s);
  EXPECT_EQ(a.count(Kind::kIdentitySwitch), 2u);
  EXPECT_EQ(world.net.dials_to("b:7051"), 2u);
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kReplaced), 1u);
  EXPECT_TRUE(a.linked(b));
}

TEST_F(CommTest, WithoutAPkiIdEverySendDialsAnew) {
  a.send(kNoPeer, b.where, 1);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1));
  EXPECT_TRUE(a.linked(b));
  a.send(kNoPeer, b.where, 2);
  world.clock.run_for(1_s);
  EXPECT_EQ(world.net.dials_to("b:7051"), 2u);
}

// 6.
TEST_F(BadHandshake, AMessageRightBehindTheConnEstablishIsDeliveredAndCloseConnEndsTheStream) {
  raw.connect("a:7051", {raw.hello(), CommNode::message(1), CommNode::message(2)});
  world.clock.run_for(1_s);
  EXPECT_THAT(a.nonces(), ElementsAre(1, 2));
  EXPECT_THAT(raw.closed, IsEmpty());
  a.comm.close_conn(raw.self);
  a.drain();
  world.clock.run_for(1_s);
  EXPECT_THAT(raw.closed, SizeIs(1));
  EXPECT_FALSE(a.comm.connected(raw.self));
  EXPECT_THAT(a.events, IsEmpty());
}

// 7.
TEST_F(CommTest, TwoPeersThatSendToEachOtherEveryMillisecondReceiveEightyMessagesEach) {
  // As on a loopback, where goroutines wake up a little late.
  world.net.set_latency("a:7051", "b:7051", 100_us);
  world.net.set_latency("b:7051", "a:7051", 100_us);
  Random random = Random::root(7);
  const auto late = [&] { return static_cast<Duration>(random.below(500'000)); };
  for (int i = 0; i < 30'000; ++i) {
    world.clock.call_at(i * 1_ms + late(), [this, i] { a.send(b, i); });
    world.clock.call_at(i * 1_ms + late(), [this, i] { b.send(a, i); });
  }
  world.clock.run_until(30_s);
  EXPECT_GE(a.received.size(), 80u);
  EXPECT_GE(b.received.size(), 80u);
}

// Quirk, of section 9 and exact lockstep: both dial, both close what they dialled, both dial again.
// Only unequal delays end it.
TEST_F(CommTest, TwoPeersInExactLockstepNeverGetAConnection) {
  for (int i = 0; i < 1000; ++i) {
    world.clock.call_at(i * 1_ms, [this, i] {
      a.send(b, i);
      b.send(a, i);
    });
  }
  world.clock.run_until(1_s);
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_THAT(b.received, IsEmpty());
  EXPECT_GT(world.net.dials_to("b:7051"), 50u);
  EXPECT_THAT(a.events, IsEmpty());
}

// 8, 12.
TEST_F(CommTest, ProbeOfAnUnresponsiveEndpointEndsWithinTenSeconds) {
  world.config.dial_timeout = 3_s;
  world.net.blackhole("b:7051", true);
  a.comm.probe(b.where, 17);
  world.clock.run_for(10_s);
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].kind, Kind::kProbeDone);
  EXPECT_EQ(a.events[0].cookie, 17u);
  EXPECT_FALSE(a.events[0].ok);
  EXPECT_EQ(a.events[0].failure, CommFailure::kDial);
  EXPECT_EQ(a.event_times[0], 3_s);
}

TEST_F(CommTest, ProbeThatConnectsButGetsNoPongEndsAfterConnTimeout) {
  a.comm.probe(b.where, 17);
  world.clock.call_at(1500_us, [this] { world.net.blackhole("b:7051", true); });
  // Silence swallows the end of the connect too, so it is lifted for that instant alone.
  world.clock.call_at(1900_us, [this] { world.net.blackhole("b:7051", false); });
  world.clock.call_at(2100_us, [this] { world.net.blackhole("b:7051", true); });
  world.clock.run_for(10_s);
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].failure, CommFailure::kPing);
  EXPECT_EQ(a.event_times[0], 2002_ms);
}

TEST_F(CommTest, ProbeAndHandshakeSucceedFailAndSucceedAgainWithThePeer) {
  const auto both = [&](std::string_view endpoint, PeerIndex expected) {
    a.events.clear();
    a.comm.probe(endpoint, 1);
    a.comm.handshake(endpoint, expected, 2);
    world.clock.run_for(5_s);
    EXPECT_THAT(a.events, SizeIs(2));
    return a.events.at(0).ok && a.events.at(1).ok;
  };
  auto c = std::make_unique<CommNode>(world, "Org1MSP", "c", "c:7051");
  EXPECT_TRUE(both("c:7051", c->self));
  EXPECT_FALSE(both("nobody:7051", c->self));
  EXPECT_THAT(world.clock.timers_armed(), 0u);
  c->comm.stop();
  world.net.crash("c:7051");
  EXPECT_FALSE(both("c:7051", c->self));
  c = std::make_unique<CommNode>(world, "Org1MSP", "c", "c:7051");
  EXPECT_TRUE(both("c:7051", c->self));
  EXPECT_FALSE(a.linked(*c));
  EXPECT_FALSE(c->linked(a));
}

TEST_F(CommTest, HandshakeTellsWhoIsThereAndFailsOnAWrongExpectation) {
  a.comm.handshake(b.where, kNoPeer, 1);
  world.clock.run_for(1_s);
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_TRUE(a.events[0].ok);
  EXPECT_EQ(a.events[0].peer, b.self);
  EXPECT_TRUE(a.identities.knows(b.self));

  a.comm.handshake(b.where, a.self, 2);
  world.clock.run_for(1_s);
  ASSERT_THAT(a.events, SizeIs(2));
  EXPECT_FALSE(a.events[1].ok);
  EXPECT_EQ(a.events[1].failure, CommFailure::kWrongPeer);
  EXPECT_EQ(a.count(Kind::kPresumedDead), 0u);
}

TEST_F(CommTest, AProbingHandshakeDisturbsNoConnection) {
  a.send(b, 1);
  world.clock.run_for(1_s);
  const ConnId before = b.comm.connection_of(a.self);
  a.comm.handshake(b.where, b.self, 1);
  world.clock.run_for(1_s);
  EXPECT_TRUE(a.events.at(0).ok);
  EXPECT_EQ(b.comm.connection_of(a.self), before);
  EXPECT_EQ(b.traced(TraceKind::kMessageRejected), 0u);
  EXPECT_EQ(world.net.open_streams("b:7051"), 1u);
}

// 9.
TEST_F(CommTest, RespondReachesTheOriginalSender) {
  b.on_message = [&](const Received& got) {
    b.comm.respond(got.conn, CommNode::message(got.envelope->message().nonce + 1));
  };
  a.send(b, 42);
  world.clock.run_for(10_s);
  EXPECT_THAT(a.nonces(), ElementsAre(43));
  EXPECT_EQ(a.received[0].from, b.self);
}

// 11.
TEST_F(CommTest, AfterAPeerRestartsOnANewPortSendsConnectAgain) {
  auto c = std::make_unique<CommNode>(world, "Org1MSP", "c", "c:7051");
  a.send(*c, 1);
  world.clock.run_for(1_s);
  c->comm.stop();
  world.net.crash("c:7051");
  c = std::make_unique<CommNode>(world, "Org1MSP", "c", "c:8051");
  world.clock.run_for(1_s);
  a.send(*c, 2);  // fails, and takes the old connection away
  a.send(*c, 3);
  world.clock.run_for(1_s);
  EXPECT_THAT(c->nonces(), ElementsAre(3));
  EXPECT_THAT(a.dead_times(), SizeIs(1));
}

// 13.
TEST_F(CommTest, AfterTheRemoteStopsFiveSendsGiveADeadEventWithinThreeSeconds) {
  a.send(b, 0);
  world.clock.run_for(1_s);
  b.comm.stop();
  world.net.crash("b:7051");
  for (int i = 1; i <= 5; ++i) {
    world.clock.call_after(i * 200_ms, [this, i] { a.send(b, i); });
  }
  world.clock.run_for(3_s);
  ASSERT_FALSE(a.dead_times().empty());
  EXPECT_EQ(a.dead_times().front(), 1200_ms);  // the write of the first one fails
  EXPECT_THAT(b.nonces(), ElementsAre(0));
}

// 14, 15.
TEST_F(BadHandshake, AMalformedEnvelopeGivesOneErrorNoMessageAndTheEndOfTheStream) {
  raw.connect("a:7051", {raw.hello(), CommNode::message(1), RawPeer::garbage(), RawPeer::garbage(),
                         CommNode::message(2)});
  world.clock.run_for(100_ms);
  EXPECT_THAT(a.nonces(), ElementsAre(1));
  EXPECT_EQ(a.traced(TraceKind::kMessageRejected, RejectReason::kUndecodable), 1u);
  EXPECT_THAT(raw.closed, SizeIs(1));
  EXPECT_FALSE(a.comm.connected(raw.self));
  EXPECT_THAT(a.events, IsEmpty());
}

// 16.
TEST_F(CommTest, SendingInALoopWhileTheRemoteStopsNeitherHangsNorCrashes) {
  for (int i = 0; i < 2000; ++i) {
    world.clock.call_at(i * 100_us, [this, i] { a.send(b, i); });
  }
  world.clock.call_at(100_ms, [this] { b.comm.stop(); });
  world.clock.run_for(60_s);
  EXPECT_GT(b.received.size(), 800u);
  world.clock.call_after(0, [this] { a.comm.stop(); });
  world.clock.run_for(60_s);
  EXPECT_EQ(world.clock.timers_armed(), 0u);
}

TEST_F(CommTest, AfterStopNothingIsSentAcceptedOrProbed) {
  a.send(b, 1);
  a.comm.probe(b.where, 1);
  world.clock.run_until(5_ms);  // we wait for b's ConnEstablish
  EXPECT_EQ(world.clock.timers_armed(), 1u);
  a.comm.stop();
  a.comm.stop();
  EXPECT_EQ(world.clock.timers_armed(), 0u);
  a.events.clear();
  a.send(b, 2);
  a.comm.send(b.self, CommNode::message(3));
  a.comm.close_conn(b.self);
  a.comm.probe(b.where, 2);
  b.send(a, 4);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.received, IsEmpty());
  EXPECT_THAT(a.received, IsEmpty());
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].failure, CommFailure::kStopping);
  EXPECT_THAT(a.dead_times(), IsEmpty());
}

TEST_F(CommTest, StopClosesTheConnectionsOfBothKinds) {
  CommNode c{world, "Org1MSP", "c", "c:7051"};
  a.send(b, 1);
  c.send(a, 1);
  world.clock.run_for(1_s);
  a.comm.stop();
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kStopped), 2u);
  world.clock.run_for(1_s);
  EXPECT_EQ(world.net.open_streams("a:7051"), 0u);
  EXPECT_FALSE(b.linked(a));  // its inbound stream ended
  EXPECT_TRUE(c.linked(a));   // Quirk: its outbound one is still there
}

// 25. Sent, received and overflow are counted by what the trace holds.
TEST_F(CommTest, MessagesSentDeliveredAndOverflownAreTracedOnceEach) {
  world.config.send_buff_size = 20;
  a.send(b, 0);
  world.clock.run_for(1_s);
  EXPECT_EQ(a.traced(TraceKind::kMessageSent), 1u);
  EXPECT_EQ(b.traced(TraceKind::kMessageDelivered), 1u);
  world.net.set_window(4);
  world.net.stall("b:7051", true);
  for (int i = 1; i <= 30; ++i)
    a.send(b, i);
  // 4 on the way, one with the writer, 20 in the buffer, 5 dropped: the newest.
  EXPECT_EQ(a.traced(TraceKind::kMessageSent), 5u);
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kSendBufferFull), 5u);
  world.clock.run_for(1_s);
  world.net.stall("b:7051", false);
  world.clock.run_for(1_s);
  std::vector<std::uint64_t> expected(26);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(b.nonces(), expected);
  EXPECT_THAT(a.events, IsEmpty());
  const auto& sent = world.sink.events;
  for (const TraceEvent& e : sent) {
    if (e.kind != TraceKind::kMessageSent && e.kind != TraceKind::kMessageDelivered) continue;
    EXPECT_NE(e.size, 0u);
    EXPECT_NE(e.value, 0u);
    EXPECT_EQ(e.other, e.peer == a.self ? b.self : a.self);
  }
}

}  // namespace
}  // namespace hearsay::comm_test
