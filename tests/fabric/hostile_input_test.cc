// Input that crashes Fabric v2.5.4, and other bad input, against a whole node (spec:
// messages-and-identity.md sections 13 and 14, wire.md section 9, discovery.md section 14). Each is
// rejected and counted with its reason, and the node works on afterwards.
//
// Fabric: every authenticated peer can send these; they reach a comparator, an adapter or a store
// before anything has validated them.
#include <gtest/gtest.h>

#include "core/wire/codec.h"
#include "sim/world/node_clock.h"
#include "tests/fuzz/siege.h"
#include "tests/support/hex.h"

namespace hearsay::test {
namespace {

constexpr const char* kChannel = "ch1";
// Newer than anything the sound peers have said.
constexpr PeerTime kLater{sim::kUnixEpoch + 1'000'000'000'000, 1};

struct HostileInput : testing::Test {
  HostileInput() { EXPECT_EQ(siege.trouble(), "") << "before the attack"; }
  ~HostileInput() override { EXPECT_EQ(siege.trouble(), "") << "after the attack"; }

  PeerIndex peer(const char* name) { return siege.stage().find(name); }
  Persona persona(PeerIndex p) { return siege.stage().persona(p); }
  const MessageCrypto& key(PeerIndex p) { return siege.stage().key(p); }
  // Newer than all before.
  PeerTime now() { return {sim::kUnixEpoch, ++sequence}; }

  AliveMessage alive_of(PeerIndex p) {
    return *alive_message(persona(p), now()).get<AliveMessage>();
  }
  EnvelopeRef sealed(const GossipMessage& message) { return signed_by(key(member), message); }
  EnvelopeRef sealed(AliveMessage alive) { return sealed(with_tag(Tag::kEmpty, std::move(alive))); }

  void expect_used(const EnvelopeRef& frame) {
    EXPECT_EQ(fate_name(siege.shoot(member, frame).fate), std::string("used"));
  }
  void expect_rejected(const EnvelopeRef& frame, RejectReason reason) {
    expect_rejected_from(member, frame, reason);
  }
  void expect_rejected_from(PeerIndex attacker, const EnvelopeRef& frame, RejectReason reason) {
    const Verdict verdict = siege.shoot(attacker, frame);
    EXPECT_EQ(fate_name(verdict.fate), std::string("rejected"));
    EXPECT_EQ(reject_reason_name(verdict.reason), std::string(reject_reason_name(reason)));
  }
  bool victim_sees(PeerIndex p) { return siege.node().view().alive(p); }

