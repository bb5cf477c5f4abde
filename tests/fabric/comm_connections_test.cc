// comm.md sections 7 to 10 and 12: dials that wait for each other, replacement, buffers, presumed
// death.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/comm.h"
#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using namespace hearsay::literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = CommEvent::Kind;

class CommConnections : public testing::Test {
 protected:
  void connect(CommNode& from, CommNode& to) {
    from.send(to, 0);
    world.clock.run_for(1_s);
    ASSERT_THAT(to.nonces(), ElementsAre(0));
    to.received.clear();
  }
  CommWorld world;
  CommNode a{world, "Org1MSP", "a", "a:7051"};
  CommNode b{world, "Org1MSP", "b", "b:7051"};
};

// --- section 7: dials

TEST_F(CommConnections, ARefusedDialFailsOnlyAfterTheWholeDialTimeout) {
  world.net.refuse("b:7051", true);
  a.send(b, 1);
  world.clock.run_for(5_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(300_ms));
  EXPECT_EQ(a.traced(TraceKind::kDialFailed), 1u);
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kDialFailed), 1u);
}

TEST_F(CommConnections, ARefusalThatEndsInTimeDoesNotFailTheDial) {
  world.net.refuse("b:7051", true);
  a.send(b, 1);
  world.clock.call_at(200_ms, [this] { world.net.refuse("b:7051", false); });
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1));
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommConnections, AnUnknownEndpointFailsAfterTheDialTimeoutToo) {
  a.comm.send(b.self, CommNode::message(1));
  world.clock.run_for(1_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(300_ms));
}

TEST_F(CommConnections, FiveSendsToADeadPeerDialOneAfterAnotherWithADeadEventEach) {
  world.net.refuse("b:7051", true);
  for (int i = 0; i < 5; ++i)
    a.send(b, i);
  world.clock.run_for(5_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(300_ms, 600_ms, 900_ms, 1200_ms, 1500_ms));
  EXPECT_EQ(world.net.dials_to("b:7051"), 5u);
}

TEST_F(CommConnections, WaitersOfADialThatSucceedsAreSentAtOnceInOrder) {
  for (int i = 0; i < 5; ++i)
    a.send(b, i);
  world.clock.run_for(10_ms);
  EXPECT_THAT(b.nonces(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(world.net.dials_to("b:7051"), 1u);
}

TEST_F(CommConnections, AfterAFailureANewSendDialsBesideThoseThatStillWait) {
  world.net.refuse("b:7051", true);
  for (int i = 0; i < 3; ++i)
    a.send(b, i);
  world.clock.run_until(350_ms);  // the first has failed and taken the lock's entry with it
  a.send(b, 3);
  a.send(b, 4);
  world.clock.run_for(5_s);
  // The old lock fails at 300, 600, 900 ms. The new one is taken at 350, fails at 650 and 950.
  EXPECT_THAT(a.dead_times(), ElementsAre(300_ms, 600_ms, 650_ms, 900_ms, 950_ms));
}

TEST_F(CommConnections, EachWaiterDialsItsOwnEndpoint) {
  a.send(b.self, "nobody:1", 1);
  a.send(b.self, b.where, 2);
  world.clock.run_for(5_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(300_ms));
  EXPECT_THAT(b.nonces(), ElementsAre(2));
}

TEST_F(CommConnections, SendsBehindOneDialAreLimited) {
  world.net.refuse("b:7051", true);
  for (std::size_t i = 0; i < Comm::kMaxDialWaiters + 3; ++i)
    a.send(b, i);
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kDialFailed), 3u);
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommConnections, WhoConnectsToUsMeanwhileSavesADialThatFails) {
  world.net.refuse("b:7051", true);
  a.send(b, 1);
  world.clock.call_at(100_ms, [this] { b.send(a, 2); });
  world.clock.run_for(1_s);
  EXPECT_THAT(a.nonces(), ElementsAre(2));
  EXPECT_THAT(b.nonces(), ElementsAre(1));
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommConnections, SendsWaitForTheDialAlthoughAnInboundConnectionIsThere) {
  world.net.refuse("b:7051", true);
  a.send(b, 1);
  world.clock.call_at(100_ms, [this] { b.send(a, 2); });
  world.clock.call_at(200_ms, [this] {
    EXPECT_TRUE(a.linked(b));
    a.send(b, 3);
  });
  world.clock.run_until(299_ms);
  EXPECT_THAT(b.received, IsEmpty());
  world.clock.run_until(301_ms);
  EXPECT_THAT(b.nonces(), ElementsAre(1, 3));
}

