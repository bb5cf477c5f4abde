// The calls of spec node.md sections 5 to 8 and 12, on whole nodes, with their quirks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/node_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Peers = std::vector<PeerIndex>;

// Writes down the kinds of what it hears, and may do something about it.
struct Listener final : Subscriber {
  bool wants(const GossipMessage& message) const override {
    return !wanted || message.kind() == *wanted;
  }
  void on_message(const EnvelopeRef& message) override {
    heard.push_back(message->kind());
    ++depth;
    EXPECT_EQ(depth, 1) << "a handler inside a handler";
    if (then) then(message);
    --depth;
  }
  void on_end() override { ++ended; }

  std::optional<ContentKind> wanted;
  std::function<void(const EnvelopeRef&)> then;
  std::vector<ContentKind> heard;
  int depth = 0;
  int ended = 0;
};
struct WireListener final : WireSubscriber {
  bool wants(const Received& message) const override {
    return !wanted || message.envelope->kind() == *wanted;
  }
  void on_message(const Received& message) override {
    heard.push_back(message.envelope->kind());
    last = message;
    if (then) then(message);
  }
  void on_end() override { ++ended; }

  std::optional<ContentKind> wanted;
  std::function<void(const Received&)> then;
  std::vector<ContentKind> heard;
  Received last;
  int ended = 0;
};

std::size_t count(const std::vector<ContentKind>& heard, ContentKind kind) {
  return static_cast<std::size_t>(std::count(heard.begin(), heard.end(), kind));
}

// Peers of one organisation that have met in channel "A".
struct NodeApi : testing::Test {
  explicit NodeApi(std::size_t size = 3) {
    peers = net.add_many(size, {"peer0:7051"});
    net.start(peers);
    for (const PeerIndex p : peers) {
      net.join(p, "A", {"org1"});
      net.node(p).update_ledger_height("A", 1);
    }
    EXPECT_TRUE(net.run_until([&] {
      return std::all_of(peers.begin(), peers.end(), [&](PeerIndex p) {
        return net.node(p).peers_of_channel("A").size() == size - 1;
      });
    }));
    me = peers[0];
    you = peers[1];
  }

  Node& node(PeerIndex p) { return net.node(p); }
  GossipMessage block(BlockNum number) {
    return with_tag(Tag::kChanAndOrg, DataMessage{net.block("A", number)}, "A");
  }
  GossipMessage leadership_of(PeerIndex p) {
    return leadership(net.persona(p), "A", {sim::kUnixEpoch, ++sequence});
  }

  NodeNet net;
  Peers peers;
  PeerIndex me, you;
  std::uint64_t sequence = 0;
};

// --- 5: Accept ---

TEST_F(NodeApi, accept_hears_pushed_blocks_state_info_and_leadership_and_nothing_else) {
  Listener listener;
  node(you).accept(listener);
  node(me).gossip(block(1));
  node(me).gossip(leadership_of(me));
  node(me).update_chaincodes("A", {{"cc", "1", ""}});
  net.run_for(5_s);
  EXPECT_EQ(count(listener.heard, ContentKind::kData), 1u);
  EXPECT_EQ(count(listener.heard, ContentKind::kLeadership), 1u);
  EXPECT_EQ(count(listener.heard, ContentKind::kStateInfo), 1u);
  EXPECT_EQ(listener.heard.size(), 3u) << "no alive messages, no contents of snapshots";
}

TEST_F(NodeApi, accept_does_not_hear_own_messages) {
  Listener listener;
  WireListener wire;
  wire.wanted = ContentKind::kData;
  node(me).accept(listener);
  node(me).accept(wire);
  node(me).gossip(block(1));
  node(me).gossip(leadership_of(me));
  node(me).update_chaincodes("A", {{"cc", "1", ""}});
  net.run_for(5_s);
  EXPECT_THAT(listener.heard, IsEmpty());
  EXPECT_THAT(wire.heard, IsEmpty());
}

