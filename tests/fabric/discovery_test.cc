// What a correct implementation of discovery shows: statements 1 to 11 of spec discovery.md section
// 15 (gossip/discovery/discovery_test.go of Fabric v2.5.4), one test each. Times are Fabric's,
// virtual.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using Peers = std::vector<PeerIndex>;

NetOptions quick() {
  NetOptions options;
  options.config = quick_config();
  return options;
}

// Each peer asks all `bootstraps`.
void bootstrap(MembershipNet& net, const Peers& peers, const Peers& bootstraps) {
  for (const PeerIndex p : peers) {
    for (const PeerIndex b : bootstraps)
      net.at(p).connect_bootstrap(net.internal(b));
  }
}

const Envelope& self_info(const Sent& request) {
  return *request.envelope->message().get<MembershipRequest>()->self_information;
}

Peers joined(Peers a, const Peers& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Discovery, S01_no_message_and_a_non_discovery_message_are_ignored) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  net.start(p);
  net.at(p[0]).on_message({kNoConn, p[1], nullptr});
  GossipMessage ack;
  ack.tag = Tag::kEmpty;
  ack.content = Acknowledgement{};
  net.at(p[0]).on_message({kNoConn, p[1], Envelope::unsigned_of(std::move(ack))});
  net.run_for(1_s);
  EXPECT_TRUE(net.sent.empty());
  EXPECT_FALSE(net.view(p[0]).known(p[1]));
  EXPECT_EQ(net.log(p[0]).rejected(RejectReason::kUnexpected), 1u);
  EXPECT_EQ(net.log(p[0]).events.size(), 1u);
}

TEST(Discovery, S02_a_ring_of_blind_connects_joins_all_and_first_requests_have_no_secret) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 10);
  net.start(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    net.at(p[i]).connect(net.internal(p[(i + 1) % p.size()]));
  }
  ASSERT_TRUE(net.all_see({p.back()}, 9));
  for (const PeerIndex peer : p) {
    const auto requests = net.sent_of(peer, ContentKind::kMemReq);
    ASSERT_FALSE(requests.empty());
    EXPECT_EQ(self_info(requests.front()).secret(), nullptr);
    EXPECT_EQ(requests.front().to, kNoPeer);
  }
}

TEST(Discovery, S02_a_request_built_with_internal_endpoint_has_a_secret) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  net.start(p);
  net.at(p[0]).connect_bootstrap(net.internal(p[1]));
  net.run_for(1_s);
  const auto requests = net.sent_of(p[0], ContentKind::kMemReq);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(self_info(requests[0]).internal_endpoint(), net.internal(p[0]));
  EXPECT_TRUE(self_info(requests[0]).is_signed());
}

TEST(Discovery, S03_a_lone_peer_signs_nothing) {
  MembershipNet net(quick());
  const PeerIndex p = net.add("org1", "p0:7051");
  net.start(p);
  net.run_for(10 * net.options.config.alive_time_interval);
  net.at(p).initiate_sync(10'000);
  EXPECT_EQ(net.crypto(p).signs, 0);
  EXPECT_EQ(net.at(p).sequence(), 0u);
  EXPECT_TRUE(net.sent.empty());
}

TEST(Discovery, S04_replayed_alive_messages_are_validated_exactly_when_a_fresh_store_takes_them) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 4);
  net.start(p[0]);
  Random random = Random::root(4);
  std::vector<std::pair<PeerIndex, PeerTime>> messages;
  for (int i = 0; i < 60; ++i) {
    messages.push_back({p[1 + random.below(3)], {1 + random.below(2), 1 + random.below(12)}});
  }
  // First round: some are new. Second round, the same in the same order: none is.
  for (int round = 0; round < 2; ++round) {
    std::map<PeerIndex, PeerTime> reference;
    for (const auto& [subject, stamp] : messages) {
      const bool fresh = round == 0 && (!reference.count(subject) || reference[subject] < stamp);
      if (fresh) reference[subject] = stamp;
      const int before = net.crypto(p[0]).verifies;
      net.deliver(p[0], subject, net.alive(subject, {.inc = stamp.inc_num, .seq = stamp.seq_num}));
      EXPECT_EQ(net.crypto(p[0]).verifies - before, fresh ? 1 : 0);
    }
  }
}

TEST(Discovery, S04_a_requests_self_info_is_validated_on_every_receipt) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  net.start(p);
  for (int i = 1; i <= 3; ++i) {
    net.deliver(p[0], p[1], MembershipNet::request(net.alive(p[1], {.endpoint = "p1:7051"})));
    EXPECT_EQ(net.crypto(p[0]).verifies, i);
  }
}

TEST(Discovery, S04_a_response_with_2_alive_and_1_dead_costs_3_validations_then_none_once_stored) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 4);
  net.start(p[0]);
  const auto response = [&] {
    return MembershipNet::response({net.alive(p[1], {}), net.alive(p[2], {})},
                                   {net.alive(p[3], {})});
  };
  net.deliver(p[0], p[1], response());
  EXPECT_EQ(net.crypto(p[0]).verifies, 3);
  // What a response brought is not in the store: the same again is validated again.
  net.deliver(p[0], p[1], response());
  EXPECT_EQ(net.crypto(p[0]).verifies, 6);
  for (int i = 1; i <= 3; ++i)
    net.deliver(p[0], p[1], net.alive(p[i], {}));
  EXPECT_EQ(net.crypto(p[0]).verifies, 9);
  net.deliver(p[0], p[1], response());
  EXPECT_EQ(net.crypto(p[0]).verifies, 9);
}

