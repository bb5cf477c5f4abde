#include "sim/world/calendar.h"

#include <map>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"

namespace hearsay::sim {
namespace {

Event event_at(Time time, std::uint64_t key) { return {time, key, key, 0, 0}; }

std::vector<std::uint64_t> take_all(Calendar& calendar) {
  std::vector<std::uint64_t> keys;
  calendar.drain([&](const Event& event) { keys.push_back(event.key); });
  return keys;
}

TEST(CalendarTest, an_empty_calendar_has_no_head) {
  Calendar calendar;
  EXPECT_EQ(calendar.head(), nullptr);
  EXPECT_EQ(calendar.head_time(), kNever);
  EXPECT_TRUE(calendar.empty());
}

TEST(CalendarTest, hands_out_by_time) {
  Calendar calendar;
  calendar.push(event_at(30, 1));
  calendar.push(event_at(10, 2));
  calendar.push(event_at(20, 3));
  EXPECT_THAT(take_all(calendar), testing::ElementsAre(2, 3, 1));
}

TEST(CalendarTest, orders_one_instant_by_origin_then_sequence) {
  Calendar calendar;
  const std::uint64_t first = first_key(1);
  const std::uint64_t second = first_key(2);
  calendar.push(event_at(5, second));
  calendar.push(event_at(5, first + 1));
  calendar.push(event_at(5, first_key(kWorldOrigin) + 9));
  calendar.push(event_at(5, first));
  EXPECT_THAT(take_all(calendar), testing::ElementsAre(9, first, first + 1, second));
}

TEST(CalendarTest, takes_an_event_for_the_instant_being_handled) {
  Calendar calendar;
  calendar.push(event_at(5, 10));
  calendar.push(event_at(5, 30));
  ASSERT_EQ(calendar.head()->key, 10u);
  calendar.pop();
  calendar.push(event_at(5, 20));
  calendar.push(event_at(5, 1));
  EXPECT_THAT(take_all(calendar), testing::ElementsAre(1, 20, 30));
}

TEST(CalendarTest, takes_an_event_before_a_head_that_was_looked_at) {
  Calendar calendar;
  calendar.push(event_at(10 * kSecond, 1));
  ASSERT_EQ(calendar.head_time(), 10 * kSecond);
  calendar.push(event_at(kSecond, 2));
  calendar.push(event_at(10 * kSecond - 1, 3));
  EXPECT_THAT(take_all(calendar), testing::ElementsAre(2, 3, 1));
}

TEST(CalendarTest, keeps_the_order_across_near_and_far) {
  Calendar calendar;
  for (const Time t : {3600 * kSecond, 260 * kMillisecond, 270 * kMillisecond, 268'435'456L,
                       Time{0}, 268'435'455L, 50 * kSecond}) {
    calendar.push(event_at(t, static_cast<std::uint64_t>(t) % 1'000'003));
  }
  Time last = -1;
  std::size_t count = 0;
  calendar.drain([&](const Event& event) {
    EXPECT_LT(last, event.time);
    last = event.time;
    ++count;
  });
  EXPECT_EQ(count, 7u);
}

TEST(CalendarTest, sorts_a_crowded_bucket) {
  Calendar calendar;
  Random random = Random::root(3);
  for (std::uint64_t i = 0; i < 5000; ++i)
    calendar.push(event_at(random.below(16'384), i));
  Event last{-1, 0, 0, 0, 0};
  std::size_t count = 0;
  calendar.drain([&](const Event& event) {
    EXPECT_TRUE(last.time < 0 || before(last, event));
    last = event;
    ++count;
  });
  EXPECT_EQ(count, 5000u);
}

TEST(CalendarTest, counts_what_is_pending) {
  Calendar calendar;
  calendar.push(event_at(1, 1));
  calendar.push(event_at(10 * kSecond, 2));
  EXPECT_EQ(calendar.size(), 2u);
  calendar.head();
  calendar.pop();
  EXPECT_EQ(calendar.size(), 1u);
}

TEST(CalendarTest, glimpse_shows_what_is_near_or_nothing) {
  Calendar calendar;
  calendar.push(event_at(1, 1));
  calendar.push(event_at(2, 2));
  EXPECT_EQ(calendar.head()->key, 1u);
  ASSERT_NE(calendar.glimpse(1), nullptr);
  EXPECT_EQ(calendar.glimpse(1)->key, 2u);
  EXPECT_EQ(calendar.glimpse(2), nullptr);
}

// A random gap: often none, mostly short, sometimes beyond the ring.
Time random_gap(Random& random) {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return random.below(100);
    case 2:
      return 16'384 * Time{random.below(20'000)};
    case 3:
      return 268'435'456 - 50'000 + random.below(100'000);
    case 4:
      return Time{random.below(4'000)} * kMillisecond;
    default:
      return random.below(20'000'000);
  }
}

// Whatever is pushed and popped, the calendar agrees with an ordered multimap.
TEST(CalendarTest, agrees_with_a_multimap) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random = Random::root(seed);
    Calendar calendar;
    std::multimap<std::pair<Time, std::uint64_t>, std::uint64_t> model;
    Time now = 0;
    std::uint64_t sequence = 0;
    const std::uint32_t bias = 3 + random.below(4);
    for (int step = 0; step < 20'000; ++step) {
      if (random.below(8) < bias || model.empty()) {
        const Time t = now + random_gap(random);
        const std::uint64_t key = first_key(random.below(50)) + sequence++;
        calendar.push(event_at(t, key));
        model.emplace(std::pair{t, key}, key);
      } else {
        ASSERT_NE(calendar.head(), nullptr);
        ASSERT_EQ(calendar.head()->time, model.begin()->first.first) << "seed " << seed;
        ASSERT_EQ(calendar.head()->key, model.begin()->second) << "seed " << seed;
        now = calendar.head()->time;
        calendar.pop();
        model.erase(model.begin());
      }
      if (step % 1000 == 0) {
        // What is far and has an odd key vanishes.
        calendar.forget_far([&](const Event& event) {
          return event.key % 2 == 1 && model.erase({event.time, event.key}) == 1;
        });
      }
      ASSERT_EQ(calendar.size(), model.size());
    }
  }
}

}  // namespace
}  // namespace hearsay::sim
