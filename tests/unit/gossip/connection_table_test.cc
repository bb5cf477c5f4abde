#include "core/gossip/connection_table.h"

#include <gtest/gtest.h>

namespace hearsay {
namespace {

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
    ConnRecord record;
    record.set(row.phase, ConnRecord::kNoAux);
    EXPECT_EQ(record.phase(), row.phase);
    EXPECT_EQ(record.open(), row.open);
    EXPECT_EQ(record.established(), row.established);
    EXPECT_EQ(record.inbound(), row.inbound);
    EXPECT_EQ(record.clear_to_write(), row.open);
    record.set(row.phase, 5);
    EXPECT_EQ(record.aux(), 5u);
    EXPECT_EQ(record.open(), row.open);
    EXPECT_FALSE(record.clear_to_write());
  }
}

constexpr ConnId conn(std::uint32_t generation, std::uint32_t slot) {
  return ConnId{generation << 20 | slot};
}

TEST(ConnectionTableTest, AnUnknownIdReadsAsFreeAndASlotMayBeUsedAgainOnceFree) {
  ConnectionTable table;
  EXPECT_EQ(table[conn(9, 7)].phase(), ConnPhase::kFree);
  EXPECT_EQ(table[kNoConn].phase(), ConnPhase::kFree);
  table.make(conn(9, 7), ConnPhase::kDialling, 1, PeerIndex{3});
  EXPECT_EQ(table[conn(9, 7)].peer(), PeerIndex{3});
  EXPECT_EQ(table[conn(9, 6)].phase(), ConnPhase::kFree);
  EXPECT_EQ(table.id_of(7), conn(9, 7));
  table.free(conn(9, 7));
  EXPECT_EQ(table[conn(9, 7)].peer(), kNoPeer);
  table.make(conn(10, 7), ConnPhase::kShakingIn, 1, kNoPeer);
  EXPECT_DEATH(table.make(conn(11, 7), ConnPhase::kDialling, 1, kNoPeer), "used again");
}

TEST(ConnectionTableTest, AStaleIdReadsAsFree) {
  ConnectionTable table;
  table.make(conn(0xFFE, 0), ConnPhase::kOpenOut, ConnRecord::kNoAux, PeerIndex{3});
  table.free(conn(0xFFE, 0));
  ConnRecord& next = table.make(conn(0xFFF, 0), ConnPhase::kOpenIn, 4, PeerIndex{5});
  EXPECT_EQ(table[conn(0xFFE, 0)].peer(), kNoPeer);
  EXPECT_EQ(table[conn(0xFFF, 0)].peer(), PeerIndex{5});
  next.set(ConnPhase::kDeaf, 9);
  EXPECT_EQ(next.generation(), 0xFFFu);
  EXPECT_EQ(next.aux(), 9u);
  EXPECT_DEATH(table.at(conn(0xFFE, 0)), "");
}

}  // namespace
}  // namespace hearsay
