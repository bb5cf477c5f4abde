// Identity pull (spec: pull.md section 12, statements 17 to 21, sections 8 and 9). Interval and
// waits are those of Fabric's certstore_test.go.
#include "core/gossip/identity_pull.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/describe.h"
#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A node of comm and identity pull; whom it holds for alive is what the test says.
class IdentityNode final {
 public:
  IdentityNode(CommWorld& world, std::string_view org, std::string_view name)
      : comm_node(world, org, name, std::string(name) + ":7051"),
        pull(comm_node.context, view, comm_node.identities, comm_node.comm) {
    comm_node.on_message = [this](const Received& message) {
      heard.push_back(message);
      pull.on_message(message);
    };
    pull.start();
  }

  PeerIndex self() const { return comm_node.self; }
  // Sees the other as an alive member, whether it knows its identity or not.
  void sees(const IdentityNode& other, bool with_external_endpoint = true) {
    const std::string endpoint = with_external_endpoint ? other.comm_node.where : "";
    GossipMessage message;
    message.tag = Tag::kEmpty;
    message.content =
        AliveMessage{Member{endpoint, "", other.comm_node.context.pki_id()}, PeerTime{1, 1}, ""};
    view.learn(other.self(), MemberState::kAlive, Envelope::unsigned_of(std::move(message)),
               comm_node.world.clock.now());
    comm_node.book[other.self()] = other.comm_node.where;
  }
  bool knows(PeerIndex peer) const { return comm_node.identities.knows(peer); }
  std::uint32_t advertised() const { return pull.advertised().count(); }
  template <typename T>
  std::vector<Received> got() const {
    std::vector<Received> found;
    std::copy_if(heard.begin(), heard.end(), std::back_inserter(found), [](const Received& r) {
      return r.envelope->message().template get<T>() != nullptr;
    });
    return found;
  }

  View view;
  CommNode comm_node;
  IdentityPull pull;
  std::vector<Received> heard;
};

struct IdentityPullTest : testing::Test {
  IdentityPullTest() {
    world.config.pull_interval = kSecond;
    world.config.digest_wait_time = 150 * kMillisecond;
    world.config.request_wait_time = 300 * kMillisecond;
    world.config.response_wait_time = 300 * kMillisecond;
    world.config.pull_peer_num = 1;
  }

  IdentityNode& add(std::string_view name, std::string_view org = "org1") {
    nodes.push_back(std::make_unique<IdentityNode>(world, org, name));
    return *nodes.back();
  }
  void run_for(Duration d) { world.clock.run_for(d); }

  static EnvelopeRef message(Content content) {
    return Envelope::unsigned_of({0, "", Tag::kEmpty, std::move(content)});
  }
  static EnvelopeRef update(std::vector<EnvelopeRef> items) {
    return message(DataUpdate{1, std::move(items), PullMsgType::kIdentity});
  }
  // A message of `from` to `to`, over comm.
  void tell(IdentityNode& from, IdentityNode& to, const EnvelopeRef& envelope) {
    from.comm_node.comm.send_to(to.self(), to.comm_node.where, envelope);
    from.comm_node.drain();
    run_for(20 * kMillisecond);
  }
  // How many ids the answer to a hello lists; 0 without an answer.
  std::size_t ids_told(IdentityNode& asker, IdentityNode& to) {
    const std::size_t before = asker.got<DataDigest>().size();
    tell(asker, to, message(GossipHello{++nonce, "", PullMsgType::kIdentity}));
    const auto digests = asker.got<DataDigest>();
    if (digests.size() == before) return 0;
    return digests.back().envelope->message().get<DataDigest>()->digests.size();
  }
  // An identity of somebody who is no node here.
  EnvelopeRef identity_of(const std::string& name, bool good_signature = true,
                          bool right_pki_id = true, std::string_view org = "org1") {
    const std::string cert = fake_identity(org, name);
    const std::string pki_id = pki_id_of_identity(right_pki_id ? cert : fake_identity(org, "else"));
    GossipMessage identity{0, "", Tag::kEmpty, PeerIdentity{pki_id, cert, ""}};
    std::string payload = encode_message(identity);
    std::string signature = FakeCrypto::signature_of(cert, payload);
    if (!good_signature) signature[0] ^= 1;
    return Envelope::signed_of(std::move(identity), std::move(payload), std::move(signature),
                               nullptr);
  }
  std::size_t rejected(const IdentityNode& node, RejectReason reason) {
    return node.comm_node.traced(TraceKind::kMessageRejected, reason);
  }

