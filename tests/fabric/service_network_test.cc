// Whole nodes that elect leaders: spec election.md 16.13, 16.14, 16.19 and 16.20 (service.md 9, 10,
// 14 and 15).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_delivery.h"
#include "tests/support/node_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Peers = std::vector<PeerIndex>;

Config electing(Config config = {}) {
  config.use_leader_election = true;
  config.org_leader = false;
  return config;
}

struct Town {
  explicit Town(const Config& config) : net(config) {
    net.delivery = [this](PeerIndex p) -> Delivery& { return deliveries[p]; };
  }
  // `count` peers of one organisation, running, in the channel A.
  Peers settle(std::size_t count) {
    Peers peers = net.add_many(count, {"peer0:7051"});
    net.start(peers);
    for (const PeerIndex p : peers)
      net.join(p, "A", {"org1"});
    return peers;
  }
  ChannelIndex channel(std::string_view name) { return net.directory.find_channel(name); }
  Peers leaders(std::string_view name, const Peers& among) {
    Peers found;
    for (const PeerIndex p : among) {
      if (net.running(p) && net.service(p).is_leader(channel(name))) found.push_back(p);
    }
    return found;
  }
  // How many of `among` pull the channel's blocks now.
  Peers pulling(std::string_view name, const Peers& among) {
    Peers found;
    for (const PeerIndex p : among) {
      if (net.running(p) && deliveries[p].running(name)) found.push_back(p);
    }
    return found;
  }
  // One leader within `limit`, and the same one 2 s later.
  bool one_leader(std::string_view name, const Peers& among, Duration limit = 30_s) {
    const Time end = net.now() + limit;
    while (net.now() < end) {
      const Peers now = leaders(name, among);
      net.run_for(2_s);
      if (now.size() == 1 && leaders(name, among) == now && pulling(name, among) == now) {
        return true;
      }
    }
    return false;
  }
  PeerIndex smallest(const Peers& among) {
    return *std::ranges::min_element(among, {},
                                     [&](PeerIndex p) { return net.directory.pki_id(p); });
  }

  std::map<PeerIndex, FakeDelivery> deliveries;  // outlive the nodes
  NodeNet net;
};

TEST(ElectionNetwork, S19_ten_peers_elect_one_leader_per_channel_and_another_when_it_is_gone) {
  Town town(electing());
  NodeNet& net = town.net;
  const Peers peers = town.settle(10);
  ASSERT_TRUE(town.one_leader("A", peers));
  for (const PeerIndex p : peers)
    EXPECT_NE(net.service(p).election(town.channel("A")), nullptr);
  const Peers leader = town.leaders("A", peers);

  const Peers some = {peers[1], peers[3], peers[5], peers[7]};
  for (const PeerIndex p : some)
    net.join(p, "B", {"org1"});
  ASSERT_TRUE(town.one_leader("B", some));
  EXPECT_EQ(town.leaders("A", peers), leader) << "the other channel is not disturbed";
  EXPECT_THAT(town.leaders("B", peers), SizeIs(1));

  net.stop(peers[0]);
  net.stop(peers[1]);
  EXPECT_TRUE(town.one_leader("A", peers));
  EXPECT_TRUE(town.one_leader("B", peers));
}

TEST(ElectionNetwork, S19_among_members_that_know_each_other_delivery_is_begun_once) {
  Town town(electing());
  NodeNet& net = town.net;
  const Peers peers = town.settle(10);
  ASSERT_TRUE(town.one_leader("A", peers));
  net.run_for(20_s);
  // Everything anew, but the membership.
  for (const PeerIndex p : peers) {
    town.deliveries[p] = FakeDelivery();
    ASSERT_TRUE(net.service(p).initialize_channel("A").ok());
  }
  net.run_for(7_s);
  EXPECT_THAT(town.leaders("A", peers), ElementsAre(town.smallest(peers)));
  net.run_for(60_s);
  EXPECT_THAT(town.leaders("A", peers), ElementsAre(town.smallest(peers)));
  std::size_t starts = 0;
  for (const PeerIndex p : peers)
    starts += town.deliveries[p].starts("A");
  EXPECT_EQ(starts, 1u);
}

