// What a correct implementation of the wire format, the tag rules, the comparators and the signing
// rules shows; one test per statement, named after it.
#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/block.h"
#include "core/wire/codec.h"
#include "core/wire/comparator.h"
#include "core/wire/deliver.h"
#include "core/wire/describe.h"
#include "core/wire/signing.h"
#include "core/wire/tags.h"
#include "tests/support/hex.h"
#include "tests/support/random_message.h"

namespace hearsay {
namespace {

GossipMessage with(Tag tag, Content content) {
  return GossipMessage{0, "", tag, std::move(content)};
}

GossipMessage alive_of(const std::string& pki_id, PeerTime stamp) {
  return with(Tag::kEmpty, AliveMessage{Member{"p0:7051", "", pki_id}, stamp, ""});
}

// --- the wire format

TEST(Wire, DigestsSurviveDecodingUnchangedEvenWhenTheyAreNotUtf8) {
  const std::vector<std::string> digests = {"\xff", "\xff\xff", "\xff\xff\xff", "\xff\xff\xff\xff",
                                            "100"};
  const GossipMessage dig = with(Tag::kEmpty, DataDigest{1, digests, PullMsgType::kIdentity});
  const GossipMessage req = with(Tag::kEmpty, DataRequest{1, digests, PullMsgType::kIdentity});
  EXPECT_EQ(decode_message(encode_message(dig)).value().get<DataDigest>()->digests, digests);
  EXPECT_EQ(decode_message(encode_message(req)).value().get<DataRequest>()->digests, digests);
}

TEST(Wire, AnUnsignedEnvelopeHasNoFieldTwoAtAll) {
  const auto envelope = Envelope::unsigned_of(with(Tag::kEmpty, MembershipResponse{}));
  EXPECT_EQ(to_hex(encode_envelope(*envelope)), "0a0418013a00");
  EXPECT_FALSE(envelope->is_signed());
}

TEST(Wire, AnEnvelopeOfADataMessageDecodesBackToADataMessage) {
  const auto sent = Envelope::unsigned_of(with(Tag::kChanAndOrg, DataMessage{Payload{3, "b", {}}}));
  const auto got = decode_envelope(encode_envelope(*sent)).value();
  ASSERT_EQ(got->kind(), ContentKind::kData);
  EXPECT_EQ(got->message().get<DataMessage>()->payload->seq_num, 3u);
}

TEST(Wire, ASecretGivesItsEndpointAndGarbageGivesAnEmptyString) {
  EXPECT_EQ(read_secret(encode_secret("i0:7051")), "i0:7051");
  EXPECT_EQ(read_secret("\x01\x02\x03 garbage"), "");
  EXPECT_EQ(read_secret(""), "");
  const auto none = Envelope::received("", "", nullptr, "");
  EXPECT_EQ(none->internal_endpoint(), "");
  const auto garbage =
      Envelope::received("", "", std::make_unique<SecretEnvelope>(SecretEnvelope{"\xff", ""}), "");
  EXPECT_EQ(garbage->internal_endpoint(), "");
}

TEST(Wire, AnAbsentEnvelopeIsNotAnEmptyOne) {
  const auto absent = decode_message(from_hex("18013200")).value();
  EXPECT_FALSE(absent.get<MembershipRequest>()->self_information);
  EXPECT_EQ(verify_envelope(absent.get<MembershipRequest>()->self_information.get(),
                            [](auto, auto) { return true; }),
            VerifyError::kNoEnvelope);
  const auto empty = decode_message(from_hex("180132020a00")).value();
  ASSERT_TRUE(empty.get<MembershipRequest>()->self_information);
  EXPECT_FALSE(empty.get<MembershipRequest>()->self_information->malformed());
}

TEST(Wire, PkiIdIsTheHashOfMspIdAndIdBytesAndEmptyForNone) {
  const std::string identity = encode_identity({"Org1MSP", "cert"});
  EXPECT_EQ(pki_id_of_identity(identity), sha256_bytes("Org1MSPcert"));
  EXPECT_EQ(pki_id_of_identity(""), "");
  EXPECT_EQ(pki_id_of_identity("\xff\xff"), "");
  // Two encodings of one identity share their PKI-ID: here the fields stand in the other order.
  const std::string swapped = from_hex("1204636572740a074f7267314d5350");
  EXPECT_EQ(pki_id_of_identity(swapped), pki_id_of_identity(identity));
}

TEST(Wire, UnknownFieldsAreStillThereAfterARelay) {
  // Unknown fields in the payload, the secret envelope and the envelope; then nested in a response.
  const auto got = decode_envelope(from_hex("0a051801a0060312015f1a050a00a00604a00605"));
  ASSERT_TRUE(got.ok());
  EXPECT_FALSE(got.value()->malformed());
  EXPECT_EQ(to_hex(got.value()->payload()), "1801a00603");
  EXPECT_EQ(to_hex(got.value()->unknown_fields()), "a00605");
  EXPECT_EQ(to_hex(encode_envelope(*got.value())), "0a051801a0060312015f1a03a00604a00605");
  const auto response = with(Tag::kEmpty, MembershipResponse{{got.value()}, {}});
  const auto relayed = decode_message(encode_message(response)).value();
  const EnvelopeRef nested = relayed.get<MembershipResponse>()->alive.at(0);
  EXPECT_EQ(to_hex(encode_envelope(*nested)), "0a051801a0060312015f1a03a00604a00605");
  EXPECT_EQ(nested->fingerprint(), got.value()->fingerprint());
}

TEST(Wire, ABlockHeaderWithNumber200HasATwoByteInteger) {
  EXPECT_EQ(to_hex(block_header_bytes(200, "", "")), "3008020200c804000400");
}

TEST(Wire, ADeliverRequestForHeightZeroStillCarriesItsStart) {
  const auto seek = decode_seek_info(encode(seek_from(0))).value();
  EXPECT_EQ(seek.start, SeekPosition::specified(0));
}

TEST(Wire, AMessageAbove4MibAndBelow100MibIsAccepted) {
  const std::string data(5u << 20, 'x');
  const auto sent =
      Envelope::unsigned_of(with(Tag::kChanAndOrg, DataMessage{Payload{1, data, {}}}));
  const auto got = decode_envelope(encode_envelope(*sent));
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got.value()->message().get<DataMessage>()->payload->data.size(), data.size());
  const std::string huge(kMaxMessageBytes + 1, '\0');
  EXPECT_EQ(decode_envelope(huge).error(), DecodeError::kTooLarge);
}

// --- predicates and tags

TEST(Tags, EveryContentKindIsRecognisedByItsOwnPredicate) {
  using Predicate = bool (*)(const GossipMessage&);
  static constexpr std::pair<ContentKind, Predicate> kPredicates[] = {
      {ContentKind::kAlive, is_alive_msg},
      {ContentKind::kData, is_data_msg},
      {ContentKind::kStateInfo, is_state_info_msg},
      {ContentKind::kStateSnapshot, is_state_info_snapshot},
      {ContentKind::kStateInfoPullReq, is_state_info_pull_request_msg},
      {ContentKind::kPeerIdentity, is_identity_msg},
      {ContentKind::kLeadership, is_leadership_msg},
      {ContentKind::kAck, is_ack},
      {ContentKind::kHello, is_hello_msg},
      {ContentKind::kDataDig, is_digest_msg},
      {ContentKind::kDataReq, is_data_req},
      {ContentKind::kDataUpdate, is_data_update}};
  Random random = Random::root(1);
  for (std::size_t k = 0; k < kContentKinds; ++k) {
    const auto kind = static_cast<ContentKind>(k);
    const GossipMessage m = random_message(random, kind);
    for (const auto& [of, predicate] : kPredicates)
      EXPECT_EQ(predicate(m), of == kind);
    EXPECT_EQ(is_pull_msg(m), kind >= ContentKind::kHello && kind <= ContentKind::kDataUpdate);
    EXPECT_EQ(is_remote_state_message(m),
              kind == ContentKind::kStateRequest || kind == ContentKind::kStateResponse);
    EXPECT_EQ(is_private_data_msg(m), kind >= ContentKind::kPrivateReq);
  }
}

TEST(Tags, PullMsgTypeIsTheDeclaredOneAndUndefinedForADataMessage) {
  for (const auto type : {PullMsgType::kBlock, PullMsgType::kIdentity, PullMsgType::kUndefined}) {
    EXPECT_EQ(get_pull_msg_type(with(Tag::kEmpty, GossipHello{1, "", type})), type);
    EXPECT_EQ(get_pull_msg_type(with(Tag::kEmpty, DataDigest{1, {}, type})), type);
    EXPECT_EQ(get_pull_msg_type(with(Tag::kEmpty, DataRequest{1, {}, type})), type);
    EXPECT_EQ(get_pull_msg_type(with(Tag::kEmpty, DataUpdate{1, {}, type})), type);
  }
  EXPECT_EQ(get_pull_msg_type(with(Tag::kEmpty, DataMessage{})), PullMsgType::kUndefined);
}

void expect_only_legal_tag(Tag legal, const Content& content, TagError otherwise) {
  for (std::int32_t t = 1; t <= 6; ++t) {
    const Tag tag = static_cast<Tag>(t);
    EXPECT_EQ(is_tag_legal(with(tag, content)), tag == legal ? TagError::kNone : otherwise) << t;
  }
  EXPECT_EQ(is_tag_legal(with(Tag::kUndefined, content)), TagError::kUndefinedTag);
}

TEST(Tags, ADataMessageNeedsChanAndOrgAndRestrictionsFollowTheTag) {
  expect_only_legal_tag(Tag::kChanAndOrg, DataMessage{}, TagError::kShouldBeChanAndOrg);
  EXPECT_TRUE(is_channel_restricted(Tag::kChanAndOrg) && is_org_restricted(Tag::kChanAndOrg));
  EXPECT_TRUE(is_channel_restricted(Tag::kChanOrOrg) && !is_org_restricted(Tag::kChanOrOrg));
  EXPECT_TRUE(is_channel_restricted(Tag::kChanOnly) && !is_org_restricted(Tag::kChanOnly));
  EXPECT_TRUE(!is_channel_restricted(Tag::kOrgOnly) && is_org_restricted(Tag::kOrgOnly));
  EXPECT_FALSE(is_channel_restricted(Tag::kEmpty) || is_org_restricted(Tag::kEmpty));
  EXPECT_FALSE(is_channel_restricted(Tag::kUndefined) || is_org_restricted(Tag::kUndefined));
}

TEST(Tags, AliveAndMembershipMessagesNeedEmpty) {
  expect_only_legal_tag(Tag::kEmpty, AliveMessage{}, TagError::kShouldBeEmpty);
  expect_only_legal_tag(Tag::kEmpty, MembershipRequest{}, TagError::kShouldBeEmpty);
  expect_only_legal_tag(Tag::kEmpty, MembershipResponse{}, TagError::kShouldBeEmpty);
}

TEST(Tags, AnIdentityNeedsOrgOnly) {
  expect_only_legal_tag(Tag::kOrgOnly, PeerIdentity{}, TagError::kShouldBeOrgOnly);
}

TEST(Tags, BlockPullNeedsChanAndOrgIdentityPullEmptyAndUndefinedPullIsIllegal) {
  expect_only_legal_tag(Tag::kChanAndOrg, GossipHello{1, "", PullMsgType::kBlock},
                        TagError::kShouldBeChanAndOrg);
  expect_only_legal_tag(Tag::kEmpty, DataUpdate{1, {}, PullMsgType::kIdentity},
                        TagError::kShouldBeEmpty);
  expect_only_legal_tag(Tag::kUndefined, DataRequest{}, TagError::kUndefinedPullType);
  expect_only_legal_tag(Tag::kUndefined, DataDigest{1, {}, PullMsgType{7}},
                        TagError::kUnknownPullType);
}

TEST(Tags, StateContentsNeedChanOrOrgLeadershipChanAndOrgAndEmptyIsIllegal) {
  for (const Content& c :
       {Content(StateInfo{}), Content(StateInfoPullRequest{}), Content(StateInfoSnapshot{}),
        Content(RemoteStateRequest{}), Content(RemoteStateResponse{})}) {
    expect_only_legal_tag(Tag::kChanOrOrg, c, TagError::kShouldBeChanOrOrg);
  }
  expect_only_legal_tag(Tag::kChanAndOrg, LeadershipMessage{}, TagError::kShouldBeChanAndOrg);
  expect_only_legal_tag(Tag::kUndefined, EmptyMessage{}, TagError::kUnknownMessageType);
}

// --- comparators

using C = Comparison;

// The same stamped content for each kind the rule holds for.
std::vector<GossipMessage> stamped(const std::string& pki_id, PeerTime stamp) {
  return {alive_of(pki_id, stamp), with(Tag::kChanOrOrg, StateInfo{stamp, pki_id, "", {}}),
          with(Tag::kChanAndOrg, LeadershipMessage{pki_id, stamp, true})};
}

void expect_stamped(PeerTime a, PeerTime b, C expected) {
  const auto as = stamped("A", a);
  const auto bs = stamped("A", b);
  for (std::size_t i = 0; i < as.size(); ++i)
    EXPECT_EQ(compare(as[i], bs[i], 0), expected) << i;
}

TEST(Comparators, MessagesOfDifferentPkiIdsDoNotInteract) {
  for (const PeerTime stamp : {PeerTime{1, 1}, PeerTime{2, 2}}) {
    const auto as = stamped("A", {1, 1});
    const auto bs = stamped("B", stamp);
    for (std::size_t i = 0; i < as.size(); ++i)
      EXPECT_EQ(compare(as[i], bs[i], 0), C::kNoAction);
  }
}

TEST(Comparators, TheLaterStampWinsIncarnationFirstAndEqualIsInvalidated) {
  expect_stamped({1, 1}, {1, 1}, C::kInvalidated);
  expect_stamped({1, 1}, {1, 2}, C::kInvalidated);
  expect_stamped({1, 2}, {1, 1}, C::kInvalidates);
  expect_stamped({1, 2}, {2, 1}, C::kInvalidated);
  expect_stamped({2, 1}, {1, 2}, C::kInvalidates);
  // Unsigned: no wrap at the top.
  expect_stamped({~0ull, 0}, {1, 1}, C::kInvalidates);
}

TEST(Comparators, BlocksWithinTheCapacityCoexist) {
  const auto block = [](std::uint64_t n) {
    return with(Tag::kChanAndOrg, DataMessage{Payload{n, "", {}}});
  };
  EXPECT_EQ(compare(block(1), block(1), 5), C::kInvalidated);
  EXPECT_EQ(compare(block(1), block(2), 5), C::kNoAction);
  EXPECT_EQ(compare(block(1), block(6), 5), C::kNoAction);
  EXPECT_EQ(compare(block(1), block(7), 5), C::kInvalidated);
  EXPECT_EQ(compare(block(7), block(1), 5), C::kInvalidates);
  EXPECT_EQ(compare(block(0), block(~0ull), 5), C::kInvalidated);
}

TEST(Comparators, TheFirstIdentityOfAPkiIdStays) {
  const auto identity = [](const char* pki, const char* cert) {
    return with(Tag::kOrgOnly, PeerIdentity{pki, cert, ""});
  };
  EXPECT_EQ(compare(identity("A", "c"), identity("A", "c"), 0), C::kInvalidated);
  EXPECT_EQ(compare(identity("A", "d"), identity("A", "c"), 0), C::kInvalidated);
  EXPECT_EQ(compare(identity("B", "c"), identity("A", "c"), 0), C::kNoAction);
}

TEST(Comparators, DifferentKindsDoNotInteract) {
  EXPECT_EQ(compare(alive_of("A", {1, 1}), stamped("A", {1, 1})[1], 0), C::kNoAction);
  EXPECT_EQ(compare(with(Tag::kEmpty, EmptyMessage{}), with(Tag::kEmpty, EmptyMessage{}), 0),
            C::kNoAction);
}

TEST(Comparators, WhatCrashesFabricIsRefusedByASoundMessageAndEvictedByOne) {
  const auto expect_refused = [](const Content& crooked, const GossipMessage& sound) {
    const GossipMessage bad = with(Tag::kEmpty, crooked);
    EXPECT_EQ(compare(bad, sound, 0), C::kInvalidated);
    EXPECT_EQ(compare(sound, bad, 0), C::kInvalidates);
    EXPECT_EQ(compare(bad, bad, 0), C::kInvalidated);
  };
  const auto sound = stamped("A", {1, 1});
  expect_refused(AliveMessage{}, sound[0]);
  expect_refused(AliveMessage{std::nullopt, PeerTime{1, 1}, ""}, sound[0]);
  expect_refused(AliveMessage{Member{"", "", "A"}, std::nullopt, ""}, sound[0]);
  expect_refused(StateInfo{std::nullopt, "A", "", {}}, sound[1]);
  expect_refused(LeadershipMessage{"A", std::nullopt, true}, sound[2]);
  expect_refused(DataMessage{}, with(Tag::kChanAndOrg, DataMessage{Payload{}}));
}

// --- signing

const Signer kIdentitySigner = [](std::string_view payload) {
  return Result<std::string>(std::string(payload));
};
const Signer kFailingSigner = [](std::string_view) -> Result<std::string> {
  return Error{"no key"};
};

TEST(Signing, AnIdentityFunctionSignsWithThePayloadAndAFailingSignerGivesNoEnvelope) {
  const auto good = sign_message(alive_of("A", {1, 1}), kIdentitySigner);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good.value()->signature(), good.value()->payload());
  EXPECT_EQ(good.value()->payload(), encode_message(alive_of("A", {1, 1})));
  const auto bad = sign_message(alive_of("A", {1, 1}), kFailingSigner);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), "no key");
  const auto unencodable =
      sign_message(with(Tag::kEmpty, AliveMessage{Member{"\xff", "", "A"}, PeerTime{1, 1}, ""}),
                   kIdentitySigner);
  ASSERT_FALSE(unencodable.ok());
  EXPECT_EQ(unencodable.error(), "invalid UTF-8");
}

