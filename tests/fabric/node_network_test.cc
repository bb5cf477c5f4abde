// Fabric's own tests of small networks (spec node.md section 15), with their sizes and
// configurations, on virtual time: rows 4, 5, 8, 11, 12, 16 and 17. Each waits until its condition
// holds, 180 s at most.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/node_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Peers = std::vector<PeerIndex>;

bool everybody(std::string_view) { return true; }

// --- 4 ---

TEST(NodeNetwork, R4_TestMembership) {
  NodeNet net;
  const PeerIndex boot = net.add();
  const Peers p = net.add_many(10, {net.internal(boot)});
  net.start(boot);
  net.start(p);
  ASSERT_TRUE(net.all_see(p, 10));
  net.node(p.back()).update_metadata("bla bla");
  const auto has_heard = [&](PeerIndex q) {
    const auto member = net.node(q).membership().lookup(p.back());
    return member && member->metadata == "bla bla";
  };
  EXPECT_TRUE(net.run_until([&] { return std::all_of(p.begin(), p.end(), has_heard); }));
}

// --- 5 ---

struct CountData final : WireSubscriber {
  bool wants(const Received& m) const override { return m.envelope->kind() == ContentKind::kData; }
  void on_message(const Received&) override { ++count; }
  int count = 0;
};

TEST(NodeNetwork, R5_TestNoMessagesSelfLoop) {
  NodeNet net;
  const PeerIndex boot = net.add();
  const PeerIndex peer = net.add({.bootstrap = {net.internal(boot)}});
  CountData returned, arrived;
  for (const PeerIndex p : {boot, peer}) {
    net.start(p);
    net.join(p, "A", {"org1"});
    net.node(p).update_ledger_height("A", 1);
  }
  net.node(boot).accept(returned);
  net.node(peer).accept(arrived);
  ASSERT_TRUE(net.run_until([&] {
    return !net.node(boot).peers_of_channel("A").empty() &&
           !net.node(peer).peers_of_channel("A").empty();
  }));
  net.node(boot).gossip(with_tag(Tag::kChanAndOrg, DataMessage{net.block("A", 2)}, "A"));
  EXPECT_TRUE(net.run_until([&] { return arrived.count > 0; }));
  net.run_for(2_s);
  EXPECT_EQ(arrived.count, 1);
  EXPECT_EQ(returned.count, 0);
}

// --- 8 ---

TEST(NodeNetwork, R8_TestMembershipRequestSpoofing) {
  NodeNet net;
  const PeerIndex target = net.add({.external = "target.ext:1"});
  const PeerIndex liar = net.add();
  const PeerIndex owner = net.add({.external = "owner.ext:1"});
  net.seize(liar);
  net.seize(owner);
  net.start({target, liar, owner});
  const EnvelopeRef stolen = signed_by(
      net.key(owner), alive_message(net.persona(owner), {sim::kUnixEpoch, 1}), net.internal(owner));
  int answers = 0;
  const auto ask = [&](PeerIndex who) {
    Attacker& attacker = net.attacker(who);
    answers = 0;
    attacker.heard = [&](ConnId, const EnvelopeRef& frame) {
      answers += frame->kind() == ContentKind::kMemRes ? 1 : 0;
    };
    const ConnId conn = attacker.dial(net.internal(target));
    net.run_for(100_ms);
    EXPECT_TRUE(attacker.ready(conn));
    attacker.write(conn, plain(membership_request(stolen)));
    net.run_for(1_s);
    EXPECT_TRUE(attacker.open(conn)) << "bad input does not close the connection";
  };
  ask(liar);
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(net.sink.count(target, TraceKind::kMessageRejected, RejectReason::kSpoofedRequest), 1u);
  ask(owner);
  EXPECT_EQ(answers, 1);
}

// --- 11 ---

// Hears data messages and answers as it is told.
struct Acker final : WireSubscriber {
  explicit Acker(Node& node) : at(node) {}
  bool wants(const Received& m) const override { return m.envelope->kind() == ContentKind::kData; }
  void on_message(const Received& message) override {
    ++heard;
    if (answer) at.ack(message, *answer);
  }
  Node& at;
  std::optional<std::string> answer;
  int heard = 0;
};