TEST_F(NodeApi, every_subscriber_that_wants_a_message_hears_it_in_the_order_of_registration) {
  std::vector<std::string> order;
  Listener first, second, never;
  first.then = [&](const EnvelopeRef&) { order.emplace_back("first"); };
  second.then = [&](const EnvelopeRef&) { order.emplace_back("second"); };
  second.wanted = ContentKind::kData;
  never.wanted = ContentKind::kLeadership;
  node(you).accept(first);
  node(you).accept(never);
  node(you).accept(second);
  node(me).gossip(block(1));
  net.run_for(2_s);
  EXPECT_THAT(order, ElementsAre("first", "second"));
  EXPECT_THAT(never.heard, IsEmpty());
}

TEST_F(NodeApi, accept_from_the_wire_hears_all_kinds_but_acks_unchecked) {
  WireListener wire;
  Listener checked;
  node(you).accept(wire);
  node(you).accept(checked);
  const Peers to_you{you};
  node(me).send(with_tag(Tag::kChanOnly, PrivateDataMessage{}, "A"), to_you);
  node(me).send(with_tag(Tag::kChanOnly, RemotePvtDataRequest{}, "A"), to_you);
  node(me).send(with_tag(Tag::kChanOrOrg, RemoteStateRequest{1, 2}, "A"), to_you);
  node(me).send(with_tag(Tag::kUndefined, DataMessage{net.block("A", 1)}, "A"), to_you);
  node(me).send(with_tag(Tag::kUndefined, Acknowledgement{}), to_you);
  net.run_for(2_s);
  for (const ContentKind kind : {ContentKind::kPrivateData, ContentKind::kPrivateReq,
                                 ContentKind::kStateRequest, ContentKind::kData}) {
    EXPECT_EQ(count(wire.heard, kind), 1u) << kind_name(kind);
  }
  EXPECT_GT(count(wire.heard, ContentKind::kAlive), 0u);
  EXPECT_EQ(count(wire.heard, ContentKind::kAck), 0u);
  EXPECT_EQ(count(wire.heard, ContentKind::kConn), 0u);
  EXPECT_THAT(checked.heard, IsEmpty()) << "its tag is illegal";
}

TEST_F(NodeApi, private_data_is_rejected_only_where_no_subscriber_wants_it) {
  WireListener wire;
  wire.wanted = ContentKind::kPrivateData;
  node(you).accept(wire);
  const auto rejected = [&](PeerIndex p) {
    return net.sink.count(p, TraceKind::kMessageRejected, RejectReason::kUnexpected);
  };
  const std::size_t before = rejected(you);
  node(me).send(with_tag(Tag::kChanOnly, PrivateDataMessage{}, "A"), Peers{you, peers[2]});
  net.run_for(1_s);
  EXPECT_EQ(wire.heard.size(), 1u);
  EXPECT_EQ(rejected(you), before);
  EXPECT_EQ(rejected(peers[2]), 1u);
  node(me).send(with_tag(Tag::kChanOnly, RemotePvtDataRequest{}, "A"), Peers{you});
  net.run_for(1_s);
  EXPECT_EQ(rejected(you), before + 1) << "a kind it does not want";
}

TEST_F(NodeApi, a_received_message_tells_whom_it_came_from_and_can_be_answered) {
  WireListener wire, answers;
  wire.wanted = ContentKind::kPrivateReq;
  answers.wanted = ContentKind::kPrivateRes;
  wire.then = [&](const Received& message) {
    GossipMessage answer = with_tag(Tag::kChanOnly, RemotePvtDataResponse{}, "A");
    answer.nonce = message.envelope->message().nonce + 1;
    node(you).respond(message, answer);
  };
  node(you).accept(wire);
  node(me).accept(answers);
  GossipMessage request = with_tag(Tag::kChanOnly, RemotePvtDataRequest{}, "A");
  request.nonce = 7;
  node(me).send(request, Peers{you});
  net.run_for(1_s);
  EXPECT_EQ(wire.last.from, me);
  ASSERT_THAT(answers.heard, ElementsAre(ContentKind::kPrivateRes));
  EXPECT_EQ(answers.last.from, you);
  EXPECT_EQ(answers.last.envelope->message().nonce, 8u);
}

