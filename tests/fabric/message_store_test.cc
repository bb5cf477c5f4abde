// What a correct message store shows (spec: messages-and-identity.md 15, statements 16-23, rules of
// 8) and what real Fabric's did, step by step (tests/data/msgstore-vectors.jsonl).
//
// Statements 19 and 21 are about threads and the lock they share; a node has one strand, so only
// their sequential part has a meaning here.
#include "core/gossip/message_store.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/messages.h"
#include "tests/support/vectors.h"

namespace hearsay::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MessageStoreTest : public testing::Test, public StoreListener {
 protected:
  void make(std::uint64_t capacity, Duration ttl = 0) {
    store = std::make_unique<MessageStore>(
        clock, MessageStore::Options{.block_capacity = capacity, .ttl = ttl}, this);
  }

  void on_invalidated(const EnvelopeRef& envelope) override {
    invalidated.push_back(label(envelope));
  }
  void on_expired(const EnvelopeRef& envelope) override {
    expired.push_back(label(envelope));
    if (call_back) store->add(block(1));
  }

  // "17" for a block, "1/2/3" for an alive message of the PKI-ID 0x01: as in the vectors.
  static std::string label(const EnvelopeRef& envelope) {
    const auto* alive_message = envelope->message().get<AliveMessage>();
    if (alive_message == nullptr) return std::to_string(block_number(*envelope));
    const auto first = static_cast<unsigned char>(alive_message->membership->pki_id[0]);
    return fmt::format("{}/{}/{}", first, alive_message->timestamp->inc_num,
                       alive_message->timestamp->seq_num);
  }
  static EnvelopeRef message(const std::string& text) {
    const std::size_t first = text.find('/');
    if (first == std::string::npos) return block(std::stoull(text));
    const std::size_t second = text.find('/', first + 1);
    const std::string pki_id(32, static_cast<char>(std::stoi(text.substr(0, first))));
    return alive(pki_id, {std::stoull(text.substr(first + 1, second - first - 1)),
                          std::stoull(text.substr(second + 1))});
  }

  std::vector<std::string> contents() const {
    std::vector<std::string> out;
    store->for_each([&](const EnvelopeRef& envelope) { out.push_back(label(envelope)); });
    return out;
  }
  // Adds blocks `from` to `to`; how many were taken.
  int add_blocks(std::uint64_t from, std::uint64_t to) {
    int added = 0;
    for (std::uint64_t i = from; i <= to; ++i)
      added += store->add(block(i)) ? 1 : 0;
    return added;
  }

  FakeClock clock;
  std::unique_ptr<MessageStore> store;
  std::vector<std::string> invalidated;
  std::vector<std::string> expired;
  bool call_back = false;
};

