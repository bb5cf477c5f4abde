// Statements 24 to 32 of spec messages-and-identity.md section 15 (identity_test.go), with the
// rules of section 10 that none of them names; 42 and what the filters of section 12 have become.
#include "core/gossip/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/identity_set.h"
#include "core/wire/signing.h"
#include "tests/support/bare_node.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;

Config with_threshold(Duration threshold) {
  Config config;
  config.identity_usage_threshold = threshold;
  return config;
}

class IdentityTest : public testing::Test, public IdentityPurgeListener {
 protected:
  IdentityTest() { make(with_threshold(3600_s)); }

  void make(const Config& config) {
    mapper.reset();
    node = std::make_unique<BareNode>(config);
    mapper = std::make_unique<IdentityMapper>(node->context, this);
    mapper->start();
  }

  std::string identity(std::string_view name) const { return fake_identity("org1", name); }
  std::string pki(std::string_view name) const { return pki_id_of_identity(identity(name)); }
  IdentityMapper::Put put(std::string_view name) { return mapper->put(pki(name), identity(name)); }
  // Lives `lifetime` from now.
  void issue(std::string_view name, Duration lifetime) {
    node->authority.expirations[identity(name)] =
        node->clock.unix_time() + static_cast<std::uint64_t>(lifetime);
  }
  void revoke(std::string_view name) { node->authority.revoked.insert(identity(name)); }
  EnvelopeRef signed_by(std::string_view name) const {
    GossipMessage message;
    message.tag = Tag::kEmpty;
    message.content = AliveMessage{Member{"", "", pki(name)}, PeerTime{1, 1}, ""};
    const FakeCrypto key(node->authority, identity(name));
    return sign_message(message,
                        [&](std::string_view p) { return Result<std::string>(key.sign(p)); })
        .value();
  }
  void use_every_10_ms(PeerIndex peer, Duration until) {
    for (Time t = node->clock.now() + 10_ms; t <= until; t += 10_ms)
      node->clock.call_at(t, [this, peer] { static_cast<void>(mapper->knows(peer)); });
  }

  static bool everybody(std::string_view) { return true; }
  static bool nobody(std::string_view) { return false; }

  std::unique_ptr<BareNode> node;
  std::unique_ptr<IdentityMapper> mapper;
  std::vector<PeerIndex> purged;
  bool known_at_purge = true;

 private:
  void on_identity_purge(PeerIndex peer) override {
    purged.push_back(peer);
    known_at_purge = known_at_purge && mapper->holds(peer);
  }
};

TEST_F(IdentityTest, S24_put_succeeds_twice_and_fails_for_nil_swapped_and_revoked) {
  EXPECT_EQ(put("a").outcome, PutOutcome::kKnown);
  EXPECT_EQ(put("a").outcome, PutOutcome::kKnown);
  EXPECT_EQ(mapper->put("", identity("b")).outcome, PutOutcome::kNoPkiId);
  EXPECT_EQ(mapper->put(pki("b"), "").outcome, PutOutcome::kNoIdentity);
  EXPECT_EQ(mapper->put(pki("b"), identity("a")).outcome, PutOutcome::kMismatch);
  EXPECT_EQ(mapper->put(pki("a"), identity("b")).outcome, PutOutcome::kMismatch);
  revoke("b");
  EXPECT_EQ(put("b").outcome, PutOutcome::kInvalid);
  EXPECT_EQ(put("b").peer, kNoPeer);
  EXPECT_EQ(mapper->count(), 2u) << "a and ourselves";
}

TEST_F(IdentityTest, S24_put_of_a_known_pair_fails_once_it_is_revoked) {
  ASSERT_EQ(put("a").outcome, PutOutcome::kKnown);
  revoke("a");
  EXPECT_EQ(put("a").outcome, PutOutcome::kInvalid);
  EXPECT_TRUE(mapper->holds(node->directory.find_peer(pki("a")))) << "until somebody suspects it";
}

