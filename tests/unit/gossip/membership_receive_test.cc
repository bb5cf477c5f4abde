// Membership: what messages do, and what bad ones do not. Sections of spec discovery.md in the
// names' comments; among the inputs are those that crash Fabric v2.5.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/codec.h"
#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using Net = MembershipNet;

class MembershipReceive : public testing::Test {
 protected:
  MembershipReceive() {
    net_.lets_pass = [](const Sent&) { return false; };  // only what the test delivers arrives
    net_.start(me_);
    net_.run_for(0);  // the first sync and the first reconnect round find nobody
  }

  // An alive message of p_[1], signed, changed by `edit` before signing.
  template <typename Edit>
  EnvelopeRef edited(Edit&& edit) const {
    GossipMessage message = net_.alive(other_, {.endpoint = "p1:7051"})->message();
    edit(std::get<AliveMessage>(message.content));
    return resigned(std::move(message), other_);
  }
  EnvelopeRef resigned(GossipMessage message, PeerIndex signer) const {
    std::string payload = encode_message(message);
    std::string signature = PlainCrypto::signature_of(net_.directory.identity(signer), payload);
    return Envelope::signed_of(std::move(message), std::move(payload), std::move(signature),
                               nullptr);
  }
  EnvelopeRef without_membership() const {
    return edited([](AliveMessage& m) { m.membership.reset(); });
  }
  EnvelopeRef without_timestamp() const {
    return edited([](AliveMessage& m) { m.timestamp.reset(); });
  }
  EnvelopeRef without_pki_id() const {
    return edited([](AliveMessage& m) { m.membership->pki_id.clear(); });
  }
  static EnvelopeRef not_alive() {
    GossipMessage message;
    message.tag = Tag::kEmpty;
    message.content = Acknowledgement{};
    return Envelope::unsigned_of(std::move(message));
  }
  static EnvelopeRef undecodable() { return Envelope::received("\xff\xff", "s", nullptr, ""); }

  void give(const EnvelopeRef& envelope) { net_.deliver(me_, other_, envelope); }
  View& view() { return net_.view(me_); }
  EventLog& log() { return net_.log(me_); }
  std::size_t rejected(RejectReason reason) { return log().rejected(reason); }

  Net net_{[] {
    NetOptions options;
    options.config = quick_config();
    return options;
  }()};
  const std::vector<PeerIndex> p_ = net_.add_many("org1", "p", 5);
  const PeerIndex me_ = p_[0];
  const PeerIndex other_ = p_[1];
};

// --- inputs that crash Fabric ---

TEST_F(MembershipReceive,
       alive_messages_with_parts_missing_are_rejected_with_an_empty_and_a_full_store) {
  for (int round = 1; round <= 2; ++round) {
    const auto n = static_cast<std::size_t>(round);
    give(without_membership());
    EXPECT_EQ(rejected(RejectReason::kMissingMembership), n);
    give(without_timestamp());
    EXPECT_EQ(rejected(RejectReason::kMissingTimestamp), n);
    give(without_pki_id());
    EXPECT_EQ(rejected(RejectReason::kMissingPkiId), n);
    EXPECT_EQ(net_.crypto(me_).verifies, round - 1) << "before any signature is looked at";
    if (round == 1) give(net_.alive(other_, {.endpoint = "p1:7051"}));
    EXPECT_TRUE(view().alive(other_)) << "and the node goes on";
  }
}

TEST_F(MembershipReceive,
       a_known_peers_message_without_timestamp_is_rejected_in_lists_and_requests) {
  give(net_.alive(other_, {}));
  give(Net::response({without_timestamp(), net_.alive(p_[2], {})}));
  give(Net::response({}, {without_timestamp(), net_.alive(p_[2], {})}));
  give(Net::request(without_timestamp()));
  EXPECT_EQ(rejected(RejectReason::kMissingTimestamp), 3u);
  EXPECT_FALSE(view().known(p_[2])) << "a faulty entry ends the response";
}

TEST_F(MembershipReceive, a_non_alive_message_in_a_dead_list_ends_the_response) {
  give(Net::response({net_.alive(p_[2], {})}, {not_alive(), net_.alive(p_[3], {})}));
  EXPECT_EQ(rejected(RejectReason::kForeignContent), 1u);
  EXPECT_TRUE(view().alive(p_[2]));
  EXPECT_FALSE(view().known(p_[3]));
}