TEST_F(NodeApi, a_handler_may_call_the_whole_api) {
  Listener echo, late;
  int outcomes = 0;
  echo.wanted = ContentKind::kData;
  echo.then = [&](const EnvelopeRef&) {
    Node& here = node(you);
    here.gossip(leadership_of(you));
    here.send(with_tag(Tag::kChanOrOrg, RemoteStateRequest{1, 2}, "A"), Peers{me});
    const int before = outcomes;
    here.send_by_criteria(block(2), {}, [&](const SendOutcome&) { ++outcomes; });
    EXPECT_EQ(outcomes, before) << "never from inside the call";
    here.update_ledger_height("A", 2);
    here.update_chaincodes("A", {{"cc", "1", ""}});
    here.update_metadata("m");
    here.accept(late);
    here.suspect_peers([](std::string_view) { return true; });
    here.leave_channel("A");
  };
  WireListener at_me;
  at_me.wanted = ContentKind::kStateRequest;
  node(me).accept(at_me);
  node(you).accept(echo);
  node(me).gossip(block(1));
  net.run_for(2_s);
  EXPECT_THAT(echo.heard, ElementsAre(ContentKind::kData));
  EXPECT_THAT(at_me.heard, ElementsAre(ContentKind::kStateRequest));
  EXPECT_EQ(outcomes, 1);
  EXPECT_THAT(late.heard, testing::Not(testing::Contains(ContentKind::kData)));
  node(me).gossip(block(2));
  net.run_for(2_s);
  EXPECT_EQ(count(late.heard, ContentKind::kData), 1u);
}

TEST_F(NodeApi, a_handler_may_stop_the_node_and_nobody_hears_more) {
  Listener stopper, behind;
  stopper.then = [&](const EnvelopeRef&) { node(you).stop(); };
  node(you).accept(stopper);
  node(you).accept(behind);
  node(me).gossip(block(1));
  net.run_for(2_s);
  EXPECT_EQ(stopper.heard.size(), 1u);
  EXPECT_THAT(behind.heard, IsEmpty());
  EXPECT_EQ(behind.ended, 1);
  EXPECT_TRUE(node(you).stopped());
}

TEST_F(NodeApi, streams_end_with_the_node_and_opened_later_only_the_checked_one_does) {
  Listener early, late;
  WireListener wire, late_wire;
  node(you).accept(early);
  node(you).accept(wire);
  node(you).stop();
  node(you).stop();
  EXPECT_EQ(early.ended, 1);
  EXPECT_EQ(wire.ended, 1);
  node(you).accept(late);
  node(you).accept(late_wire);
  EXPECT_EQ(late.ended, 1);
  EXPECT_EQ(late_wire.ended, 0) << "Fabric's quirk: it stays open, and silent";
  node(me).gossip(block(1));
  net.run_for(2_s);
  EXPECT_THAT(early.heard, IsEmpty());
  EXPECT_THAT(late_wire.heard, IsEmpty());
}

// --- 6: the other calls ---

TEST_F(NodeApi, gossip_of_an_illegal_tag_is_a_programming_error) {
  EXPECT_DEATH(node(me).gossip(with_tag(Tag::kEmpty, DataMessage{net.block("A", 1)}, "A")),
               "illegal tag");
}

TEST_F(NodeApi, gossip_for_an_unknown_channel_is_dropped) {
  WireListener wire;
  wire.wanted = ContentKind::kLeadership;
  node(you).accept(wire);
  GossipMessage message = leadership_of(me);
  message.channel = "B";
  node(me).gossip(message);
  net.run_for(2_s);
  EXPECT_THAT(wire.heard, IsEmpty());
}

TEST_F(NodeApi, gossip_pushes_a_block_even_if_the_store_refused_it) {
  WireListener wire;
  wire.wanted = ContentKind::kData;
  node(you).accept(wire);
  for (int i = 0; i < 2; ++i) {
    node(me).gossip(block(1));
    net.run_for(2_s);
  }
  EXPECT_GE(wire.heard.size(), 2u) << "Fabric's quirk";
}

