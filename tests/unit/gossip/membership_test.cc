// Membership: its timers, who dies when, own alive messages, sync and reconnect. Spec discovery.md
// sections 5, 6, 8, 9.3, 9.4.
#include "core/gossip/membership.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using Net = MembershipNet;

// One running peer with Fabric's default configuration; the others are scripted.
class MembershipTest : public testing::Test {
 protected:
  MembershipTest() {
    net_.lets_pass = [](const Sent&) { return false; };
    net_.start(me_);
    net_.run_for(0);  // the first sync and the first reconnect round find nobody
  }
  void give(const EnvelopeRef& envelope) { net_.deliver(me_, p_[4], envelope); }
  void run_to(Time t) { net_.run_for(t - net_.clock.now()); }
  Membership& membership() { return net_.at(me_); }
  View& view() { return net_.view(me_); }
  std::vector<Sent> heartbeats() {
    std::vector<Sent> own;
    for (const Sent& s : net_.sent_of(me_, ContentKind::kAlive)) {
      if (s.envelope->subject_pki_id() == net_.directory.pki_id(me_)) own.push_back(s);
    }
    return own;
  }
  static const EnvelopeRef& self_info(const Sent& request) {
    return request.envelope->message().get<MembershipRequest>()->self_information;
  }

  Net net_;
  const std::vector<PeerIndex> p_ = net_.add_many("org1", "p", 6);
  const PeerIndex me_ = p_[0];
};

// --- 6 ---

TEST_F(MembershipTest, heartbeats_go_out_every_5_s_while_somebody_is_alive) {
  run_to(12_s);
  EXPECT_TRUE(heartbeats().empty());
  give(net_.alive(p_[1], {}));
  run_to(30_s);
  std::vector<Time> times;
  for (const Sent& s : heartbeats())
    times.push_back(s.time);
  EXPECT_THAT(times, testing::ElementsAre(15_s, 20_s, 25_s, 30_s));
  EXPECT_EQ(membership().sequence(), 4u) << "idle ticks take no number";
}

TEST_F(MembershipTest, own_alive_message_has_stamp_endpoint_metadata_and_secret) {
  give(net_.alive(p_[1], {}));
  membership().update_metadata("meta");
  run_to(5_s);
  const Envelope& e = *heartbeats().at(0).envelope;
  EXPECT_EQ(e.message().tag, Tag::kEmpty);
  EXPECT_EQ(e.message().nonce, 0u);
  EXPECT_EQ(e.stamp(), (PeerTime{membership().incarnation(), 1}));
  EXPECT_EQ(*e.message().get<AliveMessage>()->membership,
            (Member{"p0:7051", "meta", net_.directory.pki_id(me_)}));
  EXPECT_EQ(e.internal_endpoint(), "p0:7051");
  EXPECT_TRUE(net_.mapper(me_).verify(me_, e));
}

TEST_F(MembershipTest, identity_is_embedded_until_publish_cert_period_has_passed) {
  give(net_.alive(p_[1], {}));
  run_to(15_s);
  std::vector<bool> embedded;
  for (const Sent& s : heartbeats()) {
    embedded.push_back(!s.envelope->message().get<AliveMessage>()->identity.empty());
  }
  EXPECT_THAT(embedded, testing::ElementsAre(true, false, false)) << "at 5, 10 and 15 s";
}

TEST_F(MembershipTest, a_secret_that_cannot_be_signed_is_left_out) {
  give(net_.alive(p_[1], {}));
  net_.crypto(me_).signs_left = 1;
  run_to(5_s);
  ASSERT_EQ(heartbeats().size(), 1u);
  EXPECT_EQ(heartbeats()[0].envelope->secret(), nullptr);
}

TEST_F(MembershipTest, one_failure_to_sign_ends_the_heartbeat_for_good) {
  give(net_.alive(p_[1], {}));
  net_.crypto(me_).signs_left = 0;
  run_to(5_s);
  net_.crypto(me_).signs_left = -1;
  run_to(20_s);
  EXPECT_TRUE(heartbeats().empty());
}

TEST_F(MembershipTest, a_restart_raises_the_incarnation_and_starts_sequence_at_1) {
  const std::uint64_t first = membership().incarnation();
  membership().self();
  EXPECT_EQ(membership().sequence(), 1u);
  net_.stop(me_);
  net_.run_for(1_s);
  net_.start(me_);
  EXPECT_GT(membership().incarnation(), first);
  EXPECT_EQ(membership().sequence(), 0u);
}