TEST_F(IdentityTest, S25_what_was_put_is_known_and_nobody_else) {
  const PeerIndex a = put("a").peer;
  EXPECT_TRUE(mapper->knows(a));
  EXPECT_EQ(node->directory.identity(a), identity("a"));
  EXPECT_TRUE(mapper->in_my_org(a));
  EXPECT_FALSE(mapper->knows(kNoPeer));
  const PeerIndex stranger = node->directory.intern_peer(pki("x"), identity("x"), OrgIndex{0});
  EXPECT_FALSE(mapper->knows(stranger));
  EXPECT_EQ(mapper->org_of(stranger), kNoOrg);
}

TEST_F(IdentityTest, S26_verify_succeeds_for_a_known_signer_and_fails_for_an_unknown_one) {
  const PeerIndex a = put("a").peer;
  EXPECT_TRUE(mapper->verify(a, *signed_by("a")));
  EXPECT_FALSE(mapper->verify(a, *signed_by("b")));
  const PeerIndex b = node->directory.intern_peer(pki("b"), identity("b"), OrgIndex{0});
  EXPECT_FALSE(mapper->verify(b, *signed_by("b")));
}

TEST_F(IdentityTest, S26_a_remembered_verdict_does_not_outlive_the_signers_validity) {
  const PeerIndex a = put("a").peer;
  const EnvelopeRef message = signed_by("a");
  ASSERT_TRUE(mapper->verify(a, *message));
  revoke("a");
  EXPECT_FALSE(mapper->verify(a, *message));
  // The envelope is shared: to a node whose list the identity is not on, the signature still holds.
  EXPECT_EQ(message->signature_memo(), SignatureMemo::kGood);
}

TEST_F(IdentityTest, S27_a_revoked_identity_goes_when_suspected_and_the_callback_sees_it) {
  const PeerIndex a = put("a").peer;
  const PeerIndex b = put("b").peer;
  mapper->suspect_peers(everybody);
  EXPECT_THAT(purged, IsEmpty());
  revoke("a");
  mapper->suspect_peers(nobody);
  EXPECT_TRUE(mapper->holds(a)) << "nobody suspected it";
  mapper->suspect_peers(everybody);
  EXPECT_FALSE(mapper->holds(a));
  EXPECT_TRUE(mapper->holds(b));
  EXPECT_THAT(purged, ElementsAre(a));
  EXPECT_TRUE(known_at_purge);
}

TEST_F(IdentityTest, S28_with_half_a_second_only_an_unused_identity_goes) {
  make(with_threshold(500_ms));
  const PeerIndex unused = put("unused").peer;
  const PeerIndex used = put("used").peer;
  use_every_10_ms(used, 3_s);
  node->clock.run_for(500_ms);
  EXPECT_TRUE(mapper->holds(unused)) << "not a moment before the threshold";
  node->clock.run_for(50_ms);
  EXPECT_FALSE(mapper->holds(unused)) << "a tenth later it is gone";
  node->clock.run_for(2450_ms);
  EXPECT_TRUE(mapper->holds(used));
  EXPECT_TRUE(mapper->holds(node->context.self()));
  EXPECT_THAT(purged, ElementsAre(unused));
  EXPECT_TRUE(known_at_purge);
}

TEST_F(IdentityTest, S28_after_stop_an_idle_identity_stays_and_an_expiring_one_goes) {
  make(with_threshold(500_ms));
  const PeerIndex idle = put("idle").peer;
  issue("short", 1_s);
  const PeerIndex passing = put("short").peer;
  mapper->stop();
  mapper->stop();
  node->clock.run_for(3_s);
  EXPECT_TRUE(mapper->holds(idle));
  EXPECT_FALSE(mapper->holds(passing));
}

