#include "core/wire/envelope.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "tests/support/hex.h"

namespace hearsay {
namespace {

GossipMessage alive() {
  return {0, "", Tag::kEmpty, AliveMessage{Member{"p0:7051", "", "PKI"}, PeerTime{3, 4}, ""}};
}

EnvelopeRef sealed(const char* endpoint = "i0:7051") {
  std::unique_ptr<SecretEnvelope> secret;
  if (endpoint != nullptr) {
    secret = std::make_unique<SecretEnvelope>(SecretEnvelope{encode_secret(endpoint), "SECRETSIG"});
  }
  return Envelope::signed_of(alive(), encode_message(alive()), "SIG", std::move(secret));
}

TEST(Envelope, AnswersWhatAReceiverAsks) {
  const EnvelopeRef e = sealed();
  EXPECT_EQ(e->kind(), ContentKind::kAlive);
  EXPECT_EQ(std::string(type_name(e->type())), "AliveMsg");
  EXPECT_TRUE(e->is_signed());
  EXPECT_TRUE(e->has_stamp());
  EXPECT_EQ(e->stamp(), (PeerTime{3, 4}));
  EXPECT_EQ(e->subject_pki_id(), "PKI");
  EXPECT_EQ(e->internal_endpoint(), "i0:7051");
  EXPECT_EQ(e->wire_size(), encode_envelope(*e).size());
}

TEST(Envelope, NamesTheSubjectOfEachKindThatHasOne) {
  const auto subject = [](Content content) {
    const auto e = Envelope::unsigned_of({0, "", Tag::kEmpty, std::move(content)});
    return std::string(e->subject_pki_id());
  };
  EXPECT_EQ(subject(AliveMessage{Member{"", "", "A"}, {}, ""}), "A");
  EXPECT_EQ(subject(AliveMessage{}), "");
  EXPECT_EQ(subject(StateInfo{{}, "B", "", {}}), "B");
  EXPECT_EQ(subject(LeadershipMessage{"C", {}, false}), "C");
  EXPECT_EQ(subject(PeerIdentity{"D", "", ""}), "D");
  EXPECT_EQ(subject(ConnEstablish{"E", "", "", false}), "E");
  EXPECT_EQ(subject(DataMessage{}), "");
}

TEST(Envelope, HasNoStampWhenTheMessageHasNone) {
  const auto e = Envelope::unsigned_of({0, "", Tag::kEmpty, AliveMessage{}});
  EXPECT_FALSE(e->has_stamp());
  EXPECT_EQ(e->stamp(), PeerTime{});
}

TEST(Envelope, AnUndecodablePayloadIsMalformedButKeepsItsBytes) {
  const auto e = Envelope::received("\x0a", "SIG", nullptr, "");
  EXPECT_TRUE(e->malformed());
  EXPECT_EQ(e->kind(), ContentKind::kNone);
  EXPECT_EQ(e->payload(), "\x0a");
  EXPECT_EQ(to_hex(encode_envelope(*e)), "0a010a1203534947");
}

TEST(Envelope, AnEmptyPayloadDecodesToTheEmptyMessage) {
  const auto e = Envelope::received("", "SIG", nullptr, "");
  EXPECT_FALSE(e->malformed());
  EXPECT_FALSE(e->is_signed());
  EXPECT_EQ(Envelope::unsigned_of({})->wire_size(), 0u);
}

TEST(Envelope, WithoutSecretIsMadeOnceAndKeepsTheOuterSignature) {
  const EnvelopeRef e = sealed();
  const EnvelopeRef stripped = e->without_secret();
  EXPECT_EQ(stripped, e->without_secret());
  EXPECT_EQ(stripped->secret(), nullptr);
  EXPECT_EQ(stripped->internal_endpoint(), "");
  EXPECT_EQ(stripped->signature(), e->signature());
  EXPECT_EQ(stripped->payload(), e->payload());
  EXPECT_EQ(encode_envelope(*stripped), encode_envelope(*sealed(nullptr)));
  EXPECT_EQ(stripped->fingerprint(), sealed(nullptr)->fingerprint());
  EXPECT_NE(stripped->fingerprint(), e->fingerprint());
  // The shared original is untouched.
  EXPECT_EQ(e->internal_endpoint(), "i0:7051");
}

TEST(Envelope, WithoutSecretIsItselfWhenThereIsNone) {
  const EnvelopeRef e = sealed(nullptr);
  EXPECT_EQ(e->without_secret(), e);
  const EnvelopeRef stripped = sealed()->without_secret();
  EXPECT_EQ(stripped->without_secret(), stripped);
}

TEST(Envelope, StrippingCarriesAGoodVerdictAndForgetsABadOne) {
  const EnvelopeRef good = sealed();
  good->set_signature_memo(SignatureMemo::kGood);
  good->set_subject_memo(PeerIndex{7});
  EXPECT_EQ(good->without_secret()->signature_memo(), SignatureMemo::kGood);
  EXPECT_EQ(good->without_secret()->subject_memo(), PeerIndex{7});
  const EnvelopeRef bad = sealed();
  bad->set_signature_memo(SignatureMemo::kBad);
  EXPECT_EQ(bad->without_secret()->signature_memo(), SignatureMemo::kUnchecked);
}

TEST(Envelope, FingerprintTellsSignatureSecretAndUnknownFieldsApart) {
  const std::string payload = encode_message(alive());
  const auto secret = [](const char* p, const char* s) {
    return std::make_unique<SecretEnvelope>(SecretEnvelope{p, s});
  };
  const EnvelopeRef all[] = {Envelope::received(payload, "", nullptr, ""),
                             Envelope::received(payload, "SIG", nullptr, ""),
                             Envelope::received(payload, "SIH", nullptr, ""),
                             Envelope::received(payload, "SIG", secret("", ""), ""),
                             Envelope::received(payload, "SIG", secret("a", ""), ""),
                             Envelope::received(payload, "SIG", secret("", "a"), ""),
                             Envelope::received(payload, "SIG", nullptr, from_hex("a00603"))};
  for (const EnvelopeRef& a : all) {
    for (const EnvelopeRef& b : all) {
      EXPECT_EQ(a->fingerprint() == b->fingerprint(), a == b);
    }
  }
}

TEST(Envelope, FingerprintTellsUnknownFieldsOfAnUnsignedPayloadApart) {
  const auto received = [](const char* payload) {
    return Envelope::received(from_hex(payload), "", nullptr, "")->fingerprint();
  };
  EXPECT_NE(received("1801a00603"), received("1801a00604"));
  EXPECT_NE(received("1801a00603"), received("1801"));
  EXPECT_EQ(received("1801"), Envelope::unsigned_of({0, "", Tag::kEmpty, {}})->fingerprint());
}

TEST(Envelope, FingerprintsArePinned) {
  EXPECT_EQ(sealed()->fingerprint(), 3564349932000928438u);
  EXPECT_EQ(Envelope::unsigned_of(alive())->fingerprint(), 13969838421422406122u);
  EXPECT_EQ(Envelope::unsigned_of({1, "ch", Tag::kChanAndOrg, DataMessage{Payload{1, "b", {}}}})
                ->fingerprint(),
            3138083373640918695u);
}

TEST(EnvelopeDeathTest, RefusesAPayloadThatIsNotTheMessages) {
  EXPECT_DEATH(Envelope::signed_of(alive(), "other", "SIG", nullptr), "payload is not the message");
}

TEST(MessageType, NamesAreFabricsWithPullMessagesSplit) {
  const auto name = [](ContentKind kind, PullMsgType pull) {
    return std::string(type_name(message_type(kind, pull)));
  };
  EXPECT_EQ(name(ContentKind::kHello, PullMsgType::kBlock), "Hello.block");
  EXPECT_EQ(name(ContentKind::kHello, PullMsgType::kIdentity), "Hello.identity");
  EXPECT_EQ(name(ContentKind::kDataDig, PullMsgType::kBlock), "DataDig.block");
  EXPECT_EQ(name(ContentKind::kDataReq, PullMsgType::kIdentity), "DataReq.identity");
  EXPECT_EQ(name(ContentKind::kDataUpdate, PullMsgType::kIdentity), "DataUpdate.identity");
  EXPECT_EQ(name(ContentKind::kHello, PullMsgType::kUndefined), "Hello");
  EXPECT_EQ(name(ContentKind::kHello, PullMsgType{9}), "Hello");
  EXPECT_EQ(name(ContentKind::kAlive, PullMsgType::kUndefined), "AliveMsg");
  EXPECT_EQ(name(ContentKind::kPrivateData, PullMsgType::kUndefined), "PrivateData");
  const char* const names[] = {"None",          "AliveMsg",
                               "MemReq",        "MemRes",
                               "DataMsg",       "Hello",
                               "DataDig",       "DataReq",
                               "DataUpdate",    "Empty",
                               "Conn",          "StateInfo",
                               "StateSnapshot", "StateInfoPullReq",
                               "StateRequest",  "StateResponse",
                               "LeadershipMsg", "PeerIdentity",
                               "Ack",           "PrivateReq",
                               "PrivateRes",    "PrivateData"};
  for (std::size_t k = 0; k < kContentKinds; ++k) {
    EXPECT_EQ(std::string(kind_name(static_cast<ContentKind>(k))), names[k]);
  }
}

}  // namespace
}  // namespace hearsay