TEST_F(CommConnections, AHandshakeStreamThatEndsIsNoticedOnlyWhenConnTimeoutIsOver) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  a.send(raw.self, "raw:7051", 1);
  world.clock.run_until(10_ms);
  ASSERT_THAT(raw.accepted, SizeIs(1));
  raw.transport.close(raw.accepted[0]);
  world.clock.run_for(5_s);
  // The stream was opened at 4 ms.
  EXPECT_THAT(a.dead_times(), ElementsAre(2004_ms));
}

TEST_F(CommConnections, AConnectionThatBreaksWhilePingingFailsAtOnce) {
  a.send(b, 1);
  world.clock.run_until(3_ms);
  world.net.break_streams("b:7051");
  world.clock.run_for(5_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(3_ms));
}

TEST_F(CommConnections, AnAcceptorThatRefusesOurHandshakeIsFirstRegisteredThenFoundDead) {
  world.authority.revoked.insert(world.directory.identity(a.self));
  a.send(b, 1);
  world.clock.run_for(3_s);
  // Quirk: b said its name before it looked at ours, so to a all was well.
  EXPECT_TRUE(a.linked(b));
  EXPECT_FALSE(b.linked(a));
  EXPECT_THAT(b.received, IsEmpty());
  EXPECT_THAT(a.events, IsEmpty());
  a.send(b, 2);
  EXPECT_THAT(a.dead_times(), ElementsAre(3_s));
  EXPECT_FALSE(a.linked(b));
}

// --- section 9, row by row

TEST_F(CommConnections, NothingRegisteredAndAnOutboundCompletes) {
  a.send(b, 1);
  world.clock.run_for(1_s);
  EXPECT_TRUE(a.linked(b));
  EXPECT_EQ(a.traced(TraceKind::kConnectionOpened, 1), 1u);
}

TEST_F(CommConnections, NothingRegisteredAndAnInboundCompletes) {
  a.send(b, 1);
  world.clock.run_for(1_s);
  EXPECT_TRUE(b.linked(a));
  EXPECT_EQ(b.traced(TraceKind::kConnectionOpened, 0), 1u);
}

TEST_F(CommConnections, InboundRegisteredAndAnOutboundCompletesKeepsTheInbound) {
  // The raw peer accepts a's stream and, before it answers, has a's inbound registered.
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  a.send(raw.self, "raw:7051", 1);
  raw.connect("a:7051", {raw.hello()});
  world.clock.run_until(20_ms);
  ASSERT_THAT(raw.accepted, SizeIs(1));
  const ConnId inbound = a.comm.connection_of(raw.self);
  ASSERT_NE(inbound, kNoConn);
  raw.transport.write(raw.accepted[0], raw.hello());
  world.clock.run_until(30_ms);
  EXPECT_EQ(a.comm.connection_of(raw.self), inbound);
  ASSERT_THAT(raw.closed, SizeIs(1));
  EXPECT_EQ(raw.closed[0].first, raw.accepted[0]);
  EXPECT_EQ(a.traced(TraceKind::kConnectionOpened), 1u);
  // The message that caused the dial went over the inbound stream.
  ASSERT_FALSE(raw.frames.empty());
  EXPECT_EQ(raw.frames.back().second->message().nonce, 1u);
  EXPECT_NE(raw.frames.back().first, raw.accepted[0]);
}