TEST_F(MessageStoreTest, DoesStepByStepWhatFabricsDid) {
  for (const auto& vector : load_vectors("msgstore")) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    make(vector["data_block_storage_size"].get<std::uint64_t>());
    for (const auto& step : vector["steps"]) {
      const EnvelopeRef envelope = message(step["msg"].get<std::string>());
      invalidated.clear();
      EXPECT_EQ(store->check_valid(*envelope), step["check_valid_before"].get<bool>()) << step;
      EXPECT_EQ(store->add(envelope), step["added"].get<bool>()) << step;
      EXPECT_EQ(invalidated, step["invalidation_triggered"].get<std::vector<std::string>>());
      EXPECT_EQ(contents(), step["contents_after_in_order"].get<std::vector<std::string>>());
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(MessageStoreTest, UnrelatedMessagesAccumulate) {  // 16
  make(10);
  EXPECT_TRUE(store->add(message("1/1/1")));
  EXPECT_TRUE(store->add(message("2/1/1")));
  EXPECT_TRUE(store->add(message("7")));
  EXPECT_EQ(store->size(), 3u);
  EXPECT_THAT(contents(), ElementsAre("1/1/1", "2/1/1", "7"));
}

TEST_F(MessageStoreTest, IncreasingValuesDisplaceThePrevious) {  // 17
  make(0);
  for (std::uint64_t i = 1; i <= 50; ++i) {
    invalidated.clear();
    EXPECT_TRUE(store->add(block(i)));
    EXPECT_EQ(invalidated, i == 1 ? std::vector<std::string>()
                                  : std::vector<std::string>{std::to_string(i - 1)});
    EXPECT_EQ(store->size(), 1u);
  }
}

TEST_F(MessageStoreTest, LowerValuesAreRefused) {  // 18
  make(0);
  EXPECT_TRUE(store->add(block(50)));
  for (std::uint64_t i = 49; i > 0; --i) {
    EXPECT_FALSE(store->check_valid(*block(i)));
    EXPECT_FALSE(store->add(block(i)));
    EXPECT_THAT(contents(), ElementsAre("50"));
  }
  EXPECT_THAT(invalidated, IsEmpty());
}

TEST_F(MessageStoreTest, MessagesLiveThenBlockTheirLikeThenAreForgotten) {  // 20
  make(100, 3 * kSecond);
  EXPECT_EQ(add_blocks(1, 10), 10);
  clock.run_for(2 * kSecond);
  EXPECT_EQ(add_blocks(1, 10), 0);
  EXPECT_EQ(add_blocks(11, 20), 10);
  EXPECT_EQ(add_blocks(11, 20), 0);
  EXPECT_EQ(store->size(), 20u);
  EXPECT_THAT(expired, IsEmpty());

  clock.run_for(2 * kSecond);  // 4 s
  EXPECT_EQ(store->size(), 10u);
  EXPECT_EQ(expired.size(), 10u);
  EXPECT_EQ(add_blocks(1, 20), 0) << "tombstones refuse";
  EXPECT_EQ(contents().size(), 10u);

  clock.run_for(4 * kSecond);  // 8 s
  EXPECT_EQ(store->size(), 0u);
  EXPECT_EQ(expired.size(), 20u);
  EXPECT_EQ(add_blocks(1, 10), 10) << "forgotten after 6 s";
  EXPECT_EQ(add_blocks(11, 20), 10 - 10) << "blocked until 8 s and a step";
  EXPECT_THAT(invalidated, IsEmpty());
}

TEST_F(MessageStoreTest, LivesEndAtTheFirstSweepBehindTheirLimit) {
  make(10, 3 * kSecond);  // sweeps at 30, 60, 90 ms ...
  clock.run_for(10 * kMillisecond);
  store->add(block(1));  // of age 3 s at 3010 ms: seen by the sweep at 3030 ms
  clock.run_for(3019 * kMillisecond);
  EXPECT_EQ(store->size(), 1u);
  clock.run_for(1 * kMillisecond);
  EXPECT_EQ(store->size(), 0u);
  clock.run_for(2989 * kMillisecond);  // 6019 ms; gone at 6030 ms
  EXPECT_FALSE(store->check_valid(*block(1)));
  clock.run_for(11 * kMillisecond);
  EXPECT_TRUE(store->check_valid(*block(1)));
  EXPECT_EQ(expired.size(), 1u);
}

TEST_F(MessageStoreTest, AnAgeEqualToTheLimitIsNotOverIt) {
  make(10, 3 * kSecond);
  store->add(block(1));  // of age 3 s exactly when the sweep at 3 s comes
  clock.run_for(3 * kSecond);
  EXPECT_EQ(store->size(), 1u);
  clock.run_for(30 * kMillisecond);
  EXPECT_EQ(store->size(), 0u);
}

// The sweep that ends one message's life comes at the very instant when another's age equals its
// limit.
TEST_F(MessageStoreTest, ASweepForOneMessageDoesNotEndAnothersLifeEarly) {
  make(10, 3 * kSecond);
  store->add(block(1));  // swept at 3030 ms, gone at 6030 ms
  clock.run_for(30 * kMillisecond);
  store->add(block(2));  // of age 3 s at 3030 ms, of age 6 s at 6030 ms
  clock.run_for(3000 * kMillisecond);
  EXPECT_THAT(contents(), ElementsAre("2"));
  clock.run_for(30 * kMillisecond);
  EXPECT_THAT(contents(), IsEmpty());
  EXPECT_FALSE(store->check_valid(*block(1))) << "still a tombstone after the sweep for block 2";
  clock.run_for(2970 * kMillisecond);
  EXPECT_TRUE(store->check_valid(*block(1)));
  EXPECT_FALSE(store->check_valid(*block(2)));
  clock.run_for(30 * kMillisecond);
  EXPECT_TRUE(store->check_valid(*block(2)));
}

TEST_F(MessageStoreTest, SweepsAreArmedOnlyWhenTheyMayFindSomething) {
  make(10, 3 * kSecond);
  EXPECT_EQ(clock.timers_armed(), 0u);
  add_blocks(1, 5);
  EXPECT_EQ(clock.timers_armed(), 1u);
  clock.run_for(20 * kSecond);
  EXPECT_EQ(clock.timers_armed(), 0u);
  EXPECT_EQ(expired.size(), 5u);
}

TEST_F(MessageStoreTest, AfterStopNothingExpires) {  // 22
  make(10, 3 * kSecond);
  add_blocks(1, 5);
  store->stop();
  store->stop();
  add_blocks(6, 6);
  clock.run_for(20 * kSecond);
  EXPECT_EQ(store->size(), 6u);
  EXPECT_THAT(expired, IsEmpty());
  EXPECT_EQ(clock.timers_armed(), 0u);
}

TEST_F(MessageStoreTest, PurgeTriggersForExactlyWhatMatches) {  // 23
  make(100);
  add_blocks(1, 10);
  store->purge([](const Envelope& e) { return block_number(e) > 100; });
  EXPECT_EQ(store->size(), 10u);
  EXPECT_THAT(invalidated, IsEmpty());
  store->purge([](const Envelope& e) { return block_number(e) % 2 == 0; });
  EXPECT_THAT(invalidated, ElementsAre("2", "4", "6", "8", "10"));
  EXPECT_THAT(contents(), ElementsAre("1", "3", "5", "7", "9"));
}

TEST_F(MessageStoreTest, DisplacedTombstonesTriggerAndAreCountedRight) {
  make(0, 3 * kSecond);
  store->add(block(1));
  clock.run_for(4 * kSecond);
  EXPECT_EQ(store->size(), 0u);
  store->add(block(2));
  EXPECT_THAT(invalidated, ElementsAre("1")) << "a tombstone, too";
  EXPECT_EQ(store->size(), 1u) << "Fabric's Size says 0 here";
  clock.run_for(4 * kSecond);
  store->purge([](const Envelope&) { return true; });
  EXPECT_THAT(invalidated, ElementsAre("1", "2"));
  EXPECT_EQ(store->size(), 0u);
  EXPECT_THAT(expired, ElementsAre("1", "2"));
}

TEST_F(MessageStoreTest, HoldsAtMostCapacityPlusOneBlocks) {
  make(10);
  add_blocks(1, 100);
  EXPECT_EQ(store->size(), 11u);
  EXPECT_EQ(contents().front(), "90");
}

using MessageStoreDeathTest = MessageStoreTest;

TEST_F(MessageStoreDeathTest, AListenerMustNotCallTheStore) {
  make(10, 3 * kSecond);
  store->add(block(1));
  call_back = true;
  EXPECT_DEATH(clock.run_for(4 * kSecond), "a listener called its store");
}

TEST_F(MessageStoreDeathTest, ATimeToLiveWithoutASweepPeriodIsRefused) {
  EXPECT_DEATH(make(10, 99), "less than 100 ns");
}

}  // namespace
}  // namespace hearsay::test