TEST_F(NodeApi, peers_come_with_what_is_known_of_them) {
  node(you).update_metadata("meta");
  node(you).update_ledger_height("A", 5);
  ASSERT_TRUE(net.run_until([&] {
    const auto members = node(me).members();
    return members.size() == 2 && members[0].metadata == "meta";
  }));
  EXPECT_EQ(node(me).members()[0].peer, you);
  EXPECT_EQ(node(me).members()[0].preferred_endpoint(), net.internal(you));
  EXPECT_EQ(node(me).members()[0].properties, std::nullopt);
  ASSERT_TRUE(net.run_until(
      [&] { return node(me).members_of_channel("A")[0].properties->ledger_height == 5; }));
  const NetworkMember member = node(me).members_of_channel("A")[0];
  EXPECT_EQ(member.envelope->kind(), ContentKind::kStateInfo);
  EXPECT_EQ(member.metadata, "meta");
  EXPECT_THAT(node(me).peers(), ElementsAre(you, peers[2]));
  EXPECT_THAT(node(me).peers_of_channel("B"), IsEmpty());
  EXPECT_THAT(node(me).members_of_channel("B"), IsEmpty());
}

TEST_F(NodeApi, asking_for_ones_own_record_takes_a_sequence_number) {
  const std::uint64_t before = node(me).membership().sequence();
  const NetworkMember self = node(me).self_membership_info();
  EXPECT_EQ(self.pki_id, net.directory.pki_id(me));
  EXPECT_EQ(self.internal_endpoint, "");
  EXPECT_FALSE(self.envelope->is_signed());
  EXPECT_EQ(node(me).membership().sequence(), before + 1) << "Fabric's quirk";
}

TEST_F(NodeApi, the_own_channel_info_is_the_last_one_signed) {
  const auto height = [&] {
    return node(me).self_channel_info("A")->message().get<StateInfo>()->properties->ledger_height;
  };
  EXPECT_EQ(node(me).self_channel_info("B"), nullptr);
  EXPECT_TRUE(node(me).self_channel_info("A")->is_signed());
  node(me).update_ledger_height("A", 9);
  EXPECT_EQ(height(), 1u) << "not published yet";
  net.run_for(2_s);
  EXPECT_EQ(height(), 9u);
  node(me).update_chaincodes("A", {{"cc", "1", ""}});
  EXPECT_EQ(
      node(me).self_channel_info("A")->message().get<StateInfo>()->properties->chaincodes.size(),
      1u);
}

TEST_F(NodeApi, updates_of_an_unknown_channel_are_ignored) {
  node(me).update_ledger_height("B", 9);
  node(me).update_chaincodes("B", {{"cc", "1", ""}});
  node(me).leave_channel("B");
  net.run_for(2_s);
  EXPECT_EQ(node(me).peers_of_channel("A").size(), 2u);
}

TEST_F(NodeApi, identities_are_told_with_their_organisations) {
  std::vector<PeerIndex> known;
  for (const PeerIdentityInfo& info : node(me).identity_info()) {
    known.push_back(info.peer);
    EXPECT_EQ(info.org, net.org("org1"));
    EXPECT_EQ(info.identity, net.identity(info.peer));
  }
  EXPECT_THAT(known, ElementsAre(me, you, peers[2]));
  EXPECT_TRUE(node(me).is_in_my_org(you));
  EXPECT_FALSE(node(me).is_in_my_org(kNoPeer));
  const PeerIndex stranger = net.add();
  EXPECT_FALSE(node(me).is_in_my_org(stranger));
}

TEST_F(NodeApi, peer_filter_lets_those_pass_whose_state_info_is_accepted) {
  EXPECT_EQ(node(me).peer_filter("B", [](const auto&) { return true; }).error(),
            "channel B doesn't exist");
  const auto filter = node(me).peer_filter("A", [&](const PeerSignature& shown) {
    EXPECT_TRUE(net.key(me).verify(shown.identity, shown.signature, shown.message));
    return shown.identity == net.identity(you);
  });
  EXPECT_TRUE(filter.value()(you));
  EXPECT_FALSE(filter.value()(peers[2]));
  EXPECT_FALSE(filter.value()(net.add())) << "no state information of a stranger";
}

TEST_F(NodeApi, a_suspected_and_revoked_peer_loses_its_connection_and_dies_by_silence) {
  net.crypto.revoke(net.identity(you));
  ASSERT_TRUE(node(me).comm().connected(you) || node(peers[2]).comm().connected(you));
  for (const PeerIndex p : {me, peers[2]})
    node(p).suspect_peers([](std::string_view) { return true; });
  for (const PeerIndex p : {me, peers[2]}) {
    EXPECT_FALSE(node(p).comm().connected(you));
    EXPECT_FALSE(node(p).identities().holds(you));
    EXPECT_TRUE(node(p).view().alive(you)) << "v2.5.4 does not tell discovery";
  }
  net.run_for(13_s);
  EXPECT_FALSE(node(me).view().alive(you));
}

