// The judgement on a ConnEstablish, its TLS part included, which no simulation has. comm.md
// sections 5 and 16: 2, 3, 24.
#include "core/gossip/comm_handshake.h"

#include <gtest/gtest.h>

#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using V = HandshakeVerdict;

class Handshake : public testing::Test {
 protected:
  V judge(const EnvelopeRef& frame, const TlsHashes& session = {}) {
    return judge_handshake(*frame, session, us.identities, peer);
  }
  CommWorld world;
  CommNode us{world, "Org1MSP", "us", "us:7051"};
  RawPeer them{world, "Org1MSP", "them", "them:7051"};
  const std::string their_hash = sha256_bytes("their certificate");
  const std::string our_hash = sha256_bytes("our certificate");
  PeerIndex peer = kNoPeer;
};

TEST_F(Handshake, WithoutTlsTheClaimedHashIsIgnored) {
  ConnEstablish hello = them.hello_content();
  hello.tls_cert_hash = "anything";
  EXPECT_EQ(judge(them.sealed(hello)), V::kAccepted);
  EXPECT_EQ(peer, them.self);
  EXPECT_EQ(judge_tls({}, "anything"), V::kAccepted);
  EXPECT_EQ(judge_tls({"", their_hash}, "anything"), V::kAccepted);
}

TEST_F(Handshake, WithTlsTheHashOfTheSessionsCertificateIsDemanded) {
  ConnEstablish hello = them.hello_content();
  hello.tls_cert_hash = their_hash;
  EXPECT_EQ(their_hash.size(), 32u);
  EXPECT_EQ(judge(them.sealed(hello), {our_hash, their_hash}), V::kAccepted);
}

TEST_F(Handshake, AHashWithOneByteMoreIsRefusedThoughSigned) {
  ConnEstablish hello = them.hello_content();
  hello.tls_cert_hash = their_hash + "x";
  EXPECT_EQ(judge(them.sealed(hello), {our_hash, their_hash}), V::kTlsHashMismatch);
  EXPECT_TRUE(us.identities.knows(them.self)) << "the identity was looked at before";
  hello.tls_cert_hash.clear();
  EXPECT_EQ(judge(them.sealed(hello), {our_hash, their_hash}), V::kTlsHashMismatch);
}

TEST_F(Handshake, WithTlsAPeerWithoutACertificateIsRefusedBeforeAnythingElse) {
  EXPECT_EQ(judge(RawPeer::garbage(), {our_hash, ""}), V::kNoTlsCertificate);
  EXPECT_EQ(judge(them.hello(), {our_hash, ""}), V::kNoTlsCertificate);
  EXPECT_FALSE(us.identities.knows(them.self));
  EXPECT_EQ(judge_tls({our_hash, ""}, ""), V::kNoTlsCertificate);
}

TEST_F(Handshake, AnIdentityThatIsRefusedComesBeforeAHashThatIsWrong) {
  world.authority.revoked.insert(world.directory.identity(them.self));
  ConnEstablish hello = them.hello_content();
  hello.tls_cert_hash = "wrong";
  EXPECT_EQ(judge(them.sealed(hello, "x"), {our_hash, their_hash}), V::kBadIdentity);
  EXPECT_EQ(peer, kNoPeer);
}

TEST_F(Handshake, AHashThatIsWrongComesBeforeABadSignature) {
  ConnEstablish hello = them.hello_content();
  hello.tls_cert_hash = "wrong";
  EXPECT_EQ(judge(them.sealed(hello, "x"), {our_hash, their_hash}), V::kTlsHashMismatch);
}

TEST_F(Handshake, ABadSignatureComesBeforeTheProbeFlag) {
  ConnEstablish hello = them.hello_content();
  hello.probe = true;
  EXPECT_EQ(judge(them.sealed(hello, "x")), V::kBadSignature);
  EXPECT_EQ(judge(them.sealed(hello)), V::kProbe);
}

TEST_F(Handshake, GarbageWrongContentAndAMissingPkiIdAreToldApart) {
  EXPECT_EQ(judge(RawPeer::garbage()), V::kUndecodable);
  EXPECT_EQ(judge(them.sealed(EmptyMessage{})), V::kWrongType);
  ConnEstablish hello = them.hello_content();
  hello.pki_id.clear();
  EXPECT_EQ(judge(them.sealed(hello)), V::kNoPkiId);
}

TEST_F(Handshake, ASecretThatComesWithItMustVerifyToo) {
  const EnvelopeRef good = them.hello();
  const auto with_secret = [&](std::string payload, std::string signature) {
    auto secret = std::make_unique<SecretEnvelope>();
    secret->payload = std::move(payload);
    secret->signature = std::move(signature);
    return Envelope::received(good->payload(), good->signature(), std::move(secret), "");
  };
  const std::string secret = encode_secret("them:7051");
  EXPECT_EQ(judge(with_secret(secret, them.crypto.sign(secret))), V::kAccepted);
  EXPECT_EQ(judge(with_secret(secret, "forged")), V::kBadSignature);
  EXPECT_EQ(judge(with_secret("", "")), V::kBadSignature);
}

TEST_F(Handshake, OurOwnCarriesWhoWeAreAndPassesOurJudgement) {
  for (const bool probe : {false, true}) {
    const EnvelopeRef own = make_handshake(us.context, our_hash, probe);
    const auto* hello = own->message().get<ConnEstablish>();
    ASSERT_NE(hello, nullptr);
    EXPECT_EQ(hello->pki_id, us.context.pki_id());
    EXPECT_EQ(hello->tls_cert_hash, our_hash);
    EXPECT_EQ(hello->probe, probe);
    EXPECT_EQ(own->message().tag, Tag::kEmpty);
    EXPECT_EQ(judge(own), probe ? V::kProbe : V::kAccepted);
    EXPECT_EQ(encode_message(own->message()), own->payload());
  }
}

TEST_F(Handshake, EveryVerdictHasAName) {
  for (int v = 0; v <= static_cast<int>(V::kBadSignature); ++v) {
    EXPECT_STRNE(handshake_verdict_name(static_cast<V>(v)), "?");
  }
}

}  // namespace
}  // namespace hearsay::comm_test
