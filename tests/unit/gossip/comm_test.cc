// Comm on a transport that does what the test says: corners that streams between nodes do not
// reach.
#include "core/gossip/comm.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using namespace hearsay::literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ScriptedTransport final : public Transport {
 public:
  ConnId dial(std::string_view endpoint) override {
    dialled.emplace_back(endpoint);
    return ConnId{next++};
  }
  void ping(ConnId /*conn*/) override {}
  void open_stream(ConnId /*conn*/) override {}
  bool write(ConnId conn, const EnvelopeRef& frame) override {
    if (room) written.emplace_back(conn, frame);
    return room;
  }
  bool write_fails(ConnId /*conn*/) const override { return false; }
  // Any connection that a test speaks of is there, until it is closed.
  ConnTag* tag(ConnId conn) override { return gone.contains(conn) ? nullptr : &tags[conn]; }
  void close(ConnId conn) override {
    closed.push_back(conn);
    gone.insert(conn);
  }

  bool room = true;
  std::uint32_t next = 0;
  std::vector<std::string> dialled;
  std::vector<std::pair<ConnId, EnvelopeRef>> written;
  std::vector<ConnId> closed;
  std::map<ConnId, ConnTag> tags;
  std::set<ConnId> gone;
};

class CommAlone : public testing::Test, public EndpointBook {
 protected:
  std::string_view endpoint_of(PeerIndex /*peer*/) const override { return ""; }

  CommWorld world;
  const PeerIndex self = world.peer("Org1MSP", "self");
  RawPeer them{world, "Org1MSP", "them", "them:7051"};
  FakeCrypto crypto{world.authority, world.directory.identity(self)};
  ScriptedTransport transport;
  Context context{{self, world.directory.org(self), "", ""},
                  world.config,
                  world.directory,
                  world.clock,
                  transport,
                  crypto,
                  world.sink,
                  Random::root(1)};
  IdentityMapper identities{context};
  Comm comm{context, identities, *this};
  PeerIndex from = kNoPeer;
};

TEST_F(CommAlone, AConnEstablishThatFoundNoRoomIsWrittenOnceThereIs) {
  transport.room = false;
  comm.on_accepted(ConnId{0});
  EXPECT_THAT(transport.written, IsEmpty());
  comm.on_writable(ConnId{0});
  transport.room = true;
  comm.on_writable(ConnId{0});
  ASSERT_THAT(transport.written, SizeIs(1));
  EXPECT_EQ(transport.written[0].second->kind(), ContentKind::kConn);
  comm.on_writable(ConnId{0});
  EXPECT_THAT(transport.written, SizeIs(1));
}

TEST_F(CommAlone, OurConnEstablishIsMadeOnceAndShared) {
  comm.on_accepted(ConnId{0});
  comm.on_accepted(ConnId{1});
  ASSERT_THAT(transport.written, SizeIs(2));
  EXPECT_EQ(transport.written[0].second, transport.written[1].second);
}

TEST_F(CommAlone, AnUnknownEndpointIsNotDialled) {
  comm.send(them.self, CommNode::message(1));
  EXPECT_THAT(transport.dialled, IsEmpty());
  EXPECT_EQ(world.clock.timers_armed(), 1u);
}

TEST_F(CommAlone, AResponseToAnEarlierUseOfASlotDoesNotReachTheLaterOne) {
  const ConnId first{7u << 20};
  const ConnId second{8u << 20};
  comm.on_accepted(first);
  comm.on_frame(first, them.hello(), from);
  comm.close_conn(them.self);
  comm.on_accepted(second);
  comm.on_frame(second, them.hello(), from);
  EXPECT_EQ(comm.connection_of(them.self), second);
  transport.written.clear();
  comm.respond(first, CommNode::message(1));
  EXPECT_THAT(transport.written, IsEmpty());
  comm.respond(second, CommNode::message(2));
  EXPECT_THAT(transport.written, SizeIs(1));
}

