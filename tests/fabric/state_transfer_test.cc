// Asking for missing blocks (spec: state.md sections 6.4, 10, 16, 17). Tests named statement_N show
// number N of section 18.
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/state_fixture.h"

namespace hearsay::state_test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Long enough for a round trip, with a dial and a handshake before it.
constexpr Duration kMoment = 50 * kMillisecond;
constexpr Duration kCheck = 10 * kSecond;
constexpr Duration kTimeout = 3 * kSecond;

struct StateTransferTest : StateTest {
  StateTransferTest() { world.config.state_enabled = true; }
  StateNode& make(BlockNum height) {
    started = world.clock.now();
    return StateTest::make(height);
  }
  Helper& helper(const std::string& name, std::optional<BlockNum> height,
                 const std::string& org = "org1") {
    helpers.push_back(std::make_unique<Helper>(world, name, org));
    node->hears_of(helpers.back()->signer(), height);
    return *helpers.back();
  }
  // Up to just before, or well into, the first check of the ledger.
  void to_check() { world.clock.run_until(started + kCheck + kMoment); }
  const StateTransfer& transfer() const { return node->state->transfer(); }

  std::vector<std::unique_ptr<Helper>> helpers;
  Time started = 0;
};

// --- 10.1: when

TEST_F(StateTransferTest, nothing_is_asked_for_when_disabled) {
  world.config.state_enabled = false;
  make(1);
  Helper& h = helper("h", 11);
  run(60 * kSecond);
  EXPECT_THAT(h.requests, IsEmpty());
}

TEST_F(StateTransferTest, the_first_look_comes_after_checkInterval) {
  make(1);
  Helper& h = helper("h", 11);
  world.clock.run_until(started + kCheck - 1);
  EXPECT_THAT(h.requests, IsEmpty());
  to_check();
  EXPECT_EQ(h.requests.size(), 1u);
}

TEST_F(StateTransferTest, nobody_is_asked_while_nobody_has_more) {
  make(11);
  Helper& h = helper("h", 11);
  run(60 * kSecond);
  EXPECT_THAT(h.requests, IsEmpty());
  node->hears_of(h.signer(), 12);
  run(kCheck + kMoment);
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(11u, 11u)));
}

TEST_F(StateTransferTest, an_unreadable_ledger_puts_the_look_off) {
  make(1);
  Helper& h = helper("h", 3);
  h.serve(3);
  node->ledger.readable = false;
  run(35 * kSecond);
  EXPECT_THAT(h.requests, IsEmpty());
  node->ledger.readable = true;
  run(kCheck);
  EXPECT_EQ(node->height(), 3u);
}

TEST_F(StateTransferTest, a_round_asks_again_for_what_waits_in_the_buffer) {
  make(1);
  Helper& h = helper("h", 6);
  node->state->on_block({fake_payload(3)});
  to_check();
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 5u)));
}

// --- 10.2: whom

TEST_F(StateTransferTest, statement_14_only_members_with_properties_and_enough_blocks_are_asked) {
  make(1);
  Helper& low = helper("low", 5);
  Helper& high = helper("high", 10);
  Helper& bare = helper("bare", std::nullopt);
  to_check();
  EXPECT_THAT(high.ranges(), ElementsAre(Pair(1u, 9u)));
  EXPECT_THAT(low.requests, IsEmpty());
  EXPECT_THAT(bare.requests, IsEmpty());
}

TEST_F(StateTransferTest, statement_14_without_a_higher_one_the_one_at_5_is_used) {
  make(1);
  Helper& low = helper("low", 5);
  Helper& bare = helper("bare", std::nullopt);
  low.serve(5);
  to_check();
  EXPECT_THAT(low.ranges(), ElementsAre(Pair(1u, 4u)));
  EXPECT_THAT(bare.requests, IsEmpty());
  EXPECT_EQ(node->height(), 5u);
}

TEST_F(StateTransferTest, members_of_other_organisations_are_asked_too) {
  make(1);
  Helper& foreign = helper("foreign", 3, "org2");
  foreign.serve(3);
  to_check();
  EXPECT_EQ(node->height(), 3u);
}