TEST(Signing, ASecretIsSignedByTheSameSignerAndReplacesAnEarlierOne) {
  const auto bare = sign_message(alive_of("A", {1, 1}), kIdentitySigner);
  ASSERT_TRUE(bare.ok());
  const auto envelope = sign_secret(*bare.value(), kIdentitySigner, "i0:7051");
  ASSERT_TRUE(envelope.ok());
  EXPECT_EQ(envelope.value()->internal_endpoint(), "i0:7051");
  EXPECT_EQ(envelope.value()->secret()->signature, envelope.value()->secret()->payload);
  const auto replaced = sign_secret(*envelope.value(), kIdentitySigner, "i1:7051");
  ASSERT_TRUE(replaced.ok());
  EXPECT_EQ(replaced.value()->internal_endpoint(), "i1:7051");
  EXPECT_EQ(replaced.value()->signature(), envelope.value()->signature());
  EXPECT_FALSE(sign_secret(*envelope.value(), kFailingSigner, "i1:7051").ok());
  EXPECT_EQ(envelope.value()->internal_endpoint(), "i0:7051");
}

TEST(Signing, AnUnsignedEnvelopeHasAnEmptySignature) {
  const auto envelope = Envelope::unsigned_of(alive_of("A", {1, 1}));
  EXPECT_EQ(envelope->signature(), "");
  EXPECT_EQ(envelope->payload(), encode_message(alive_of("A", {1, 1})));
}

