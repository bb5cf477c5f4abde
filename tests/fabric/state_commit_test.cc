// Blocks on their way into the ledger: payload buffer, the ways in, the commit pump (spec: state.md
// sections 5, 7 to 9, 16, 17). Tests named statement_N show number N of section 18.
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/private_data.h"
#include "tests/fabric/state_fixture.h"

namespace hearsay::state_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct StateCommit : StateTest {
  AddOutcome push(BlockNum number) { return node->state->on_block({fake_payload(number)}); }
  AddOutcome deliver(BlockNum number, AddDone done = {}) {
    return node->state->add_payload(fake_payload(number), std::move(done));
  }
  std::size_t buffered() const { return node->state->buffer().size(); }
};

std::vector<BlockNum> up_to(BlockNum last, BlockNum first = 1) {
  std::vector<BlockNum> numbers;
  for (BlockNum n = first; n <= last; ++n)
    numbers.push_back(n);
  return numbers;
}

// --- section 7

TEST(PayloadBuffer, statement_1_next_is_what_it_was_created_at_and_older_blocks_are_ignored) {
  EXPECT_EQ(PayloadBuffer(10).next(), 10u);
  PayloadBuffer buffer(5);
  EXPECT_FALSE(buffer.push(fake_payload(4)));
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_TRUE(buffer.push(fake_payload(5)));
  EXPECT_EQ(buffer.size(), 1u);
  EXPECT_EQ(buffer.next(), 5u);
}

TEST(PayloadBuffer, statement_2_the_push_of_the_next_block_wakes) {
  PayloadBuffer buffer(1);
  EXPECT_FALSE(buffer.take_ready());
  buffer.push(fake_payload(1));
  EXPECT_TRUE(buffer.take_ready());
  const auto block = buffer.pop();
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->seq_num, 1u);
}

TEST(PayloadBuffer, statement_3_ten_pushes_of_one_number_are_one_block_and_one_signal) {
  PayloadBuffer buffer(7);
  int stored = 0;
  for (int i = 0; i < 10; ++i)
    stored += buffer.push(fake_payload(7)) ? 1 : 0;
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(buffer.size(), 1u);
  EXPECT_TRUE(buffer.take_ready());
  EXPECT_FALSE(buffer.take_ready());
}

TEST(PayloadBuffer, statement_4_no_signal_is_left_when_the_buffer_empties) {
  PayloadBuffer buffer(1);
  buffer.push(fake_payload(1));
  buffer.push(fake_payload(2));
  EXPECT_TRUE(buffer.take_ready());
  while (buffer.pop()) {
  }
  EXPECT_FALSE(buffer.take_ready());
  buffer.push(fake_payload(3));
  EXPECT_TRUE(buffer.take_ready());
  for (const BlockNum n : {3, 4, 5}) {
    EXPECT_EQ(buffer.pop()->seq_num, n);
    if (n < 5) buffer.push(fake_payload(n + 1));
  }
  EXPECT_FALSE(buffer.take_ready());
  EXPECT_EQ(buffer.pop(), std::nullopt);
}

TEST(PayloadBuffer, a_signal_may_outlive_its_block_while_others_remain) {
  PayloadBuffer buffer(1);
  buffer.push(fake_payload(1));
  buffer.push(fake_payload(3));
  EXPECT_EQ(buffer.pop()->seq_num, 1u);
  EXPECT_TRUE(buffer.take_ready());
  EXPECT_EQ(buffer.pop(), std::nullopt);
}

TEST(PayloadBuffer, the_first_block_of_a_number_wins) {
  PayloadBuffer buffer(1);
  Payload other = fake_payload(1);
  other.data = "another one";
  buffer.push(fake_payload(1));
  buffer.push(other);
  EXPECT_EQ(buffer.pop()->data, fake_block(1));
}