TEST_F(IdentityTest, S28_an_identity_goes_60_to_66_minutes_after_its_last_use) {
  const Duration minute = 60_s;
  const PeerIndex a = put("a").peer;
  for (const Duration used_at : {1 * minute, 7 * minute, 8 * minute + 1}) {
    node->clock.run_until(used_at);
    ASSERT_TRUE(mapper->knows(a));
  }
  const Time last_use = node->clock.now();
  node->clock.run_until(last_use + 60 * minute);
  EXPECT_TRUE(mapper->holds(a));
  node->clock.run_until(last_use + 66 * minute);
  EXPECT_FALSE(mapper->holds(a));
}

TEST_F(IdentityTest, S28_each_lookup_counts_as_use_and_looking_on_does_not) {
  make(with_threshold(500_ms));
  const auto stays = [&](const char* name, auto&& use) {
    const PeerIndex peer = put(name).peer;
    const EnvelopeRef message = signed_by(name);
    for (int i = 1; i <= 200; ++i) {
      node->clock.run_for(10_ms);
      if (mapper->holds(peer)) use(peer, *message);
    }
    return mapper->holds(peer);
  };
  EXPECT_TRUE(stays("get", [&](PeerIndex p, const Envelope&) { mapper->knows(p); }));
  EXPECT_TRUE(stays("verify", [&](PeerIndex p, const Envelope& e) { mapper->verify(p, e); }));
  EXPECT_TRUE(stays("org", [&](PeerIndex p, const Envelope&) { mapper->org_of(p); }));
  EXPECT_TRUE(stays("mine", [&](PeerIndex p, const Envelope&) { mapper->in_my_org(p); }));
  EXPECT_TRUE(stays("suspect", [&](auto&&...) { mapper->suspect_peers(everybody); }));
  EXPECT_FALSE(stays("trust", [&](auto&&...) { mapper->suspect_peers(nobody); }));
  EXPECT_FALSE(stays("put", [&](auto&&...) { put("put"); }));
  EXPECT_FALSE(stays("info", [&](auto&&...) { mapper->identity_info(); }));
  EXPECT_FALSE(stays("valid", [&](PeerIndex p, const Envelope&) { mapper->valid(p); }));
}

TEST_F(IdentityTest, S29_an_identity_goes_1_ms_after_it_expired) {
  issue("short", 1_s);
  const PeerIndex passing = put("short").peer;
  const PeerIndex lasting = put("lasting").peer;
  use_every_10_ms(passing, 3_s);
  node->clock.run_for(1_s);
  EXPECT_TRUE(mapper->verify(passing, *signed_by("short"))) << "usable to the end";
  EXPECT_EQ(put("short").outcome, PutOutcome::kKnown) << "still in the map";
  node->clock.run_for(1_ms);
  EXPECT_FALSE(mapper->knows(passing));
  EXPECT_THAT(purged, ElementsAre(passing));
  EXPECT_TRUE(known_at_purge);
  node->clock.run_for(2_s);
  EXPECT_TRUE(mapper->knows(lasting));
}

TEST_F(IdentityTest, S29_expired_or_undeterminable_identities_are_refused) {
  issue("late", -1);
  EXPECT_EQ(put("late").outcome, PutOutcome::kExpired);
  EXPECT_STREQ(put_outcome_text(PutOutcome::kExpired), "gossipping peer identity expired");
  node->authority.expirations[identity("odd")] = std::nullopt;
  EXPECT_EQ(put("odd").outcome, PutOutcome::kNoExpiration);
}

TEST_F(IdentityTest, S29_one_timer_serves_all_expiries_in_their_order) {
  const std::size_t before = node->clock.timers_armed();
  std::vector<PeerIndex> peers;
  for (const auto& [name, lifetime] :
       std::vector<std::pair<const char*, Duration>>{{"c", 3_s}, {"a", 1_s}, {"b", 2_s}}) {
    issue(name, lifetime);
    peers.push_back(put(name).peer);
  }
  EXPECT_EQ(node->clock.timers_armed(), before);
  node->clock.run_for(10_s);
  EXPECT_THAT(purged, ElementsAre(peers[1], peers[2], peers[0]));
}