TEST_F(CommConnections, OutboundRegisteredAndAnInboundCompletesReplacesTheOutbound) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.greeting = {raw.hello()};
  a.send(raw.self, "raw:7051", 1);
  world.clock.run_for(1_s);
  const ConnId outbound = a.comm.connection_of(raw.self);
  ASSERT_NE(outbound, kNoConn);
  raw.connect("a:7051", {raw.hello(), CommNode::message(2)});
  world.clock.run_for(1_s);
  EXPECT_NE(a.comm.connection_of(raw.self), kNoConn);
  EXPECT_NE(a.comm.connection_of(raw.self), outbound);
  ASSERT_THAT(raw.closed, SizeIs(1));
  EXPECT_EQ(raw.closed[0].first, raw.accepted.at(0));
  EXPECT_THAT(a.nonces(), ElementsAre(2));
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kReplaced), 1u);
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommConnections, InboundRegisteredAndAnotherInboundCompletesKillsBoth) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.connect("a:7051", {raw.hello()});
  world.clock.run_for(1_s);
  EXPECT_TRUE(a.comm.connected(raw.self));
  raw.connect("a:7051", {raw.hello(), CommNode::message(1)});
  world.clock.run_for(1_s);
  EXPECT_FALSE(a.comm.connected(raw.self));
  EXPECT_THAT(raw.closed, SizeIs(2));
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_THAT(a.events, IsEmpty());
}

TEST_F(CommConnections, OutboundUnderXAndAnOutboundToAnOldPkiIdBecomesXReplacesIt) {
  const PeerIndex old = world.peer("Org1MSP", "old");
  connect(a, b);
  a.identities.put(world.directory.pki_id(old), world.directory.identity(old));
  const ConnId before = a.comm.connection_of(b.self);
  a.send(old, b.where, 1);
  world.clock.run_for(1_s);
  EXPECT_NE(a.comm.connection_of(b.self), before);
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kReplaced), 1u);
  // At b an inbound met an inbound: both died, so the message was lost and b holds nothing.
  EXPECT_FALSE(b.linked(a));
  EXPECT_THAT(b.received, IsEmpty());
}

TEST_F(CommConnections, InboundUnderXAndAnOutboundToAnOldPkiIdBecomesXKillsBoth) {
  const PeerIndex old = world.peer("Org1MSP", "old");
  connect(b, a);
  a.identities.put(world.directory.pki_id(old), world.directory.identity(old));
  a.send(old, b.where, 1);
  world.clock.run_for(1_s);
  EXPECT_FALSE(a.linked(b));
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kReplaced), 2u);
}

TEST_F(CommConnections, SimultaneousDialsKillBothStreamsWithoutADeadEventAndTheNextSendDialsAgain) {
  a.send(b, 1);
  b.send(a, 2);
  world.clock.run_for(1_s);
  EXPECT_FALSE(a.linked(b));
  EXPECT_FALSE(b.linked(a));
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_THAT(b.received, IsEmpty());
  EXPECT_THAT(a.events, IsEmpty());
  EXPECT_THAT(b.events, IsEmpty());
  EXPECT_EQ(world.net.open_streams("a:7051"), 0u);
  a.send(b, 3);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(3));
  EXPECT_TRUE(a.linked(b));
}

TEST_F(CommConnections, DialsThatOverlapAtAllDie) {
  a.send(b, 1);
  world.clock.call_at(4_ms, [this] { b.send(a, 2); });  // one before a's stream reaches b
  world.clock.run_for(1_s);
  EXPECT_FALSE(a.linked(b));
  EXPECT_FALSE(b.linked(a));
}

TEST_F(CommConnections, AStreamSurvivesWhenItsInboundIsRegisteredBeforeTheOtherSideDials) {
  a.send(b, 1);
  world.clock.call_at(5100_us, [this] { b.send(a, 2); });
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1));
  EXPECT_THAT(a.nonces(), ElementsAre(2));
  EXPECT_EQ(world.net.open_streams("a:7051"), 1u);
}

TEST_F(CommConnections, APeerMayConnectToItself) {
  a.send(a, 1);
  world.clock.run_for(1_s);
  EXPECT_THAT(a.events, IsEmpty());
}

// --- section 10: buffers, ends of streams

TEST_F(CommConnections, TheEndOfAnOutboundStreamIsFoundOutByTheNextSend) {
  connect(a, b);
  b.comm.close_conn(a.self);
  world.clock.run_for(1_s);
  EXPECT_TRUE(a.linked(b));
  EXPECT_THAT(a.events, IsEmpty());
  a.send(b, 1);
  EXPECT_THAT(a.dead_times(), SizeIs(1));
  EXPECT_FALSE(a.linked(b));
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kConnectionClosed), 1u);
  EXPECT_EQ(a.traced(TraceKind::kConnectionClosed, CloseCause::kRemote), 1u);
  a.send(b, 2);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(2));
}