TEST(Discovery, S05_five_peers_with_2_bootstraps_meet_and_updates_reach_the_others) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 5);
  net.start(p);
  bootstrap(net, p, {p[0], p[1]});
  ASSERT_TRUE(net.all_see(p, 4));
  net.at(p[0]).update_metadata("bla bla");
  net.at(p[4]).update_endpoint("localhost:5511");
  EXPECT_TRUE(net.run_until(
      [&] {
        return std::all_of(p.begin() + 1, p.end() - 1, [&](PeerIndex q) {
          return net.at(q).lookup(p[0])->metadata == "bla bla" &&
                 net.at(q).lookup(p[4])->endpoint == "localhost:5511";
        });
      },
      15_s));
}

TEST(Discovery, S06_ten_peers_without_push_meet_by_sync_within_12_s) {
  NetOptions options = quick();
  options.push = false;
  options.sync = true;
  options.config.pull_interval = 1_s;
  options.config.pull_peer_num = 9;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 10);
  net.start(p);
  bootstrap(net, p, {p[0], p[1]});
  net.run_for(12_s);
  for (const PeerIndex q : p)
    EXPECT_EQ(net.view(q).alive_set().count(), 9u);
}

TEST(Discovery, S07_self_carries_an_alive_envelope_with_own_endpoint_and_pki_id) {
  MembershipNet net(quick());
  const PeerIndex p = net.add("org1", "p0:7051", "p0.example:7051");
  net.start(p);
  const NetworkMember self = net.at(p).self();
  EXPECT_EQ(self.endpoint, "p0.example:7051");
  EXPECT_EQ(self.pki_id, net.directory.pki_id(p));
  EXPECT_EQ(self.internal_endpoint, "");
  const AliveMessage* alive = self.envelope->message().get<AliveMessage>();
  ASSERT_NE(alive, nullptr);
  EXPECT_EQ(alive->membership->endpoint, self.endpoint);
  EXPECT_EQ(alive->membership->pki_id, self.pki_id);
  EXPECT_FALSE(self.envelope->is_signed());
  EXPECT_EQ(net.at(p).sequence(), 1u) << "self() takes a sequence number";
}

TEST(Discovery, S08_of_5_peers_2_stop_and_the_rest_see_2) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 5);
  net.start(p);
  bootstrap(net, p, {p[0], p[1]});
  ASSERT_TRUE(net.all_see(p, 4));
  net.stop(p[3]);
  net.stop(p[4]);
  EXPECT_TRUE(net.all_see({p[0], p[1], p[2]}, 2));
  net.stop_all();
  const std::size_t sent = net.sent.size();
  net.run_for(15_s);
  EXPECT_EQ(net.sent.size(), sent) << "a stopped peer sends nothing";
  EXPECT_EQ(net.clock.timers_armed(), 0u);
}

TEST(Discovery, S09_peers_started_before_their_bootstraps_find_everybody) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 15);
  const Peers bootstraps{p[0], p[1]};
  const Peers rest(p.begin() + 2, p.end());
  net.start(rest);
  bootstrap(net, rest, bootstraps);
  net.run_for(1_s);
  net.start(bootstraps);
  bootstrap(net, bootstraps, bootstraps);
  ASSERT_TRUE(net.all_see(p, 14));
  // An endpoint learned without its secret is completed by the next heartbeat.
  net.run_for(1_s);
  for (const PeerIndex q : p) {
    for (const NetworkMember& member : net.at(q).members()) {
      EXPECT_FALSE(member.endpoint.empty());
      EXPECT_EQ(member.internal_endpoint, net.internal(member.peer));
      const auto found = net.at(q).lookup(member.peer);
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->describe(), member.describe());
    }
  }
}

TEST(Discovery, S10_a_peer_that_is_its_own_bootstrap_contacts_nobody) {
  for (const char* own : {"p0:7051", "localhost:7051", "127.0.0.1:7051", "out.example:7051"}) {
    MembershipNet net(quick());
    const PeerIndex p = net.add("org1", "p0:7051", "out.example:7051");
    net.start(p);
    net.at(p).connect_bootstrap(own);
    net.run_for(3_s);
    EXPECT_TRUE(net.pings.empty());
    EXPECT_TRUE(net.handshakes.empty());
    EXPECT_TRUE(net.sent.empty());
    net.at(p).stop();
    EXPECT_EQ(net.clock.timers_armed(), 0u);
  }
}

TEST(Discovery, S11_a_connector_joins_three_groups_and_its_stop_leaves_11) {
  MembershipNet net(quick());
  const Peers a = net.add_many("org1", "a", 4);
  const Peers b = net.add_many("org1", "b", 4);
  const Peers c = net.add_many("org1", "c", 4);
  const PeerIndex connector = net.add("org1", "connector:7051", "connector:7051");
  for (const Peers& group : {a, b, c}) {
    net.start(group);
    bootstrap(net, group, {group[0]});
  }
  const Peers all = joined(joined(a, b), c);
  ASSERT_TRUE(net.all_see(all, 3));
  net.start(connector);
  bootstrap(net, {connector}, {a[0], b[0], c[0]});
  ASSERT_TRUE(net.all_see(joined(all, {connector}), 12));
  net.stop(connector);
  EXPECT_TRUE(net.all_see(all, 11));
}

}  // namespace
}  // namespace hearsay::test
