// Spec delivery.md A13, statements 1 to 18: the deliverer of v2.x (blocksprovider_test.go).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/deliver/deliverer.h"
#include "tests/support/deliver_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Step = ScriptedSource::Step;
using Way = std::vector<Step>;

struct Delivering : testing::Test, DeliverStage {
  explicit Delivering(const Config& settings = usual())
      : DeliverStage(settings), deliverer(parts()) {}
  // Starts and runs for a while.
  void begin(Duration d = 1_s) {
    deliverer.start();
    run_for(d);
  }
  Deliverer deliverer;
};

std::vector<std::string> no_globals() { return {}; }

// --- 1 to 13: attempts

TEST_F(Delivering, s1_an_idle_stream_stays_up) {
  begin(3600_s);
  EXPECT_FALSE(deliverer.over());
  EXPECT_EQ(source.running(), 1u);
  EXPECT_EQ(target.heights_read, 1);
  EXPECT_EQ(crypto.signatures, 1);
  ASSERT_THAT(source.attempts, SizeIs(1)) << "one pick, one dial, one stream, one seek";
  EXPECT_EQ(source.attempts[0].endpoint, "orderer0:7050");
  EXPECT_EQ(source.attempts[0].dial_timeout, 3_s);
  EXPECT_TRUE(source.attempts[0].reading);
  EXPECT_THAT(endpoints.all()[0]->root_certs, ElementsAre("cert"));
  EXPECT_EQ(deliverer.describe(), "receiving from orderer0:7050, failures 0, slept 0 ms");
}

TEST_F(Delivering, s1_the_seek_asks_for_all_blocks_from_the_height_on) {
  begin();
  EXPECT_EQ(seek_of(0), seek_from(7));
  const ChannelHeader header = header_of(0);
  EXPECT_EQ(header.type, HeaderType::kDeliverSeekInfo);
  EXPECT_EQ(header.version, 0);
  EXPECT_EQ(header.channel_id, "ch");
  EXPECT_EQ(header.epoch, 0u);
  EXPECT_EQ(header.tls_cert_hash, "");
  EXPECT_EQ(header.timestamp, (Timestamp{FakeClock::kStart / kSecond, 0}));
  const CommonEnvelope& seek = source.attempts[0].seek;
  const auto payload = decode_common_payload(seek.payload);
  const auto signer = decode_signature_header(payload.value().signature_header);
  EXPECT_EQ(signer.value().creator, fake_identity("org1", "self"));
  EXPECT_EQ(signer.value().nonce.size(), 24u);
  EXPECT_TRUE(crypto.verify(signer.value().creator, seek.signature, seek.payload));
}

TEST_F(Delivering, s2_a_ledger_height_error_ends_the_loop) {
  target.height = std::nullopt;
  begin();
  EXPECT_TRUE(deliverer.over());
  EXPECT_EQ(ends, 1);
  EXPECT_TRUE(finalised);
  EXPECT_EQ(ended(DeliverEnd::kLedgerUnreadable), 1u);
  EXPECT_THAT(source.attempts, IsEmpty());
}

TEST_F(Delivering, s3_a_signing_error_ends_the_loop) {
  crypto.signs = false;
  begin();
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(ended(DeliverEnd::kCannotSign), 1u);
  EXPECT_THAT(source.attempts, IsEmpty());
}

TEST_F(Delivering, s4_an_endpoint_error_costs_one_sleep_and_a_second_pick) {
  endpoints.update(no_globals(), {});
  deliverer.start();
  run_for(50_ms);
  endpoints.update(std::vector<std::string>{"orderer1:7050"}, {});
  run_for(1_s);
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(troubles(DeliverTrouble::kNoEndpoint), 1u);
  ASSERT_THAT(source.attempts, SizeIs(1));
  EXPECT_EQ(source.attempts[0].at, 100_ms);
  EXPECT_EQ(target.heights_read, 2);
}

