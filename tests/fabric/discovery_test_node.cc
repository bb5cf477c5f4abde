// Statements 23 to 29 of spec discovery.md section 15 as far as membership alone decides them; the
// rest (24 channel metadata, 30 forwarding, 31 revocation) belong to the whole node.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using Peers = std::vector<PeerIndex>;

// The configuration of Fabric's node tests.
NetOptions node_like() {
  NetOptions options;
  options.config.alive_time_interval = 1_s;
  options.config.alive_expiration_timeout = 10_s;
  options.config.reconnect_interval = 1_s;
  options.config.max_connection_attempts = 5;
  options.config.publish_cert_period = 10_s;
  options.sync = true;
  return options;
}

TEST(DiscoveryNode, S23_ten_peers_and_a_bootstrap_see_10_and_learn_metadata) {
  MembershipNet net(node_like());
  const Peers p = net.add_many("org1", "p", 11);
  net.start(p);
  for (const PeerIndex q : p)
    net.at(q).connect_bootstrap(net.internal(p[0]));
  ASSERT_TRUE(net.all_see(p, 10, 180_s));
  net.at(p[3]).update_metadata("bla");
  EXPECT_TRUE(net.run_until(
      [&] {
        return std::all_of(p.begin(), p.end(),
                           [&](PeerIndex q) { return net.at(q).lookup(p[3])->metadata == "bla"; });
      },
      180_s));
}

TEST(DiscoveryNode, S23_five_peers_with_push_off_meet) {
  NetOptions options = node_like();
  options.push = false;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 5);
  net.start(p);
  for (const PeerIndex q : p)
    net.at(q).connect_bootstrap(net.internal(p[0]));
  EXPECT_TRUE(net.all_see(p, 4, 180_s));
}

TEST(DiscoveryNode, S24_a_restarted_connector_returns_with_its_new_metadata) {
  MembershipNet net(node_like());
  std::vector<Peers> groups;
  Peers all;
  for (const char* name : {"a", "b", "c"}) {
    groups.push_back(net.add_many("org1", name, 5));
    net.start(groups.back());
    for (const PeerIndex q : groups.back()) {
      net.at(q).connect_bootstrap(net.internal(groups.back()[0]));
      all.push_back(q);
    }
  }
  const PeerIndex connector = net.add("org1", "connector:1", "connector:1");
  ASSERT_TRUE(net.all_see(all, 4, 180_s));
  const auto everybody_reads = [&](std::string_view metadata) {
    return net.run_until(
        [&] {
          return std::all_of(all.begin(), all.end(), [&](PeerIndex q) {
            const auto member = net.at(q).lookup(connector);
            return net.view(q).alive_set().count() == 15 && member && member->metadata == metadata;
          });
        },
        180_s);
  };
  for (const char* metadata : {"Connector", "Connector2"}) {
    net.start(connector);
    net.at(connector).update_metadata(metadata);
    for (const Peers& group : groups)
      net.at(connector).connect_bootstrap(net.internal(group[0]));
    EXPECT_TRUE(everybody_reads(metadata)) << metadata;
    net.stop(connector);
    net.run_for(15_s);
    EXPECT_TRUE(net.all_see(all, 14, 0));
  }
}

TEST(DiscoveryNode, S25_a_request_with_another_peers_self_info_gets_no_response) {
  MembershipNet net(node_like());
  const Peers p = net.add_many("org1", "p", 3);
  net.start(p[0]);
  const auto info = net.alive(p[1], {.endpoint = "p1:7051"});
  net.deliver(p[0], p[2], MembershipNet::request(info));
  net.run_for(1_s);
  EXPECT_TRUE(net.sent_of(p[0], ContentKind::kMemRes).empty());
  EXPECT_FALSE(net.view(p[0]).known(p[1]));
  EXPECT_EQ(net.log(p[0]).rejected(RejectReason::kSpoofedRequest), 1u);
  net.deliver(p[0], p[1], MembershipNet::request(info));
  EXPECT_EQ(net.sent_of(p[0], ContentKind::kMemRes).size(), 1u);
}

TEST(DiscoveryNode, S26_one_of_three_anchors_starts_late_and_everyone_sees_10) {
  NetOptions options = node_like();
  options.config.max_connection_attempts = 100;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 10);
  const Peers anchors = net.add_many("org1", "anchor", 3);
  const auto connect = [&](PeerIndex q) {
    for (const PeerIndex a : anchors)
      net.at(q).connect_anchor(net.internal(a), net.org("org1"));
  };
  net.start(p);
  for (const PeerIndex q : p)
    connect(q);
  net.run_for(5_s);
  for (const PeerIndex q : p)
    EXPECT_EQ(net.view(q).alive_set().count(), 0u);
  net.start(anchors[0]);
  connect(anchors[0]);
  EXPECT_TRUE(net.all_see(p, 10, 180_s));
}

