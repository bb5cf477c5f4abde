// Spec delivery.md B6: the deliver client of v1.x (client_test.go, blocksprovider_test.go,
// deliveryclient_test.go).
#include "core/deliver/deliver_v1.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/deliver/deliver_service.h"
#include "tests/support/deliver_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Step = ScriptedSource::Step;
using Way = std::vector<Step>;

struct DeliveringV1 : testing::Test, DeliverStage {
  explicit DeliveringV1(DeliverVersion version = DeliverVersion::kV1_0, std::size_t orderers = 1,
                        const Config& settings = usual())
      : DeliverStage(settings), rules(deliver_v1_rules(version, config)) {
    place(orderers);
  }
  void place(std::size_t orderers, int first = 0) {
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < orderers; ++i)
      addresses.push_back("orderer" + std::to_string(first + static_cast<int>(i)) + ":7050");
    endpoints.update({}, {{"org0", {addresses, {}}}});
  }
  void begin(Duration d = 30_s) {
    loop.emplace(parts(), rules);
    loop->start();
    run_for(d);
  }
  const std::string& endpoint(std::size_t attempt) const {
    return source.attempts[attempt].endpoint;
  }
  std::vector<Time> times() const {
    std::vector<Time> found;
    for (const auto& attempt : source.attempts)
      found.push_back(attempt.at);
    return found;
  }

  DeliverV1Rules rules;
  std::optional<DeliverV1> loop;
};
struct DeliveringV11 : DeliveringV1 {
  DeliveringV11() : DeliveringV1(DeliverVersion::kV1_1, 2) {}
};

// So long as there were fewer than ten attempts.
std::optional<Duration> ten_attempts(std::uint32_t attempt, Duration) {
  return attempt < 10 ? std::optional<Duration>(1_ms) : std::nullopt;
}

// --- 1 to 9: connections. The setup, a request for blocks, is done where a stream is open.

TEST_F(DeliveringV1, s1_a_connection_that_fails_once_is_tried_twice_and_set_up_once) {
  source.set({{SourceEnd::kDial}});
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 1_s));
  EXPECT_EQ(source.opened(), 1u);
  EXPECT_EQ(troubles(DeliverTrouble::kDial), 1u);
}

TEST_F(DeliveringV1, s2_a_stream_that_fails_once_is_tried_twice_and_set_up_once) {
  source.set({{SourceEnd::kStream}});
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 1_s));
  EXPECT_EQ(source.opened(), 1u);
}

TEST_F(DeliveringV1, s3_a_setup_that_fails_once_is_done_twice) {
  source.set({{SourceEnd::kSend}});
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 1_s));
  EXPECT_EQ(troubles(DeliverTrouble::kSend), 1u);
  EXPECT_EQ(crypto.signatures, 2);
}

TEST_F(DeliveringV1, s4_a_first_read_that_fails_makes_a_second_attempt_with_setup) {
  source.set({{SourceEnd::kBroken}});
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 1_s));
  EXPECT_EQ(source.opened(), 2u);
}

TEST_F(DeliveringV1, s5_a_later_read_that_fails_makes_a_second_attempt_with_setup) {
  source.set({{response_of(7), SourceEnd::kBroken}});
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 1_s));
  EXPECT_EQ(source.opened(), 2u);
}

TEST_F(DeliveringV1, s6_failing_for_good_after_success_makes_ten_attempts_in_all) {
  rules.policy = ten_attempts;
  source.script = [](std::size_t i, auto) {
    return i == 0 ? Way{response_of(7), SourceEnd::kBroken} : Way{SourceEnd::kDial};
  };
  begin();
  EXPECT_THAT(source.attempts, SizeIs(10));
  EXPECT_EQ(source.opened(), 1u);
  EXPECT_EQ(ended(DeliverEnd::kBudgetSpent), 1u);
  EXPECT_TRUE(finalised);
}

