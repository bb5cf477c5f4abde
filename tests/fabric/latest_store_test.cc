// LatestStore keeps the rules of MessageStore for messages of which only the newest per peer
// counts.
#include "core/gossip/latest_store.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/gossip/message_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/messages.h"

namespace hearsay::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Recorder : public StoreListener {
 public:
  void on_invalidated(const EnvelopeRef& envelope) override { note("invalidated ", *envelope); }
  void on_expired(const EnvelopeRef& envelope) override { note("expired ", *envelope); }

  // What happened since the last call, sorted: the two stores differ in order within one instant.
  std::vector<std::string> take() {
    std::sort(events_.begin(), events_.end());
    return std::exchange(events_, {});
  }
  static std::string label(const Envelope& envelope) {
    return std::string(envelope.subject_pki_id()) + "/" + std::to_string(envelope.stamp().inc_num) +
           "/" + std::to_string(envelope.stamp().seq_num);
  }

 private:
  void note(const char* what, const Envelope& envelope) {
    events_.push_back(what + label(envelope));
  }
  std::vector<std::string> events_;
};

EnvelopeRef info(PeerIndex peer, PeerTime stamp) {
  return state_info("peer" + std::to_string(raw(peer)), stamp);
}

class LatestStoreTest : public testing::Test {
 protected:
  FakeClock clock;
  Recorder heard;
  const PeerIndex a{3};
  const PeerIndex b{1};
};

TEST_F(LatestStoreTest, OnlyANewerStampDisplaces) {
  LatestStore store(clock, {}, &heard);
  EXPECT_TRUE(store.add(a, info(a, {1, 2})));
  EXPECT_FALSE(store.add(a, info(a, {1, 2}))) << "equal is a duplicate";
  EXPECT_FALSE(store.add(a, info(a, {1, 1})));
  EXPECT_TRUE(store.check_valid(a, *info(a, {1, 3})));
  EXPECT_TRUE(store.add(a, info(a, {2, 0}))) << "the incarnation dominates";
  EXPECT_FALSE(store.add(a, info(a, {1, 9})));
  EXPECT_THAT(heard.take(), ElementsAre("invalidated peer3/1/2"));
  EXPECT_EQ(store.get(a)->stamp(), (PeerTime{2, 0}));
  EXPECT_EQ(store.get(b), nullptr);
}

TEST_F(LatestStoreTest, TheStoredObjectItselfIsADuplicate) {
  LatestStore store(clock, {});
  const EnvelopeRef first = info(a, {1, 1});
  EXPECT_TRUE(store.check_valid(a, *first));
  EXPECT_TRUE(store.add(a, first));
  EXPECT_FALSE(store.check_valid(a, *first));
  EXPECT_FALSE(store.add(a, first));
}

TEST_F(LatestStoreTest, IteratesByIndex) {
  LatestStore store(clock, {});
  store.add(a, info(a, {1, 1}));
  store.add(b, info(b, {1, 1}));
  std::vector<PeerIndex> seen;
  store.for_each([&](PeerIndex peer, const EnvelopeRef&) { seen.push_back(peer); });
  EXPECT_THAT(seen, ElementsAre(b, a));
  EXPECT_EQ(store.size(), 2u);
}

TEST_F(LatestStoreTest, PurgeTriggersForExactlyWhatMatches) {
  LatestStore store(clock, {}, &heard);
  store.add(a, info(a, {1, 1}));
  store.add(b, info(b, {1, 1}));
  store.purge([&](PeerIndex peer, const Envelope&) { return peer == a; });
  EXPECT_THAT(heard.take(), ElementsAre("invalidated peer3/1/1"));
  EXPECT_EQ(store.get(a), nullptr);
  EXPECT_EQ(store.size(), 1u);
  EXPECT_TRUE(store.add(a, info(a, {1, 1}))) << "nothing is left of it";
}

TEST_F(LatestStoreTest, MessagesLiveThenBlockTheirLikeThenAreForgotten) {
  LatestStore store(clock, {.ttl = 3 * kSecond}, &heard);
  store.add(a, info(a, {1, 1}));
  clock.run_for(3 * kSecond);
  EXPECT_NE(store.get(a), nullptr);
  clock.run_for(30 * kMillisecond);
  EXPECT_EQ(store.get(a), nullptr);
  EXPECT_EQ(store.size(), 0u);
  EXPECT_THAT(heard.take(), ElementsAre("expired peer3/1/1"));
  EXPECT_FALSE(store.add(a, info(a, {1, 1})));
  clock.run_for(3 * kSecond);
  EXPECT_TRUE(store.add(a, info(a, {1, 1})));
  EXPECT_THAT(heard.take(), IsEmpty()) << "a tombstone ends in silence";
}