TEST_F(StateTransferTest, all_candidates_are_asked_in_their_turn) {
  make(1);
  for (const char* name : {"a", "b", "c", "d"})
    helper(name, 300).serve(300);
  to_check();
  run(kSecond);
  EXPECT_EQ(node->height(), 300u);
  for (const auto& h : helpers)
    EXPECT_GE(h->requests.size(), 2u) << h->endpoint;
}

// Mind the off-by-one: whose height is the last number does not have that block.
TEST_F(StateTransferTest, a_member_whose_height_is_the_last_number_is_asked_and_one_block_short) {
  make(1);
  Helper& tall = helper("tall", 13);
  helper("short", std::nullopt);
  Helper& short_one = *helpers.back();
  tall.serve(13);
  short_one.serve(12);
  const auto serve = tall.answer;
  tall.answer = [&](const Helper::Request& r) {
    serve(r);
    node->hears_of(tall.signer(), 5);
    node->hears_of(short_one.signer(), 12);
  };
  to_check();
  EXPECT_THAT(tall.ranges(), ElementsAre(Pair(1u, 11u)));
  EXPECT_THAT(short_one.ranges(), testing::AllOf(testing::SizeIs(4), Each(Pair(12u, 12u))));
  EXPECT_EQ(node->rejected(RejectReason::kMissingPayload), 4u);
  EXPECT_EQ(node->rounds_ended(CatchUpEnd::kTriesSpent), 1u);
  EXPECT_EQ(node->height(), 12u);
}

// --- 10.3: rounds

TEST_F(StateTransferTest, statement_12_a_large_gap_is_closed_in_46_requests) {
  make(1);
  node->ledger.commit_time = 20 * kMillisecond;
  Helper& h = helper("h", 500);
  std::size_t most = 0;
  h.serve(500);
  const auto serve = h.answer;
  h.answer = [&](const Helper::Request& r) {
    most = std::max(most, node->state->buffer().size());
    serve(r);
  };
  for (int i = 0; i < 40'000 && node->height() < 500; ++i) {
    run(kMillisecond);
    most = std::max(most, node->state->buffer().size());
  }
  EXPECT_EQ(node->height(), 500u);
  std::vector<BlockNum> all(499);
  std::iota(all.begin(), all.end(), BlockNum{1});
  EXPECT_EQ(node->ledger.given, all);
  EXPECT_LE(most, 50u);
  EXPECT_GE(most, 41u);
  const auto ranges = h.ranges();
  ASSERT_EQ(ranges.size(), 46u);
  EXPECT_THAT(ranges[0], Pair(1u, 11u));
  EXPECT_THAT(ranges[1], Pair(12u, 22u));
  EXPECT_THAT(ranges[45], Pair(496u, 499u));
  EXPECT_EQ(node->rounds_ended(CatchUpEnd::kDone), 1u);
}

TEST_F(StateTransferTest, statement_13_fifteen_blocks_come_in_two_responses) {
  make(1);
  Helper& h = helper("h", 16);
  h.serve(16);
  to_check();
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 11u), Pair(12u, 15u)));
  EXPECT_EQ(node->height(), 16u);
  EXPECT_EQ(node->advertised(), 16u);
  EXPECT_EQ(node->numbers(TraceKind::kBlockReceived).size(), 15u);
}

TEST_F(StateTransferTest, a_silent_peer_costs_four_sends_of_one_nonce_and_twelve_seconds) {
  make(1);
  Helper& h = helper("h", 3);
  to_check();
  run(3 * kTimeout);
  ASSERT_EQ(h.requests.size(), 4u);
  const Time first = started + kCheck;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(h.requests[i].nonce, h.requests[0].nonce);
    EXPECT_NEAR(static_cast<double>(h.requests[i].at - first),
                static_cast<double>(i) * static_cast<double>(kTimeout), 2e7);
  }
  EXPECT_TRUE(transfer().active());
  run(kTimeout);
  EXPECT_FALSE(transfer().active());
  EXPECT_EQ(node->rounds_ended(CatchUpEnd::kTriesSpent), 1u);
  // The next look comes checkInterval after the END of the round, with another nonce.
  run(kCheck - kMoment - kMillisecond);
  EXPECT_EQ(h.requests.size(), 4u);
  run(2 * kMoment);
  ASSERT_EQ(h.requests.size(), 5u);
  EXPECT_NE(h.requests[4].nonce, h.requests[0].nonce);
}

