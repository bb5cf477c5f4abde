#include "sim/world/event_heap.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace hearsay::sim {
namespace {

TEST(EventHeapTest, hands_out_in_order) {
  Random random = Random::root(1);
  EventHeap heap;
  for (std::uint64_t i = 0; i < 2000; ++i)
    heap.push({random.below(500), i, 0, 0, 0});
  Event last = heap.top();
  heap.pop();
  for (; !heap.empty(); heap.pop()) {
    EXPECT_TRUE(before(last, heap.top()));
    last = heap.top();
  }
}

TEST(EventHeapTest, before_compares_time_first_and_keys_as_unsigned) {
  const Event early{1, ~0ULL, 0, 0, 0};
  const Event late{2, 0, 0, 0, 0};
  EXPECT_TRUE(before(early, late));
  EXPECT_FALSE(before(late, early));
  EXPECT_FALSE(before(early, early));
  EXPECT_TRUE(before({2, 0, 0, 0, 0}, {2, ~0ULL, 0, 0, 0}));
}

}  // namespace
}  // namespace hearsay::sim
