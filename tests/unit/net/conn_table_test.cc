#include "sim/net/conn_table.h"

#include <gtest/gtest.h>

namespace hearsay::sim {
namespace {

TEST(ConnTableTest, a_released_connection_is_not_found) {
  ConnTable table;
  const ConnId id = table.allocate(ConnState::kOpen);
  ASSERT_NE(table.find(id), nullptr);
  table.release(id);
  EXPECT_EQ(table.find(id), nullptr);
  EXPECT_EQ(table.find(kNoConn), nullptr);
}

TEST(ConnTableTest, slots_are_reused_oldest_first_under_another_id) {
  ConnTable table;
  const ConnId a = table.allocate(ConnState::kOpen);
  const ConnId b = table.allocate(ConnState::kOpen);
  table.release(a);
  table.release(b);
  const ConnId c = table.allocate(ConnState::kOpen);
  EXPECT_EQ(conn_slot(c), conn_slot(a));
  EXPECT_NE(c, a);
  EXPECT_EQ(table.find(a), nullptr);
  EXPECT_EQ(conn_slot(table.allocate(ConnState::kOpen)), conn_slot(b));
  EXPECT_EQ(conn_slot(table.allocate(ConnState::kOpen)), 2u);
  EXPECT_EQ(table.slots(), 3u);
}

TEST(ConnTableTest, a_slot_comes_back_clean) {
  ConnTable table;
  const ConnId a = table.allocate(ConnState::kOpen);
  table.find(a)->last_arrival = 5;
  table.find(a)->flags = Conn::kWantsRoom;
  table.find(a)->tag = 7;
  table.release(a);
  const Conn& conn = *table.find(table.allocate(ConnState::kDialling));
  EXPECT_EQ(conn.last_arrival, 0);
  EXPECT_EQ(conn.flags, 0);
  EXPECT_EQ(conn.tag, 0u);
  EXPECT_EQ(conn.state, ConnState::kDialling);
}

TEST(ConnTableTest, a_slot_has_4095_names_before_one_returns) {
  ConnTable table;
  const ConnId first = table.allocate(ConnState::kOpen);
  table.release(first);
  for (int i = 1; i < 4095; ++i) {
    const ConnId id = table.allocate(ConnState::kOpen);
    ASSERT_NE(id, first);
    table.release(id);
  }
  EXPECT_EQ(table.allocate(ConnState::kOpen), first);
}

}  // namespace
}  // namespace hearsay::sim
