// Leader election alone, spec election.md 16.1 to 16.12 and 16.18, the tables and the edge cases of
// sections 6 to 9 and 14. What needs whole nodes is in service_network_test.cc; 16.17 is
// channel_test.cc, S22.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/comparator.h"
#include "tests/fabric/election_net.h"

namespace hearsay::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Peers = std::vector<PeerIndex>;

constexpr Duration kWait = 5_s;
constexpr std::uint64_t kSeeds = 20;

// Each statement about several peers holds for any delays of messages.
class Elections : public testing::TestWithParam<std::uint64_t> {
 protected:
  ElectionNet net{GetParam()};
};

TEST_P(Elections, S1_of_peers_started_together_the_smallest_leads) {
  const Peers peers = net.start_many(9, 0);
  net.clock.run_for(1_s);
  EXPECT_TRUE(net.led_by({"p0"}, peers, 0));
  EXPECT_THAT(net.at(peers[9]).statuses, ElementsAre(true));
}

TEST_P(Elections, S2_of_peers_started_at_intervals_the_first_leads_and_stays) {
  const Peers peers = net.start_many(3, 0, 750_ms);
  net.clock.run_for(2_s);
  EXPECT_THAT(net.leaders(peers), ElementsAre("p3"));
  EXPECT_THAT(net.at(peers[0]).statuses, ElementsAre(true));
}

TEST_P(Elections, S3_who_is_stopped_says_no_more) {
  const Peers peers = net.start_many(3, 0);
  ASSERT_TRUE(net.single_leader(peers, kWait));
  for (const PeerIndex p : peers)
    net.at(p).election.stop();
  net.clock.run_for(500_ms);
  const std::size_t said = net.said.size();
  net.clock.run_for(2500_ms);
  EXPECT_EQ(net.said.size(), said);
}

TEST_P(Elections, S4_when_two_groups_meet_one_leader_is_left) {
  Peers first = net.start_many(3, 0);
  const Peers second = net.start_many(7, 4);
  ASSERT_TRUE(net.led_by({"p0"}, first, kWait));
  ASSERT_TRUE(net.led_by({"p4"}, second, kWait));
  for (const PeerIndex p : first) {
    for (const PeerIndex q : second) {
      net.at(p).view.insert(q);
      net.at(q).view.insert(p);
    }
  }
  Peers all = first;
  all.insert(all.end(), second.begin(), second.end());
  EXPECT_TRUE(net.led_by({"p0"}, all, 2500_ms));
  EXPECT_EQ(net.at(first[3]).statuses.back(), true);
  EXPECT_THAT(net.at(second[3]).statuses, ElementsAre(true, false)) << "the leader that was";
  for (const PeerIndex p : all) {
    if (p != first[3] && !net.at(p).statuses.empty()) {
      EXPECT_FALSE(net.at(p).statuses.back()) << net.name(p);
    }
  }
}

TEST_P(Elections, S5_when_the_leader_is_gone_the_smallest_of_the_others_takes_over) {
  Peers peers = net.start_many(5, 2, 750_ms);
  ASSERT_TRUE(net.led_by({"p5"}, peers, kWait));
  net.at(peers[0]).election.stop();
  peers.erase(peers.begin());
  EXPECT_TRUE(net.led_by({"p2"}, peers, 250_ms + 1500_ms + 300_ms));
}

TEST_P(Elections, S6_who_yields_is_followed_by_another) {
  const Peers peers = net.start_many(5, 0);
  ASSERT_TRUE(net.led_by({"p0"}, peers, kWait));
  ElectionNet::Member& p0 = net.at(peers[5]);
  p0.election.yield();
  EXPECT_THAT(p0.statuses, ElementsAre(true, false)) << "told before Yield returns";
  p0.election.yield();
  EXPECT_THAT(p0.statuses, SizeIs(2)) << "a second one changes nothing";
  ASSERT_TRUE(net.single_leader(peers, kWait));
  EXPECT_FALSE(p0.election.is_leader());
  net.clock.run_for(1_s);
  EXPECT_EQ(net.leaders(peers).size(), 1u);
  EXPECT_FALSE(p0.election.is_leader());
}

TEST_P(Elections, S8_when_all_have_yielded_the_first_leads_again) {
  const Peers peers = net.start_many(1, 0);
  ASSERT_TRUE(net.led_by({"p0"}, peers, kWait));
  net.at(peers[1]).election.yield();
  ASSERT_TRUE(net.led_by({"p1"}, peers, kWait));
  net.at(peers[0]).election.yield();
  EXPECT_TRUE(net.led_by({"p0"}, peers, kWait));
}