TEST_F(StateTransferTest, empty_responses_end_a_round_within_milliseconds) {
  make(1);
  Helper& h = helper("h", 3);
  h.answer = [&](const Helper::Request& r) { h.write(r.conn, response(r.nonce, {})); };
  to_check();
  EXPECT_EQ(h.requests.size(), 4u);
  EXPECT_FALSE(transfer().active());
  EXPECT_EQ(node->rejected(RejectReason::kMissingPayload), 4u);
  EXPECT_LT(h.requests[3].at - h.requests[0].at, 10 * kMillisecond);
}

TEST_F(StateTransferTest, two_stale_messages_cost_two_sends_at_once_then_a_timeout) {
  make(1);
  Helper& h = helper("h", 3);
  h.answer = [&](const Helper::Request& r) {
    if (h.requests.size() > 1) return;
    h.write(r.conn, response(r.nonce + 1, blocks(1, 2)));
    h.write(r.conn, response(r.nonce + 2, blocks(1, 2)));
  };
  to_check();
  EXPECT_EQ(h.requests.size(), 3u);
  EXPECT_EQ(node->rejected(RejectReason::kUnsolicited), 2u);
  EXPECT_EQ(node->height(), 1u);
  run(kTimeout);
  EXPECT_EQ(h.requests.size(), 4u);
  EXPECT_TRUE(transfer().active());
  run(kTimeout);
  EXPECT_FALSE(transfer().active());
}

TEST_F(StateTransferTest, a_late_answer_to_an_earlier_try_is_taken) {
  make(1);
  Helper& h = helper("h", 3);
  to_check();
  run(kTimeout);
  ASSERT_EQ(h.requests.size(), 2u);
  h.write(h.requests[0].conn, response(h.requests[0].nonce, blocks(1, 2)));
  run(kMoment);
  EXPECT_EQ(node->height(), 3u);
  EXPECT_FALSE(transfer().active());
}

TEST_F(StateTransferTest, surplus_answers_stay_queued_over_rounds_and_cost_a_try_later) {
  make(1);
  Helper& h = helper("h", 3);
  to_check();
  run(kTimeout);
  ASSERT_EQ(h.requests.size(), 2u);
  // Both tries are answered at last, at one instant: the second answer is left over. It must come
  // while the round is still under way, so the first one waits for room in the buffer.
  for (BlockNum n = 10; n <= 50; ++n)
    node->state->add_payload(fake_payload(n), {});
  ASSERT_EQ(node->state->buffer().size(), 41u);
  for (int i = 0; i < 2; ++i)
    h.write(h.requests[0].conn, response(h.requests[0].nonce, blocks(1, 2)));
  run(kMoment);
  EXPECT_EQ(transfer().queued(), 1u);
  EXPECT_TRUE(transfer().active()) << "stuck while it waits for room";
  // Gossip fills the gap: 1 and 2 are committed, 3 to 9 let the rest go.
  for (BlockNum n = 1; n <= 9; ++n)
    node->state->on_block({fake_payload(n)});
  run(kSecond);
  EXPECT_EQ(node->height(), 51u);
  EXPECT_FALSE(transfer().active());
  EXPECT_EQ(transfer().queued(), 1u) << "survives the round";
  node->hears_of(h.signer(), 52);
  h.serve(52);
  run(kCheck + kSecond);
  EXPECT_EQ(node->height(), 52u);
  EXPECT_EQ(transfer().queued(), 0u);
  EXPECT_EQ(node->rejected(RejectReason::kUnsolicited), 2u);
  // The stale one was consumed at once, so the same batch was asked for twice; the second answer
  // found the round over.
  ASSERT_EQ(h.requests.size(), 4u);
  EXPECT_EQ(h.requests[2].nonce, h.requests[3].nonce);
}