TEST(PayloadBuffer, every_push_and_pop_reports_the_size) {
  PayloadBuffer buffer(5);
  buffer.push(fake_payload(4));
  buffer.pop();
  buffer.push(fake_payload(5));
  buffer.pop();
  EXPECT_EQ(buffer.size_reports(), 4u);
}

// --- sections 2 and 5

TEST(StateConfig, statement_5_defaults_and_explicit_values) {
  const Config defaults;
  EXPECT_FALSE(defaults.state_enabled);
  EXPECT_EQ(defaults.state_check_interval, 10 * kSecond);
  EXPECT_EQ(defaults.state_response_timeout, 3 * kSecond);
  EXPECT_EQ(defaults.state_batch_size, 10);
  EXPECT_EQ(defaults.state_max_retries, 3);
  EXPECT_EQ(defaults.state_block_buffer_size, 20);
  EXPECT_EQ(defaults.state_channel_size, 100);
  Config config;
  const std::pair<const char*, const char*> entries[] = {
      {"checkInterval", "1s"},  {"responseTimeout", "2s"}, {"batchSize", "3"}, {"maxRetries", "4"},
      {"blockBufferSize", "5"}, {"channelSize", "6"},      {"enabled", "true"}};
  for (const auto& [key, value] : entries) {
    ASSERT_TRUE(set_config(config, std::string("peer.gossip.state.") + key, value).ok()) << key;
  }
  EXPECT_EQ(config.state_check_interval, 1 * kSecond);
  EXPECT_EQ(config.state_response_timeout, 2 * kSecond);
  EXPECT_EQ(config.state_batch_size, 3);
  EXPECT_EQ(config.state_max_retries, 4);
  EXPECT_EQ(config.state_block_buffer_size, 5);
  EXPECT_EQ(config.state_channel_size, 6);
  EXPECT_TRUE(config.state_enabled);
}

using StateCommitDeathTest = StateCommit;

TEST_F(StateCommitDeathTest, statement_6_a_ledger_without_genesis_block_is_fatal) {
  EXPECT_DEATH(make(0), "genesis");
}

TEST_F(StateCommit, statement_6_an_unreadable_ledger_gives_no_provider) {
  make(1);
  node->ledger.readable = false;
  EXPECT_EQ(StateProvider::make(
                {node->node.context, node->view, node->channel, node->node.comm, node->ledger}),
            nullptr);
}

TEST_F(StateCommit, the_height_at_the_start_is_published) {
  EXPECT_EQ(make(1).advertised(), 1u);
  EXPECT_EQ(make(7).advertised(), 7u);
}

// --- section 8

TEST_F(StateCommit, statement_7_no_payload_and_an_unreadable_ledger_are_errors) {
  make(1);
  for (const bool non_blocking : {false, true}) {
    world.config.non_blocking_commit_mode = non_blocking;
    const AddOutcome nil = node->state->add_payload(std::nullopt, {});
    EXPECT_THAT(add_outcome_text(nil), HasSubstr("nil"));
    node->ledger.readable = false;
    const AddOutcome unreadable = deliver(1);
    EXPECT_THAT(add_outcome_text(unreadable), HasSubstr("Failed obtaining ledger height"));
    EXPECT_THAT(add_outcome_text(unreadable), HasSubstr("cannot be read"));
    node->ledger.readable = true;
    EXPECT_FALSE(is_added(nil) || is_added(unreadable));
  }
  EXPECT_EQ(buffered(), 0u);
}

TEST_F(StateCommit, statement_10_non_blocking_takes_twenty_numbers_from_the_height_on) {
  make(1);
  node->ledger.commit_time = kMillisecond;
  for (BlockNum n = 1; n <= 4; ++n)
    EXPECT_EQ(push(n), AddOutcome::kAdded) << n;
  for (BlockNum n = 10; n <= 20; ++n)
    EXPECT_EQ(push(n), AddOutcome::kAdded) << n;
  for (BlockNum n = 21; n <= 200; ++n)
    EXPECT_EQ(push(n), AddOutcome::kOutOfWindow) << n;
  EXPECT_LT(buffered(), 20u);
  run(kSecond);
  EXPECT_EQ(node->ledger.given, up_to(4));
  EXPECT_LT(buffered(), 20u);
}