  CommWorld world;
  std::vector<std::unique_ptr<IdentityNode>> nodes;
  std::uint64_t nonce = 100;
};

// --- 12. certstore

TEST_F(IdentityPullTest, an_update_with_a_corrupted_signature_adds_nothing) {
  IdentityNode &a = add("a"), &b = add("b");
  tell(b, a, update({identity_of("x", false)}));
  EXPECT_EQ(ids_told(b, a), 1u);
  EXPECT_EQ(rejected(a, RejectReason::kBadSignature), 1u);
}

TEST_F(IdentityPullTest, an_update_whose_pki_id_is_not_the_certificates_adds_nothing) {
  IdentityNode &a = add("a"), &b = add("b");
  tell(b, a, update({identity_of("x", true, false)}));
  EXPECT_EQ(ids_told(b, a), 1u);
  EXPECT_EQ(rejected(a, RejectReason::kBadIdentity), 1u);
}

TEST_F(IdentityPullTest, what_a_valid_update_brings_is_known) {
  IdentityNode &a = add("a"), &b = add("b");
  a.sees(b);
  run_for(2 * kSecond);
  EXPECT_EQ(ids_told(b, a), 2u);
  EXPECT_TRUE(a.knows(b.self()));
}

TEST_F(IdentityPullTest, a_held_identity_is_not_requested_again_but_a_purged_one_is) {
  IdentityNode &a = add("a"), &b = add("b");
  a.sees(b);
  run_for(2 * kSecond);
  ASSERT_EQ(b.got<DataRequest>().size(), 1u);
  const std::size_t digests = a.got<DataDigest>().size();
  run_for(5 * kSecond);
  EXPECT_GE(a.got<DataDigest>().size(), digests + 4);
  EXPECT_EQ(b.got<DataRequest>().size(), 1u);
  a.pull.remove(b.self());
  run_for(5 * kSecond);
  EXPECT_EQ(b.got<DataRequest>().size(), 2u);
}

TEST_F(IdentityPullTest, the_own_identity_stays_in_the_digests) {
  IdentityNode& a = add("a");
  run_for(2 * kSecond);
  IdentityNode& b = add("b");
  b.sees(a);
  run_for(15 * kSecond);
  const auto digests = b.got<DataDigest>();
  EXPECT_GE(digests.size(), 3u);
  const std::string& own = a.comm_node.context.pki_id();
  for (const Received& digest : digests) {
    EXPECT_THAT(digest.envelope->message().get<DataDigest>()->digests.strings(),
                testing::Contains(own));
  }
}

// --- 9. what is advertised, and validation

TEST_F(IdentityPullTest, every_peer_advertises_itself_from_the_first_instant) {
  IdentityNode &a = add("a"), &b = add("b");
  EXPECT_EQ(a.advertised(), 1u);
  EXPECT_EQ(ids_told(b, a), 1u);
  const auto& own = *a.pull.own_message()->message().get<PeerIdentity>();
  EXPECT_EQ(own.pki_id, a.comm_node.context.pki_id());
  EXPECT_EQ(own.cert, world.directory.identity(a.self()));
  EXPECT_EQ(a.pull.own_message()->message().tag, Tag::kEmpty);
  EXPECT_TRUE(a.pull.own_message()->is_signed());
}

TEST_F(IdentityPullTest, identities_spread_along_a_line_that_only_pull_connects) {
  std::vector<IdentityNode*> line;
  for (int i = 0; i < 5; ++i)
    line.push_back(&add(std::string(1, static_cast<char>('a' + i))));
  for (std::size_t i = 1; i < line.size(); ++i)
    line[i]->sees(*line[i - 1]);
  run_for(8 * kSecond);
  EXPECT_EQ(line.back()->advertised(), 5u);
  EXPECT_TRUE(line.back()->knows(line.front()->self()));
}