TEST_F(DeliveringV1, s7_never_available_makes_ten_attempts_without_setup) {
  rules.policy = ten_attempts;
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin();
  EXPECT_THAT(source.attempts, SizeIs(10));
  EXPECT_EQ(source.opened(), 0u);
  EXPECT_EQ(ended(DeliverEnd::kBudgetSpent), 1u);
}

TEST_F(DeliveringV1, s8_the_time_of_dials_does_not_count) {
  rules.policy = [](auto, Duration waited) {
    return waited < 1_s ? std::optional<Duration>(500_ms) : std::nullopt;
  };
  source.dial_time = 1500_ms;
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin();
  EXPECT_THAT(times(), ElementsAre(0, 2_s, 4_s));
  EXPECT_TRUE(loop->over());
}

TEST_F(DeliveringV1, s9_when_all_is_good_there_is_one_attempt) {
  begin();
  EXPECT_THAT(source.attempts, SizeIs(1));
  EXPECT_EQ(source.attempts[0].dial_timeout, 3_s);
  EXPECT_EQ(loop->describe(), "receiving from orderer0:7050, attempts 0, waited 0 ms");
}

// --- 10 to 12: closing, and the pauses

TEST_F(DeliveringV1, s10_closed_while_it_reads_it_ends_and_may_be_closed_again) {
  begin();
  loop->stop();
  loop->stop();
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(ended(DeliverEnd::kStopped), 1u);
  EXPECT_EQ(source.running(), 0u);
}

TEST_F(DeliveringV1, s11_closed_in_a_long_pause_it_ends_at_once) {
  rules.policy = [](auto, auto) { return std::optional<Duration>(1'000'000_s); };
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin(1_s);
  loop->stop();
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(clock.timers_armed(), 0u);
  EXPECT_THAT(source.attempts, SizeIs(1));
  EXPECT_EQ(source.opened(), 0u);
}

TEST(DeliverV1Pauses, s12_are_above_zero_and_at_most_an_hour) {
  for (std::uint32_t attempt = 0; attempt < 100; ++attempt) {
    EXPECT_GT(v1_retry_pause(attempt, 3600_s), 0);
    EXPECT_LE(v1_retry_pause(attempt, 3600_s), 3600_s);
  }
}

// --- 13 to 17: orderers that fail

TEST_F(DeliveringV1, s13_a_restarted_orderer_is_asked_for_the_current_height) {
  target.height = 100;
  begin();
  for (BlockNum n = 100; n <= 102; ++n) {
    source.say(0, response_of(n));
    run_for(1_s);
    target.height = n + 1;
  }
  source.say(0, SourceEnd::kBroken);
  run_for(10_s);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(100, 101, 102));
  EXPECT_EQ(seek_of(0).start, SeekPosition::specified(100));
  EXPECT_EQ(seek_of(1).start, SeekPosition::specified(103));
}

TEST_F(DeliveringV11, s14_the_next_block_is_asked_of_the_other_orderer_and_back) {
  target.height = 100;
  std::string alive;
  source.script = [&](auto, std::string_view where) {
    return alive.empty() || alive == where ? Way{} : Way{SourceEnd::kDial};
  };
  begin();
  const std::string first = endpoint(0);
  const std::string other = first == "orderer0:7050" ? "orderer1:7050" : "orderer0:7050";
  for (const std::string& now : {other, first}) {
    alive = now;
    *target.height += 1;
    source.say(source.attempts.size() - 1, SourceEnd::kBroken);
    run_for(10_s);
    EXPECT_EQ(source.attempts.back().endpoint, now);
    EXPECT_TRUE(source.attempts.back().opened);
    EXPECT_EQ(seek_of(source.attempts.size() - 1).start, SeekPosition::specified(*target.height));
  }
}

