// Statements 12 to 22 of spec discovery.md section 15: disclosure, death, expiry, tombstones.
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

std::size_t pings_by(const MembershipNet& net, PeerIndex from, std::string_view endpoint) {
  return static_cast<std::size_t>(std::count_if(
      net.pings.begin(), net.pings.end(),
      [&](const Contacted& ping) { return ping.from == from && ping.endpoint == endpoint; }));
}

TEST(Discovery, S12_disclosure_by_sync_alone_shows_only_external_peers_to_the_other_group) {
  NetOptions options = quick();
  options.push = false;
  options.sync = true;
  options.config.pull_interval = 500_ms;
  options.config.pull_peer_num = 9;
  MembershipNet net(options);
  // Ids 0-4 are one organisation, 5-9 the other; even ids have external addresses.
  Peers p;
  for (int i = 0; i < 10; ++i) {
    const std::string host = "p" + std::to_string(i);
    p.push_back(net.add(i < 5 ? "A" : "B", host + ":1", i % 2 == 0 ? host + ".ext:1" : ""));
  }
  net.start(p);
  for (int i = 0; i < 10; ++i) {
    net.at(p[i]).connect_bootstrap(net.internal(p[i < 5 ? 0 : 5]));
    // Foreign members are not passed on inside an organisation, so each goes there itself.
    net.at(p[i]).connect_anchor(i < 5 ? "p6.ext:1" : "p0.ext:1", net.org(i < 5 ? "B" : "A"));
  }
  net.run_for(6_s);
  const auto expected = [](int i, int j) {
    return (i < 5) == (j < 5) || (i % 2 == 0 && j % 2 == 0);
  };
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 10; ++j) {
      if (i == j) continue;
      EXPECT_EQ(net.view(p[i]).alive(p[j]), expected(i, j)) << i << " about " << j;
      const bool same_group = (i < 5) == (j < 5);
      EXPECT_EQ(net.view(p[i]).internal_endpoint(p[j]), same_group ? net.internal(p[j]) : "")
          << i << " about " << j;
    }
  }
  net.stop(p[0]);
  net.run_for(6_s);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(net.view(p[i]).dead_set().count(), expected(i, 0) ? 1u : 0u) << i;
  }
}

TEST(Discovery, S13_a_stopped_peer_is_pinged_until_an_identity_switch_names_it) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 3);
  net.start(p);
  for (const PeerIndex q : p)
    net.at(q).connect_bootstrap(net.internal(p[0]));
  ASSERT_TRUE(net.all_see(p, 2));
  net.stop(p[1]);
  net.run_for(10_s);
  EXPECT_GT(pings_by(net, p[0], net.internal(p[1])), 0u);
  EXPECT_GT(pings_by(net, p[2], net.internal(p[1])), 0u);

  net.at(p[0]).on_identity_switch(p[1]);
  EXPECT_FALSE(net.view(p[0]).known(p[1]));
  const std::size_t first = pings_by(net, p[0], net.internal(p[1]));
  const std::size_t third = pings_by(net, p[2], net.internal(p[1]));
  net.run_for(10_s);
  EXPECT_EQ(pings_by(net, p[0], net.internal(p[1])), first);
  EXPECT_GT(pings_by(net, p[2], net.internal(p[1])), third);
}

TEST(Discovery, S14_stopped_peers_vanish_from_maps_and_store_within_25_expirations) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 4);
  net.start(p);
  for (const PeerIndex q : p) {
    net.at(q).connect_bootstrap(net.internal(p[0]));
    net.at(q).connect_bootstrap(net.internal(p[1]));
  }
  ASSERT_TRUE(net.all_see(p, 3));
  net.run_for(1_s);
  net.stop(p[2]);
  net.stop(p[3]);
  ASSERT_TRUE(net.all_see({p[0], p[1]}, 1));
  net.run_for(75_s);
  for (const PeerIndex q : {p[0], p[1]}) {
    for (const PeerIndex gone : {p[2], p[3]}) {
      EXPECT_FALSE(net.view(q).known(gone));
      EXPECT_FALSE(net.view(q).stored(gone));
      EXPECT_EQ(net.log(q).count(TraceKind::kMemberForgotten, gone), 1u);
    }
    EXPECT_EQ(net.view(q).alive_set().count(), 1u);
  }
}