TEST_F(IdentityPullTest, an_identity_learned_by_handshake_is_known_but_pulled_all_the_same) {
  IdentityNode &a = add("a"), &b = add("b");
  a.sees(b);
  tell(b, a, message(GossipHello{1, "", PullMsgType::kIdentity}));
  EXPECT_TRUE(a.knows(b.self()));
  EXPECT_EQ(a.advertised(), 1u);
  run_for(2 * kSecond);
  EXPECT_EQ(b.got<DataRequest>().size(), 1u);
  EXPECT_EQ(a.advertised(), 2u);
}

TEST_F(IdentityPullTest, one_bad_item_spoils_the_whole_update) {
  IdentityNode &a = add("a"), &b = add("b");
  tell(b, a, update({identity_of("x"), identity_of("y", false)}));
  EXPECT_EQ(world.directory.find_peer(pki_id_of_identity(fake_identity("org1", "x"))), kNoPeer);
  const EnvelopeRef broken = Envelope::received("\x01", "", nullptr, "");
  tell(b, a, update({identity_of("x"), broken}));
  const EnvelopeRef other = message(GossipHello{1, "", PullMsgType::kIdentity});
  tell(b, a, update({identity_of("x"), other}));
  EXPECT_EQ(rejected(a, RejectReason::kForeignContent), 2u);
  EXPECT_EQ(world.directory.find_peer(pki_id_of_identity(fake_identity("org1", "x"))), kNoPeer);
}

TEST_F(IdentityPullTest, a_revoked_identity_is_refused) {
  IdentityNode &a = add("a"), &b = add("b");
  world.authority.revoked.insert(fake_identity("org1", "x"));
  tell(b, a, update({identity_of("x")}));
  EXPECT_EQ(rejected(a, RejectReason::kBadIdentity), 1u);
}

TEST_F(IdentityPullTest, an_unasked_update_is_stored_but_not_advertised) {
  IdentityNode &a = add("a"), &b = add("b");
  tell(b, a, update({identity_of("x")}));
  const PeerIndex x = world.directory.find_peer(pki_id_of_identity(fake_identity("org1", "x")));
  EXPECT_TRUE(a.knows(x));
  EXPECT_FALSE(a.pull.advertised().test(x));
  EXPECT_TRUE(a.pull.mediator().item(PullId::of(x)));
}

TEST_F(IdentityPullTest, an_identity_that_the_mapper_refuses_is_kept_all_the_same) {
  IdentityNode &a = add("a"), &b = add("b");
  world.authority.expirations[fake_identity("org1", "x")] = 1;  // long ago
  tell(b, a, update({identity_of("x")}));
  const PeerIndex x = world.directory.find_peer(pki_id_of_identity(fake_identity("org1", "x")));
  ASSERT_NE(x, kNoPeer);
  EXPECT_FALSE(a.knows(x));
  EXPECT_TRUE(a.pull.mediator().item(PullId::of(x)));
}

// --- strangers: PKI-IDs that nobody in this process has named

TEST_F(IdentityPullTest, a_pki_id_nobody_knows_is_requested_like_any_other) {
  IdentityNode &a = add("a"), &b = add("b");
  a.sees(b);
  const EnvelopeRef x = identity_of("x");
  const std::string pki_id = x->message().get<PeerIdentity>()->pki_id;
  std::uint64_t asked = 0;
  b.comm_node.on_message = [&](const Received& received) {
    b.heard.push_back(received);
    const GossipMessage& content = received.envelope->message();
    if (const auto* hello = content.get<GossipHello>()) {
      const DataDigest digest{hello->nonce, {pki_id}, PullMsgType::kIdentity};
      b.comm_node.comm.respond(received.conn, message(digest));
    } else if (const auto* request = content.get<DataRequest>()) {
      ++asked;
      EXPECT_THAT(request->digests.strings(), ElementsAre(pki_id));
      const DataUpdate answer{request->nonce, {x}, PullMsgType::kIdentity};
      b.comm_node.comm.respond(received.conn, message(answer));
    }
  };
  run_for(4 * kSecond);
  EXPECT_EQ(asked, 1u);
  const PeerIndex peer = world.directory.find_peer(pki_id);
  ASSERT_NE(peer, kNoPeer);
  EXPECT_TRUE(a.knows(peer));
  EXPECT_TRUE(a.pull.advertised().test(peer));
}

