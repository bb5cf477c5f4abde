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

TEST(ConnectionTableTest, AnUnknownIdReadsAsFreeAndAnIdMayBeMadeAgainOnceFree) {
  ConnectionTable table;
  EXPECT_EQ(table[ConnId{7}].phase(), ConnPhase::kFree);
  EXPECT_EQ(table[kNoConn].phase(), ConnPhase::kFree);
  table.make(ConnId{7}, ConnPhase::kDialling, 1, PeerIndex{3});
  EXPECT_EQ(table[ConnId{7}].peer(), PeerIndex{3});
  EXPECT_EQ(table[ConnId{6}].phase(), ConnPhase::kFree);
  table.free(ConnId{7});
  EXPECT_EQ(table[ConnId{7}].peer(), kNoPeer);
  table.make(ConnId{7}, ConnPhase::kShakingIn, 1, kNoPeer);
  EXPECT_DEATH(table.make(ConnId{7}, ConnPhase::kDialling, 1, kNoPeer), "used again");
}

}  // namespace
}  // namespace hearsay