TEST_F(StateCommit, non_blocking_refuses_numbers_below_the_height) {
  make(10);
  EXPECT_EQ(push(0), AddOutcome::kOutOfWindow);
  EXPECT_EQ(push(9), AddOutcome::kOutOfWindow);
  EXPECT_EQ(push(30), AddOutcome::kOutOfWindow);
  EXPECT_EQ(push(11), AddOutcome::kAdded);
  EXPECT_EQ(push(29), AddOutcome::kAdded);
  EXPECT_EQ(push(11), AddOutcome::kIgnored) << "as good as success";
}

TEST_F(StateCommit, the_window_moves_when_a_commit_ends_not_when_a_block_leaves_the_buffer) {
  make(1);
  node->ledger.commit_time = 10 * kMillisecond;
  push(1);
  EXPECT_EQ(buffered(), 0u);
  EXPECT_EQ(push(21), AddOutcome::kOutOfWindow);
  run(10 * kMillisecond);
  EXPECT_EQ(push(21), AddOutcome::kAdded);
}

TEST_F(StateCommit, statement_11_the_ledger_gets_each_block_once_and_in_order) {
  make(1);
  node->ledger.commit_time = 10 * kMillisecond;
  Random random = Random::root(3);
  BlockNum next = 1;
  bool waits = false;
  // The deliver client does not read on while its last block waits.
  const AddDone done = [&](AddOutcome) { waits = false; };
  for (int ms = 0; ms < 20'000 && node->height() <= 500; ++ms) {
    if (!waits && next <= 500) waits = deliver(next++, done) == AddOutcome::kWaiting;
    if (ms % 20 == 0 && ms < 5000) push(1 + random.below(500));
    run(kMillisecond);
  }
  EXPECT_EQ(node->ledger.given, up_to(500));
  EXPECT_EQ(node->height(), 501u);
}

TEST_F(StateCommit, blocking_adds_fill_the_buffer_to_41_and_then_wait) {
  make(1);
  BlockNum n = 2;  // block 1 is missing
  while (deliver(n) == AddOutcome::kAdded)
    ++n;
  EXPECT_EQ(buffered(), 41u);
  EXPECT_EQ(n, 43u) << "the one that waits";
  EXPECT_EQ(node->state->intake().waiting(), 1u);
}

TEST_F(StateCommit, a_blocked_add_looks_again_every_100_ms_and_is_not_woken) {
  make(1);
  std::vector<Time> added;
  for (BlockNum n = 2; n <= 43; ++n)
    deliver(n, [&](AddOutcome outcome) {
      EXPECT_EQ(outcome, AddOutcome::kAdded);
      added.push_back(world.clock.now());
    });
  run(150 * kMillisecond);
  EXPECT_THAT(added, IsEmpty());
  // 17.2, 8.3: gossip does not look at the size, and drains everything.
  EXPECT_EQ(push(1), AddOutcome::kAdded);
  run(kMillisecond);
  EXPECT_EQ(node->height(), 43u);
  EXPECT_THAT(added, IsEmpty());
  run(kSecond);
  EXPECT_THAT(added, ElementsAre(200 * kMillisecond));
  EXPECT_EQ(node->height(), 44u);
}

TEST_F(StateCommit, blocking_has_no_window) {
  make(1);
  EXPECT_EQ(deliver(1'000'000 % 900), AddOutcome::kAdded);
  EXPECT_EQ(deliver(0), AddOutcome::kIgnored);
}

TEST_F(StateCommit,
       with_non_blocking_commit_mode_the_orderers_blocks_are_refused_like_pushed_ones) {
  world.config.non_blocking_commit_mode = true;
  make(1);
  EXPECT_EQ(deliver(21), AddOutcome::kOutOfWindow);
  EXPECT_EQ(deliver(20), AddOutcome::kAdded);
}