TEST_F(StateTransferTest, what_others_advertise_meanwhile_waits_for_the_next_round) {
  make(1);
  Helper& h = helper("h", 12);
  h.serve(30);
  const auto serve = h.answer;
  h.answer = [&](const Helper::Request& r) {
    node->hears_of(h.signer(), 30);
    serve(r);
  };
  to_check();
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 11u)));
  EXPECT_EQ(node->height(), 12u);
  run(kCheck + kSecond);
  EXPECT_EQ(node->height(), 30u);
}

TEST_F(StateTransferTest, without_a_candidate_the_whole_round_is_abandoned) {
  make(1);
  Helper& h = helper("h", 30);
  h.serve(30);
  const auto serve = h.answer;
  h.answer = [&](const Helper::Request& r) {
    serve(r);
    node->hears_of(h.signer(), 5);  // it was restored from a backup
  };
  to_check();
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 11u)));
  EXPECT_EQ(node->rounds_ended(CatchUpEnd::kNoCandidate), 1u);
  EXPECT_FALSE(transfer().active());
}

TEST_F(StateTransferTest, tries_are_counted_per_batch) {
  make(1);
  Helper& h = helper("h", 34);
  h.serve(34);
  const auto serve = h.answer;
  int count = 0;
  // Three bad answers before each good one.
  h.answer = [&](const Helper::Request& r) {
    if (++count % 4 == 0) return serve(r);
    h.write(r.conn, response(r.nonce, {}));
  };
  to_check();
  EXPECT_EQ(h.requests.size(), 12u);
  EXPECT_EQ(node->height(), 34u);
}

TEST_F(StateTransferTest, a_batch_of_size_nought_asks_for_one_block) {
  world.config.state_batch_size = 0;
  make(1);
  Helper& h = helper("h", 4);
  h.serve(4);
  to_check();
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 1u), Pair(2u, 2u), Pair(3u, 3u)));
}

// --- 10.4: responses

TEST_F(StateTransferTest, what_came_before_a_bad_block_stays_and_the_batch_is_asked_for_again) {
  make(1);
  Helper& h = helper("h", 5);
  Payload forged = fake_payload(3);
  forged.data = "forged";
  world.authority.bad_blocks.insert("forged");
  h.answer = [&](const Helper::Request& r) {
    if (h.requests.size() == 1) {
      h.write(r.conn, response(r.nonce, {fake_payload(1), fake_payload(2), forged}));
    }
  };
  to_check();
  EXPECT_EQ(node->height(), 3u);
  EXPECT_EQ(node->rejected(RejectReason::kBadBlock), 1u);
  EXPECT_THAT(h.ranges(), ElementsAre(Pair(1u, 4u), Pair(1u, 4u))) << "at once";
}

TEST_F(StateTransferTest, any_verified_block_is_taken_and_the_round_goes_on_behind_the_highest) {
  make(1);
  Helper& h = helper("h", 30);
  h.answer = [&](const Helper::Request& r) {
    if (h.requests.size() > 1) return;
    // Neither asked for, nor in order, nor without holes, nor few.
    auto odd = blocks(13, 25);
    odd.push_back(fake_payload(1));
    h.write(r.conn, response(r.nonce, odd));
  };
  to_check();
  EXPECT_EQ(node->height(), 2u);
  EXPECT_EQ(node->state->buffer().size(), 13u);
  ASSERT_EQ(h.requests.size(), 2u);
  EXPECT_EQ(h.requests[1].start, 26u) << "the hole waits for a later round";
  EXPECT_EQ(h.requests[1].end, 29u);
}