TEST(ElectionNetwork, S20_a_leader_without_orderers_gives_up_and_the_other_one_leads) {
  Config config = electing();
  config.leader_alive_threshold = 5_s;
  config.leader_election_duration = 500_ms;
  config.election_membership_sample_interval = 100_ms;
  Town town(config);
  NodeNet& net = town.net;
  const Peers peers = town.settle(2);
  for (const PeerIndex p : peers)
    net.node(p).update_ledger_height("A", 1);
  const PeerIndex first = town.smallest(peers);
  const PeerIndex second = peers[0] == first ? peers[1] : peers[0];
  // Both lead at first: the view was empty when they looked.
  ASSERT_TRUE(net.run_until([&] { return town.leaders("A", peers) == Peers{first}; }, 30_s));
  EXPECT_TRUE(town.deliveries[first].running("A"));
  EXPECT_FALSE(town.deliveries[second].running("A"));
  // A budget of one second for endpoints that are not there.
  net.run_for(1_s);
  town.deliveries[first].give_up("A");
  EXPECT_FALSE(town.deliveries[first].running("A"));
  EXPECT_THAT(town.leaders("A", peers), IsEmpty());
  EXPECT_TRUE(net.run_until([&] { return town.leaders("A", peers) == Peers{second}; }, 60_s));
  EXPECT_TRUE(town.deliveries[second].running("A"));
}

TEST(ElectionNetwork, S13_each_organisation_elects_among_its_own) {
  Town town(electing());
  NodeNet& net = town.net;
  Peers a, b;
  for (int i = 0; i < 9; ++i) {
    const bool in_a = i < 6;
    const PeerIndex p = net.add({.org = in_a ? "A" : "B",
                                 .external = "peer" + std::to_string(i) + ".ext:7051",
                                 .bootstrap = {in_a ? "peer0:7051" : "peer6:7051"}});
    (in_a ? a : b).push_back(p);
  }
  Peers all = a;
  all.insert(all.end(), b.begin(), b.end());
  net.start(all);
  for (const PeerIndex p : all) {
    net.join(p, "ch", {"A", "B"},
             {{net.org("A"), "peer0.ext:7051"}, {net.org("B"), "peer6.ext:7051"}});
  }
  ASSERT_TRUE(net.run_until([&] {
    return std::ranges::all_of(
        all, [&](PeerIndex p) { return net.node(p).peers_of_channel("ch").size() == 8; });
  }));
  EXPECT_TRUE(town.one_leader("ch", a));
  EXPECT_TRUE(town.one_leader("ch", b));
  net.run_for(60_s);
  EXPECT_THAT(town.leaders("ch", all), SizeIs(2)) << "nobody gives way to the other organisation";
}

// Hears what a channel hands to the election.
struct Ear final : LeadershipListener {
  void on_leadership(ChannelIndex, PeerIndex creator, bool is_declaration) override {
    heard.emplace_back(creator, is_declaration);
  }
  std::vector<std::pair<PeerIndex, bool>> heard;
};

TEST(ElectionNetwork, S14_a_declaration_reaches_each_other_member_once_under_its_creators_name) {
  NodeNet net;
  const Peers peers = net.add_many(3, {"peer0:7051"});
  net.start(peers);
  for (const PeerIndex p : peers)
    net.join(p, "A", {"org1"});
  ASSERT_TRUE(net.run_until([&] {
    return std::ranges::all_of(
        peers, [&](PeerIndex p) { return net.node(p).peers_of_channel("A").size() == 2; });
  }));
  std::vector<Ear> ears(3);
  for (std::size_t i = 0; i < 3; ++i)
    net.node(peers[i]).set_leadership_listener(&ears[i]);
  net.node(peers[0]).gossip(leadership(net.persona(peers[0]), "A", {sim::kUnixEpoch, 1}));
  net.run_for(5_s);
  const std::pair<PeerIndex, bool> said{peers[0], true};
  EXPECT_THAT(ears[0].heard, IsEmpty());
  EXPECT_THAT(ears[1].heard, ElementsAre(said));
  EXPECT_THAT(ears[2].heard, ElementsAre(said));
}

}  // namespace
}  // namespace hearsay::test