TEST_F(DeliveringV11, s15_service_unavailable_moves_on_within_a_second_and_back_later) {
  source.set({{Status::kServiceUnavailable}});
  begin(1_s);
  ASSERT_THAT(source.attempts, SizeIs(2));
  const std::string first = endpoint(0);
  EXPECT_NE(endpoint(1), first);
  EXPECT_EQ(source.attempts[1].at, 100_ms);

  // It is left out until ten seconds have passed, then it is good again.
  const std::string other = endpoint(1);
  source.script = [&](auto, std::string_view where) {
    return where == other ? Way{SourceEnd::kDial} : Way{};
  };
  run_for(6_s);
  source.say(1, SourceEnd::kBroken);
  run_for(2_s);
  for (std::size_t i = 1; i < source.attempts.size(); ++i)
    EXPECT_EQ(endpoint(i), other);
  run_for(20_s);
  EXPECT_EQ(source.attempts.back().endpoint, first);
  EXPECT_TRUE(source.attempts.back().opened);
}

TEST_F(DeliveringV1, s16_after_stop_no_block_is_disseminated) {
  begin();
  source.say(0, response_of(7));
  loop->stop();
  run_for(10_s);
  EXPECT_THAT(target.gossiped, IsEmpty());
}

TEST_F(DeliveringV1, s17_a_small_budget_does_not_kill_an_idle_stream) {
  Config small = usual();
  small.deliver_reconnect_total_time_threshold = 1_s;
  rules = deliver_v1_rules(DeliverVersion::kV1_4_4, small);
  begin(3600_s);
  EXPECT_FALSE(loop->over());
  source.say(0, response_of(7));
  run_for(1_s);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(7));
}

// --- 18 to 20: responses

TEST_F(DeliveringV1, s18_each_status_disconnects_and_blocks_are_gossiped) {
  source.set({{response_of(0), Status::kServiceUnavailable},
              {Status::kBadRequest},
              {Status::kForbidden},
              {Status::kNotFound},
              {Status::kInternalServerError},
              {response_of(1)}});
  begin();
  EXPECT_EQ(source.closed(), 5u);
  EXPECT_EQ(refused(DeliverRefusal::kStatus), 5u);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(0, 1));
  EXPECT_THAT(pauses(), ElementsAre(100, 200, 400, 800, 1600));
  EXPECT_THAT(failures(), ElementsAre(1, 2, 3, 4, 5)) << "whatever the status";
}

TEST_F(DeliveringV11, s18_all_but_a_bad_request_disable_the_endpoint) {
  place(5);
  source.script = [](std::size_t i, auto) {
    static const Way ways[] = {{response_of(0), Status::kBadRequest},
                               {Status::kForbidden},
                               {Status::kNotFound},
                               {Status::kInternalServerError},
                               {response_of(1), SourceEnd::kBroken}};
    return i < 5 ? ways[i] : Way{SourceEnd::kDial};
  };
  begin(4_s);
  EXPECT_EQ(source.closed(), 4u);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(0, 1));
  std::set<std::string> usable, disabled;
  for (std::size_t i = 1; i < 4; ++i)
    disabled.insert(endpoint(i));
  for (std::size_t i = 5; i < source.attempts.size(); ++i)
    usable.insert(endpoint(i));
  EXPECT_THAT(disabled, SizeIs(3)) << "never one that is disabled";
  EXPECT_THAT(usable, SizeIs(2));
  for (const std::string& each : disabled)
    EXPECT_FALSE(usable.contains(each));
}

TEST_F(DeliveringV1, s19_too_many_bad_statuses_in_a_row_end_it) {
  source.script = [](std::size_t i, auto) {
    if (i == 10) return Way{Status::kNotFound};
    return Way{i % 2 == 0 ? Status::kBadRequest : Status::kForbidden};
  };
  begin(3600_s);
  EXPECT_THAT(source.attempts, SizeIs(22)) << "ten, another one, and the eleventh of the rest";
  EXPECT_EQ(ended(DeliverEnd::kBadStatuses), 1u);
  EXPECT_EQ(source.running(), 0u);
}