struct SendByCriteria : testing::Test {
  SendByCriteria() {
    const PeerIndex boot = net.add();
    me = boot;
    others = net.add_many(3, {net.internal(boot)});
    net.start(boot);
    net.start(others);
    for (std::uint32_t i = 0; i < 4; ++i) {
      net.join(PeerIndex{i}, "A", {"org1"});
      net.node(PeerIndex{i}).update_ledger_height("A", 1);
    }
    for (const PeerIndex p : others) {
      ackers.push_back(std::make_unique<Acker>(net.node(p)));
      net.node(p).accept(*ackers.back());
    }
    EXPECT_TRUE(net.run_until([&] {
      return net.node(me).peers_of_channel("A").size() == 3 && net.node(me).peers().size() == 3;
    }));
  }

  // Sends and waits for the outcome; `took` says how long that was.
  SendOutcome send(const SendCriteria& criteria) {
    std::optional<SendOutcome> outcome;
    const Time began = net.now();
    for (const auto& acker : ackers)
      acker->heard = 0;
    net.node(me).send_by_criteria(with_tag(Tag::kChanAndOrg, DataMessage{Payload{1, "", {}}}, "A"),
                                  criteria, [&](const SendOutcome& told) {
                                    EXPECT_FALSE(outcome) << "told twice";
                                    outcome = told;
                                    took = net.now() - began;
                                  });
    EXPECT_FALSE(outcome) << "never from inside the call";
    net.run_for(30_s);
    EXPECT_TRUE(outcome);
    return outcome.value_or(SendOutcome{"no outcome", {}});
  }
  int heard() const {
    int all = 0;
    for (const auto& acker : ackers)
      all += acker->heard;
    return all;
  }
  void all_answer(std::optional<std::string> answer) {
    for (const auto& acker : ackers)
      acker->answer = answer;
  }

  NodeNet net;
  PeerIndex me;
  Peers others;
  std::vector<std::unique_ptr<Acker>> ackers;
  Duration took = 0;
};

TEST_F(SendByCriteria, R11_TestSendByCriteria_in_its_order) {
  SendCriteria criteria;
  criteria.is_eligible = [](PeerIndex) -> bool { return ADD_FAILURE() << "was asked", true; };
  criteria.max_peers = 0;
  criteria.min_ack = 1;
  EXPECT_TRUE(send(criteria).ok());
  EXPECT_EQ(heard(), 0);

  criteria = {.min_ack = 0, .max_peers = 100};
  EXPECT_EQ(send(criteria).error, "Timeout should be specified");

  criteria.timeout = 3_s;
  EXPECT_TRUE(send(criteria).ok());
  EXPECT_EQ(took, 3_s) << "Fabric's quirk: it waits for the silent";
  EXPECT_EQ(heard(), 3);

  criteria.channel = "B";
  EXPECT_THAT(send(criteria).error, HasSubstr("no such channel exists"));

  criteria.channel = "A";
  criteria.min_ack = 10;
  EXPECT_EQ(send(criteria).error,
            "requested to send to at least 10 peers, but know only of 3 suitable peers");
  EXPECT_EQ(took, 0);
  EXPECT_EQ(heard(), 0);

  criteria.min_ack = 3;
  EXPECT_EQ(send(criteria).error, R"({"failures":{"timed out":3}})");

  all_answer("");
  EXPECT_TRUE(send(criteria).ok());
  EXPECT_LT(took, 100_ms);

  ackers[1]->answer = "uh oh";
  ackers[2]->answer = "uh oh";
  EXPECT_EQ(send(criteria).error, R"({"failures":{"uh oh":2},"successes":1})");

  all_answer(std::nullopt);
  criteria.min_ack = 1;
  criteria.is_eligible = [this](PeerIndex p) { return p != others[2]; };
  EXPECT_EQ(send(criteria).error, R"({"failures":{"timed out":2}})");
  EXPECT_EQ(ackers[2]->heard, 0);

  all_answer("");
  criteria.max_peers = 1;
  EXPECT_TRUE(send(criteria).ok());
  EXPECT_EQ(heard(), 1);
}

TEST_F(SendByCriteria, min_ack_0_ends_at_the_first_failure_and_else_waits_for_all) {
  SendCriteria criteria{.timeout = 5_s, .min_ack = 0, .max_peers = 3};
  ackers[0]->answer = "uh oh";
  const SendOutcome failed_first = send(criteria);
  EXPECT_TRUE(failed_first.ok());
  EXPECT_LT(took, 1_s);
  EXPECT_EQ(failed_first.answers.results.size(), 1u);
  ackers[0]->answer = "";
  EXPECT_TRUE(send(criteria).ok());
  EXPECT_EQ(took, 5_s);
}