TEST(Discovery, S15_expiry_of_a_stored_message_without_a_secret_works) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  net.start(p[0]);
  net.deliver(p[0], p[1], net.alive(p[1], {.endpoint = "foo"}));
  EXPECT_TRUE(net.view(p[0]).alive(p[1]));
  net.run_for(62_s);
  EXPECT_FALSE(net.view(p[0]).known(p[1]));
  EXPECT_EQ(net.log(p[0]).count(TraceKind::kMemberForgotten, p[1]), 1u);
}

TEST(Discovery, S16_hand_fed_messages_fill_and_empty_all_maps_and_leave_tombstones) {
  NetOptions options = quick();
  options.push = false;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 3);
  net.start(p);
  // Silent peers: nobody's own messages reach anybody.
  net.lets_pass = [](const Sent&) { return false; };
  const auto feed_all = [&](std::uint64_t seq) {
    for (const PeerIndex q : p) {
      for (const PeerIndex subject : p) {
        if (q != subject) net.deliver(q, subject, net.alive(subject, {.inc = 5, .seq = seq}));
      }
    }
  };
  const auto all_hold = [&](std::uint64_t seq) {
    for (const PeerIndex q : p) {
      for (const PeerIndex subject : p) {
        if (q == subject) continue;
        const View& view = net.view(q);
        if (!view.alive(subject) || !view.stored(subject)) return false;
        if (view.message(subject)->stamp() != PeerTime{5, seq}) return false;
        if (view.stored(subject)->stamp() != PeerTime{5, seq}) return false;
      }
    }
    return true;
  };
  feed_all(2);
  EXPECT_TRUE(all_hold(2));
  feed_all(1);
  EXPECT_TRUE(all_hold(2)) << "older ones change nothing";
  feed_all(3);
  EXPECT_TRUE(all_hold(3));

  net.run_for(75_s);
  const auto nothing_is_known = [&] {
    for (const PeerIndex q : p) {
      if (!net.view(q).alive_set().empty() || !net.view(q).dead_set().empty()) return false;
      for (const PeerIndex subject : p) {
        if (net.view(q).known(subject) || net.view(q).stored(subject)) return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(nothing_is_known());

  // The tombstones refuse what was already seen, from whatever source.
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    feed_all(seq);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const PeerIndex q = p[i];
      const PeerIndex other = p[(i + 1) % 3];
      const auto message = net.alive(other, {.inc = 5, .seq = seq});
      net.deliver(q, other, MembershipNet::request(message));
      net.deliver(q, other, MembershipNet::response({message}));
      net.deliver(q, other, MembershipNet::response({}, {message}));
    }
  }
  EXPECT_TRUE(nothing_is_known());
  feed_all(4);
  EXPECT_TRUE(all_hold(4)) << "a newer one passes the tombstone";
}

TEST(Discovery, S17_store_takes_a_new_alive_message_once) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  View view;
  const EnvelopeRef message = net.alive(p[1], {});
  EXPECT_TRUE(view.store_admits(p[1], *message));
  view.store_add(p[1], message, 0, 60_s);
  EXPECT_FALSE(view.store_admits(p[1], *message));
  EXPECT_FALSE(view.store_admits(p[1], *net.alive(p[1], {})));
}

TEST(Discovery, S18_a_requester_that_policy_refuses_gets_no_response_but_is_learned) {
  MembershipNet net(quick());
  const PeerIndex a = net.add("A", "a:1", "a.ext:1");
  const PeerIndex b = net.add("B", "b:1");
  net.start(a);
  net.start(b);
  net.deliver(a, b, MembershipNet::request(net.alive(b, {.internal = "b:1"})));
  EXPECT_TRUE(net.view(a).alive(b));
  EXPECT_EQ(net.view(a).internal_endpoint(b), "b:1") << "taken from the self information's secret";
  EXPECT_TRUE(net.sent_of(a, ContentKind::kMemRes).empty());
  ASSERT_EQ(net.closed.size(), 1u);
  EXPECT_EQ(net.closed[0].whom, b);
  EXPECT_EQ(net.log(a).rejected(RejectReason::kDisclosure), 1u);
  // With an external endpoint in its self information it is answered, at its internal one.
  net.deliver(a, b,
              MembershipNet::request(
                  net.alive(b, {.seq = 2, .endpoint = "b.ext:1", .internal = "b:1"}), 77));
  const auto responses = net.sent_of(a, ContentKind::kMemRes);
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].endpoint, "b:1");
  EXPECT_EQ(responses[0].envelope->message().nonce, 77u);
}