TEST_F(DeliveringV1, s20_a_block_that_does_not_verify_is_not_gossiped_and_costs_nothing) {
  authority.bad_blocks.insert(encode_block(block_of("ch", 7)));
  Block headless = block_of("ch", 8);
  headless.has_header = false;
  source.set({{response_of(7), headless, response_of(9)}});
  begin();
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(9));
  EXPECT_THAT(source.attempts, SizeIs(1));
  EXPECT_EQ(refused(DeliverRefusal::kBadBlock), 1u);
  EXPECT_EQ(refused(DeliverRefusal::kNoHeader), 1u);
}

TEST_F(DeliveringV1, s20_success_ends_it_with_nothing_added) {
  source.set({{Status::kSuccess, response_of(7)}});
  begin();
  EXPECT_EQ(ended(DeliverEnd::kCompleted), 1u);
  EXPECT_EQ(refused(DeliverRefusal::kSuccess), 1u);
  EXPECT_THAT(target.added, IsEmpty());
  EXPECT_THAT(source.attempts, SizeIs(1));
}

TEST_F(DeliveringV1, garbage_ends_it) {
  source.set({{DeliverResponse()}});
  begin();
  EXPECT_EQ(ended(DeliverEnd::kUnknownResponse), 1u);
  EXPECT_EQ(refused(DeliverRefusal::kNoContent), 1u);
}

TEST_F(DeliveringV1, a_block_the_peer_will_not_have_is_gossiped_all_the_same) {
  target.outcomes = {AddOutcome::kOutOfWindow};
  source.set({{response_of(7)}});
  begin();
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(7));
  EXPECT_EQ(refused(DeliverRefusal::kNotAdded), 1u);
  EXPECT_EQ(source.running(), 1u);
}

TEST_F(DeliveringV1, a_full_buffer_stops_the_reading_until_there_is_room) {
  target.outcomes = {AddOutcome::kWaiting};
  source.set({{response_of(7), response_of(8)}});
  begin();
  EXPECT_FALSE(source.attempts[0].reading);
  target.settle(AddOutcome::kAdded);
  run_for(0);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(7, 8));
}

// --- B2: the retries of one read

TEST_F(DeliveringV1, five_minutes_of_pauses_end_v1_0_at_attempt_10) {
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin(3600_s);
  EXPECT_THAT(source.attempts, SizeIs(10));
  EXPECT_EQ(source.attempts.back().at, 511_s);
  EXPECT_TRUE(loop->over());
}

TEST_F(DeliveringV1, each_response_begins_the_retries_anew) {
  source.script = [](auto, auto) { return Way{response_of(7), SourceEnd::kBroken}; };
  begin(3600_s);
  EXPECT_THAT(source.attempts, SizeIs(3601));
  EXPECT_FALSE(loop->over());
}

TEST_F(DeliveringV11, an_hour_of_pauses_ends_v1_1_at_attempt_13) {
  place(1);
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  begin(7200_s);
  EXPECT_THAT(source.attempts, SizeIs(13));
  EXPECT_EQ(source.attempts.back().at, 4095_s);
  EXPECT_TRUE(loop->over());
}

TEST_F(DeliveringV11, streams_that_open_and_break_spend_the_retries_before_v1_2_only) {
  source.script = [](auto, auto) { return Way{SourceEnd::kBroken}; };
  begin(7200_s);
  EXPECT_THAT(source.attempts, SizeIs(13));
  DeliverStage newer;
  DeliverV1 it(newer.parts(), deliver_v1_rules(DeliverVersion::kV1_2, newer.config));
  newer.source.script = source.script;
  it.start();
  newer.run_for(7200_s);
  EXPECT_EQ(newer.source.attempts.size(), 7201u) << "a second each";
}