TEST_F(StateCommit, statement_22_who_is_warned_of_being_a_straggler) {
  struct Row {
    BlockNum height, seq;
    bool election, leader, enabled, warn;
  };
  const Row rows[] = {{100, 300, true, false, false, true},
                      {100, 300, false, false, false, true},
                      {100, 300, false, true, false, false},
                      {100, 105, true, false, false, false},
                      {100, 300, true, false, true, false},
                      // One short of the threshold, and just beyond it.
                      {100, 200, true, false, false, false},
                      {100, 201, true, false, false, true}};
  for (const Row& row : rows) {
    world.config.use_leader_election = row.election;
    world.config.org_leader = row.leader;
    world.config.state_enabled = row.enabled;
    make(row.height);
    const auto warned = node->node.traced(TraceKind::kStraggler);
    push(row.seq);
    EXPECT_EQ(node->node.traced(TraceKind::kStraggler) - warned, row.warn ? 1u : 0u)
        << row.height << " " << row.seq;
    EXPECT_EQ(node->state->intake().straggler_warnings(), row.warn ? 1u : 0u);
  }
}

// --- section 9

TEST_F(StateCommit, one_block_is_in_the_ledgers_hands_at_a_time) {
  make(1);
  node->ledger.commit_time = kSecond;
  for (const BlockNum n : {3, 2, 1})
    push(n);
  EXPECT_THAT(node->ledger.given, ElementsAre(1u));
  EXPECT_EQ(node->state->buffer().next(), 2u) << "advances when the block leaves";
  EXPECT_EQ(node->height(), 1u);
  run(kSecond);
  EXPECT_THAT(node->ledger.given, ElementsAre(1u, 2u));
  run(2 * kSecond);
  EXPECT_EQ(node->height(), 4u);
  EXPECT_EQ(node->advertised(), 4u);
}

TEST_F(StateCommit, statement_20_a_validation_failure_halts_the_commits_and_nothing_else) {
  make(1);
  node->ledger.failure = CommitFailure::kValidation;
  push(1);
  run(0);
  EXPECT_EQ(node->node.traced(TraceKind::kCommitFailed, CommitFailure::kValidation), 1u);
  EXPECT_TRUE(node->state->pump().halted());
  EXPECT_FALSE(node->died);
  // 17.3: gossip fills the window, the blocking road the buffer, and the height stays.
  node->ledger.failure.reset();
  for (BlockNum n = 2; n <= 30; ++n)
    push(n);
  EXPECT_EQ(buffered(), 19u);
  BlockNum n = 21;
  while (deliver(n) == AddOutcome::kAdded)
    ++n;
  EXPECT_EQ(buffered(), 41u);
  run(60 * kSecond);
  EXPECT_EQ(node->state->intake().waiting(), 1u);
  EXPECT_EQ(node->height(), 1u);
  EXPECT_THAT(node->ledger.given, ElementsAre(1u));
}

TEST_F(StateCommit, any_other_failure_of_the_ledger_is_fatal) {
  make(1);
  node->ledger.failure = CommitFailure::kLedger;
  push(1);
  run(0);
  EXPECT_EQ(node->node.traced(TraceKind::kCommitFailed, CommitFailure::kLedger), 1u);
  EXPECT_TRUE(node->died);
}

TEST_F(StateCommit, statement_21_what_a_commit_reports) {
  make(100);
  node->ledger.commit_time = 30 * kMillisecond;
  EXPECT_EQ(push(100), AddOutcome::kAdded);
  run(kSecond);
  const CommitStats& stats = node->state->pump().stats();
  EXPECT_EQ(stats.height, 101u);
  EXPECT_EQ(stats.commits, 1u);
  EXPECT_EQ(stats.last_commit, 30 * kMillisecond);
  // The push, the pop of the block, and the pops that found nothing.
  EXPECT_GE(node->state->buffer().size_reports(), 3u);
  EXPECT_EQ(node->advertised(), 101u);
}