TEST_P(Elections, S9_alone_everybody_leads_and_together_again_the_smallest) {
  const Peers peers = net.start_many(5, 0);
  ASSERT_TRUE(net.led_by({"p0"}, peers, kWait));
  std::vector<std::set<PeerIndex>> views;
  for (const PeerIndex p : peers) {
    net.at(p).cut_off = true;
    views.push_back(std::exchange(net.at(p).view, {}));
  }
  const Duration bound = 250_ms + 1_s + 500_ms + 300_ms;
  ASSERT_TRUE(net.led_by({"p0", "p1", "p2", "p3", "p4", "p5"}, peers, bound));
  for (const PeerIndex p : peers) {
    EXPECT_TRUE(net.at(p).statuses.back());
    net.at(p).cut_off = false;
    net.at(p).view = views[raw(p)];
  }
  EXPECT_TRUE(net.led_by({"p0"}, peers, bound));
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_THAT(net.at(peers[i]).statuses, ElementsAre(true, false));
}

INSTANTIATE_TEST_SUITE_P(AnyDelays, Elections, testing::Range<std::uint64_t>(1, kSeeds + 1));

// One peer, p5, that hears what a test says: p3 is smaller, p7 larger.
struct Election : testing::Test {
  Election() {
    for (const PeerIndex p : {p3, p7})
      me.view.insert(p);
  }
  LeaderElection& election() { return me.election; }
  void begin() { election().start(); }
  void run(Duration d) { net.clock.run_for(d); }
  Time now() { return net.clock.now(); }
  // 100 ms of stability, 500 ms of collecting.
  void begin_and_lead() {
    begin();
    run(600_ms);
    ASSERT_TRUE(election().is_leader());
  }
  void begin_and_follow() {
    begin();
    net.tell(self, p3, true);
    run(100_ms);
    ASSERT_THAT(election().describe(), HasSubstr("following"));
  }
  std::vector<Time> times(bool declarations) {
    std::vector<Time> found;
    for (const Said& s : net.said) {
      if (s.content().is_declaration == declarations) found.push_back(s.at);
    }
    return found;
  }

  ElectionNet net;
  const PeerIndex self = net.add("p5");
  const PeerIndex p3 = net.add("p3");
  const PeerIndex p7 = net.add("p7");
  const PeerIndex stranger = net.add("p1");
  ElectionNet::Member& me = net.at(self);
};

TEST_F(Election, S7_a_single_peer_that_yields_leads_again_after_six_thresholds) {
  me.view.clear();
  begin_and_lead();
  election().yield();
  EXPECT_FALSE(election().is_leader());
  run(3_s);
  EXPECT_FALSE(election().is_leader()) << "yielding lasts for 6 thresholds";
  run(1_s);
  EXPECT_TRUE(election().is_leader()) << "and then one window at most, and the election";
  EXPECT_THAT(me.statuses, ElementsAre(true, false, true));
}

TEST_F(Election, S10_the_gauge_is_set_when_leadership_is_acquired_and_cleared_after_a_yield) {
  me.view.clear();
  begin_and_lead();
  EXPECT_THAT(me.gauges, ElementsAre(true));
  election().yield();
  EXPECT_THAT(me.gauges, ElementsAre(true)) << "not by Yield itself, 14.7";
  run(250_ms);
  EXPECT_THAT(me.gauges, ElementsAre(true, false)) << "by the next follower's wait";
  run(4_s);
  EXPECT_TRUE(me.gauges.back());
}

TEST_F(Election, S11_an_id_is_written_in_hexadecimal) {
  const PeerIndex other = net.add(std::string("\0\1\2\3", 4));
  EXPECT_EQ(net.at(other).election.describe(), "00010203 new");
}

TEST_F(Election, S12_messages_are_declarations_or_proposals) {
  const GossipMessage declaration = election().create_message(true);
  const GossipMessage proposal = election().create_message(false);
  const auto& first = *declaration.get<LeadershipMessage>();
  const auto& second = *proposal.get<LeadershipMessage>();
  EXPECT_TRUE(first.is_declaration);
  EXPECT_FALSE(second.is_declaration);
  for (const GossipMessage* message : {&declaration, &proposal}) {
    EXPECT_EQ(message->nonce, 0u);
    EXPECT_EQ(message->channel, "ch");
    EXPECT_EQ(message->tag, Tag::kChanAndOrg);
    EXPECT_EQ(message->get<LeadershipMessage>()->pki_id, "p5");
    EXPECT_EQ(message->get<LeadershipMessage>()->timestamp->inc_num, FakeClock::kStart);
  }
  EXPECT_EQ(first.timestamp->seq_num, 1u) << "one counter for both";
  EXPECT_EQ(second.timestamp->seq_num, 2u);
}