TEST_F(MembershipReceive, a_non_alive_or_undecodable_entry_in_an_alive_list_ends_the_response) {
  for (const EnvelopeRef& bad : {not_alive(), undecodable()}) {
    give(Net::response({bad, net_.alive(p_[2], {})}, {net_.alive(p_[3], {})}));
  }
  EXPECT_EQ(rejected(RejectReason::kForeignContent), 1u);
  EXPECT_EQ(rejected(RejectReason::kUndecodable), 1u);
  EXPECT_FALSE(view().known(p_[2]) || view().known(p_[3]));
}

TEST_F(MembershipReceive, a_request_without_usable_self_information_is_not_genuine) {
  const auto why = [&](const EnvelopeRef& self_info) {
    RejectReason reason{};
    EXPECT_FALSE(Membership::request_is_genuine(
        net_.directory, {kNoConn, other_, Net::request(self_info)}, &reason));
    return reason;
  };
  EXPECT_EQ(why(nullptr), RejectReason::kUndecodable);
  EXPECT_EQ(why(undecodable()), RejectReason::kUndecodable);
  EXPECT_EQ(why(not_alive()), RejectReason::kForeignContent);
  EXPECT_EQ(why(without_membership()), RejectReason::kMissingMembership);
  EXPECT_EQ(why(net_.alive(p_[2], {})), RejectReason::kSpoofedRequest);
  EXPECT_FALSE(Membership::request_is_genuine(net_.directory, {kNoConn, other_, not_alive()}));
  EXPECT_FALSE(Membership::request_is_genuine(
      net_.directory, {kNoConn, kNoPeer, Net::request(net_.alive(other_, {}))}));
  EXPECT_TRUE(Membership::request_is_genuine(
      net_.directory, {kNoConn, other_, Net::request(net_.alive(other_, {}))}));
}

TEST_F(MembershipReceive, a_request_that_slips_past_the_gate_does_no_harm) {
  for (const EnvelopeRef& bad : {EnvelopeRef(), undecodable(), not_alive(), without_membership()}) {
    net_.at(me_).on_message({kNoConn, other_, Net::request(bad)});
  }
  EXPECT_TRUE(net_.sent.empty());
  EXPECT_EQ(log().count(TraceKind::kMessageRejected), 4u);
}

// --- 11.2: validation ---

TEST_F(MembershipReceive,
       unsigned_forged_and_unknown_alive_messages_are_rejected_with_their_reason) {
  give(Envelope::unsigned_of(net_.alive(other_, {})->message()));
  EXPECT_EQ(rejected(RejectReason::kUnsigned), 1u);
  give(resigned(net_.alive(other_, {})->message(), p_[2]));
  EXPECT_EQ(rejected(RejectReason::kBadSignature), 1u);
  const PeerIndex stranger = net_.add("org1", "stranger:1");
  give(net_.alive(stranger, {}));
  EXPECT_EQ(rejected(RejectReason::kUnknownIdentity), 1u);
  EXPECT_TRUE(view().alive_set().empty());
  EXPECT_FALSE(view().store_entry(other_));
}

TEST_F(MembershipReceive, a_bad_secret_spoils_a_good_message) {
  const EnvelopeRef good = net_.alive(other_, {.internal = "p1:7051"});
  auto secret = std::make_unique<SecretEnvelope>(*good->secret());
  secret->signature += "x";
  give(Envelope::signed_of(good->message(), good->payload(), good->signature(), std::move(secret)));
  EXPECT_EQ(rejected(RejectReason::kBadSignature), 1u);
  give(good);
  EXPECT_TRUE(view().alive(other_));
}

TEST_F(MembershipReceive, an_embedded_identity_introduces_its_owner_and_a_wrong_one_does_not) {
  const PeerIndex stranger = net_.add("org1", "stranger:1");
  give(net_.alive(stranger, {.identity = net_.directory.identity(other_)}));
  EXPECT_EQ(rejected(RejectReason::kBadIdentity), 1u);
  EXPECT_FALSE(net_.mapper(me_).knows(stranger));
  give(net_.alive(stranger, {.identity = net_.directory.identity(stranger)}));
  EXPECT_TRUE(view().alive(stranger));
  EXPECT_TRUE(net_.mapper(me_).knows(stranger));
}

// --- 7.1 ---