TEST_F(MembershipTest, endpoint_of_a_node_must_be_host_and_port) {
  EXPECT_EQ(Membership::endpoint_fault("p0:7051"), "");
  EXPECT_EQ(Membership::endpoint_fault(":0"), "");
  EXPECT_EQ(Membership::endpoint_fault("p0:-5"), "") << "a quirk of Fabric";
  for (const char* bad : {"", "p0", "p0:", "p0:x", "p0:7051x", "p0:65536", "::1", "[::1]:7051"}) {
    EXPECT_NE(Membership::endpoint_fault(bad), "") << bad;
  }
}

// --- 8 ---

TEST_F(MembershipTest, silence_of_more_than_25_s_is_found_at_the_next_check) {
  run_to(1_s);
  give(net_.alive(p_[1], {}));
  run_to(2500_ms);
  give(net_.alive(p_[2], {}));
  run_to(27'500_ms - 1);
  EXPECT_TRUE(view().alive(p_[1]));
  run_to(27'500_ms);
  EXPECT_TRUE(view().dead(p_[1]));
  EXPECT_TRUE(view().alive(p_[2])) << "exactly 25 s is not more";
  ASSERT_EQ(net_.closed.size(), 1u);
  EXPECT_EQ(net_.closed[0].whom, p_[1]);
  EXPECT_EQ(view().last_seen(p_[1]), 1_s);
  run_to(30_s);
  EXPECT_TRUE(view().dead(p_[2]));
}

TEST_F(MembershipTest, the_same_stamp_again_does_not_keep_a_member_alive) {
  give(Net::response({net_.alive(p_[1], {})}));
  for (Time t = 5_s; t <= 30_s; t += 5_s) {
    run_to(t);
    give(Net::response({net_.alive(p_[1], {})}));
  }
  EXPECT_TRUE(view().dead(p_[1]));
}

TEST_F(MembershipTest, presumed_dead_buries_at_once_and_a_replay_does_not_resurrect) {
  give(net_.alive(p_[1], {.seq = 4}));
  membership().on_presumed_dead(p_[1]);
  EXPECT_TRUE(view().dead(p_[1]));
  EXPECT_EQ(net_.log(me_).events.back().detail,
            static_cast<std::uint8_t>(DeathCause::kPresumedDead));
  EXPECT_EQ(net_.closed.size(), 1u);
  give(net_.alive(p_[1], {.seq = 4}));
  give(Net::response({net_.alive(p_[1], {.seq = 4})}));
  EXPECT_TRUE(view().dead(p_[1]));
  give(Net::response({net_.alive(p_[1], {.seq = 5})}));
  EXPECT_TRUE(view().alive(p_[1])) << "a relayed later message re-adopts it";
  EXPECT_EQ(net_.log(me_).count(TraceKind::kMemberAlive, p_[1]), 2u);
}

TEST_F(MembershipTest, a_request_resurrects_too) {
  give(net_.alive(p_[1], {.seq = 4}));
  membership().on_presumed_dead(p_[1]);
  net_.deliver(me_, p_[1], Net::request(net_.alive(p_[1], {.seq = 5})));
  EXPECT_TRUE(view().alive(p_[1]));
}

TEST_F(MembershipTest, presumed_dead_of_others_is_ignored) {
  give(Net::response({}, {net_.alive(p_[1], {})}));
  membership().on_presumed_dead(p_[1]);
  membership().on_presumed_dead(p_[2]);
  membership().on_presumed_dead(kNoPeer);
  membership().on_presumed_dead(me_);
  EXPECT_TRUE(net_.closed.empty());
  EXPECT_FALSE(view().known(p_[2]));
}

TEST_F(MembershipTest, an_identity_switch_forgets_at_once_but_the_store_still_refuses_replays) {
  give(net_.alive(p_[1], {.seq = 4}));
  membership().on_identity_switch(p_[1]);
  EXPECT_FALSE(view().known(p_[1]));
  EXPECT_TRUE(net_.closed.empty());
  give(net_.alive(p_[1], {.seq = 4}));
  EXPECT_FALSE(view().known(p_[1]));
  give(net_.alive(p_[1], {.seq = 5}));
  EXPECT_TRUE(view().alive(p_[1]));
}

// --- 5 ---

TEST_F(MembershipTest, members_learned_from_responses_alone_stay_dead_for_ever_and_are_pinged) {
  give(Net::response({net_.alive(p_[1], {.internal = "p1:7051"})}));
  run_to(1500_s);
  EXPECT_TRUE(view().dead(p_[1]));
  EXPECT_GT(net_.pings.size(), 50u);
  EXPECT_EQ(net_.pings.back().endpoint, "p1:7051");
}

TEST_F(MembershipTest, an_old_stored_message_removes_a_member_that_responses_keep_fresh) {
  give(net_.alive(p_[1], {.seq = 1}));
  std::uint64_t seq = 1;
  for (Time t = 5_s; t <= 500_s; t += 5_s) {
    run_to(t);
    give(Net::response({net_.alive(p_[1], {.seq = ++seq})}));
  }
  EXPECT_TRUE(view().alive(p_[1]));
  run_to(505_s);
  EXPECT_FALSE(view().known(p_[1]));
  EXPECT_EQ(net_.log(me_).count(TraceKind::kMemberForgotten, p_[1]), 1u);
  give(Net::response({net_.alive(p_[1], {.seq = ++seq})}));
  EXPECT_TRUE(view().alive(p_[1])) << "a short flap";
}

TEST_F(MembershipTest, a_bootstrap_survives_by_its_external_or_its_internal_endpoint) {
  membership().connect_bootstrap("in1:1");
  membership().anchor_tracker().replace(ChannelIndex{1}, {"out2:1"});
  membership().anchor_tracker().replace(ChannelIndex{0}, {});
  give(net_.alive(p_[1], {.endpoint = "out1:1", .internal = "in1:1"}));
  give(net_.alive(p_[2], {.endpoint = "out2:1", .internal = "in2:1"}));
  give(net_.alive(p_[3], {.endpoint = "out3:1", .internal = "in3:1"}));
  run_to(510_s);
  EXPECT_TRUE(view().dead(p_[1]) && view().dead(p_[2]));
  EXPECT_FALSE(view().known(p_[3]));
  run_to(1100_s);
  EXPECT_TRUE(view().dead(p_[1]) && view().dead(p_[2]));
}

// --- 9.3 ---

TEST_F(MembershipTest, reconnect_rounds_start_at_once_and_follow_25_s_after_the_last_ping_ended) {
  give(Net::response({}, {net_.alive(p_[1], {.endpoint = "p1:1"}),
                          net_.alive(p_[2], {.endpoint = "p2:1", .internal = "in2:1"})}));
  net_.hold_probes = true;
  run_to(25_s);
  ASSERT_EQ(net_.held_probes.size(), 2u);
  EXPECT_EQ(net_.pings[0].endpoint, "p1:1");
  EXPECT_EQ(net_.pings[1].endpoint, "in2:1");
  run_to(100_s);
  EXPECT_EQ(net_.held_probes.size(), 2u) << "one round at a time";
  membership().on_probe_done(net_.held_probes[0], false);
  membership().on_probe_done(net_.held_probes[0], false);
  run_to(130_s);
  EXPECT_EQ(net_.held_probes.size(), 2u) << "the same answer twice counts once";
  membership().on_probe_done(net_.held_probes[1], false);
  run_to(155_s - 1);
  EXPECT_EQ(net_.held_probes.size(), 2u);
  run_to(155_s);
  EXPECT_EQ(net_.held_probes.size(), 4u);
  membership().on_probe_done(net_.held_probes[0], true);
  EXPECT_TRUE(net_.sent.empty()) << "an answer of an earlier round is nobody's";
}

TEST_F(MembershipTest, whoever_answers_a_ping_gets_one_request_even_if_forgotten_meanwhile) {
  give(Net::response({}, {net_.alive(p_[1], {.internal = "in1:1"})}));
  net_.hold_probes = true;
  run_to(25_s);
  ASSERT_EQ(net_.held_probes.size(), 1u);
  membership().on_identity_switch(p_[1]);
  membership().on_probe_done(net_.held_probes[0], true);
  const auto requests = net_.sent_of(me_, ContentKind::kMemReq);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].to, p_[1]);
  EXPECT_EQ(requests[0].endpoint, "in1:1");
  EXPECT_EQ(requests[0].envelope->message().nonce, 0u);
  EXPECT_EQ(self_info(requests[0])->internal_endpoint(), "p0:7051");
  EXPECT_TRUE(view().alive_set().empty()) << "a ping that is answered changes nothing by itself";
}