TEST_F(DeliveringV1, a_static_leader_of_v1_4_5_never_gives_up) {
  Config leading = usual();
  leading.org_leader = true;
  leading.deliver_reconnect_total_time_threshold = 60_s;
  source.script = [](auto, auto) { return Way{SourceEnd::kDial}; };
  rules = deliver_v1_rules(DeliverVersion::kV1_4_4, leading);
  begin(3600_s);
  EXPECT_TRUE(loop->over());
  rules = deliver_v1_rules(DeliverVersion::kV1_4_5, leading);
  begin(3600_s);
  EXPECT_FALSE(loop->over());
}

// --- B3: requests

TEST_F(DeliveringV1, v1_0_asks_with_a_config_update_and_an_unreadable_ledger_is_tried_again) {
  target.height = std::nullopt;
  begin(500_ms);
  EXPECT_EQ(troubles(DeliverTrouble::kNoSeek), 1u);
  target.height = 0;
  run_for(1_s);
  EXPECT_EQ(header_of(0).type, HeaderType::kConfigUpdate);
  EXPECT_EQ(seek_of(0).start->kind, SeekPosition::Kind::kOldest);
  EXPECT_EQ(seek_of(0).stop, seek_from(0).stop);
}

// --- B5: other endpoints

TEST_F(DeliveringV11, a_new_configuration_disconnects_and_a_second_later_it_connects) {
  begin(1_s);
  place(2, 5);
  EXPECT_TRUE(source.attempts[0].closed);
  run_for(10_s);
  ASSERT_THAT(source.attempts, SizeIs(2));
  EXPECT_EQ(source.attempts[1].at, 2_s);
  EXPECT_TRUE(endpoint(1) == "orderer5:7050" || endpoint(1) == "orderer6:7050");
  EXPECT_EQ(troubles(DeliverTrouble::kRefreshed), 1u);
}

TEST_F(DeliveringV11, a_new_configuration_while_a_block_waits_makes_it_connect_after_it) {
  target.outcomes = {AddOutcome::kWaiting};
  source.set({{response_of(7)}});
  begin(1_s);
  place(1, 5);
  run_for(1_s);
  EXPECT_EQ(source.running(), 0u);
  target.settle(AddOutcome::kAdded);
  EXPECT_THAT(target.numbers_gossiped(), ElementsAre(7));
  EXPECT_EQ(endpoint(1), "orderer5:7050");
  EXPECT_THAT(pauses(), IsEmpty());
}

TEST_F(DeliveringV1, v1_0_does_not_follow_the_configuration) {
  begin(1_s);
  place(2, 5);
  run_for(10_s);
  EXPECT_THAT(source.attempts, SizeIs(1));
  EXPECT_EQ(source.running(), 1u);
}

// --- 21: the service

struct ServiceV1 : testing::Test, DeliverStage {
  ServiceV1() : DeliverStage(usual()) {}
  int calls_after_immediate_stop(DeliverVersion version) {
    int calls = 0;
    DeliverService service(context, source, target, {.version = version});
    service.endpoints("ch").update(std::vector<std::string>{"orderer0:7050"}, {});
    EXPECT_TRUE(service.start("ch", [&] { ++calls; }).ok());
    EXPECT_TRUE(service.stop("ch").ok());
    run_for(10_s);
    EXPECT_THAT(source.attempts, IsEmpty());
    EXPECT_EQ(clock.timers_armed(), 0u);
    return calls;
  }
};

TEST_F(ServiceV1, s21_start_and_immediate_stop_leak_nothing) {
  EXPECT_EQ(calls_after_immediate_stop(DeliverVersion::kV1_0), 1);
  EXPECT_EQ(calls_after_immediate_stop(DeliverVersion::kV1_1), 0) << "it never began";
}

TEST_F(ServiceV1, without_endpoints_there_is_no_start) {
  DeliverService service(context, source, target, {.version = DeliverVersion::kV1_1});
  EXPECT_EQ(service.start("ch", {}).error(), "no endpoints specified");
  EXPECT_FALSE(service.stop("ch").ok()) << "there is nothing to stop";
}