TEST_F(Election, S16_stopping_is_safe_at_any_time_and_twice) {
  election().stop();
  election().stop();
  net.tell(self, p3, true);
  election().yield();
  run(5_s);
  EXPECT_THAT(net.said, IsEmpty());
}

TEST(ElectionStore, S18_of_one_peer_the_later_message_wins_and_others_do_not_matter) {
  const auto message = [](const char* id, PeerTime stamp) {
    GossipMessage made;
    made.tag = Tag::kChanAndOrg;
    made.content = LeadershipMessage{id, stamp, true};
    return made;
  };
  const GossipMessage stored = message("a", {1, 5});
  EXPECT_EQ(compare(message("b", {1, 9}), stored, 0), Comparison::kNoAction);
  EXPECT_EQ(compare(message("b", {1, 1}), stored, 0), Comparison::kNoAction);
  EXPECT_EQ(compare(message("a", {1, 6}), stored, 0), Comparison::kInvalidates);
  EXPECT_EQ(compare(message("a", {2, 1}), stored, 0), Comparison::kInvalidates);
  EXPECT_EQ(compare(message("a", {1, 5}), stored, 0), Comparison::kInvalidated);
  EXPECT_EQ(compare(message("a", {1, 4}), stored, 0), Comparison::kInvalidated);
}

// --- 6.1: stabilisation

TEST_F(Election, two_equal_looks_at_the_view_suffice_even_at_nobody) {
  me.view.clear();
  begin();
  run(100_ms - 1);
  EXPECT_THAT(net.said, IsEmpty());
  run(1);
  EXPECT_THAT(times(false), ElementsAre(100_ms));
}

TEST_F(Election, only_the_number_of_peers_is_looked_at) {
  begin();
  me.view.erase(p3);
  me.view.insert(stranger);
  run(100_ms);
  EXPECT_THAT(times(false), ElementsAre(100_ms));
}

TEST_F(Election, a_view_that_never_rests_is_taken_at_the_first_look_after_the_grace_period) {
  begin();
  for (int i = 0; i < 10; ++i) {
    me.view.contains(p3) ? me.view.erase(p3) : me.view.insert(p3).second;
    run(100_ms);
  }
  EXPECT_EQ(times(false).front(), 600_ms) << "at 500 ms the period is not over yet";
}

TEST_F(Election, a_leader_heard_of_ends_the_stabilisation_at_the_next_look) {
  begin();
  me.view.erase(p7);
  run(10_ms);
  net.tell(self, p3, true);
  EXPECT_THAT(election().describe(), HasSubstr("stabilising"));
  run(90_ms);
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  EXPECT_THAT(net.said, IsEmpty());
}

// --- 6.2 to 6.5: a candidate, a leader, a follower

TEST_F(Election, a_candidate_that_nobody_answers_leads_and_declares_at_once) {
  begin();
  run(599_ms);
  EXPECT_FALSE(election().is_leader());
  run(1_ms);
  EXPECT_TRUE(election().is_leader());
  EXPECT_THAT(times(true), ElementsAre(600_ms));
  EXPECT_EQ(me.said_at_gauge, 2u) << "the gauge follows the declaration";
  EXPECT_EQ(net.sink.count(self, TraceKind::kLeaderDeclared), 1u);
}

TEST_F(Election, a_leader_declares_each_half_of_the_threshold) {
  begin_and_lead();
  run(1_s);
  EXPECT_THAT(times(true), ElementsAre(600_ms, 850_ms, 1100_ms, 1350_ms, 1600_ms));
  EXPECT_THAT(me.statuses, ElementsAre(true));
  EXPECT_THAT(me.gauges, Each(true));
}

TEST_F(Election, half_of_an_odd_threshold_is_rounded_down) {
  Config config = election_settings();
  config.leader_alive_threshold = 5;
  config.leader_election_duration = 10;
  config.election_membership_sample_interval = 10;
  ElectionNet fast(1, config);
  const PeerIndex p = fast.add("p0");
  fast.at(p).election.start();
  fast.clock.run_until(24);
  EXPECT_EQ(fast.count(p, true), 3u) << "at 20, 22 and 24 ns";
}