TEST_F(SendByCriteria, the_answers_to_2_acks_of_3_come_well_before_the_timeout) {
  ackers[0]->answer = "";
  ackers[1]->answer = "";
  const SendOutcome outcome = send({.timeout = 10_s, .min_ack = 2, .max_peers = 3});
  EXPECT_TRUE(outcome.ok());
  EXPECT_LT(took, 5_s);
  EXPECT_EQ(outcome.answers.results.size(), 2u);
  ackers[1]->answer = "uh oh";
  const SendOutcome mixed = send({.timeout = 1_s, .min_ack = 2, .max_peers = 3});
  EXPECT_EQ(mixed.error, R"({"failures":{"timed out":1,"uh oh":1},"successes":1})");
  EXPECT_EQ(mixed.answers.ack_count(), 1u);
  EXPECT_EQ(mixed.answers.nack_count(), 2u);
}

TEST_F(SendByCriteria, an_unreachable_target_takes_its_dial_and_then_the_timeout) {
  net.stop(others[2]);
  all_answer("");
  const SendOutcome outcome = send({.timeout = 2_s,
                                    .min_ack = 1,
                                    .max_peers = 1,
                                    .is_eligible = [&](PeerIndex p) { return p == others[2]; },
                                    .channel = ""});
  EXPECT_EQ(outcome.error, R"({"failures":{"timed out":1}})");
  EXPECT_GE(took, 2_s);
}

// --- 12 ---