TEST_F(LatestStoreTest, AfterStopNothingExpires) {
  LatestStore store(clock, {.ttl = 3 * kSecond}, &heard);
  store.add(a, info(a, {1, 1}));
  store.stop();
  store.stop();
  store.add(b, info(b, {1, 1}));
  clock.run_for(20 * kSecond);
  EXPECT_EQ(store.size(), 2u);
  EXPECT_EQ(clock.timers_armed(), 0u);
}

// The same random history for both stores: additions old and new, repeated objects, purges, time
// passing.
void compare_histories(std::uint64_t seed, Duration ttl) {
  Random random = Random::root(seed);
  FakeClock clock;
  Recorder heard_list;
  Recorder heard_latest;
  MessageStore list(clock, {.ttl = ttl}, &heard_list);
  LatestStore latest(clock, {.ttl = ttl, .keeps_age = true}, &heard_latest);
  std::vector<EnvelopeRef> made;
  std::vector<PeerIndex> owners;

  for (int step = 0; step < 400; ++step) {
    PeerIndex peer{random.below(6)};
    EnvelopeRef envelope = info(peer, {random.below(3), random.below(6)});
    if (!made.empty() && random.chance({1, 4})) {
      const std::uint32_t again = random.below(static_cast<std::uint32_t>(made.size()));
      peer = owners[again];
      envelope = made[again];
    }
    made.push_back(envelope);
    owners.push_back(peer);

    ASSERT_EQ(latest.check_valid(peer, *envelope), list.check_valid(*envelope));
    ASSERT_EQ(latest.add(peer, envelope), list.add(envelope));
    if (random.chance({1, 20})) {
      const std::string victim = "peer" + std::to_string(random.below(6));
      list.purge([&](const Envelope& e) { return e.subject_pki_id() == victim; });
      latest.purge([&](PeerIndex, const Envelope& e) { return e.subject_pki_id() == victim; });
    }
    // Every other history moves in steps of 10 ms, so that sweeps meet ages equal to their limits.
    clock.run_for(seed % 2 == 0 ? random.below(2'000) * kMillisecond / 2
                                : random.below(100) * 10 * kMillisecond);

    ASSERT_EQ(heard_latest.take(), heard_list.take());
    ASSERT_EQ(latest.size(), list.size());
    std::vector<const Envelope*> in_list;
    std::vector<const Envelope*> in_latest;
    list.for_each([&](const EnvelopeRef& e) { in_list.push_back(e.get()); });
    latest.for_each([&](PeerIndex p, const EnvelopeRef& e) {
      in_latest.push_back(e.get());
      ASSERT_EQ(latest.get(p), e.get());
    });
    ASSERT_THAT(in_latest, testing::UnorderedElementsAreArray(in_list));
    std::vector<const Envelope*> aged;
    latest.for_each_by_age([&](PeerIndex p, const EnvelopeRef& e) {
      aged.push_back(e.get());
      ASSERT_EQ(latest.get(p), e.get());
    });
    ASSERT_THAT(aged, testing::ElementsAreArray(in_list));
  }
}

TEST(LatestStoreProperty, EqualsMessageStoreOnRandomHistories) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    compare_histories(seed, 0);
    compare_histories(seed, 1 * kSecond);
    compare_histories(seed, 10 * kSecond);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// Ages of one, two and three bytes.
TEST_F(LatestStoreTest, AnyNumberOfAdditionsStandsInTheOrderOfAge) {
  constexpr std::uint32_t kOwners = 300;
  constexpr std::uint32_t kAdditions = 70'000;
  LatestStore store(clock, {.keeps_age = true});
  std::vector<std::uint32_t> added_at(kOwners);
  Random random = Random::root(1);
  for (std::uint32_t i = 0; i < kAdditions; ++i) {
    // The owner 0 is heard of once, some seldom, most often.
    const std::uint32_t owner = i < kOwners ? i : 1 + random.below(1 + random.below(kOwners - 1));
    added_at[owner] = i;
    ASSERT_TRUE(store.add(PeerIndex{owner}, info(PeerIndex{owner}, {1, i})));
  }
  std::vector<std::uint32_t> seen;
  store.for_each_by_age([&](PeerIndex p, const EnvelopeRef&) { seen.push_back(added_at[raw(p)]); });
  EXPECT_THAT(seen, testing::SizeIs(kOwners));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

using LatestStoreDeathTest = LatestStoreTest;

TEST_F(LatestStoreDeathTest, AMessageWithoutAStampIsRefused) {
  LatestStore store(clock, {});
  EXPECT_DEATH(store.add(a, block(1)), "without a stamp");
}

}  // namespace
}  // namespace hearsay::test