TEST(Discovery, S19_texts_and_preferred_endpoint_of_a_member) {
  NetworkMember member;
  member.endpoint = "out:1";
  member.internal_endpoint = "in:1";
  member.pki_id = std::string("\x01\xab", 2);
  member.metadata = "\xff";
  EXPECT_EQ(member.describe(),
            "Endpoint: out:1, InternalEndpoint: in:1, PKI-ID: 01ab, Metadata: ff");
  EXPECT_EQ(member.preferred_endpoint(), "in:1");
  member.internal_endpoint.clear();
  EXPECT_EQ(member.preferred_endpoint(), "out:1");
}

TEST(Discovery, S20_bootstraps_away_for_longer_than_the_ttl_are_found_again) {
  NetOptions options = quick();
  options.config.alive_expiration_timeout = 600_ms;
  options.config.reconnect_interval = 600_ms;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 3);
  net.start(p);
  for (const PeerIndex q : p)
    net.at(q).connect_bootstrap(net.internal(p[1]));
  ASSERT_TRUE(net.all_see(p, 2));
  net.run_for(1_s);
  net.stop(p[0]);
  net.stop(p[1]);
  net.run_for(13_s);
  EXPECT_FALSE(net.view(p[2]).known(p[0])) << "an ordinary member is forgotten";
  EXPECT_TRUE(net.view(p[2]).dead(p[1])) << "the bootstrap is not";
  net.start(p[0]);
  net.start(p[1]);
  net.at(p[0]).connect_bootstrap(net.internal(p[1]));
  EXPECT_TRUE(net.all_see(p, 2));
}

TEST(Discovery, S21_an_anchor_stays_dead_in_the_view_while_others_are_removed) {
  NetOptions options = quick();
  options.config.alive_expiration_timeout = 600_ms;
  options.config.reconnect_interval = 600_ms;
  options.config.msg_expiration_factor = 5;
  MembershipNet net(options);
  const Peers p = net.add_many("org1", "p", 3);
  net.start(p);
  const std::vector<ChannelAnchor> anchors{{net.org("org1"), net.internal(p[0])}};
  for (const PeerIndex q : p) {
    net.at(q).anchor_tracker().replace(ChannelIndex{0}, {net.internal(p[0])});
    net.at(q).learn_anchors(anchors);
  }
  ASSERT_TRUE(net.all_see(p, 2));
  net.run_for(1_s);
  net.stop(p[0]);
  net.stop(p[1]);
  net.run_for(4_s);
  EXPECT_EQ(net.view(p[2]).alive_set().count(), 0u);
  EXPECT_EQ(net.view(p[2]).dead_set().count(), 1u);
  EXPECT_TRUE(net.view(p[2]).dead(p[0]));
  EXPECT_EQ(net.log(p[2]).count(TraceKind::kMemberForgotten, p[1]), 1u);
  net.start(p[0]);
  net.start(p[1]);
  net.at(p[1]).connect_anchor(net.internal(p[0]), net.org("org1"));
  EXPECT_TRUE(net.all_see(p, 2));
}

TEST(Discovery, S22_an_alive_message_of_a_peer_known_in_neither_map_is_learned_as_alive) {
  MembershipNet net(quick());
  const Peers p = net.add_many("org1", "p", 2);
  net.start(p[0]);
  View& view = net.view(p[0]);
  view.learn(p[1], MemberState::kRecordOnly, net.alive(p[1], {.internal = "old:1"}), 0);
  ASSERT_TRUE(view.known(p[1]));
  ASSERT_FALSE(view.alive(p[1]) || view.dead(p[1]));
  // Even an equal stamp is learned, because no map holds one; the record's internal endpoint wins.
  net.deliver(p[0], p[1], net.alive(p[1], {.internal = "new:1"}));
  EXPECT_TRUE(view.alive(p[1]));
  EXPECT_EQ(view.internal_endpoint(p[1]), "old:1");
  EXPECT_EQ(net.log(p[0]).count(TraceKind::kMemberAlive, p[1]), 1u);
}

}  // namespace
}  // namespace hearsay::test