  Siege siege{1};
  const PeerIndex member = peer("org1/3");    // of the victim's organisation
  const PeerIndex stranger = peer("org2/1");  // of another one in the channel
  const PeerIndex outsider = peer("org3/0");  // of one outside of it
  std::uint64_t sequence = 0;
};

// --- messages-and-identity.md 13: what crashes Fabric

TEST_F(HostileInput, a_membership_request_with_an_alive_message_without_membership) {
  AliveMessage hollow = alive_of(member);
  hollow.membership.reset();
  expect_rejected(plain(membership_request(sealed(hollow))), RejectReason::kMissingMembership);
}

TEST_F(HostileInput, an_alive_message_without_membership_while_the_store_is_not_empty) {
  ASSERT_TRUE(siege.node().view().store_entry(peer("org1/1")));
  AliveMessage hollow = alive_of(member);
  hollow.membership.reset();
  expect_rejected(sealed(hollow), RejectReason::kMissingMembership);
}

TEST_F(HostileInput, an_alive_message_without_timestamp_of_a_peer_that_is_stored) {
  expect_used(sealed(alive_of(member)));
  ASSERT_TRUE(siege.node().view().store_entry(member));
  AliveMessage timeless = alive_of(member);
  timeless.timestamp.reset();
  expect_rejected(sealed(timeless), RejectReason::kMissingTimestamp);
}

TEST_F(HostileInput, an_alive_message_without_timestamp_of_a_new_peer) {
  AliveMessage timeless = alive_of(member);
  timeless.timestamp.reset();
  ASSERT_FALSE(siege.node().view().known(member));
  expect_rejected(sealed(timeless), RejectReason::kMissingTimestamp);
  EXPECT_FALSE(siege.node().view().known(member));
}

TEST_F(HostileInput, an_alive_message_without_pki_id) {
  AliveMessage nameless = alive_of(member);
  nameless.membership->pki_id.clear();
  expect_rejected(sealed(nameless), RejectReason::kMissingPkiId);
}

TEST_F(HostileInput, a_state_info_without_timestamp_of_a_peer_that_is_stored) {
  expect_used(sealed(state_info(persona(member), kChannel, now(), 5)));
  GossipMessage timeless = state_info(persona(member), kChannel, now(), 6);
  std::get<StateInfo>(timeless.content).timestamp.reset();
  expect_rejected(sealed(timeless), RejectReason::kMissingTimestamp);
}

TEST_F(HostileInput, a_state_info_without_timestamp_in_a_snapshot) {
  expect_used(sealed(alive_of(member)));
  GossipMessage timeless = state_info(persona(member), kChannel, now(), 6);
  std::get<StateInfo>(timeless.content).timestamp.reset();
  expect_rejected(plain(with_tag(Tag::kChanOrOrg, StateInfoSnapshot{{sealed(timeless)}}, kChannel)),
                  RejectReason::kMissingTimestamp);
}

TEST_F(HostileInput, a_leadership_message_without_timestamp_of_a_peer_that_is_stored) {
  expect_used(sealed(leadership(persona(member), kChannel, now())));
  GossipMessage timeless = leadership(persona(member), kChannel, now());
  std::get<LeadershipMessage>(timeless.content).timestamp.reset();
  expect_rejected(sealed(timeless), RejectReason::kMissingTimestamp);
}

TEST_F(HostileInput, a_data_message_without_payload) {
  expect_rejected(plain(with_tag(Tag::kChanAndOrg, DataMessage{}, kChannel)),
                  RejectReason::kMissingPayload);
}

TEST_F(HostileInput, a_data_message_without_payload_in_a_block_update) {
  const EnvelopeRef hollow = plain(with_tag(Tag::kChanAndOrg, DataMessage{}, kChannel));
  const EnvelopeRef update =
      plain(with_tag(Tag::kChanAndOrg, DataUpdate{1, {hollow}, PullMsgType::kBlock}, kChannel));
  // Only those who announced the channel are listened to.
  expect_rejected(update, RejectReason::kNotInChannel);
  expect_used(sealed(state_info(persona(member), kChannel, now(), 5)));
  // There are blocks in the victim's store, to which Fabric would compare it.
  expect_rejected(update, RejectReason::kMissingPayload);
}

TEST_F(HostileInput, a_message_that_is_not_alive_in_the_dead_list_of_a_response) {
  const EnvelopeRef foreign = sealed(state_info(persona(member), kChannel, now(), 5));
  expect_rejected(plain(membership_response({}, {foreign})), RejectReason::kForeignContent);
}

// --- discovery.md 14: the same holes, reached by way of responses

TEST_F(HostileInput, alive_messages_with_a_part_missing_in_either_list_of_a_response) {
  AliveMessage hollow = alive_of(member);
  hollow.membership.reset();
  AliveMessage timeless = alive_of(member);
  timeless.timestamp.reset();
  using Reason = RejectReason;
  expect_rejected(plain(membership_response({sealed(hollow)}, {})), Reason::kMissingMembership);
  expect_rejected(plain(membership_response({}, {sealed(hollow)})), Reason::kMissingMembership);
  expect_rejected(plain(membership_response({sealed(timeless)}, {})), Reason::kMissingTimestamp);
  expect_rejected(plain(membership_response({}, {sealed(timeless)})), Reason::kMissingTimestamp);
}

TEST_F(HostileInput, a_dead_list_that_names_the_victim_or_a_known_peer_kills_nobody) {
  const PeerIndex friendly = peer("org1/1");
  const EnvelopeRef of_victim = siege.stage().node(friendly).view().message(siege.victim());
  expect_used(plain(membership_response({}, {of_victim})));
  // The freshest there is, signed by the peer itself.
  const EnvelopeRef of_friend = signed_by(key(friendly), alive_message(persona(friendly), kLater));
  expect_used(plain(membership_response({}, {of_friend})));
  EXPECT_TRUE(victim_sees(friendly));
}

// --- wire.md 9: bad bytes

TEST_F(HostileInput, an_undecodable_payload_ends_the_connection) {
  expect_used(sealed(alive_of(member)));
  ASSERT_TRUE(siege.node().comm().connected(member));
  expect_rejected(from_payload("\xff\xff"), RejectReason::kUndecodable);
  EXPECT_FALSE(siege.node().comm().connected(member));
}

TEST_F(HostileInput, an_undecodable_first_frame_is_no_handshake) {
  const Verdict verdict = siege.shoot_first(member, from_payload("\xff\xff"));
  EXPECT_EQ(verdict.fate, Fate::kRejected);
  EXPECT_EQ(verdict.reason, RejectReason::kUndecodable);
  EXPECT_FALSE(siege.node().comm().connected(member));
}

TEST_F(HostileInput, a_first_frame_that_is_no_conn_establish_is_no_handshake) {
  const Verdict verdict = siege.shoot_first(member, sealed(alive_of(member)));
  EXPECT_EQ(verdict.fate, Fate::kRejected);
  EXPECT_EQ(verdict.reason, RejectReason::kHandshake);
}

TEST_F(HostileInput, a_handshake_in_the_name_of_another_peer_is_refused) {
  const Verdict verdict =
      siege.shoot_first(member, sealed(conn_establish(persona(peer("org1/1")))));
  EXPECT_EQ(verdict.fate, Fate::kRejected);
  EXPECT_EQ(verdict.reason, RejectReason::kHandshake);
}

TEST_F(HostileInput, an_empty_payload_is_a_message_without_content) {
  expect_rejected(from_payload(""), RejectReason::kNoContent);
}

TEST_F(HostileInput, invalid_utf8_in_a_string_is_undecodable) {
  // nonce 0, tag EMPTY, alive_msg { membership { endpoint: ff } }
  expect_rejected(from_payload(from_hex("18012a050a030a01ff")), RejectReason::kUndecodable);
}

TEST_F(HostileInput, a_known_field_of_another_wire_type_is_an_unknown_field) {
  // tag as bytes: reads as tag UNDEFINED; the empty message is there.
  expect_rejected(from_payload(from_hex("1a01016a00")), RejectReason::kUnexpected);
  // alive_msg as a number: reads as no content.
  expect_rejected(from_payload(from_hex("18012801")), RejectReason::kNoContent);
}

TEST_F(HostileInput, an_unknown_content_is_none) {
  // Field 99 in place of the content.
  expect_rejected(from_payload(from_hex("18019a060101")), RejectReason::kNoContent);
}

TEST_F(HostileInput, an_unknown_tag_is_illegal) {
  expect_rejected(sealed(with_tag(static_cast<Tag>(17), alive_of(member))),
                  RejectReason::kIllegalTag);
}

TEST_F(HostileInput, a_membership_request_without_self_information) {
  expect_rejected(plain(membership_request(nullptr)), RejectReason::kUndecodable);
}

TEST_F(HostileInput, an_undecodable_element_ends_the_processing_of_an_alive_list) {
  const EnvelopeRef ours = sealed(alive_of(member));
  const EnvelopeRef behind = signed_by(key(outsider), alive_message(persona(outsider), now()));
  expect_rejected(plain(membership_response({ours, from_payload("\xff"), behind}, {})),
                  RejectReason::kUndecodable);
  EXPECT_TRUE(victim_sees(member));
  EXPECT_FALSE(victim_sees(outsider));
}

TEST_F(HostileInput, a_bad_element_ends_the_processing_of_a_snapshot) {
  expect_used(sealed(alive_of(member)));
  const EnvelopeRef good = sealed(state_info(persona(member), kChannel, now(), 77));
  const EnvelopeRef bad = sealed(alive_of(member));
  expect_rejected(plain(with_tag(Tag::kChanOrOrg, StateInfoSnapshot{{good, bad}}, kChannel)),
                  RejectReason::kForeignContent);
  const Channel& channel = *siege.node().channel(siege.stage().directory().find_channel(kChannel));
  ASSERT_NE(channel.state_info_of(member), nullptr);
  EXPECT_EQ(channel.state_info_of(member)->message().get<StateInfo>()->properties->ledger_height,
            77u);
}

TEST_F(HostileInput, envelopes_in_envelopes_have_an_end) {
  EnvelopeRef deep = sealed(alive_of(member));
  for (int i = 0; i < 60; ++i)
    deep = plain(membership_request(deep));
  expect_rejected(deep, RejectReason::kForeignContent);
}

TEST_F(HostileInput, an_ack_that_nobody_waits_for_changes_nothing) {
  GossipMessage ack = with_tag(Tag::kUndefined, Acknowledgement{"no"});
  ack.nonce = 42;
  expect_used(plain(ack));
}

TEST_F(HostileInput, contents_that_no_engine_takes_are_unexpected) {
  expect_rejected(plain(with_tag(Tag::kEmpty, EmptyMessage{})), RejectReason::kUnexpected);
  expect_rejected(plain(conn_establish(persona(member))), RejectReason::kUnexpected);
  expect_rejected(plain(with_tag(Tag::kChanOnly, PrivateDataMessage{}, kChannel)),
                  RejectReason::kUnexpected);
  expect_rejected(plain(with_tag(Tag::kChanOnly, RemotePvtDataRequest{}, kChannel)),
                  RejectReason::kUnexpected);
  expect_rejected(plain(with_tag(Tag::kChanOnly, RemotePvtDataResponse{{{}}}, kChannel)),
                  RejectReason::kUnexpected);
}

// state.md 6.2: nobody looks at the tag.
TEST_F(HostileInput, requests_for_blocks_and_answers) {
  const Tag chan = Tag::kChanOrOrg;
  expect_used(plain(with_tag(chan, RemoteStateRequest{1, 5}, kChannel)));
  expect_used(plain(with_tag(Tag::kEmpty, RemoteStateRequest{1, 5}, kChannel)));
  expect_rejected(plain(with_tag(chan, RemoteStateRequest{9, 1}, kChannel)),
                  RejectReason::kBadRange);
  expect_rejected(plain(with_tag(chan, RemoteStateResponse{}, kChannel)),
                  RejectReason::kUnsolicited);
  expect_rejected(plain(with_tag(chan, RemoteStateRequest{1, 5}, "nowhere")),
                  RejectReason::kUnknownChannel);
  expect_rejected_from(outsider, plain(with_tag(chan, RemoteStateRequest{1, 5}, kChannel)),
                       RejectReason::kNotReader);
}

// --- messages-and-identity.md 14: well-formed lies

TEST_F(HostileInput, an_identity_that_is_not_the_claimed_one) {
  AliveMessage lie = alive_of(member);
  lie.identity = persona(stranger).identity;
  expect_rejected(sealed(lie), RejectReason::kBadIdentity);
  lie.identity = "no identity";
  expect_rejected(sealed(lie), RejectReason::kBadIdentity);
  lie.identity.clear();
  lie.membership->pki_id = "nobody's";
  expect_rejected(sealed(lie), RejectReason::kUnknownIdentity);
}

TEST_F(HostileInput, a_bad_signature_outside_or_on_the_secret) {
  AliveMessage forged = alive_of(peer("org1/2"));
  forged.timestamp = kLater;
  expect_rejected(sealed(forged), RejectReason::kBadSignature);
  expect_rejected(plain(with_tag(Tag::kEmpty, alive_of(member))), RejectReason::kUnsigned);
  const EnvelopeRef good = sealed(alive_of(member));
  auto secret = std::make_unique<SecretEnvelope>();
  secret->payload = encode_secret("evil:7051");
  secret->signature = "forged";
  expect_rejected(Envelope::received(good->payload(), good->signature(), std::move(secret), ""),
                  RejectReason::kBadSignature);
  // There, but empty.
  expect_rejected(Envelope::received(good->payload(), good->signature(),
                                     std::make_unique<SecretEnvelope>(), ""),
                  RejectReason::kBadSignature);
}

TEST_F(HostileInput, a_membership_request_in_the_name_of_another_peer) {
  const PeerIndex friendly = peer("org1/1");
  const EnvelopeRef overheard = siege.node().view().message(friendly);
  expect_rejected(plain(membership_request(overheard)), RejectReason::kSpoofedRequest);
}

TEST_F(HostileInput, channel_messages_from_outside_the_channel) {
  const EnvelopeRef block = plain(data_message(kChannel, siege.stage().block(kChannel, 5)));
  expect_rejected_from(outsider, block, RejectReason::kNotInChannel);
  expect_rejected(plain(data_message("nowhere", siege.stage().block(kChannel, 5))),
                  RejectReason::kUnknownChannel);
  expect_rejected_from(stranger,
                       signed_by(key(stranger), leadership(persona(stranger), kChannel, now())),
                       RejectReason::kForeignOrg);
}

TEST_F(HostileInput, a_block_that_is_not_the_orderers) {
  Payload block = siege.stage().block(kChannel, 5);
  block.seq_num = 6;
  expect_rejected(plain(data_message(kChannel, block)), RejectReason::kBadBlock);
  block.seq_num = ~std::uint64_t{0};
  expect_rejected(plain(data_message(kChannel, block)), RejectReason::kBadBlock);
  block = siege.stage().block(kChannel, 5);
  std::string tampered = block.data;
  tampered[tampered.size() / 2] ^= 1;
  block.data = tampered;
  expect_rejected(plain(data_message(kChannel, block)), RejectReason::kBadBlock);
}

TEST_F(HostileInput, a_state_info_whose_mac_is_another_peers_in_a_snapshot) {
  GossipMessage info = state_info(persona(member), kChannel, now(), 5);
  std::get<StateInfo>(info.content).channel_mac =
      std::get<StateInfo>(state_info(persona(stranger), kChannel, now(), 5).content).channel_mac;
  expect_rejected(plain(with_tag(Tag::kChanOrOrg, StateInfoSnapshot{{sealed(info)}}, kChannel)),
                  RejectReason::kBadMac);
}

TEST_F(HostileInput, a_request_of_one_who_may_not_know_us_ends_the_connection) {
  // Of another organisation, without an external endpoint.
  const EnvelopeRef self = signed_by(key(stranger), alive_message(persona(stranger), now()));
  expect_rejected_from(stranger, plain(membership_request(self)), RejectReason::kDisclosure);
  EXPECT_FALSE(siege.node().comm().connected(stranger));
}

TEST_F(HostileInput, the_victims_own_alive_message_comes_back) {
  const EnvelopeRef own =
      signed_by(key(siege.victim()), alive_message(persona(siege.victim()), kLater));
  expect_rejected(own, RejectReason::kOwnMessage);
}

}  // namespace
}  // namespace hearsay::test