TEST_F(Delivering, s5_a_dial_error_costs_one_sleep_and_a_second_dial) {
  source.set({{SourceEnd::kDial}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(troubles(DeliverTrouble::kDial), 1u);
  EXPECT_THAT(source.attempts, SizeIs(2));
  EXPECT_EQ(source.running(), 1u);
}

TEST_F(Delivering, s6_a_stream_error_costs_one_sleep_and_its_connection_is_gone) {
  source.set({{SourceEnd::kStream}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(troubles(DeliverTrouble::kStream), 1u);
  EXPECT_THAT(source.attempts, SizeIs(2));
  EXPECT_TRUE(source.attempts[0].over);
}

TEST_F(Delivering, s7_a_send_error_costs_one_sleep_and_two_dials_in_all) {
  source.set({{SourceEnd::kSend}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(troubles(DeliverTrouble::kSend), 1u);
  EXPECT_THAT(source.attempts, SizeIs(2));
  EXPECT_TRUE(source.attempts[0].over);
  EXPECT_EQ(source.running(), 1u);
}

TEST_F(Delivering, s8_a_refreshed_endpoint_is_left_without_any_sleep) {
  begin();
  endpoints.update(no_globals(), {{"org0", {{"orderer9:7050"}, {"cert"}}}});
  run_for(0);
  ASSERT_THAT(source.attempts, SizeIs(2));
  EXPECT_TRUE(source.attempts[0].closed);
  EXPECT_EQ(source.attempts[1].endpoint, "orderer9:7050");
  EXPECT_EQ(source.attempts[1].at, 1_s);
  EXPECT_THAT(pauses(), IsEmpty());
}

TEST_F(Delivering, s9_three_stream_errors_cost_growing_sleeps) {
  source.set({{SourceEnd::kStream}, {SourceEnd::kStream}, {SourceEnd::kStream}});
  begin(2_s);
  EXPECT_THAT(pauses(), ElementsAre(100, 120, 144));
  ASSERT_THAT(source.attempts, SizeIs(4));
  EXPECT_EQ(source.attempts[3].at, 364_ms);
}

TEST_F(Delivering, s10_endless_failures_end_the_loop_after_380_sleeps) {
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin(2 * 3600_s);
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(ended(DeliverEnd::kBudgetSpent), 1u);
  const auto slept = pauses();
  ASSERT_THAT(slept, SizeIs(380));
  EXPECT_EQ(slept[25], 9539u);
  EXPECT_EQ(slept[26], 10'000u);
  EXPECT_EQ(slept[27], 10'000u);
  EXPECT_EQ(slept[379], 10'000u);
  EXPECT_EQ(source.attempts.back().at, 3'596'723_ms);
}

struct StaticLeader : Delivering {
  static Config leading() {
    Config config = usual();
    config.org_leader = true;
    return config;
  }
  StaticLeader() : Delivering(leading()) {}
};

TEST_F(StaticLeader, s11_a_static_leader_goes_on_whatever_it_slept) {
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin(2 * 3600_s);
  const auto slept = pauses();
  ASSERT_GT(slept.size(), 500u);
  EXPECT_EQ(slept[25], 9539u);
  EXPECT_EQ(slept[26], 10'000u);
  EXPECT_EQ(slept[379], 10'000u);
  EXPECT_EQ(slept[499], 10'000u);
  EXPECT_FALSE(deliverer.over());
}

TEST_F(Delivering, s12_one_recv_error_costs_one_sleep_and_a_reconnect) {
  source.set({{SourceEnd::kBroken}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(troubles(DeliverTrouble::kBroken), 1u);
  EXPECT_EQ(source.opened(), 2u);
}

TEST_F(Delivering, s13_a_block_resets_the_sleeps_but_a_connection_does_not) {
  source.set({{SourceEnd::kBroken}, {SourceEnd::kClosed}, {response_of(8), SourceEnd::kBroken}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100, 120, 100));
  EXPECT_EQ(troubles(DeliverTrouble::kClosed), 1u);
  EXPECT_EQ(source.opened(), 4u);
}

TEST_F(Delivering, the_sleeps_of_a_whole_life_count_for_the_budget) {
  // A block comes every time, so no two failures follow each other.
  source.script = [](auto, auto) { return Way{response_of(8), SourceEnd::kBroken}; };
  begin(2 * 3600_s);
  EXPECT_EQ(ended(DeliverEnd::kBudgetSpent), 1u);
  EXPECT_THAT(pauses(), SizeIs(36'000)) << "an hour of 100 ms each";
}

TEST_F(Delivering, a_refresh_between_failures_does_not_spare_the_sleep) {
  source.set({{SourceEnd::kDial}, {}});
  begin();
  endpoints.update(no_globals(), {{"org0", {{"orderer9:7050"}, {"cert"}}}});
  run_for(1_s);
  EXPECT_THAT(pauses(), ElementsAre(100, 100)) << "failures unchanged, so it sleeps again";
  EXPECT_THAT(source.attempts, SizeIs(3));
}

TEST_F(Delivering, an_endpoint_refreshed_while_it_was_dialled_is_left_once_it_is_open) {
  source.dial_time = 500_ms;
  deliverer.start();
  run_for(100_ms);
  endpoints.update(no_globals(), {{"org0", {{"orderer9:7050"}, {"cert"}}}});
  run_for(2_s);
  ASSERT_THAT(source.attempts, SizeIs(2));
  EXPECT_TRUE(source.attempts[0].closed);
  EXPECT_EQ(source.attempts[1].at, 500_ms);
  EXPECT_THAT(pauses(), IsEmpty());
}

// --- 14 to 18: responses

TEST_F(Delivering, s14_a_block_is_verified_added_and_gossiped) {
  source.set({{response_of(8)}});
  begin();
  EXPECT_THAT(pauses(), IsEmpty());
  EXPECT_THAT(crypto.block_checks, ElementsAre(std::pair(std::string("ch"), 8u)));
  ASSERT_THAT(target.added, SizeIs(1));
  EXPECT_EQ(target.added[0].first, "ch");
  EXPECT_EQ(target.added[0].second.seq_num, 8u);
  EXPECT_EQ(target.added[0].second.data, BlockBytes(encode_block(block_of("ch", 8))));
  ASSERT_THAT(target.gossiped, SizeIs(1));
  const GossipMessage& message = target.gossiped[0];
  EXPECT_EQ(message.nonce, 0u);
  EXPECT_EQ(message.tag, Tag::kChanAndOrg);
  EXPECT_EQ(message.channel, "ch");
  EXPECT_EQ(message.get<DataMessage>()->payload->seq_num, 8u);
  EXPECT_EQ(message.get<DataMessage>()->payload->data, target.added[0].second.data);
}

TEST_F(Delivering, s15_a_verification_error_costs_the_stream_and_one_sleep) {
  authority.bad_blocks.insert(encode_block(block_of("ch", 8)));
  source.set({{response_of(8)}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(source.closed(), 1u);
  EXPECT_THAT(source.attempts, SizeIs(2));
  EXPECT_EQ(refused(DeliverRefusal::kBadBlock), 1u);
  EXPECT_THAT(target.added, IsEmpty());
  EXPECT_THAT(target.gossiped, IsEmpty());
}

TEST_F(Delivering, s16_an_add_error_costs_the_stream_and_nothing_is_gossiped) {
  target.outcomes = {AddOutcome::kOutOfWindow};
  source.set({{response_of(8)}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100));
  EXPECT_EQ(source.closed(), 1u);
  EXPECT_THAT(source.attempts, SizeIs(2));
  EXPECT_EQ(refused(DeliverRefusal::kNotAdded), 1u);
  EXPECT_THAT(target.gossiped, IsEmpty());
}

struct Quiet : Delivering {
  static Config silent() {
    Config config = usual();
    config.block_gossip_enabled = false;
    return config;
  }
  Quiet() : Delivering(silent()) {}
};

TEST_F(Quiet, s17_without_block_gossip_the_block_is_added_only) {
  source.set({{response_of(8)}});
  begin();
  EXPECT_THAT(target.added, SizeIs(1));
  EXPECT_THAT(target.gossiped, IsEmpty());
  EXPECT_THAT(pauses(), IsEmpty());
}

TEST_F(Delivering, s18_every_status_costs_the_stream_and_a_sleep) {
  source.set({{Status::kSuccess},
              {Status::kForbidden},
              {Status::kServiceUnavailable},
              {Status::kBadRequest},
              {Status{777}}});
  begin(3_s);
  EXPECT_THAT(pauses(), ElementsAre(100, 120, 144, 172, 207));
  EXPECT_EQ(source.closed(), 5u);
  EXPECT_EQ(refused(DeliverRefusal::kSuccess), 1u);
  EXPECT_EQ(refused(DeliverRefusal::kStatus), 4u);
  EXPECT_EQ(troubles(DeliverTrouble::kRefused), 5u);
}

// --- A7: what crashes Fabric, or has no statement of its own

TEST_F(Delivering, garbage_costs_the_stream_and_a_sleep) {
  Block headless = block_of("ch", 8);
  headless.has_header = false;
  source.set({{DeliverResponse()}, {headless}});
  begin();
  EXPECT_THAT(pauses(), ElementsAre(100, 120));
  EXPECT_EQ(refused(DeliverRefusal::kNoContent), 1u);
  EXPECT_EQ(refused(DeliverRefusal::kNoHeader), 1u);
  EXPECT_THAT(crypto.block_checks, IsEmpty());
  EXPECT_EQ(source.running(), 1u);
}

TEST_F(Delivering, an_old_block_is_as_good_as_added) {
  target.outcomes = {AddOutcome::kIgnored};
  source.set({{response_of(2)}});
  begin();
  EXPECT_THAT(pauses(), IsEmpty());
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(2)) << "Fabric gossips it again";
}

TEST_F(Delivering, nobody_looks_at_the_order_of_blocks) {
  source.set({{response_of(9), response_of(8), response_of(40)}});
  begin();
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(9, 8, 40));
  EXPECT_THAT(pauses(), IsEmpty());
}

TEST_F(Delivering, what_comes_behind_a_refused_response_is_not_looked_at) {
  source.set({{Status::kForbidden, response_of(8)}});
  begin();
  EXPECT_THAT(target.added, IsEmpty());
}

// --- A7: a full buffer

TEST_F(Delivering, a_full_buffer_stops_the_reading_until_there_is_room) {
  target.outcomes = {AddOutcome::kWaiting};
  source.set({{response_of(8), response_of(9)}});
  begin(10_s);
  EXPECT_FALSE(source.attempts[0].reading);
  EXPECT_THAT(target.added, SizeIs(1));
  EXPECT_THAT(target.gossiped, IsEmpty());
  EXPECT_EQ(deliverer.describe(), "pushing from orderer0:7050, failures 0, slept 0 ms");
  target.settle(AddOutcome::kAdded);
  run_for(0);
  EXPECT_TRUE(source.attempts[0].reading);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(8, 9));
}

TEST_F(Delivering, a_refresh_and_a_broken_stream_wait_for_the_block_that_waits) {
  for (const bool refresh : {true, false}) {
    DeliverStage stage;
    Deliverer it(stage.parts());
    stage.target.outcomes = {AddOutcome::kWaiting};
    stage.source.set({{response_of(8)}});
    it.start();
    stage.run_for(1_s);
    if (refresh) {
      stage.endpoints.update(no_globals(), {{"org0", {{"orderer9:7050"}, {"cert"}}}});
    } else {
      stage.source.say(0, SourceEnd::kBroken);
    }
    stage.run_for(1_s);
    EXPECT_THAT(stage.source.attempts, SizeIs(1));
    stage.target.settle(AddOutcome::kAdded);
    stage.run_for(1_s);
    EXPECT_THAT(stage.target.numbers_gossiped(), ElementsAre(8));
    EXPECT_THAT(stage.source.attempts, SizeIs(2));
    EXPECT_EQ(stage.pauses().size(), refresh ? 0u : 1u);
    EXPECT_EQ(stage.source.running(), 1u);
  }
}

TEST_F(Delivering, a_block_that_waited_in_vain_is_not_gossiped) {
  target.outcomes = {AddOutcome::kWaiting};
  source.set({{response_of(8)}});
  begin();
  target.settle(AddOutcome::kStopped);
  run_for(1_s);
  EXPECT_THAT(target.gossiped, IsEmpty());
  EXPECT_EQ(refused(DeliverRefusal::kNotAdded), 1u);
  EXPECT_THAT(pauses(), ElementsAre(100));
}

// --- A4: done

TEST_F(Delivering, stopped_it_ends_at_once_wherever_it_is) {
  const std::vector<Way> ways = {Way{}, Way{SourceEnd::kDial}, Way{response_of(8)}};
  for (std::size_t i = 0; i < 4; ++i) {
    DeliverStage stage;
    Deliverer it(stage.parts());
    stage.target.outcomes = {AddOutcome::kWaiting};
    if (i < ways.size()) {
      stage.source.script = [&](std::size_t n, auto) { return n == 0 ? ways[i] : Way{}; };
    } else {
      stage.source.dial_time = 1_s;
    }
    it.start();
    stage.run_for(10_ms);
    it.stop();
    it.stop();
    EXPECT_EQ(stage.ends, 1) << i;
    EXPECT_EQ(stage.ended(DeliverEnd::kStopped), 1u);
    EXPECT_EQ(stage.source.running(), 0u);
    EXPECT_EQ(stage.clock.timers_armed(), 0u);
    if (stage.target.waiting) stage.target.settle(AddOutcome::kAdded);
    stage.run_for(10_s);
    EXPECT_THAT(stage.source.attempts, SizeIs(1));
    EXPECT_THAT(stage.target.gossiped, IsEmpty());
  }
}

TEST_F(Delivering, a_block_may_wait_longer_than_the_deliverer_lives) {
  target.outcomes = {AddOutcome::kWaiting};
  source.set({{}, {response_of(8)}});
  auto it = std::make_unique<Deliverer>(parts());
  begin();
  it->start();
  run_for(1_s);
  ASSERT_TRUE(target.waiting);
  it.reset();
  target.settle(AddOutcome::kAdded);
  EXPECT_THAT(target.gossiped, IsEmpty());
}

}  // namespace
}  // namespace hearsay::test
