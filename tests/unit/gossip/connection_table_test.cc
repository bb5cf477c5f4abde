#include "core/gossip/connection_table.h"

#include <map>

#include <gtest/gtest.h>

#include "tests/support/bare_node.h"

namespace hearsay {
namespace {

using test::UnusedTransport;

TEST(ConnectionTableTest, ARecordTellsItsPhaseAndWhatMayBeDone) {
  struct Row {
    ConnPhase phase;
    bool open, established, inbound;
  };
  for (const Row& row :
       {Row{ConnPhase::kFree, false, false, false}, Row{ConnPhase::kDialling, false, false, false},
        Row{ConnPhase::kPinging, false, false, false},
        Row{ConnPhase::kShaking, false, false, false},
        Row{ConnPhase::kShakingIn, false, false, true}, Row{ConnPhase::kDeaf, false, true, false},
        Row{ConnPhase::kEndedByRemote, false, true, false},
        Row{ConnPhase::kEndedBroken, false, true, false},
        Row{ConnPhase::kMuted, false, true, false}, Row{ConnPhase::kOpenOut, true, true, false},
        Row{ConnPhase::kOpenIn, true, true, true}}) {
    const ConnRecord record(row.phase, ConnRecord::kNoAux, PeerIndex{3});
    EXPECT_EQ(record.phase(), row.phase);
    EXPECT_EQ(record.open(), row.open);
    EXPECT_EQ(record.established(), row.established);
    EXPECT_EQ(record.inbound(), row.inbound);
    EXPECT_EQ(record.clear_to_write(), row.open);
    EXPECT_EQ(record.peer(), PeerIndex{3});
    const ConnRecord busy(row.phase, 5, PeerIndex{3});
    EXPECT_EQ(busy.aux(), 5u);
    EXPECT_EQ(busy.open(), row.open);
    EXPECT_FALSE(busy.clear_to_write());
  }
}

// Has the connections that a test gives it.
struct Tags final : UnusedTransport {
  ConnTag* tag(ConnId conn) override {
    const auto it = by_conn.find(conn);
    return it == by_conn.end() ? nullptr : &it->second;
  }
  std::map<ConnId, ConnTag> by_conn;
};

constexpr ConnId conn(std::uint32_t generation, std::uint32_t slot) {
  return ConnId{generation << 20 | slot};
}

TEST(ConnectionTableTest, WhatIsNotMadeOrNoLongerThereReadsAsFree) {
  Tags transport;
  ConnectionTable table(transport);
  EXPECT_EQ(table[kNoConn].phase(), ConnPhase::kFree);
  EXPECT_EQ(table[conn(9, 7)].phase(), ConnPhase::kFree);
  transport.by_conn[conn(9, 7)] = 0;
  EXPECT_EQ(table[conn(9, 7)].phase(), ConnPhase::kFree);
  EXPECT_EQ(table[conn(9, 7)].peer(), kNoPeer);
  EXPECT_EQ(table[conn(9, 7)].aux(), ConnRecord::kNoAux);
  table.make(conn(9, 7), {ConnPhase::kDialling, 1, PeerIndex{3}});
  EXPECT_EQ(table[conn(9, 7)].peer(), PeerIndex{3});
  EXPECT_DEATH(table.make(conn(9, 7), {ConnPhase::kDialling, 1, PeerIndex{3}}), "made twice");
  table.free(conn(9, 7));
  EXPECT_EQ(table[conn(9, 7)].peer(), kNoPeer);
  EXPECT_DEATH(table.set_phase(conn(9, 7), ConnPhase::kDeaf), "");
  EXPECT_DEATH(table.make(conn(10, 7), {ConnPhase::kShakingIn, 1, kNoPeer}), "does not have");
}

TEST(ConnectionTableTest, PhaseAndQueueChangeApart) {
  Tags transport;
  transport.by_conn[conn(0xFFE, 0)] = 0;
  ConnectionTable table(transport);
  table.make(conn(0xFFE, 0), {ConnPhase::kOpenIn, 4, PeerIndex{5}});
  table.set_phase(conn(0xFFE, 0), ConnPhase::kDeaf);
  EXPECT_EQ(table[conn(0xFFE, 0)].phase(), ConnPhase::kDeaf);
  EXPECT_EQ(table[conn(0xFFE, 0)].aux(), 4u);
  table.set_aux(conn(0xFFE, 0), ConnRecord::kNoAux);
  EXPECT_EQ(table[conn(0xFFE, 0)].phase(), ConnPhase::kDeaf);
  EXPECT_EQ(table[conn(0xFFE, 0)].aux(), ConnRecord::kNoAux);
  EXPECT_EQ(table[conn(0xFFE, 0)].peer(), PeerIndex{5});
}

TEST(ConnectionTableTest, TheHandshakeIsTheConnectionsOwn) {
  Tags transport;
  ConnectionTable table(transport);
  const EnvelopeRef proof = Envelope::unsigned_of(GossipMessage());
  transport.by_conn[conn(1, 2)] = 0;
  table.make(conn(1, 2), {ConnPhase::kShaking, 0, PeerIndex{3}});
  EXPECT_EQ(table.handshake_of(conn(1, 2)).get(), nullptr);
  table.establish(conn(1, 2), ConnPhase::kOpenOut, PeerIndex{4}, proof);
  EXPECT_EQ(table.handshake_of(conn(1, 2)).get(), proof.get());
  EXPECT_EQ(table[conn(1, 2)].peer(), PeerIndex{4});
  EXPECT_TRUE(table[conn(1, 2)].clear_to_write());
  table.free(conn(1, 2));
  transport.by_conn.clear();
  transport.by_conn[conn(2, 2)] = 0;
  table.make(conn(2, 2), {ConnPhase::kShakingIn, 0, kNoPeer});
  EXPECT_EQ(table.handshake_of(conn(2, 2)).get(), nullptr) << "the slot is used again";
}

}  // namespace
}  // namespace hearsay