TEST_F(NodeApi, calls_after_stop_do_nothing) {
  node(me).stop();
  int outcomes = 0;
  node(me).send(block(1), Peers{you});
  node(me).send_by_criteria(block(1), {}, [&](const SendOutcome&) { ++outcomes; });
  node(me).gossip(block(1));
  node(me).update_ledger_height("A", 7);
  node(me).leave_channel("A");
  EXPECT_THAT(node(me).peers(), IsEmpty());
  EXPECT_THAT(node(me).members(), IsEmpty());
  EXPECT_THAT(node(me).peers_of_channel("A"), IsEmpty());
  EXPECT_EQ(node(me).self_channel_info("A"), nullptr);
  EXPECT_FALSE(node(me).peer_filter("A", [](const auto&) { return true; }).ok());
  net.run_for(2_s);
  EXPECT_EQ(outcomes, 0);
}

TEST_F(NodeApi, a_node_whose_own_identity_is_invalid_does_not_start) {
  const PeerIndex revoked = net.add({.bootstrap = {net.internal(me)}});
  net.crypto.revoke(net.identity(revoked));
  net.start(revoked);
  EXPECT_TRUE(node(revoked).stopped());
  net.run_for(5_s);
  EXPECT_THAT(node(me).peers(), ElementsAre(you, peers[2]));
}

// --- messages-and-identity 36, 37: what SendByCriteria chooses with ---

TEST(PeerFilters, S36_combining_is_and_any_match_is_or_and_first_keeps_the_order) {
  const PeerPredicate even = [](PeerIndex p) { return raw(p) % 2 == 0; };
  const PeerPredicate small = [](PeerIndex p) { return raw(p) < 3; };
  const Peers pool{PeerIndex{5}, PeerIndex{4}, PeerIndex{2}, PeerIndex{1}};
  EXPECT_THAT(any_match(pool, {combine_filters({even, combine_filters({small})})}),
              ElementsAre(PeerIndex{2}));
  EXPECT_THAT(any_match(pool, {even, small}),
              ElementsAre(PeerIndex{4}, PeerIndex{2}, PeerIndex{1}));
  EXPECT_THAT(any_match(pool, {}), IsEmpty());
  EXPECT_TRUE(combine_filters({})(PeerIndex{1})) << "no filter, no objection";
  EXPECT_EQ(first_peer(pool, even), PeerIndex{4});
  EXPECT_EQ(first_peer({}, even), kNoPeer);
  EXPECT_EQ(first_peer(pool, [](PeerIndex) { return false; }), kNoPeer);
}

TEST(PeerFilters, S37_select_gives_k_or_all_that_match_and_asks_no_more_than_it_needs) {
  Random random = Random::root(1);
  const Peers pool{PeerIndex{0}, PeerIndex{1}, PeerIndex{2}};
  const PeerPredicate not_1 = [](PeerIndex p) { return p != PeerIndex{1}; };
  EXPECT_THAT(select_peers(3, pool, not_1, random),
              UnorderedElementsAre(PeerIndex{0}, PeerIndex{2}));
  EXPECT_EQ(select_peers(1, pool, not_1, random).size(), 1u);
  EXPECT_THAT(select_peers(0, pool, not_1, random), IsEmpty());
  EXPECT_EQ(select_peers(-1, pool, nullptr, random).size(), 3u) << "Fabric's quirk";
  std::size_t asked = 0;
  std::vector<int> drawn(3);
  for (int i = 0; i < 300; ++i) {
    const auto counted = [&](PeerIndex) { return ++asked, true; };
    ++drawn[raw(select_peers(1, pool, counted, random)[0])];
  }
  EXPECT_EQ(asked, 300u);
  EXPECT_GT(*std::min_element(drawn.begin(), drawn.end()), 70);
}

}  // namespace
}  // namespace hearsay::test