TEST_F(Election, a_candidate_with_a_smaller_rival_follows) {
  begin();
  run(200_ms);
  net.tell(self, p3, false);
  run(400_ms);
  EXPECT_FALSE(election().is_leader());
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  run(500_ms);
  EXPECT_THAT(times(false), ElementsAre(100_ms, 1100_ms)) << "it tries again a threshold later";
}

TEST_F(Election, a_candidate_with_a_larger_rival_leads) {
  begin();
  run(200_ms);
  net.tell(self, p7, false);
  run(400_ms);
  EXPECT_TRUE(election().is_leader());
}

TEST_F(Election, proposals_count_from_the_moment_of_construction) {
  net.tell(self, p3, false);
  begin();
  run(600_ms);
  EXPECT_FALSE(election().is_leader());
}

TEST_F(Election, a_proposer_that_has_died_since_costs_one_election_more) {
  begin();
  run(200_ms);
  net.tell(self, p3, false);
  me.view.erase(p3);
  run(400_ms);
  EXPECT_FALSE(election().is_leader());
  run(1_s);
  EXPECT_TRUE(election().is_leader()) << "forgotten with the next window";
}

TEST_F(Election, a_declaration_ends_a_candidacy_at_once_but_not_inside_the_handler) {
  begin();
  run(200_ms);
  net.tell(self, p7, true);
  EXPECT_THAT(election().describe(), HasSubstr("electing"));
  run(0);
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  EXPECT_FALSE(election().is_leader()) << "a larger one leads already";
}

TEST_F(Election, a_leader_ignores_proposals_of_smaller_ones) {
  begin_and_lead();
  net.tell(self, p3, false);
  run(2_s);
  EXPECT_TRUE(election().is_leader());
}

TEST_F(Election, a_leader_answers_the_declaration_of_a_larger_one_at_once) {
  begin_and_lead();
  run(100_ms);
  net.tell(self, p7, true);
  EXPECT_THAT(times(true), ElementsAre(600_ms));
  run(0);
  EXPECT_THAT(times(true), ElementsAre(600_ms, 700_ms));
  run(250_ms);
  EXPECT_THAT(times(true), ElementsAre(600_ms, 700_ms, 950_ms)) << "a new period begins";
  EXPECT_TRUE(election().is_leader());
}

TEST_F(Election, two_declarations_at_one_instant_are_answered_once) {
  begin_and_lead();
  net.tell(self, p7, true);
  net.tell(self, p7, true);
  run(0);
  EXPECT_THAT(times(true), ElementsAre(600_ms, 600_ms));
}

TEST_F(Election, a_leader_gives_way_to_the_declaration_of_a_smaller_one) {
  begin_and_lead();
  run(100_ms);
  net.tell(self, p3, true);
  EXPECT_FALSE(election().is_leader()) << "before the turn";
  EXPECT_THAT(me.statuses, ElementsAre(true, false));
  EXPECT_THAT(election().describe(), HasSubstr("leading"));
  run(0);
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  EXPECT_THAT(times(true), ElementsAre(600_ms));
  EXPECT_EQ(net.sink.count(self, TraceKind::kLeaderSteppedDown), 1u);
}

TEST_F(Election, a_follower_notices_a_silent_leader_after_one_to_two_thresholds) {
  begin_and_follow();
  // The window began at 100 ms; what is heard at its beginning is worth a window more.
  run(1);
  net.tell(self, p3, true);
  run(999_ms);
  EXPECT_THAT(times(false), IsEmpty());
  run(1_ms);
  EXPECT_THAT(times(false), ElementsAre(1100_ms));
}

TEST_F(Election, a_declaration_does_not_shorten_a_followers_window) {
  begin_and_follow();
  for (int i = 0; i < 40; ++i) {
    run(100_ms);
    net.tell(self, p7, true);
    EXPECT_THAT(election().describe(), HasSubstr("following"));
  }
  EXPECT_THAT(net.said, IsEmpty());
  EXPECT_EQ(me.gauges.size(), 9u) << "one window each 500 ms";
}

TEST_F(Election, whoever_is_not_in_the_view_is_not_heard) {
  begin();
  net.tell(self, stranger, false);
  net.tell(self, stranger, true);
  run(600_ms);
  EXPECT_TRUE(election().is_leader());
  net.tell(self, stranger, true);
  run(0);
  EXPECT_TRUE(election().is_leader());
  EXPECT_THAT(times(true), ElementsAre(600_ms));
}

TEST_F(Election, a_leader_that_loses_sight_of_everybody_leads_on) {
  begin_and_lead();
  me.view.clear();
  run(5_s);
  EXPECT_TRUE(election().is_leader());
}

// --- 5: who is smaller