TEST_F(StateTransferTest, a_peer_that_answers_with_an_old_block_keeps_the_round_alive) {
  make(5);
  Helper& h = helper("h", 10);
  h.answer = [&](const Helper::Request& r) { h.write(r.conn, response(r.nonce, blocks(2, 2))); };
  to_check();
  run(100 * kMillisecond);
  EXPECT_TRUE(transfer().active());
  EXPECT_GT(h.requests.size(), 20u) << "as fast as it answers";
  EXPECT_EQ(h.requests.back().start, 3u) << "moved backwards";
  EXPECT_EQ(node->height(), 5u);
}

TEST_F(StateTransferTest, the_window_of_gossip_does_not_bind_state_transfer) {
  make(1);
  Helper& h = helper("h", 41);
  h.serve(41);
  EXPECT_EQ(node->state->on_block({fake_payload(30)}), AddOutcome::kOutOfWindow);
  to_check();
  EXPECT_EQ(node->height(), 41u);
  EXPECT_THAT(h.ranges(),
              ElementsAre(Pair(1u, 11u), Pair(12u, 22u), Pair(23u, 33u), Pair(34u, 40u)));
}

TEST_F(StateTransferTest, hazard_17_1_a_lost_number_is_asked_for_in_vain_every_round) {
  make(1);
  Helper& h = helper("h", 2);
  Payload bad = fake_payload(1);
  bad.private_data = {"\xff"};  // the orderer signed the block, nobody the list
  h.answer = [&](const Helper::Request& r) { h.write(r.conn, response(r.nonce, {bad})); };
  to_check();
  EXPECT_EQ(node->node.traced(TraceKind::kBlockLost, LostBlock::kBadPrivateData), 1u);
  h.serve(2);
  run(35 * kSecond);
  EXPECT_EQ(h.requests.size(), 4u) << "one a round";
  EXPECT_THAT(h.ranges(), Each(Pair(1u, 1u)));
  EXPECT_EQ(node->height(), 1u);
}

TEST_F(StateTransferTest, hazard_17_2_a_round_waits_while_the_buffer_is_full_before_a_gap) {
  make(1);
  Helper& h = helper("h", 200);
  for (BlockNum n = 2; n <= 42; ++n)
    node->state->add_payload(fake_payload(n), {});
  h.answer = [&](const Helper::Request& r) { h.write(r.conn, response(r.nonce, blocks(50, 55))); };
  to_check();
  run(60 * kSecond);
  EXPECT_TRUE(transfer().active());
  EXPECT_EQ(h.requests.size(), 1u) << "no timeout while a response is being taken in";
  EXPECT_EQ(node->state->buffer().size(), 41u);
  // Further responses queue, up to channelSize.
  for (int i = 0; i < 120; ++i)
    h.write(h.requests[0].conn, response(9, {}));
  run(kMoment);
  EXPECT_EQ(transfer().queued(), 100u);
  EXPECT_EQ(node->rejected(RejectReason::kQueueFull), 20u);
  // Gossip supplies the gap.
  EXPECT_EQ(node->state->on_block({fake_payload(1)}), AddOutcome::kAdded);
  run(kSecond);
  EXPECT_EQ(node->height(), 43u);
}

TEST_F(StateTransferTest, hazard_17_3_a_halted_pump_does_not_stop_the_asking) {
  make(1);
  Helper& h = helper("h", 3);
  h.serve(3);
  node->ledger.failure = CommitFailure::kValidation;
  to_check();
  EXPECT_TRUE(node->state->pump().halted());
  run(3 * kCheck);
  EXPECT_EQ(node->height(), 1u);
  EXPECT_GE(h.requests.size(), 3u);
}

TEST_F(StateTransferTest, stop_ends_a_round) {
  make(1);
  Helper& h = helper("h", 3);
  to_check();
  node->state->stop();
  h.write(h.requests[0].conn, response(h.requests[0].nonce, blocks(1, 2)));
  run(60 * kSecond);
  EXPECT_EQ(h.requests.size(), 1u);
  EXPECT_EQ(node->height(), 1u);
}

}  // namespace
}  // namespace hearsay::state_test