TEST_F(CommConnections, TheEndOfAnInboundStreamUnregistersIt) {
  connect(a, b);
  a.comm.close_conn(b.self);
  world.clock.run_for(1_s);
  EXPECT_FALSE(b.linked(a));
  EXPECT_THAT(b.events, IsEmpty());
  EXPECT_EQ(b.traced(TraceKind::kConnectionClosed, CloseCause::kRemote), 1u);
}

TEST_F(CommConnections, ACrashIsNoticedByTheReaderOfInboundAndTheWriterOfOutboundConnections) {
  connect(a, b);
  CommNode c(world, "Org1MSP", "c", "c:7051");
  connect(b, c);
  b.comm.stop();
  world.net.crash("b:7051");
  world.clock.run_for(1_s);
  EXPECT_FALSE(c.linked(b));
  EXPECT_TRUE(a.linked(b));
  a.send(b, 1);
  EXPECT_THAT(a.dead_times(), SizeIs(1));
}

TEST_F(CommConnections, AWriteThatWaitsForRoomFailsWithTheStreamAndMeansDeath) {
  connect(a, b);
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  for (int i = 1; i <= 3; ++i)
    a.send(b, i);
  EXPECT_THAT(a.events, IsEmpty());
  world.net.break_streams("a:7051");
  world.clock.run_for(1_s);
  // One event for the message in the writer's hands; the one behind it is lost without.
  EXPECT_THAT(a.dead_times(), SizeIs(1));
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kConnectionClosed), 2u);
  EXPECT_FALSE(a.linked(b));
}

TEST_F(CommConnections, AnInboundConnectionWithAWaitingWriteThatBreaksMeansDeathToo) {
  connect(b, a);
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  for (int i = 1; i <= 3; ++i)
    a.send(b, i);
  world.net.break_streams("a:7051");
  world.clock.run_for(1_s);
  EXPECT_THAT(a.dead_times(), SizeIs(1));
  EXPECT_FALSE(a.linked(b));
}

TEST_F(CommConnections, GarbageMakesAnOutboundConnectionDeafButItStaysRegisteredAndWritable) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.greeting = {raw.hello(), CommNode::message(1), RawPeer::garbage(), CommNode::message(2)};
  a.send(raw.self, "raw:7051", 5);
  world.clock.run_for(1_s);
  EXPECT_THAT(a.nonces(), ElementsAre(1));
  EXPECT_EQ(a.traced(TraceKind::kMessageRejected, RejectReason::kUndecodable), 1u);
  EXPECT_TRUE(a.comm.connected(raw.self));
  a.send(raw.self, "raw:7051", 6);
  world.clock.run_for(1_s);
  EXPECT_EQ(raw.frames.back().second->message().nonce, 6u);
  EXPECT_THAT(raw.closed, IsEmpty());
}

TEST_F(CommConnections, AFailedResponseLeavesTheConnectionRegisteredAndSilent) {
  world.config.send_buff_size = 3;
  connect(a, b);
  b.send(a, 1);
  world.clock.run_for(1_s);
  ASSERT_THAT(a.received, SizeIs(1));
  const Received request = a.received[0];
  b.comm.close_conn(a.self);
  world.clock.run_for(1_s);
  a.comm.respond(request.conn, CommNode::message(2));
  a.drain();
  EXPECT_THAT(a.events, IsEmpty());
  EXPECT_TRUE(a.linked(b));
  // The writer is dead: the buffer fills, then overflows, and nobody is told.
  for (int i = 3; i < 8; ++i)
    a.send(b, i);
  world.clock.run_for(60_s);
  EXPECT_THAT(a.events, IsEmpty());
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kSendBufferFull), 2u);
  EXPECT_TRUE(a.linked(b));
  // Until b connects to us.
  b.send(a, 9);
  world.clock.run_for(1_s);
  a.send(b, 10);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(10));
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kConnectionClosed), 4u);
}