TEST(ElectionOrder, ids_are_compared_as_unsigned_bytes_and_a_prefix_is_smaller) {
  const auto winner = [](const std::string& a, const std::string& b) {
    ElectionNet net;
    std::vector<PeerIndex> group;
    net.start(a, group);
    net.start(b, group);
    net.clock.run_for(1_s);
    return net.leaders(group);
  };
  EXPECT_THAT(winner("\xff", "\x01"), ElementsAre("\x01"));
  EXPECT_THAT(winner("ab", "a"), ElementsAre("a"));
  EXPECT_THAT(winner("b", "aa"), ElementsAre("aa"));
}

TEST(ElectionDeath, S15_an_election_needs_an_id) {
  ElectionNet net;
  EXPECT_DEATH(net.add(""), "needs a PKI-ID");
}

// --- 8: yield

TEST_F(Election, yield_does_nothing_to_a_follower) {
  begin_and_follow();
  election().yield();
  EXPECT_THAT(election().describe(), Not(HasSubstr("yielding")));
  EXPECT_THAT(me.statuses, IsEmpty());
}

TEST_F(Election, who_yields_waits_its_period_out_then_follows_and_does_not_propose) {
  begin_and_lead();
  run(100_ms);
  election().yield();
  run(149_ms);
  EXPECT_THAT(election().describe(), HasSubstr("leading"));
  run(1_ms);
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  run(2500_ms);
  EXPECT_THAT(times(false), ElementsAre(100_ms)) << "its own proposal, of the beginning";
  EXPECT_THAT(election().describe(), HasSubstr("yielding"));
}

TEST_F(Election, yielding_ends_when_another_leader_is_heard_of) {
  begin_and_lead();
  election().yield();
  run(300_ms);
  net.tell(self, p7, true);
  EXPECT_THAT(election().describe(), HasSubstr("yielding")) << "at the end of the window";
  run(500_ms);
  EXPECT_THAT(election().describe(), Not(HasSubstr("yielding")));
  run(1_s);
  EXPECT_EQ(times(false).size(), 2u) << "a candidate like any other";
}

TEST_F(Election, a_declaration_in_the_rest_of_a_yielding_leaders_period_ends_both) {
  begin_and_lead();
  election().yield();
  net.tell(self, p7, true);
  run(0);
  EXPECT_THAT(election().describe(), HasSubstr("following"));
  EXPECT_THAT(election().describe(), Not(HasSubstr("yielding")));
}

TEST_F(Election, yield_while_others_elect_lets_them) {
  begin_and_lead();
  election().yield();
  run(250_ms);
  net.tell(self, p3, false);
  run(5_s);
  EXPECT_TRUE(election().is_leader()) << "nobody declared: it leads again in the end";
}

// --- 9: stop

TEST_F(Election, who_is_stopped_keeps_its_answer_and_tells_nobody) {
  begin_and_lead();
  election().stop();
  EXPECT_TRUE(election().is_leader());
  EXPECT_THAT(me.statuses, ElementsAre(true));
  net.tell(self, p3, true);
  EXPECT_TRUE(election().is_leader());
}

TEST_F(Election, who_is_stopped_in_an_election_does_not_win_it) {
  begin();
  run(599_ms);
  election().stop();
  run(5_s);
  EXPECT_THAT(me.statuses, IsEmpty());
  EXPECT_EQ(net.clock.timers_armed(), 0u);
}

TEST_F(Election, yielding_ends_with_stop) {
  begin_and_lead();
  election().yield();
  election().stop();
  EXPECT_EQ(net.clock.timers_armed(), 0u);
}

// --- 3: settings

TEST_F(Election, durations_below_zero_fire_at_once_and_time_goes_on) {
  Config config = election_settings();
  config.election_membership_sample_interval = -1;
  config.leader_election_duration = -1;
  ElectionNet hasty(1, config);
  const PeerIndex p = hasty.add("p0");
  hasty.at(p).election.start();
  hasty.clock.run_until(2);
  EXPECT_TRUE(hasty.at(p).election.is_leader());
}

TEST_F(Election, with_the_defaults_the_first_declaration_comes_after_six_seconds) {
  ElectionNet usual(1, Config{});
  const PeerIndex p = usual.add("p0");
  usual.at(p).election.start();
  usual.clock.run_until(6_s);
  EXPECT_EQ(usual.count(p, true), 1u);
  usual.clock.run_until(16_s);
  EXPECT_EQ(usual.count(p, true), 3u) << "and each five seconds";
}

}  // namespace
}  // namespace hearsay::test