TEST_F(IdentityPullTest, strangers_above_the_limit_wait) {
  IdentityNode &a = add("a"), &b = add("b");
  a.sees(b);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < IdentityPull::kMaxStrangers + 10; ++i)
    ids.push_back("nobody " + std::to_string(i));
  b.comm_node.on_message = [&](const Received& received) {
    b.heard.push_back(received);
    if (const auto* hello = received.envelope->message().get<GossipHello>()) {
      const DataDigest digest{hello->nonce, ids, PullMsgType::kIdentity};
      b.comm_node.comm.respond(received.conn, message(digest));
    }
  };
  run_for(1500 * kMillisecond);
  const auto requests = b.got<DataRequest>();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].envelope->message().get<DataRequest>()->digests.size(),
            IdentityPull::kMaxStrangers);
}

// --- 8. egress: what whom is told

TEST_F(IdentityPullTest, the_own_organisation_is_told_everything) {
  IdentityNode &a = add("a"), &b = add("b"), &c = add("c", "org2");
  a.pull.add(c.pull.own_message());
  a.comm_node.meet(c.comm_node);
  EXPECT_EQ(ids_told(b, a), 2u);
}

TEST_F(IdentityPullTest, a_foreign_organisation_is_told_of_reachable_peers_of_ours_and_of_its_own) {
  IdentityNode &a = add("a"), &shown = add("b"), &hidden = add("c");
  IdentityNode &foreign = add("d", "org2"), &third = add("e", "org3"), &asker = add("f", "org2");
  for (IdentityNode* other : {&shown, &hidden, &foreign, &third}) {
    a.pull.add(other->pull.own_message());
    a.comm_node.meet(other->comm_node);
    a.sees(*other, other != &hidden);
  }
  tell(asker, a, message(GossipHello{7, "", PullMsgType::kIdentity}));
  const auto digests = asker.got<DataDigest>();
  ASSERT_THAT(digests, SizeIs(1));
  EXPECT_THAT(digests[0].envelope->message().get<DataDigest>()->digests.strings(),
              UnorderedElementsAre(a.comm_node.context.pki_id(), shown.comm_node.context.pki_id(),
                                   foreign.comm_node.context.pki_id()));
  // The same rule guards the request.
  const Digests wanted{shown.comm_node.context.pki_id(), hidden.comm_node.context.pki_id(),
                       third.comm_node.context.pki_id()};
  tell(asker, a, message(DataRequest{7, wanted, PullMsgType::kIdentity}));
  const auto updates = asker.got<DataUpdate>();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_THAT(updates[0].envelope->message().get<DataUpdate>()->data,
              ElementsAre(shown.pull.own_message()));
}

TEST_F(IdentityPullTest, a_dead_peer_counts_until_it_is_forgotten) {
  IdentityNode &a = add("a"), &b = add("b"), &asker = add("c", "org2");
  a.pull.add(b.pull.own_message());
  a.comm_node.meet(b.comm_node);
  a.sees(b);
  EXPECT_EQ(ids_told(asker, a), 2u);
  a.view.bury(b.self());
  EXPECT_EQ(ids_told(asker, a), 2u);
  a.view.forget(b.self());
  EXPECT_EQ(ids_told(asker, a), 1u);
}

// --- representation

TEST_F(IdentityPullTest, a_digest_is_one_shared_set_until_something_changes) {
  IdentityNode &a = add("a"), &b = add("b"), &c = add("c");
  const auto digest = [&](IdentityNode& asker) {
    ids_told(asker, a);
    return asker.got<DataDigest>().back().envelope->message().get<DataDigest>()->digests.set();
  };
  const IndexSetRef first = digest(b);
  ASSERT_TRUE(first);
  EXPECT_EQ(digest(c), first);
  a.pull.add(b.pull.own_message());
  const IndexSetRef second = digest(c);
  EXPECT_NE(second, first);
  EXPECT_EQ(first->members().count(), 1u);
  EXPECT_EQ(second->members().count(), 2u);
}

}  // namespace
}  // namespace hearsay::comm_test