TEST_F(CommConnections, AResponseWaitsForRoomWhereASendIsDropped) {
  world.config.send_buff_size = 2;
  connect(a, b);
  b.send(a, 0);
  world.clock.run_for(1_s);
  const ConnId conn = a.received.at(0).conn;
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  for (int i = 1; i <= 6; ++i)
    a.send(b, i);  // 1 on the way, 1 with the writer, 2 queued, 2 dropped
  for (int i = 7; i <= 9; ++i)
    a.comm.respond(conn, CommNode::message(i));
  a.send(b, 10);
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kSendBufferFull), 3u);
  world.net.stall("b:7051", false);
  world.clock.run_for(1_s);
  EXPECT_THAT(b.nonces(), ElementsAre(1, 2, 3, 4, 7, 8, 9));
  a.send(b, 11);
  world.clock.run_for(1_s);
  EXPECT_EQ(b.nonces().back(), 11u);
}

TEST_F(CommConnections, SendsThatBlockAreLimited) {
  world.config.send_buff_size = 2;
  connect(a, b);
  b.send(a, 0);
  world.clock.run_for(1_s);
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  for (std::size_t i = 0; i < 1 + 3 + Comm::kMaxBlockedSends + 7; ++i) {
    a.comm.respond(a.received.at(0).conn, CommNode::message(i));
  }
  EXPECT_EQ(a.traced(TraceKind::kMessageDropped, DropReason::kSendBufferFull), 7u);
}

TEST_F(CommConnections, AResponseToAConnectionThatIsGoneIsDropped) {
  connect(a, b);
  a.send(b, 1);
  world.clock.run_for(1_s);
  const Received request = b.received.at(0);
  b.comm.close_conn(a.self);
  b.comm.respond(request.conn, CommNode::message(2));
  b.comm.respond(kNoConn, CommNode::message(4));
  b.comm.ack(request, "");
  b.drain();
  world.clock.run_for(1_s);
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_THAT(b.events, IsEmpty());
  EXPECT_EQ(b.traced(TraceKind::kMessageDropped, DropReason::kConnectionClosed), 3u);
}

TEST_F(CommConnections, FramesOfOneConnectionKeepTheirOrderThroughAFullBuffer) {
  connect(a, b);
  world.net.set_window(3);
  for (int i = 0; i < 150; ++i)
    a.send(b, i);
  world.clock.run_for(1_s);
  ASSERT_THAT(b.received, SizeIs(150));
  for (std::uint64_t i = 0; i < 150; ++i)
    EXPECT_EQ(b.nonces()[i], i);
}

// --- section 12, row by row

TEST_F(CommConnections, AFailedDialIsADeathOfTheRequestedPeer) {
  world.net.blackhole("b:7051", true);
  a.send(b, 1);
  world.clock.run_for(1_s);
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].peer, b.self);
}

TEST_F(CommConnections, AFailedDialToAnEndpointAloneIsADeathOfNobodyKnown) {
  a.send(kNoPeer, "nobody:1", 1);
  world.clock.run_for(1_s);
  ASSERT_THAT(a.events, SizeIs(1));
  EXPECT_EQ(a.events[0].kind, Kind::kPresumedDead);
  EXPECT_EQ(a.events[0].peer, kNoPeer);
}

TEST_F(CommConnections, AFailedHandshakeOfADialIsADeath) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.greeting = {raw.sealed(EmptyMessage{})};
  a.send(raw.self, "raw:7051", 1);
  world.clock.run_for(1_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(6_ms));
}

TEST_F(CommConnections, AnAcceptorThatClaimsToProbeIsRefused) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  ConnEstablish hello = raw.hello_content();
  hello.probe = true;
  raw.greeting = {raw.sealed(hello)};
  a.send(raw.self, "raw:7051", 1);
  a.comm.handshake("raw:7051", raw.self, 3);
  world.clock.run_for(1_s);
  EXPECT_THAT(a.dead_times(), SizeIs(1));
  ASSERT_EQ(a.count(Kind::kHandshakeDone), 1u);
  EXPECT_FALSE(a.events.back().ok || a.events.front().ok);
}