// --- 9.4 ---

TEST_F(MembershipTest, sync_runs_at_start_and_every_pull_interval_with_pull_peer_num_peers) {
  NetOptions options;
  options.sync = true;
  Net net(options);
  const auto p = net.add_many("org1", "p", 6);
  net.lets_pass = [](const Sent&) { return false; };
  net.run_for(1_s);
  net.start(p[0]);
  net.run_for(1_s);
  for (int i = 1; i <= 5; ++i)
    net.deliver(p[0], p[1], net.alive(p[i], {}));
  net.run_for(11_s);
  std::vector<Time> times;
  for (const Sent& s : net.sent_of(p[0], ContentKind::kMemReq))
    times.push_back(s.time);
  EXPECT_THAT(times, testing::ElementsAre(5_s, 5_s, 5_s, 9_s, 9_s, 9_s, 13_s, 13_s, 13_s));
}

TEST_F(MembershipTest, sync_asks_n_distinct_alive_members_with_one_request) {
  for (int i = 1; i <= 4; ++i)
    give(net_.alive(p_[i], {}));
  membership().on_presumed_dead(p_[4]);
  net_.sent.clear();
  membership().initiate_sync(2);
  ASSERT_EQ(net_.sent.size(), 2u);
  EXPECT_NE(net_.sent[0].to, net_.sent[1].to);
  EXPECT_EQ(net_.sent[0].envelope, net_.sent[1].envelope);
  EXPECT_EQ(net_.sent[0].envelope->message().nonce, 0u);
  EXPECT_EQ(membership().sequence(), 1u);
  net_.sent.clear();
  membership().initiate_sync(100);
  std::set<PeerIndex> asked;
  for (const Sent& s : net_.sent)
    asked.insert(s.to);
  EXPECT_EQ(asked, (std::set<PeerIndex>{p_[1], p_[2], p_[3]}));
  membership().initiate_sync(0);
  EXPECT_EQ(net_.sent.size(), 3u);
}

