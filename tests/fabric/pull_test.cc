// Pull: the engine and the mediator (spec: pull.md section 12, statements 1 to 16, sections 3 to 7
// and 10). Intervals and sizes are those of Fabric's pull_test.go and pullstore_test.go.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/describe.h"
#include "tests/fabric/pull_fixture.h"

namespace hearsay::pull_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Duration operator""_ms(unsigned long long n) {
  return static_cast<Duration>(n) * kMillisecond;
}
constexpr Duration operator""_s(unsigned long long n) { return static_cast<Duration>(n) * kSecond; }

// --- 12. engine

TEST(PullEngine, adding_an_id_twice_keeps_one_and_removing_twice_is_harmless) {
  Net net;
  Puller& a = net.add();
  a.add({0, 0});
  EXPECT_THAT(a.state(), ElementsAre(0));
  a.mediator.remove(PullId::of(0u));
  a.mediator.remove(PullId::of(0u));
  EXPECT_THAT(a.state(), IsEmpty());
}

TEST(PullEngine, who_pulls_from_a_peer_that_stops_gets_nothing_more) {
  Net net;
  Puller &a = net.add(), &b = net.add();
  b.peers = {a.self};
  for (std::uint64_t i = 0; i < 100; ++i)
    net.clock.call_at(static_cast<Time>(i) * 10_ms, [&a, i] { a.add(i); });
  net.run_for(800_ms);
  const std::size_t before = b.state().size();
  EXPECT_GT(before, 0u);
  a.running = false;
  net.run_for(800_ms);
  EXPECT_EQ(b.state().size(), before);
}

TEST(PullEngine, ten_peers_that_start_one_after_the_other_all_hold_ten_ids) {
  Net net;
  for (std::uint64_t i = 0; i < 10; ++i) {
    net.add({i});
    net.run_for(50_ms);
  }
  for (const auto& puller : net.pullers) {
    for (const auto& other : net.pullers) {
      if (puller != other) puller->peers.push_back(other->self);
    }
  }
  net.run_for(4_s);
  for (const auto& puller : net.pullers)
    EXPECT_THAT(puller->state(), SizeIs(10));
}

TEST(PullEngine, a_digest_lists_all_a_request_and_its_response_what_is_missing) {
  Net net;
  Puller &a = net.add({1, 3}), &b = net.add({0, 1, 2, 3});
  a.peers = {b.self};
  net.run_for(2_s);
  const auto digests = net.sent_to<DataDigest>(a.self);
  ASSERT_FALSE(digests.empty());
  EXPECT_THAT(numbers_of(digests[0].get<DataDigest>().digests), UnorderedElementsAre(0, 1, 2, 3));
  const auto requests = net.sent_to<DataRequest>(b.self);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(numbers_of(requests[0].get<DataRequest>().digests), UnorderedElementsAre(0, 2));
  const auto updates = net.sent_to<DataUpdate>(a.self);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_THAT(numbers_of(updates[0].get<DataUpdate>().data), UnorderedElementsAre(0, 2));
  EXPECT_THAT(a.state(), ElementsAre(0, 1, 2, 3));
}

TEST(PullEngine, what_a_peer_sends_that_was_never_greeted_is_not_advertised) {
  Net net;
  Puller &a = net.add(), &b = net.add({1, 2, 3}), &intruder = net.add();
  a.peers = {b.self};
  net.clock.call_at(510_ms, [&] {
    net.post(intruder.self, a.self,
             Net::message(DataDigest{0, {"5", "6", "7"}, PullMsgType::kBlock}));
  });
  net.clock.call_at(660_ms, [&] {
    const DataUpdate update{0, {item_of(5), item_of(6), item_of(7)}, PullMsgType::kBlock};
    net.post(intruder.self, a.self, Net::message(update));
  });
  net.run_for(1_s);
  EXPECT_THAT(a.state(), ElementsAre(1, 2, 3));
  EXPECT_THAT(net.sent_to<DataRequest>(intruder.self), IsEmpty());
}

TEST(PullEngine, three_initiators_at_once_all_get_everything_from_one_responder) {
  Net net;
  Puller &a = net.add({1, 3}), &b = net.add({2}), &c = net.add(), &d = net.add({0, 1, 2, 3});
  for (Puller* puller : {&a, &b, &c})
    puller->peers = {d.self};
  net.run_for(2_s);
  for (Puller* puller : {&a, &b, &c})
    EXPECT_THAT(puller->state(), ElementsAre(0, 1, 2, 3));
}

