// Disclosure: the table of spec discovery.md section 12, row by row, and the filter for requests.
#include "core/gossip/disclosure.h"

#include <gtest/gtest.h>

#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

class DisclosureTest : public testing::Test {
 protected:
  DisclosureTest() {
    own_ = net_.add("S", "own:1", "own.ext:1");
    mate_ = net_.add("S", "mate:1", "mate.ext:1");
    foreign_ = net_.add("F", "foreign:1", "foreign.ext:1");
    foreign_mate_ = net_.add("F", "foreign2:1", "foreign2.ext:1");
    third_ = net_.add("G", "third:1", "third.ext:1");
    net_.options.identities_known = false;
    net_.start(own_);
    for (const PeerIndex p : {mate_, foreign_, foreign_mate_, third_}) {
      net_.mapper(own_).put(net_.directory.pki_id(p), net_.directory.identity(p));
    }
    stranger_ = net_.add("S", "stranger:1");  // whose identity own_ does not know
    context_.emplace(NodeIdentity{own_, net_.org("S"), "own:1", "own.ext:1"}, net_.options.config,
                     net_.directory, net_.clock, transport_, net_.crypto(own_), net_.log(own_),
                     Random::root(1));
    disclosure_.emplace(*context_, net_.mapper(own_));
  }
  bool shown(PeerIndex target, PeerIndex subject, bool target_external = true,
             const char* subject_endpoint = "ext:1") const {
    return disclosure_->towards(target, target_external)
        .admits(subject, *net_.alive(subject, {.endpoint = subject_endpoint}));
  }
  bool secret_kept(PeerIndex target) const {
    const EnvelopeRef message = net_.alive(mate_, {.internal = "mate:1"});
    const EnvelopeRef filtered = disclosure_->towards(target, true).filter(message);
    EXPECT_NE(message->secret(), nullptr) << "the stored message is never modified";
    return filtered->secret() != nullptr;
  }

  MembershipNet net_;
  NoTransport transport_;
  PeerIndex own_, mate_, foreign_, foreign_mate_, third_, stranger_;
  std::optional<Context> context_;
  std::optional<Disclosure> disclosure_;
};

TEST_F(DisclosureTest, to_an_unknown_target_nothing_is_shown_but_the_filter_keeps_secrets) {
  for (const PeerIndex target : {stranger_, kNoPeer}) {
    EXPECT_FALSE(shown(target, own_));
    EXPECT_FALSE(shown(target, mate_));
    EXPECT_TRUE(secret_kept(target)) << "Fabric's quirk";
  }
}

TEST_F(DisclosureTest, a_subject_of_unknown_org_is_not_shown) {
  EXPECT_FALSE(shown(mate_, stranger_));
  EXPECT_FALSE(shown(foreign_, stranger_));
}

TEST_F(DisclosureTest, own_org_is_shown_to_own_org_with_secrets_whatever_the_endpoints) {
  EXPECT_TRUE(shown(mate_, own_, false, ""));
  EXPECT_TRUE(secret_kept(mate_));
}

TEST_F(DisclosureTest, a_foreign_orgs_own_members_are_shown_to_it_without_secrets) {
  EXPECT_TRUE(shown(foreign_, foreign_mate_, false, ""));
  EXPECT_FALSE(secret_kept(foreign_));
}

TEST_F(DisclosureTest, own_org_is_shown_to_a_foreign_one_only_if_both_are_external) {
  EXPECT_TRUE(shown(foreign_, mate_, true, "mate.ext:1"));
  EXPECT_FALSE(shown(foreign_, mate_, true, ""));
  EXPECT_FALSE(shown(foreign_, mate_, false, "mate.ext:1"));
}

TEST_F(DisclosureTest, foreign_members_are_not_shown_to_own_org) {
  EXPECT_FALSE(shown(mate_, foreign_));
}

TEST_F(DisclosureTest, one_foreign_org_is_not_shown_to_another) {
  EXPECT_FALSE(shown(third_, foreign_));
}

TEST_F(DisclosureTest, a_request_to_a_foreign_peer_loses_the_secret_on_a_copy) {
  const EnvelopeRef request = MembershipNet::request(net_.alive(own_, {.internal = "own:1"}), 1234);
  const EnvelopeRef copy = disclosure_->request_for(foreign_, request);
  EXPECT_NE(copy, request);
  EXPECT_EQ(copy->message().nonce, 1234u);
  const auto info = [](const EnvelopeRef& e) {
    return e->message().get<MembershipRequest>()->self_information;
  };
  EXPECT_EQ(info(copy)->secret(), nullptr);
  EXPECT_EQ(info(copy)->payload(), info(request)->payload());
  EXPECT_EQ(info(request)->internal_endpoint(), "own:1");
}

TEST_F(DisclosureTest, a_request_to_own_org_an_unknown_org_or_nobody_stays_as_it_is) {
  const EnvelopeRef request = MembershipNet::request(net_.alive(own_, {.internal = "own:1"}));
  for (const PeerIndex target : {mate_, stranger_, kNoPeer}) {
    EXPECT_EQ(disclosure_->request_for(target, request), request);
  }
}

// --- pushing, push.md section 5.4 ---

TEST_F(DisclosureTest,
       an_alive_message_of_the_own_org_is_pushed_to_everybody_abroad_without_secret) {
  const Disclosure::Push push = disclosure_->push_of(mate_);
  EXPECT_TRUE(push.possible());
  EXPECT_FALSE(push.external_targets_only());
  const EnvelopeRef message = net_.alive(mate_, {.internal = "mate:1"});
  for (const PeerIndex target : {mate_, foreign_, third_, stranger_}) {
    EXPECT_TRUE(push.admits(target));
    EXPECT_EQ(push.filter(target, message)->secret() != nullptr, target == mate_);
  }
}

TEST_F(DisclosureTest, a_foreign_alive_message_is_pushed_to_its_org_and_ours_if_external) {
  const Disclosure::Push push = disclosure_->push_of(foreign_);
  EXPECT_TRUE(push.possible());
  EXPECT_TRUE(push.external_targets_only());
  EXPECT_TRUE(push.admits(mate_));
  EXPECT_TRUE(push.admits(foreign_mate_));
  EXPECT_FALSE(push.admits(third_));
  EXPECT_FALSE(push.admits(stranger_));
}

TEST_F(DisclosureTest, an_alive_message_of_an_unknown_org_is_not_pushed) {
  EXPECT_FALSE(disclosure_->push_of(stranger_).possible());
  EXPECT_FALSE(disclosure_->push_of(kNoPeer).possible());
}

}  // namespace
}  // namespace hearsay::test