TEST(Signing, VerifyFailsOnAnythingMissingOrRejected) {
  const Verifier accept = [](std::string_view, std::string_view) { return true; };
  const Verifier reject = [](std::string_view, std::string_view) { return false; };
  const auto signed_with = [](const char* payload, const char* signature,
                              std::unique_ptr<SecretEnvelope> secret = nullptr) {
    return Envelope::received(payload, signature, std::move(secret), "");
  };
  const auto secret = [](const char* payload, const char* signature) {
    return std::make_unique<SecretEnvelope>(SecretEnvelope{payload, signature});
  };
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s").get(), accept), VerifyError::kNone);
  EXPECT_EQ(verify_envelope(nullptr, accept), VerifyError::kNoEnvelope);
  EXPECT_EQ(verify_envelope(signed_with("", "s").get(), accept), VerifyError::kNoPayload);
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "").get(), accept), VerifyError::kNoSignature);
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s").get(), reject),
            VerifyError::kBadSignature);
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s", secret("p", "q")).get(), accept),
            VerifyError::kNone);
  // Present but empty: fails although the outer signature is good.
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s", secret("", "")).get(), accept),
            VerifyError::kSecretNoPayload);
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s", secret("p", "")).get(), accept),
            VerifyError::kSecretNoSignature);
  const Verifier outer_only = [](std::string_view signature, std::string_view) {
    return signature == "s";
  };
  EXPECT_EQ(verify_envelope(signed_with("\x18\x01", "s", secret("p", "q")).get(), outer_only),
            VerifyError::kSecretBadSignature);
}

TEST(Signing, PrintingNeverShowsPayloadOrSignatureBytesAndSurvivesAbsentParts) {
  EXPECT_EQ(describe(with(Tag::kChanAndOrg, DataMessage{})), "DataMsg CHAN_AND_ORG");
  const auto data = with(Tag::kChanAndOrg, DataMessage{Payload{7, "PAYLOADBYTES", {"PRIVATE"}}});
  EXPECT_EQ(describe(data), "DataMsg CHAN_AND_ORG seq=7 data=12B private=1");
  GossipMessage alive = alive_of("\xab\x12\xcd\x34\x56", {1, 2});
  const auto envelope = Envelope::signed_of(alive, encode_message(alive), "SIGNATUREBYTES",
                                            std::make_unique<SecretEnvelope>(SecretEnvelope{
                                                encode_secret("i0:7051"), "SECRETSIGNATURE"}));
  EXPECT_EQ(describe(*envelope),
            "AliveMsg EMPTY p=ab12cd34 ep=p0:7051 t=1.2 secret=i0:7051 sig=14B");
}

}  // namespace
}  // namespace hearsay