TEST(PullEngine, nothing_is_obtained_from_a_responder_slower_than_the_digest_wait) {
  Net net;
  Puller &a = net.add(), &fast = net.add({0, 1, 2, 3}), &slow = net.add({4, 5, 6});
  a.peers = {fast.self, slow.self};
  slow.slowness = 600_ms;
  net.run_for(2_s);
  EXPECT_THAT(a.state(), ElementsAre(0, 1, 2, 3));
}

TEST(PullEngine, mutual_pull_ends_with_everything_on_both_sides) {
  Net net;
  Puller &a = net.add({1, 3}), &b = net.add({0, 2});
  a.peers = {b.self};
  b.peers = {a.self};
  net.run_for(2_s);
  EXPECT_THAT(a.state(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(b.state(), ElementsAre(0, 1, 2, 3));
}

TEST(PullEngine, the_load_of_a_hundred_ids_is_spread_over_the_selected_responders) {
  Net net;
  Puller& a = net.add();
  for (int i = 0; i < 4; ++i) {
    Puller& responder = net.add();
    for (std::uint64_t id = 0; id < 100; ++id)
      responder.add(id);
  }
  a.peers = {PeerIndex{1}, PeerIndex{2}, PeerIndex{3}};
  net.run_for(2_s);
  for (const PeerIndex selected : a.peers)
    EXPECT_THAT(net.sent_to<DataRequest>(selected), SizeIs(1));
  EXPECT_THAT(net.sent_to<DataRequest>(PeerIndex{4}), IsEmpty());
  EXPECT_THAT(a.state(), SizeIs(100));
}

TEST(PullEngine, the_egress_filter_decides_by_requester) {
  Net net;
  Puller &a = net.add({0, 1, 2, 3, 4, 5}), &b = net.add(), &c = net.add();
  a.shows_to = [&](std::uint64_t id, PeerIndex asker) {
    return asker == b.self ? id % 2 == 0 : id % 2 == 1;
  };
  b.peers = c.peers = {a.self};
  net.run_for(2_s);
  EXPECT_THAT(b.state(), ElementsAre(0, 2, 4));
  EXPECT_THAT(c.state(), ElementsAre(1, 3, 5));
}

// --- 3 to 6: times, nonces, owners, quirks

TEST(PullEngine, rounds_begin_an_interval_after_the_start_and_after_each_other) {
  Net net;
  Puller &a = net.add(), &b = net.add();
  a.peers = {b.self};
  net.run_for(1600_ms);
  std::vector<Time> times;
  for (const Sent& hello : net.sent_to<GossipHello>(b.self))
    times.push_back(hello.time);
  EXPECT_THAT(times, ElementsAre(500_ms, 1000_ms, 1500_ms));
}

TEST(PullEngine, stop_prevents_rounds_but_the_one_under_way_ends_and_others_are_served) {
  Net net;
  Puller &a = net.add({7}), &b = net.add({1});
  a.peers = {b.self};
  b.peers = {a.self};
  net.clock.call_at(550_ms, [&] { a.mediator.stop(); });
  net.run_for(2_s);
  EXPECT_THAT(net.sent_to<GossipHello>(b.self), SizeIs(1));
  EXPECT_THAT(a.state(), ElementsAre(1, 7));
  EXPECT_THAT(b.state(), ElementsAre(1, 7));
}

TEST(PullEngine, a_digest_counts_for_who_was_greeted_with_its_nonce_whoever_sent_it) {
  Net net;
  Puller &a = net.add(), &b = net.add({1}), &c = net.add();
  a.peers = {b.self};
  std::uint64_t nonce = 0;
  net.clock.call_at(510_ms, [&] {
    nonce = net.sent_to<GossipHello>(b.self)[0].get<GossipHello>().nonce;
    net.post(c.self, a.self, Net::message(DataDigest{nonce, {"9"}, PullMsgType::kBlock}));
  });
  net.run_for(650_ms);
  EXPECT_THAT(net.sent_to<DataRequest>(c.self), IsEmpty());
  const auto requests = net.sent_to<DataRequest>(b.self);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(numbers_of(requests[0].get<DataRequest>().digests), ElementsAre(1, 9));
  EXPECT_EQ(requests[0].get<DataRequest>().nonce, nonce);
}

TEST(PullEngine, an_owner_that_advertised_an_id_twice_has_twice_the_weight) {
  Net net({.interval = 1_s, .digest = 100_ms, .request = 200_ms, .response = 200_ms});
  Puller &a = net.add(), &b = net.add(), &c = net.add();
  a.peers = {b.self, c.self};
  std::vector<std::string> ids;
  for (int i = 0; i < 3000; ++i)
    ids.push_back(std::to_string(i));
  net.clock.call_at(1010_ms, [&] {
    const auto digest = [&](PeerIndex from) {
      const std::uint64_t nonce = net.sent_to<GossipHello>(from)[0].get<GossipHello>().nonce;
      net.post(from, a.self, Net::message(DataDigest{nonce, ids, PullMsgType::kBlock}));
    };
    digest(b.self);
    digest(c.self);
    digest(b.self);
  });
  net.run_for(1200_ms);
  const auto of_b = net.sent_to<DataRequest>(b.self)[0].get<DataRequest>().digests.size();
  const auto of_c = net.sent_to<DataRequest>(c.self)[0].get<DataRequest>().digests.size();
  EXPECT_EQ(of_b + of_c, 3000u);
  EXPECT_NEAR(static_cast<double>(of_b), 2000, 110);  // four standard deviations
}

TEST(PullEngine, an_id_that_arrives_by_push_after_its_digest_is_requested_all_the_same) {
  Net net;
  Puller &a = net.add(), &b = net.add({1});
  a.peers = {b.self};
  net.clock.call_at(550_ms, [&] { a.add(1); });
  net.run_for(700_ms);
  EXPECT_THAT(net.sent_to<DataRequest>(b.self), SizeIs(1));
}

TEST(PullEngine, an_update_that_comes_before_the_requests_is_consumed_but_not_advertised) {
  Net net;
  Puller &a = net.add(), &b = net.add();
  a.peers = {b.self};
  net.clock.call_at(550_ms, [&] {
    const std::uint64_t nonce = net.sent_to<GossipHello>(b.self)[0].get<GossipHello>().nonce;
    net.post(b.self, a.self, Net::message(DataUpdate{nonce, {item_of(4)}, PullMsgType::kBlock}));
  });
  net.run_for(700_ms);
  EXPECT_THAT(a.consumed, ElementsAre(4));
  EXPECT_THAT(a.state(), IsEmpty());
}

TEST(PullEngine, the_end_of_a_digest_wait_shuts_out_the_digests_of_an_overlapping_round) {
  Net net({.interval = 200_ms, .digest = 300_ms, .request = 600_ms, .response = 2_s});
  Puller &a = net.add(), &b = net.add();
  a.peers = {b.self};
  // Hellos at 200, 400, 600 ...; the first round's digest wait ends at 500.
  net.clock.call_at(510_ms, [&] {
    const std::uint64_t nonce = net.sent_to<GossipHello>(b.self)[1].get<GossipHello>().nonce;
    net.post(b.self, a.self, Net::message(DataDigest{nonce, {"4"}, PullMsgType::kBlock}));
  });
  net.run_for(1_s);
  EXPECT_THAT(net.sent_to<DataRequest>(b.self), IsEmpty());
}

TEST(PullEngine, a_late_digest_and_a_digest_of_an_ended_round_are_ignored) {
  Net net({.interval = 1_s, .digest = 100_ms, .request = 200_ms, .response = 200_ms});
  Puller &a = net.add(), &b = net.add();
  a.peers = {b.self};
  const auto digest_at = [&](Time t) {
    net.clock.call_at(t, [&] {
      const std::uint64_t nonce = net.sent_to<GossipHello>(b.self)[0].get<GossipHello>().nonce;
      net.post(b.self, a.self, Net::message(DataDigest{nonce, {"4"}, PullMsgType::kBlock}));
    });
  };
  digest_at(1110_ms);  // after the digest wait
  digest_at(1310_ms);  // after the end of the round
  digest_at(2010_ms);  // in the next round, with the old nonce
  net.run_for(3_s);
  EXPECT_THAT(net.sent_to<DataRequest>(b.self), IsEmpty());
}

TEST(PullEngine, a_nonce_serves_any_number_of_requests_from_anybody_until_its_timer_fires) {
  Net net;
  Puller &a = net.add({1, 2}), &b = net.add(), &c = net.add();
  const auto post = [&](PeerIndex from, Content content) {
    net.post(from, a.self, Net::message(std::move(content)));
    net.run_for(10_ms);
  };
  post(b.self, GossipHello{77, "", PullMsgType::kBlock});
  post(b.self, DataRequest{77, {"1"}, PullMsgType::kBlock});
  post(c.self, DataRequest{77, {"2", "1", "2"}, PullMsgType::kBlock});
  EXPECT_THAT(net.sent_to<DataUpdate>(b.self), SizeIs(1));
  const auto updates = net.sent_to<DataUpdate>(c.self);
  ASSERT_THAT(updates, SizeIs(1));
  // Asked for twice, sent twice.
  EXPECT_THAT(numbers_of(updates[0].get<DataUpdate>().data), ElementsAre(2, 1, 2));
  net.run_for(200_ms);
  post(b.self, DataRequest{77, {"1"}, PullMsgType::kBlock});
  EXPECT_THAT(net.sent_to<DataUpdate>(b.self), SizeIs(1));
}

TEST(PullEngine, a_repeated_hello_does_not_extend_its_nonce) {
  Net net;
  Puller &a = net.add({1}), &b = net.add();
  const auto post_at = [&](Time t, Content content) {
    net.clock.call_at(t,
                      [&net, &a, &b, content] { net.post(b.self, a.self, Net::message(content)); });
  };
  const GossipHello hello{5, "", PullMsgType::kBlock};
  const DataRequest request{5, {"1"}, PullMsgType::kBlock};
  post_at(0, hello);
  post_at(150_ms, hello);
  post_at(190_ms, request);  // served
  post_at(210_ms, request);  // the first hello's timer has fired
  post_at(300_ms, hello);    // known again ...
  post_at(340_ms, request);  // ... served ...
  post_at(360_ms, request);  // ... until the second hello's timer fires
  net.run_for(1_s);
  EXPECT_THAT(net.sent_to<DataUpdate>(b.self), SizeIs(2));
}

TEST(PullEngine, an_empty_digest_and_a_request_for_nothing_held_get_no_reply) {
  Net net;
  Puller &a = net.add(), &b = net.add();
  net.post(b.self, a.self, Net::message(GossipHello{5, "", PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataDigest>(b.self), IsEmpty());
  net.post(b.self, a.self, Net::message(DataRequest{5, {"1"}, PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataUpdate>(b.self), IsEmpty());
  // The nonce was registered all the same.
  a.add(1);
  net.post(b.self, a.self, Net::message(DataRequest{5, {"1"}, PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataUpdate>(b.self), SizeIs(1));
}

TEST(PullEngine, a_missing_id_is_asked_for_again_in_the_next_round) {
  Net net;
  Puller &a = net.add(), &b = net.add({1, 2});
  a.peers = {b.self};
  a.takes = [](std::uint64_t) { return true; };
  b.shows_to = [&](std::uint64_t id, PeerIndex) {
    return id != 2 || net.clock.now() > 900_ms || net.clock.now() < 520_ms;
  };
  net.run_for(900_ms);
  EXPECT_THAT(a.state(), ElementsAre(1));
  net.run_for(500_ms);
  EXPECT_THAT(a.state(), ElementsAre(1, 2));
}

TEST(PullEngine, with_an_interval_no_longer_than_both_waits_pulling_stops_after_the_first_round) {
  Net net({.interval = 500_ms, .digest = 300_ms, .request = 600_ms, .response = 400_ms});
  Puller &a = net.add(), &b = net.add({1});
  a.peers = {b.self};
  net.run_for(1100_ms);
  EXPECT_THAT(a.state(), ElementsAre(1));
  b.add(2);
  net.run_for(10_s);
  EXPECT_THAT(a.state(), ElementsAre(1));
  EXPECT_GT(net.sent_to<GossipHello>(b.self).size(), 20u);
  EXPECT_THAT(net.sent_to<DataRequest>(b.self), SizeIs(1));
}

TEST(PullEngine, hellos_above_the_limit_get_no_answer_and_do_not_take_from_others_time) {
  Net net;
  Puller &a = net.add({1}), &b = net.add();
  for (std::uint64_t nonce = 0; nonce <= PullEngine::kMaxHellos; ++nonce)
    net.post(b.self, a.self, Net::message(GossipHello{nonce, "", PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataDigest>(b.self), SizeIs(PullEngine::kMaxHellos));
  net.run_for(300_ms);
  net.post(b.self, a.self, Net::message(GossipHello{3, "", PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataDigest>(b.self), SizeIs(PullEngine::kMaxHellos + 1));
}

// --- 12. mediator

struct PullMediatorTest : testing::Test {
  // Two peers that pull from each other.
  void pair_up() { a.peers = {b.self}, b.peers = {a.self}; }
  template <typename Done>
  bool run_until(Done&& done) {
    for (const Time limit = net.clock.now() + 20_s; net.clock.now() < limit && !done();)
      net.run_for(10_ms);
    return done();
  }

  Net net{kMediatorWaits};
  Puller& a = net.add();
  Puller& b = net.add();
};

TEST_F(PullMediatorTest, hooks_of_all_four_phases_fire) {
  pair_up();
  a.add(0);
  b.add(1);
  std::set<ContentKind> fired;
  for (const ContentKind phase : {ContentKind::kHello, ContentKind::kDataDig, ContentKind::kDataReq,
                                  ContentKind::kDataUpdate}) {
    a.mediator.add_hook(phase, [&fired, phase](const PullStep&) { fired.insert(phase); });
  }
  EXPECT_TRUE(run_until([&] { return fired.size() == 4; }));
  EXPECT_TRUE(run_until([&] { return a.state().size() == 2 && b.state().size() == 2; }));
}

TEST_F(PullMediatorTest, the_egress_filter_keeps_odd_items_back) {
  a.peers = {b.self};
  b.add({0, 1, 2, 3});
  b.shows_to = [](std::uint64_t id, PeerIndex) { return id % 2 == 0; };
  EXPECT_TRUE(run_until([&] { return a.state().size() == 2; }));
  net.run_for(5_s);
  EXPECT_THAT(a.consumed, ElementsAre(0, 2));
}

TEST_F(PullMediatorTest, a_removed_item_does_not_return_and_a_new_one_arrives) {
  a.peers = {b.self};
  for (std::uint64_t i = 0; i < 3; ++i) {
    b.add(i);
    net.run_for(500_ms);
  }
  EXPECT_TRUE(run_until([&] { return a.state().size() == 3; }));
  for (Puller* puller : {&a, &b})
    puller->mediator.remove(PullId::of(0u));
  b.add(10);
  EXPECT_TRUE(run_until([&] { return a.state().size() == 3; }));
  EXPECT_THAT(a.state(), ElementsAre(1, 2, 10));
  const auto updates = net.sent_to<DataUpdate>(a.self);
  EXPECT_THAT(numbers_of(updates.back().get<DataUpdate>().data), ElementsAre(10));
  net.run_for(5_s);
  EXPECT_THAT(a.state(), ElementsAre(1, 2, 10));
  EXPECT_FALSE(a.mediator.item(PullId::of(0u)));
}

TEST_F(PullMediatorTest, the_digest_hook_sees_what_the_ingress_filter_left) {
  a.peers = {b.self};
  a.takes = [](std::uint64_t id) { return id >= 2; };
  b.add({0, 1, 2, 3});
  std::vector<std::vector<PullId>> seen;
  a.mediator.add_hook(ContentKind::kDataDig, [&](const PullStep& step) {
    seen.emplace_back(step.ids.begin(), step.ids.end());
  });
  EXPECT_TRUE(run_until([&] { return !seen.empty(); }));
  EXPECT_THAT(seen[0], ElementsAre(PullId::of(2u), PullId::of(3u)));
}

TEST_F(PullMediatorTest, messages_handled_directly_are_answered_and_an_unasked_update_is_consumed) {
  b.add({0, 1, 2});
  net.post(a.self, b.self, Net::message(GossipHello{77, "", PullMsgType::kBlock}));
  net.run_for(10_ms);
  const auto digests = net.sent_to<DataDigest>(a.self);
  ASSERT_THAT(digests, SizeIs(1));
  EXPECT_THAT(digests[0].get<DataDigest>().digests.strings(), SizeIs(3));
  EXPECT_EQ(digests[0].get<DataDigest>().nonce, 77u);
  const DataRequest request{77, digests[0].get<DataDigest>().digests, PullMsgType::kBlock};
  net.post(a.self, b.self, Net::message(request));
  net.run_for(10_ms);
  const auto updates = net.sent_to<DataUpdate>(a.self);
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_THAT(updates[0].get<DataUpdate>().data, SizeIs(3));
  // The nonce was never issued by the requester: consumed and kept, but not advertised.
  EXPECT_THAT(a.consumed, ElementsAre(0, 1, 2));
  EXPECT_TRUE(a.mediator.item(PullId::of(1u)));
  EXPECT_THAT(a.state(), IsEmpty());
}

TEST(PullDigest, is_printed_as_text_but_identities_as_hexadecimal) {
  const auto print = [](PullMsgType type, Digests digests) {
    const std::string line = describe(*Net::message(DataDigest{1, std::move(digests), type}));
    return line.substr(line.find("items="));
  };
  const std::string bytes("\x00\x01\x02\x03", 4);
  EXPECT_EQ(print(PullMsgType::kUndefined, {"12", "x"}), "items=[12,x]");
  EXPECT_EQ(print(PullMsgType::kBlock, {"12", "13"}), "items=[12,13]");
  EXPECT_EQ(print(PullMsgType::kIdentity, {bytes}), "items=[00010203]");
  EXPECT_EQ(print(PullMsgType::kIdentity, {}), "items=[]");
}

// --- 7 and 10: the mediator's order and bad input

TEST_F(PullMediatorTest, a_message_of_another_type_is_ignored) {
  b.add(1);
  net.post(a.self, b.self, Net::message(GossipHello{5, "", PullMsgType::kIdentity}));
  net.run_for(10_ms);
  EXPECT_THAT(net.sent_to<DataDigest>(a.self), IsEmpty());
}

TEST_F(PullMediatorTest, hooks_run_in_order_even_if_the_engine_ignored_the_message) {
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i)
    a.mediator.add_hook(ContentKind::kDataReq, [&ran, i](const PullStep& step) {
      ran.push_back(i);
      EXPECT_EQ(step.ids.size(), 2u);
    });
  net.post(b.self, a.self, Net::message(DataRequest{5, {"1", "1"}, PullMsgType::kBlock}));
  net.run_for(10_ms);
  EXPECT_THAT(ran, ElementsAre(0, 1, 2));
}

TEST_F(PullMediatorTest, an_undecodable_item_ends_an_update_and_what_came_before_it_stays) {
  bool hooked = false;
  a.mediator.add_hook(ContentKind::kDataUpdate, [&](const PullStep&) { hooked = true; });
  const EnvelopeRef broken = Envelope::received("\x01", "", nullptr, "");
  const DataUpdate update{5, {item_of(1), broken, item_of(2)}, PullMsgType::kBlock};
  EXPECT_FALSE(a.mediator.on_message({ConnId{0}, b.self, Net::message(update)}));
  EXPECT_THAT(a.consumed, ElementsAre(1));
  EXPECT_TRUE(a.mediator.item(PullId::of(1u)));
  EXPECT_FALSE(hooked);
}

TEST_F(PullMediatorTest, a_later_item_replaces_one_with_the_same_id) {
  a.add(1);
  const EnvelopeRef later = item_of(1);
  a.mediator.add(later);
  EXPECT_EQ(a.mediator.item(PullId::of(1u)), later);
  EXPECT_THAT(a.state(), ElementsAre(1));
}

TEST_F(PullMediatorTest, a_peer_that_vanished_between_the_phases_gets_nothing) {
  a.peers = {b.self};
  b.add(1);
  net.clock.call_at(550_ms, [&] { b.running = false; });
  net.run_for(2_s);
  EXPECT_THAT(net.sent_to<GossipHello>(b.self), SizeIs(1));
  EXPECT_THAT(net.sent_to<DataRequest>(b.self), IsEmpty());
}

TEST_F(PullMediatorTest, a_digest_follows_every_change) {
  const auto digest = [&](std::uint64_t nonce) {
    net.post(a.self, b.self, Net::message(GossipHello{nonce, "", PullMsgType::kBlock}));
    net.run_for(10_ms);
    const auto digests = net.sent_to<DataDigest>(a.self);
    return digests.empty() ? Numbers{} : numbers_of(digests.back().get<DataDigest>().digests);
  };
  b.add({1, 2});
  EXPECT_THAT(digest(1), ElementsAre(1, 2));
  b.add(3);
  EXPECT_THAT(digest(2), ElementsAre(1, 2, 3));
  b.mediator.remove(PullId::of(2u));
  EXPECT_THAT(digest(3), ElementsAre(1, 3));
  a.add({7});
  b.peers = {a.self};
  net.run_for(1_s);
  EXPECT_THAT(digest(4), ElementsAre(1, 3, 7));
}

}  // namespace
}  // namespace hearsay::pull_test