TEST_F(IdentityTest, S30_an_entry_without_expiry_can_be_purged_and_its_timer_is_forgotten) {
  const PeerIndex lasting = put("lasting").peer;
  issue("short", 5_s);
  const PeerIndex passing = put("short").peer;
  revoke("lasting");
  revoke("short");
  mapper->suspect_peers(everybody);
  EXPECT_THAT(purged, ElementsAre(lasting, passing));
  node->clock.run_for(10_s);
  EXPECT_THAT(purged, ElementsAre(lasting, passing)) << "no second callback";
}

TEST_F(IdentityTest, S31_an_invalid_own_identity_is_not_accepted) {
  EXPECT_EQ(mapper->own_outcome(), PutOutcome::kKnown);
  mapper.reset();
  revoke("self");
  mapper = std::make_unique<IdentityMapper>(node->context);
  EXPECT_EQ(mapper->own_outcome(), PutOutcome::kInvalid);
  EXPECT_EQ(mapper->count(), 0u);
}

TEST_F(IdentityTest, the_own_identity_is_never_unused_but_can_be_revoked_and_expires) {
  make(with_threshold(500_ms));
  const PeerIndex self = node->context.self();
  node->clock.run_for(20_s);
  EXPECT_TRUE(mapper->holds(self));
  revoke("self");
  mapper->suspect_peers(everybody);
  EXPECT_THAT(purged, ElementsAre(self));

  node->authority.revoked.clear();
  issue("self", 1_s);
  purged.clear();
  mapper = std::make_unique<IdentityMapper>(node->context);
  node->clock.run_for(2_s);
  EXPECT_FALSE(mapper->holds(self));
}

TEST_F(IdentityTest, S32_identity_info_is_grouped_as_the_organisations_were_at_put) {
  const PeerIndex a = put("a").peer;
  const std::string foreign = fake_identity("org2", "f");
  const PeerIndex f = mapper->put(pki_id_of_identity(foreign), foreign).peer;
  const PeerIdentitySet all = mapper->identity_info();
  ASSERT_EQ(all.size(), 3u);
  const auto groups = by_org(all);
  ASSERT_EQ(groups.size(), 2u);
  const auto& own = groups.at(node->context.org());
  ASSERT_EQ(own.size(), 2u);
  EXPECT_EQ(own[0].peer, node->context.self());
  EXPECT_EQ(own[1].peer, a);
  EXPECT_EQ(groups.at(node->directory.find_org("org2"))[0].peer, f);
  EXPECT_EQ(groups.at(node->directory.find_org("org2"))[0].identity, foreign);
}

TEST_F(IdentityTest, S42_sets_of_identities_group_index_and_filter) {
  const PeerIdentitySet all = {{PeerIndex{0}, OrgIndex{0}, "A", "1"},
                               {PeerIndex{1}, OrgIndex{1}, "B", "2"},
                               {PeerIndex{2}, OrgIndex{0}, "C", "3"},
                               {PeerIndex{3}, OrgIndex{0}, "A", "4"}};
  const auto groups = by_org(all);
  ASSERT_EQ(groups.at(OrgIndex{0}).size(), 3u);
  EXPECT_EQ(groups.at(OrgIndex{0})[1].pki_id, "C");
  EXPECT_EQ(by_id(all).size(), 3u);
  EXPECT_EQ(by_id(all).at("A").identity, "4") << "the last one stays";
  const auto of_org = [](const PeerIdentityInfo& i) { return i.org == OrgIndex{0}; };
  const auto named_c = [](const PeerIdentityInfo& i) { return i.pki_id == "C"; };
  const auto chained = filter(filter(all, of_org), named_c);
  ASSERT_EQ(chained.size(), 1u);
  EXPECT_EQ(chained[0].identity, "3");
  EXPECT_TRUE(filter(all, [](const PeerIdentityInfo&) { return false; }).empty());
}

}  // namespace
}  // namespace hearsay::test