TEST_F(MembershipReceive, a_pushed_alive_message_is_stored_learned_and_forwarded_but_not_back) {
  give(net_.alive(other_, {}));
  EXPECT_TRUE(net_.sent.empty()) << "nobody else is there";
  const EnvelopeRef second = net_.alive(p_[2], {});
  give(second);
  ASSERT_EQ(net_.sent.size(), 1u);
  EXPECT_EQ(net_.sent[0].to, p_[2]);
  EXPECT_EQ(view().stored(p_[2]), second);
  EXPECT_EQ(log().count(TraceKind::kMemberAlive, p_[2]), 1u);
  give(second);
  EXPECT_EQ(net_.sent.size(), 1u);
  EXPECT_EQ(log().count(TraceKind::kMessageDuplicate, other_), 1u);
}

TEST_F(MembershipReceive, an_alive_message_is_forwarded_even_if_a_response_had_brought_it) {
  give(Net::response({net_.alive(p_[2], {}), net_.alive(p_[3], {})}));
  EXPECT_FALSE(view().store_entry(p_[2])) << "responses never enter the store";
  EXPECT_TRUE(net_.sent.empty());
  give(net_.alive(p_[2], {}));
  EXPECT_EQ(net_.sent.size(), 2u);
  EXPECT_TRUE(view().store_entry(p_[2]));
  EXPECT_EQ(log().count(TraceKind::kMemberAlive, p_[2]), 1u) << "learned once";
}

TEST_F(MembershipReceive, our_own_message_coming_back_is_dropped) {
  give(net_.alive(other_, {}));
  give(net_.alive(me_, {.inc = 9}));
  EXPECT_EQ(rejected(RejectReason::kOwnMessage), 1u);
  EXPECT_FALSE(view().store_entry(me_));
  EXPECT_FALSE(view().known(me_));
  EXPECT_TRUE(net_.sent.empty()) << "and not forwarded";
}

// --- 7.2 ---

TEST_F(MembershipReceive, a_response_names_dead_alive_the_requester_and_ourselves_last) {
  give(net_.alive(p_[2], {}));
  give(Net::response({}, {net_.alive(p_[3], {})}));
  const EnvelopeRef info = net_.alive(other_, {.endpoint = "p1:7051", .internal = "in1:7051"});
  net_.sent.clear();
  give(Net::request(info, 99));
  const auto sent = net_.sent_of(me_, ContentKind::kMemRes);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].to, other_);
  EXPECT_EQ(sent[0].endpoint, "in1:7051");
  EXPECT_EQ(sent[0].envelope->message().nonce, 99u);
  EXPECT_EQ(sent[0].envelope->message().tag, Tag::kEmpty);
  const auto& response = *sent[0].envelope->message().get<MembershipResponse>();
  ASSERT_EQ(response.alive.size(), 3u);
  EXPECT_EQ(response.alive[0], info) << "the requester is learned before";
  EXPECT_EQ(response.alive[1]->subject_pki_id(), net_.directory.pki_id(p_[2]));
  EXPECT_EQ(response.alive[2]->subject_pki_id(), net_.directory.pki_id(me_));
  EXPECT_EQ(response.alive[2]->internal_endpoint(), net_.internal(me_));
  ASSERT_EQ(response.dead.size(), 1u);
  EXPECT_EQ(response.dead[0]->subject_pki_id(), net_.directory.pki_id(p_[3]));
}

TEST_F(MembershipReceive, a_stale_request_is_answered_all_the_same) {
  give(net_.alive(other_, {.seq = 7}));
  give(Net::request(net_.alive(other_, {.seq = 3})));
  EXPECT_EQ(net_.sent_of(me_, ContentKind::kMemRes).size(), 1u);
  EXPECT_EQ(view().message(other_)->stamp().seq_num, 7u);
}

TEST_F(MembershipReceive, a_request_with_a_bad_signature_is_not_answered) {
  give(Net::request(resigned(net_.alive(other_, {})->message(), p_[2])));
  EXPECT_TRUE(net_.sent.empty());
  EXPECT_FALSE(view().known(other_));
}