TEST_F(CommAlone, AnIdWithItsHighestBitSetIsAnIdLikeAnyOther) {
  const ConnId conn{0xFFEu << 20 | 3};
  comm.on_accepted(conn);
  comm.on_frame(conn, them.hello(), from);
  comm.send(them.self, CommNode::message(1));
  EXPECT_EQ(comm.connection_of(them.self), conn);
  EXPECT_EQ(transport.written.back().first, conn);
  EXPECT_THAT(transport.dialled, IsEmpty());
}

TEST_F(CommAlone, StopClosesByTheOrderOfSlots) {
  RawPeer other{world, "Org1MSP", "other", "other:7051"};
  const ConnId first{7u << 20 | 4};
  const ConnId second{3u << 20 | 5};
  comm.on_accepted(second);
  comm.on_frame(second, them.hello(), from);
  comm.on_accepted(first);
  comm.on_frame(first, other.hello(), from);
  ASSERT_LT(raw(them.self), raw(other.self));
  comm.stop();
  EXPECT_THAT(transport.closed, ElementsAre(first, second));
}

TEST_F(CommAlone, HandshakesUnderWayAreLimited) {
  for (std::uint32_t i = 0; i < Comm::kMaxAttempts; ++i)
    comm.on_accepted(ConnId{i});
  EXPECT_THAT(transport.closed, IsEmpty());
  const ConnId over{Comm::kMaxAttempts};
  comm.on_accepted(over);
  EXPECT_THAT(transport.closed, ElementsAre(over));
  // They end, and there is room again.
  world.clock.run_for(2_s);
  EXPECT_THAT(transport.closed, SizeIs(1 + Comm::kMaxAttempts));
  comm.on_accepted(ConnId{Comm::kMaxAttempts + 1});
  EXPECT_THAT(transport.closed, SizeIs(1 + Comm::kMaxAttempts));
}

TEST_F(CommAlone, AProbingStreamLivesTenSecondsAtMostAndOthersAsLongAsConnTimeout) {
  world.config.conn_timeout = 20_s;
  const auto start = [&](ConnId conn) {
    comm.on_connected(conn);
    comm.on_pong(conn);
  };
  comm.handshake("them:7051", kNoPeer, 1);
  comm.send_to(them.self, "them:7051", CommNode::message(1));
  start(ConnId{0});
  start(ConnId{1});
  CommEvent event;
  world.clock.run_until(9999_ms);
  EXPECT_FALSE(comm.next_event(event));
  world.clock.run_until(10_s);
  ASSERT_TRUE(comm.next_event(event));
  EXPECT_EQ(event.kind, CommEvent::Kind::kHandshakeDone);
  EXPECT_EQ(event.failure, CommFailure::kHandshake);
  world.clock.run_until(19'999_ms);
  EXPECT_FALSE(comm.next_event(event));
  world.clock.run_until(20_s);
  ASSERT_TRUE(comm.next_event(event));
  EXPECT_EQ(event.kind, CommEvent::Kind::kPresumedDead);
}

TEST_F(CommAlone, ItsTimersGoWithIt) {
  {
    Comm other(context, identities, *this);
    other.on_accepted(ConnId{99});
    other.probe("x", 1);
    EXPECT_EQ(world.clock.timers_armed(), 2u);
  }
  EXPECT_EQ(world.clock.timers_armed(), 0u);
}

TEST_F(CommAlone, TheOwnerIsWokenOnceForEventsThatComeUpBehindATimer) {
  struct Owner final : TimerHandler {
    void on_timer(TimerKind kind, std::uint32_t /*cookie*/) override {
      EXPECT_EQ(kind, TimerKind::kCommEvents);
      ++woken;
    }
    int woken = 0;
  } owner;
  comm.wake_with(owner);
  comm.probe("x", 1);
  comm.probe("y", 2);
  world.clock.run_for(1_s);
  EXPECT_EQ(owner.woken, 1);
  EXPECT_TRUE(comm.has_events());
}

TEST_F(CommAlone, EveryFailureHasAName) {
  for (int f = 0; f <= static_cast<int>(CommFailure::kWrongPeer); ++f) {
    EXPECT_STRNE(comm_failure_name(static_cast<CommFailure>(f)), "?");
  }
}

}  // namespace
}  // namespace hearsay::comm_test