TEST(NodeNetwork, R12_TestIdentityExpiration) {
  NodeNet net;
  Peers p = net.add_many(4, {"peer0:7051"});
  const PeerIndex fifth =
      net.add({.bootstrap = {"peer0:7051"}, .expires = sim::kUnixEpoch + 5'000'000'000});
  net.start(p);
  net.start(fifth);
  ASSERT_TRUE(net.all_see(p, 4, 5_s));
  EXPECT_TRUE(net.all_see(p, 3)) << "its alive messages no longer validate";
  EXPECT_LT(net.now(), 30_s);
  for (const PeerIndex q : p)
    EXPECT_FALSE(net.node(q).identities().holds(fifth));

  const PeerIndex revoked = p.back();
  p.pop_back();
  net.crypto.revoke(net.identity(revoked));
  for (const PeerIndex q : p)
    net.node(q).suspect_peers(everybody);
  EXPECT_TRUE(net.all_see(p, 2));
  EXPECT_TRUE(net.all_see({revoked}, 0));
}

TEST(NodeNetwork, R12_a_revocation_that_reached_one_organisation_alone_counts_there_alone) {
  NodeNet net;
  const auto add = [&](const char* org, const char* name) {
    return net.add({.org = org, .internal = name, .external = std::string(name) + "1"});
  };
  const PeerIndex a = add("org1", "a:1"), b = add("org2", "b:1"), c = add("org3", "c:1");
  net.start({a, b, c});
  const std::vector<ChannelAnchor> anchors{{net.org("org2"), "b:11"}, {net.org("org3"), "c:11"}};
  // One after the other: peers that dial each other at the same instant lose both streams.
  for (const PeerIndex p : {c, b, a}) {
    net.join(p, "A", {"org1", "org2", "org3"}, anchors);
    net.run_for(1_s);
  }
  ASSERT_TRUE(
      net.run_until([&] { return net.node(a).view().alive(c) && net.node(b).view().alive(c); }));
  net.crypto.revoke(net.identity(c), "org1");
  for (const PeerIndex p : {a, b})
    net.node(p).suspect_peers(everybody);
  EXPECT_FALSE(net.node(a).identities().holds(c));
  EXPECT_TRUE(net.node(b).identities().holds(c));
  net.run_for(30_s);
  EXPECT_FALSE(net.node(a).view().alive(c));
  EXPECT_TRUE(net.node(b).view().alive(c)) << "the same envelopes are good there";
}

// --- 16 ---

// What reached a scripted peer, stream by stream.
struct Script {
  Script(NodeNet& net, PeerIndex self) {
    net.attacker(self).heard = [this](ConnId conn, const EnvelopeRef& frame) {
      frames.push_back(frame);
      if (then) then(conn, frame);
    };
  }
  std::size_t handshakes() const { return count(ContentKind::kConn); }
  std::size_t count(ContentKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(frames.begin(), frames.end(),
                      [kind](const EnvelopeRef& frame) { return frame->kind() == kind; }));
  }
  EnvelopeRef first(ContentKind kind) const {
    const auto found = std::find_if(frames.begin(), frames.end(),
                                    [kind](const EnvelopeRef& f) { return f->kind() == kind; });
    return found == frames.end() ? EnvelopeRef() : *found;
  }
  std::vector<EnvelopeRef> frames;
  std::function<void(ConnId, const EnvelopeRef&)> then;
};

TEST(NodeNetwork, R16_TestAnchorPeer) {
  NodeNet net(profile_3());
  const PeerIndex real = net.add({.org = "A", .internal = "real:1", .external = "real.ext:1"});
  const PeerIndex own_anchor = net.add({.org = "A", .internal = "a1:1", .external = "a1.ext:1"});
  const PeerIndex foreign_anchor =
      net.add({.org = "B", .internal = "b1:1", .external = "b1.ext:1"});
  const PeerIndex own_peer = net.add({.org = "A", .internal = "a2:1", .external = "a2.ext:1"});
  const PeerIndex foreign_peer = net.add({.org = "B", .internal = "b2:1", .external = "b2.ext:1"});
  for (const PeerIndex p : {own_anchor, foreign_anchor, own_peer, foreign_peer})
    net.seize(p);
  net.start(real);
  net.join(real, "C", {"A", "B"}, {{net.org("A"), "a1:1"}, {net.org("B"), "b1.ext:1"}});
  net.run_for(5_s);
  net.start({own_anchor, foreign_anchor, own_peer, foreign_peer});
  Script learned_own(net, own_peer), learned_foreign(net, foreign_peer);
  Script own(net, own_anchor), foreign(net, foreign_anchor);
  // Each anchor answers the request with a peer of its organisation, and is not heard of again.
  const auto answer = [&](PeerIndex anchor, PeerIndex known) {
    return [&net, anchor, known](ConnId conn, const EnvelopeRef& frame) {
      if (frame->kind() != ContentKind::kMemReq) return;
      GossipMessage response = membership_response(
          {signed_by(net.key(known), alive_message(net.persona(known), {sim::kUnixEpoch, 1}))}, {});
      response.nonce = frame->message().nonce;
      net.attacker(anchor).write(conn, plain(response));
    };
  };
  own.then = answer(own_anchor, own_peer);
  foreign.then = answer(foreign_anchor, foreign_peer);
  ASSERT_TRUE(net.run_until([&] {
    return own.count(ContentKind::kMemReq) > 0 && foreign.count(ContentKind::kMemReq) > 0;
  }));
  for (const Script* anchor : {&own, &foreign}) {
    ASSERT_GE(anchor->frames.size(), 3u);
    EXPECT_EQ(anchor->frames[0]->kind(), ContentKind::kConn);
    EXPECT_EQ(anchor->frames[1]->kind(), ContentKind::kConn);
    EXPECT_EQ(anchor->frames[2]->kind(), ContentKind::kMemReq);
    EXPECT_TRUE(anchor->frames[0]->message().get<ConnEstablish>()->probe);
  }
  const auto shown_to = [](const Script& anchor) {
    return anchor.frames[2]
        ->message()
        .get<MembershipRequest>()
        ->self_information->internal_endpoint();
  };
  EXPECT_EQ(shown_to(own), "real:1");
  EXPECT_EQ(shown_to(foreign), "");
  EXPECT_TRUE(net.run_until(
      [&] { return learned_own.handshakes() > 0 && learned_foreign.handshakes() > 0; }));
}

// --- 17 ---

TEST(NodeNetwork, R17_TestBootstrapPeerMisConfiguration) {
  NodeNet net(profile_3());
  const PeerIndex foreign = net.add({.org = "B", .internal = "b1:1", .external = "b1.ext:1"});
  const PeerIndex own = net.add({.org = "A", .internal = "a1:1", .external = "a1.ext:1"});
  const PeerIndex real = net.add({.org = "A",
                                  .internal = "real:1",
                                  .external = "real.ext:1",
                                  .bootstrap = {"b1.ext:1", "a1:1"}});
  net.seize(foreign);
  net.seize(own);
  net.start({foreign, own});
  Script at_foreign(net, foreign), at_own(net, own);
  net.start(real);
  EXPECT_TRUE(net.run_until([&] { return at_foreign.handshakes() >= 3; }, 15_s));
  EXPECT_TRUE(net.run_until([&] { return at_own.count(ContentKind::kMemReq) > 0; }, 15_s));
  EXPECT_EQ(at_foreign.frames.size(), at_foreign.handshakes()) << "and nothing else";
}

}  // namespace
}  // namespace hearsay::test