TEST_F(MembershipReceive, responses_take_a_sequence_number_each_until_a_heartbeat_is_cached) {
  give(Net::request(net_.alive(other_, {.seq = 1})));
  give(Net::request(net_.alive(other_, {.seq = 2})));
  EXPECT_EQ(net_.at(me_).sequence(), 2u);
  net_.run_for(300_ms);
  EXPECT_EQ(net_.at(me_).sequence(), 3u) << "the heartbeat";
  give(Net::request(net_.alive(other_, {.seq = 3})));
  EXPECT_EQ(net_.at(me_).sequence(), 3u);
  const auto last = net_.sent_of(me_, ContentKind::kMemRes).back();
  EXPECT_EQ(last.envelope->message().get<MembershipResponse>()->alive.back()->stamp().seq_num, 3u);
}

TEST_F(MembershipReceive,
       a_requester_that_cannot_be_answered_because_signing_fails_is_still_learned) {
  net_.crypto(me_).signs_left = 0;
  give(Net::request(net_.alive(other_, {})));
  EXPECT_TRUE(net_.sent.empty());
  EXPECT_TRUE(view().alive(other_));
}

// --- 7.3 ---

TEST_F(MembershipReceive, a_dead_list_adds_unknown_peers_as_dead_but_kills_nobody) {
  give(net_.alive(p_[2], {.seq = 1}));
  give(Net::response({}, {net_.alive(p_[2], {.seq = 5}), net_.alive(p_[3], {.seq = 5})}));
  EXPECT_TRUE(view().alive(p_[2]));
  EXPECT_EQ(view().message(p_[2])->stamp().seq_num, 1u) << "nor does it refresh";
  EXPECT_TRUE(view().dead(p_[3]));
  const auto& died = log().events.back();
  EXPECT_EQ(died.kind, TraceKind::kMemberDead);
  EXPECT_EQ(died.detail, static_cast<std::uint8_t>(DeathCause::kLearnedDead));
  give(Net::response({net_.alive(p_[3], {.seq = 5})}));
  EXPECT_TRUE(view().dead(p_[3])) << "not newer";
  give(Net::response({net_.alive(p_[3], {.seq = 6})}));
  EXPECT_TRUE(view().alive(p_[3])) << "newer";
}

TEST_F(MembershipReceive, a_bad_entry_in_a_list_is_skipped_and_the_rest_is_taken) {
  const EnvelopeRef forged = resigned(net_.alive(p_[2], {})->message(), p_[3]);
  give(Net::response({forged, net_.alive(p_[3], {})}, {forged, net_.alive(p_[4], {})}));
  EXPECT_EQ(rejected(RejectReason::kBadSignature), 2u);
  EXPECT_FALSE(view().known(p_[2]));
  EXPECT_TRUE(view().alive(p_[3]));
  EXPECT_TRUE(view().dead(p_[4]));
}

TEST_F(MembershipReceive, our_own_name_in_a_dead_list_leaves_a_record_and_no_more) {
  give(Net::response({}, {net_.alive(me_, {}), net_.alive(me_, {}), net_.alive(p_[2], {})}));
  EXPECT_EQ(view().state(me_), MemberState::kRecordOnly);
  EXPECT_TRUE(view().dead(p_[2]));
  give(net_.alive(me_, {.seq = 9}));
  EXPECT_FALSE(view().alive(me_));
  EXPECT_EQ(net_.at(me_).lookup(me_)->internal_endpoint, net_.internal(me_));
}

TEST_F(MembershipReceive, our_own_message_in_an_alive_list_is_ignored) {
  give(Net::response({net_.alive(me_, {}), net_.alive(p_[2], {})}));
  EXPECT_FALSE(view().known(me_));
  EXPECT_TRUE(view().alive(p_[2]));
}

TEST_F(MembershipReceive, a_stopped_membership_ignores_messages_and_events) {
  give(net_.alive(p_[2], {}));
  net_.sent.clear();
  net_.at(me_).stop();
  net_.at(me_).stop();
  give(net_.alive(p_[3], {}));
  net_.at(me_).on_presumed_dead(p_[2]);
  net_.at(me_).on_identity_switch(p_[2]);
  net_.at(me_).on_probe_done(0, true);
  net_.at(me_).on_handshake_done(0, p_[2], true);
  net_.at(me_).initiate_sync(3);
  EXPECT_TRUE(view().alive(p_[2]));
  EXPECT_FALSE(view().known(p_[3]));
  EXPECT_TRUE(net_.sent.empty());
  EXPECT_TRUE(net_.at(me_).members().empty());
}

}  // namespace
}  // namespace hearsay::test