TEST_F(StateCommit, the_height_is_taken_from_the_blocks_header) {
  make(1);
  // The orderer's road verifies nothing here: the ledger refuses what is not next.
  Payload misnumbered = fake_payload(7);
  misnumbered.seq_num = 1;
  EXPECT_EQ(node->state->add_payload(misnumbered, {}), AddOutcome::kAdded);
  run(0);
  EXPECT_THAT(node->ledger.given, ElementsAre(7u));
  EXPECT_TRUE(node->died);
}

// --- sections 16 and 17: bad blocks

struct BadBlock {
  const char* name;
  LostBlock why;
  Payload payload;
};

std::vector<BadBlock> bad_blocks() {
  Block headless = make_block(1, "", kChannel, 256);
  headless.has_header = false;
  Block empty = make_block(1, "", kChannel, 256);
  empty.has_data = false;
  Payload private_data = fake_payload(1);
  private_data.private_data = {"\xff"};
  Payload private_set = fake_payload(1);
  private_set.private_data = {encode(PvtDataPayload{0, "\xff"})};
  return {{"bytes that are no block", LostBlock::kUndecodable, {1, "\xff\xff", {}}},
          {"no header", LostBlock::kNoHeader, {1, encode_block(headless), {}}},
          {"no bytes", LostBlock::kNoHeader, {1, "", {}}},
          {"no data", LostBlock::kNoData, {1, encode_block(empty), {}}},
          {"bad private data", LostBlock::kBadPrivateData, private_data},
          {"a bad set in private data", LostBlock::kBadPrivateData, private_set}};
}

TEST_F(StateCommit, hazard_17_1_a_dropped_block_loses_its_number_for_good) {
  for (const BadBlock& bad : bad_blocks()) {
    make(1);
    EXPECT_EQ(node->state->on_block({bad.payload}), AddOutcome::kAdded) << bad.name;
    EXPECT_EQ(node->node.traced(TraceKind::kBlockLost, bad.why), 1u) << bad.name;
    EXPECT_EQ(push(1), AddOutcome::kIgnored) << "the sound one comes too late: " << bad.name;
    EXPECT_EQ(deliver(1), AddOutcome::kIgnored) << bad.name;
    run(kSecond);
    EXPECT_EQ(node->height(), 1u) << bad.name;
    EXPECT_THAT(node->ledger.given, IsEmpty());
    world.sink.events.clear();
  }
}

TEST_F(StateCommit, hazard_17_1_the_successor_of_a_dropped_block_kills_the_peer) {
  make(1);
  push(2);
  node->state->on_block({bad_blocks()[0].payload});
  run(kSecond);
  EXPECT_THAT(node->ledger.given, ElementsAre(2u));
  EXPECT_TRUE(node->died);
}

TEST_F(StateCommit, readable_private_data_is_let_through) {
  make(1);
  Payload block = fake_payload(1);
  block.private_data = {encode(PvtDataPayload{0, encode(TxPvtReadWriteSet{0, {{"ns", {}}}})})};
  node->state->on_block({block});
  run(kSecond);
  EXPECT_EQ(node->height(), 2u);
}

// --- section 14

TEST_F(StateCommit, after_stop_nothing_is_taken_and_no_commit_starts) {
  make(1);
  node->ledger.commit_time = kSecond;
  for (BlockNum n = 3; n <= 44; ++n)
    deliver(n, [](AddOutcome) { FAIL() << "told after stop"; });
  push(1);
  push(2);
  node->state->stop();
  node->state->stop();
  run(10 * kSecond);
  EXPECT_THAT(node->ledger.given, ElementsAre(1u)) << "was under way";
  EXPECT_EQ(deliver(2), AddOutcome::kStopped);
}

}  // namespace
}  // namespace hearsay::state_test