TEST_F(ServiceV1, the_certificate_is_bound_from_v1_1_on) {
  for (const DeliverVersion version : {DeliverVersion::kV1_0, DeliverVersion::kV1_1}) {
    DeliverService service(context, source, target,
                           {.version = version, .client_certificate = "DER"});
    service.endpoints("ch").update(std::vector<std::string>{"orderer0:7050"}, {});
    EXPECT_TRUE(service.start("ch", {}).ok());
    run_for(1_s);
    EXPECT_EQ(header_of(source.attempts.size() - 1).tls_cert_hash.empty(),
              version == DeliverVersion::kV1_0);
  }
}

// --- 22: the endpoints

struct Producer : testing::Test {
  std::vector<OrdererEndpointRef> some(int count) {
    std::vector<OrdererEndpointRef> made;
    for (int i = 0; i < count; ++i) {
      made.emplace_back(new OrdererEndpoint("o" + std::to_string(i), std::vector<std::string>{},
                                            static_cast<std::uint32_t>(i)));
    }
    return made;
  }
  static std::vector<std::string> order(V1Endpoints& producer, Time now) {
    std::vector<std::string> tried;
    producer.begin(now);
    while (const OrdererEndpointRef next = producer.next())
      tried.push_back(next->address);
    return tried;
  }
};

TEST_F(Producer, s22_a_thousand_picks_hit_all_of_three) {
  V1Endpoints producer(Random::root(1), false, some(3));
  std::map<std::string, int> first;
  for (int i = 0; i < 1000; ++i) {
    const auto tried = order(producer, 0);
    EXPECT_THAT(tried, testing::UnorderedElementsAre("o0", "o1", "o2"));
    ++first[tried[0]];
  }
  for (const auto& [address, count] : first)
    EXPECT_GT(count, 250) << address;
  EXPECT_EQ(first.size(), 3u);
}

TEST_F(Producer, s22_an_empty_update_is_ignored) {
  V1Endpoints producer(Random::root(1), false, some(2));
  producer.update({});
  EXPECT_THAT(order(producer, 0), SizeIs(2));
}

TEST_F(Producer, s22_a_single_endpoint_is_never_disabled) {
  const auto one = some(1);
  V1Endpoints producer(Random::root(1), false, one);
  producer.disable(one[0], 0);
  EXPECT_THAT(order(producer, 0), ElementsAre("o0"));
}

TEST_F(Producer, s22_a_disabled_one_of_two_is_skipped_for_ten_seconds) {
  const auto two = some(2);
  V1Endpoints producer(Random::root(1), false, two);
  producer.disable(two[0], 0);
  producer.disable(two[1], 0);
  EXPECT_THAT(order(producer, 9'999_ms), ElementsAre("o1")) << "the last one stays";
  producer.update(some(2));
  EXPECT_THAT(order(producer, 9'999_ms), ElementsAre("o1")) << "who stays, stays disabled";
  EXPECT_THAT(order(producer, 10_s), SizeIs(2));
}

TEST_F(Producer, from_v1_4_4_on_they_are_tried_in_turn) {
  V1Endpoints producer(Random::root(1), true, some(5));
  producer.begin(0);
  std::vector<std::string> turn;
  for (int i = 0; i < 2; ++i)
    turn.push_back(producer.next()->address);
  const auto next = order(producer, 0);
  EXPECT_EQ(next.size(), 5u);
  EXPECT_EQ(next[3], turn[0]) << "the third one was its turn";
  EXPECT_EQ(next[4], turn[1]);
  producer.update(some(3));
  EXPECT_THAT(order(producer, 0), ElementsAre("o0", "o1", "o2")) << "an update is not shuffled";
}

}  // namespace
}  // namespace hearsay::test