TEST_F(MembershipTest, sync_chooses_uniformly) {
  for (int i = 1; i <= 5; ++i)
    give(net_.alive(p_[i], {}));
  net_.sent.clear();
  std::map<PeerIndex, int> asked;
  for (int i = 0; i < 5'000; ++i)
    membership().initiate_sync(2);
  for (const Sent& s : net_.sent)
    ++asked[s.to];
  // 10,000 draws over 5: 2,000 each, standard deviation below 35 (without replacement).
  for (int i = 1; i <= 5; ++i)
    EXPECT_NEAR(asked[p_[i]], 2'000, 160);
}

TEST_F(MembershipTest, sync_reads_the_internal_endpoint_from_the_last_messages_secret_only) {
  give(net_.alive(p_[1], {.seq = 1, .endpoint = "out1:1", .internal = "in1:1"}));
  membership().initiate_sync(1);
  EXPECT_EQ(net_.sent.back().endpoint, "in1:1");
  give(net_.alive(p_[1], {.seq = 2, .endpoint = "out1:1"}));
  EXPECT_EQ(view().preferred_endpoint(p_[1]), "in1:1");
  membership().initiate_sync(1);
  EXPECT_EQ(net_.sent.back().endpoint, "out1:1");
}

TEST_F(MembershipTest, a_request_to_a_foreign_member_carries_no_secret) {
  const PeerIndex foreign = net_.add("org2", "foreign:1", "foreign.ext:1");
  net_.mapper(me_).put(net_.directory.pki_id(foreign), net_.directory.identity(foreign));
  give(net_.alive(foreign, {.endpoint = "foreign.ext:1"}));
  membership().initiate_sync(1);
  ASSERT_EQ(net_.sent.back().to, foreign);
  EXPECT_EQ(self_info(net_.sent.back())->secret(), nullptr);
}

// --- 10 ---

TEST_F(MembershipTest, lookup_knows_the_dead_and_ourselves_and_members_only_the_alive) {
  give(net_.alive(p_[1], {.endpoint = "out1:1", .metadata = "m", .internal = "in1:1"}));
  give(Net::response({}, {net_.alive(p_[2], {})}));
  const auto found = membership().lookup(p_[1]);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->endpoint, "out1:1");
  EXPECT_EQ(found->metadata, "m");
  EXPECT_EQ(found->internal_endpoint, "in1:1");
  EXPECT_TRUE(membership().lookup(p_[2]).has_value());
  EXPECT_FALSE(membership().lookup(p_[3]).has_value());
  EXPECT_EQ(membership().lookup(me_)->internal_endpoint, "p0:7051");
  const auto members = membership().members();
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].peer, p_[1]);
  EXPECT_EQ(members[0].envelope, view().message(p_[1]));
}

}  // namespace
}  // namespace hearsay::test