TEST(DiscoveryNode, S27_two_orgs_of_5_with_2_external_peers_each) {
  MembershipNet net(node_like());
  Peers p;
  for (int i = 0; i < 10; ++i) {
    const std::string host = "p" + std::to_string(i);
    p.push_back(net.add(i < 5 ? "A" : "B", host + ":1", i % 5 < 2 ? host + ".ext:1" : ""));
  }
  net.start(p);
  for (int i = 0; i < 10; ++i) {
    net.at(p[i]).connect_bootstrap(net.internal(p[i < 5 ? 0 : 5]));
    net.at(p[i]).connect_anchor(i < 5 ? "p5.ext:1" : "p0.ext:1", net.org(i < 5 ? "B" : "A"));
  }
  net.run_for(60_s);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(net.view(p[i]).alive_set().count(), i % 5 < 2 ? 6u : 4u) << i;
    for (int j = 0; j < 10; ++j) {
      if ((i < 5) == (j < 5)) continue;
      EXPECT_EQ(net.view(p[i]).internal_endpoint(p[j]), "") << i << " about " << j;
    }
  }
}

TEST(DiscoveryNode, S28_own_orgs_anchor_gets_the_internal_endpoint_and_a_foreign_one_no_secret) {
  MembershipNet net(node_like());
  const PeerIndex own = net.add("A", "own:1", "own.ext:1");
  const PeerIndex foreign = net.add("B", "foreign:1", "foreign.ext:1");
  const PeerIndex me = net.add("A", "me:1", "me.ext:1");
  net.start({own, foreign, me});
  net.at(me).connect_anchor("own:1", net.org("A"));
  net.at(me).connect_anchor("foreign.ext:1", net.org("B"));
  net.run_for(500_ms);
  const auto requests = net.sent_of(me, ContentKind::kMemReq);
  ASSERT_EQ(requests.size(), 2u);
  for (const Sent& request : requests) {
    const auto& info = request.envelope->message().get<MembershipRequest>()->self_information;
    EXPECT_EQ(info->internal_endpoint(), request.to == own ? "me:1" : "");
    EXPECT_EQ(info->secret() != nullptr, request.to == own);
  }
}

TEST(DiscoveryNode, S29_a_bootstrap_peer_of_another_org_is_only_ever_probed) {
  MembershipNet net(node_like());
  const PeerIndex foreign = net.add("B", "foreign:1", "foreign.ext:1");
  const PeerIndex me = net.add("A", "me:1", "me.ext:1");
  net.start({foreign, me});
  net.at(me).connect_bootstrap("foreign.ext:1");
  net.run_for(15_s);
  EXPECT_GE(net.handshakes.size(), 3u);
  EXPECT_TRUE(net.sent.empty());
}

// Not one of Fabric's statements, but what our two wire modes promise.
TEST(DiscoveryNode, views_evolve_the_same_whether_messages_travel_shared_or_as_bytes) {
  const auto run = [](bool bytes) {
    NetOptions options = node_like();
    options.bytes = bytes;
    MembershipNet net(options);
    const Peers p = net.add_many("org1", "p", 8);
    net.start(p);
    for (const PeerIndex q : p)
      net.at(q).connect_bootstrap(net.internal(p[0]));
    net.run_for(20_s);
    net.stop(p[5]);
    net.run_for(30_s);
    std::vector<TraceEvent> events;
    for (const PeerIndex q : p) {
      const auto& log = net.log(q).events;
      events.insert(events.end(), log.begin(), log.end());
    }
    return events;
  };
  const auto shared = run(false);
  const auto bytes = run(true);
  ASSERT_EQ(shared.size(), bytes.size());
  for (std::size_t i = 0; i < shared.size(); ++i) {
    EXPECT_EQ(shared[i].time, bytes[i].time);
    EXPECT_EQ(shared[i].kind, bytes[i].kind);
    EXPECT_EQ(shared[i].other, bytes[i].other);
    EXPECT_EQ(shared[i].value, bytes[i].value);
    EXPECT_EQ(shared[i].detail, bytes[i].detail);
  }
}

}  // namespace
}  // namespace hearsay::test