TEST_F(CommConnections, OverflowProbesHandshakesAndCloseConnAreNoDeaths) {
  connect(a, b);
  world.config.send_buff_size = 1;
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  for (int i = 0; i < 5; ++i)
    a.send(b, i);
  a.comm.probe("nobody:1", 1);
  a.comm.handshake("nobody:1", b.self, 2);
  a.comm.close_conn(b.self);
  a.comm.close_conn(b.self);
  a.comm.close_conn(kNoPeer);
  world.clock.run_for(5_s);
  EXPECT_EQ(a.count(Kind::kPresumedDead), 0u);
  EXPECT_EQ(a.events.size(), 2u);
}

TEST_F(CommConnections, ADeadEventPrecedesTheRemovalAndEventsAreNotDeduplicated) {
  connect(a, b);
  b.comm.close_conn(a.self);
  world.clock.run_for(1_s);
  world.net.refuse("b:7051", true);
  a.send(b, 1);
  a.send(b, 2);
  world.clock.run_for(1_s);
  EXPECT_THAT(a.dead_times(), ElementsAre(2_s, 2300_ms));
}

TEST_F(CommConnections, AWriteThatFailsAfterAnIdentitySwitchDeclaresTheOldPeerDead) {
  const PeerIndex old = world.peer("Org1MSP", "old");
  a.identities.put(world.directory.pki_id(old), world.directory.identity(old));
  world.net.set_window(1);
  world.net.stall("b:7051", true);
  a.send(old, b.where, 1);  // our ConnEstablish fills the window, so the message must wait
  world.clock.run_until(7_ms);
  EXPECT_TRUE(a.linked(b));
  EXPECT_EQ(a.count(Kind::kIdentitySwitch), 1u);
  world.net.break_streams("b:7051");
  world.clock.run_until(8_ms);
  EXPECT_EQ(a.count(Kind::kPresumedDead), 1u);
  for (const CommEvent& e : a.events)
    EXPECT_EQ(e.peer, old);
  EXPECT_FALSE(a.linked(b)) << "what Fabric leaves registered, closed, is gone here";
}

// --- what must not hurt

TEST_F(CommConnections, UpcallsForConnectionsThatAreGoneOrWereNeverThereDoNothing) {
  connect(a, b);
  const ConnId conn = a.comm.connection_of(b.self);
  a.comm.close_conn(b.self);
  PeerIndex from = kNoPeer;
  for (const ConnId c : {conn, kNoConn, ConnId{12345}}) {
    a.comm.on_connected(c);
    a.comm.on_pong(c);
    a.comm.on_writable(c);
    a.comm.on_closed(c, StreamEnd::kBroken);
    EXPECT_FALSE(a.comm.on_frame(c, CommNode::message(1), from));
  }
  EXPECT_EQ(from, kNoPeer);
  CommEvent event;
  EXPECT_FALSE(a.comm.next_event(event));
}

TEST_F(CommConnections, ASecondConnEstablishOnAnOpenConnectionIsJustAMessage) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.connect("a:7051", {raw.hello(), raw.hello()});
  world.clock.run_for(1_s);
  EXPECT_THAT(a.received, SizeIs(1));
  EXPECT_TRUE(a.comm.connected(raw.self));
}

TEST_F(CommConnections, AnAckNobodyWaitsForIsConsumed) {
  RawPeer raw(world, "Org1MSP", "raw", "raw:7051");
  raw.connect("a:7051", {raw.hello(), raw.sealed(Acknowledgement{"no"}), CommNode::message(1)});
  world.clock.run_for(1_s);
  EXPECT_THAT(a.nonces(), ElementsAre(1));
}

TEST_F(CommConnections, DescribeNamesConnectionsAndWaiters) {
  connect(a, b);
  const PeerIndex c = world.peer("Org1MSP", "c");
  a.send(c, "nobody:1", 1);
  a.send(c, "nobody:1", 2);
  EXPECT_EQ(a.comm.describe(),
            "peer 1: outbound, queued 0, waiting for a dial 0\n"
            "peer 2: no connection, queued 0, waiting for a dial 2\n");
}

}  // namespace
}  // namespace hearsay::comm_test
