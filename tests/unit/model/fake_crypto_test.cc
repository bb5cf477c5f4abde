// FakeCrypto: sizes are Fabric's, forgeries fail (spec: messages-and-identity 11.1, statements
// 44-48).
#include "sim/model/fake_crypto.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wire/block.h"
#include "core/wire/codec.h"
#include "core/wire/deliver.h"

namespace hearsay::sim {
namespace {

class FakeCryptoTest : public testing::Test {
 protected:
  FakeCryptoTest() {
    world.add_member("ch", "Org1MSP");
    world.add_orderer("ch", "OrdererMSP");
  }

  CryptoWorld world{7};
  const std::string alice_id = world.issue("Org1MSP", "org1/0");
  const std::string bob_id = world.issue("Org2MSP", "org2/0");
  const std::string orderer_id = world.issue("OrdererMSP", "orderer0", kOrdererIdentitySize);
  const FakeCrypto alice{world, alice_id};
  const FakeCrypto bob{world, bob_id};
};

TEST_F(FakeCryptoTest, IdentitiesAreSerializedIdentitiesOfTheMeasuredSize) {
  EXPECT_EQ(alice_id.size(), 850u);
  const auto decoded = decode_identity(alice_id);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value().mspid, "Org1MSP");
  EXPECT_EQ(alice.pki_id_of(alice_id), sha256_bytes("Org1MSP", decoded.value().id_bytes));
  EXPECT_EQ(alice.pki_id_of(alice_id), pki_id_of_identity(alice_id));
  for (const std::size_t size : {200u, 600u, 850u, 1500u, 5000u}) {
    EXPECT_EQ(world.issue("Org1MSP", "sized", size).size(), size);
  }
}

TEST_F(FakeCryptoTest, IdentitiesDependOnSeedAndNameAlone) {
  CryptoWorld again(7);
  CryptoWorld other(8);
  again.issue("Org1MSP", "somebody before");
  EXPECT_EQ(again.issue("Org1MSP", "org1/0"), alice_id);
  EXPECT_EQ(again.sign(alice_id, "payload"), alice.sign("payload"));
  EXPECT_NE(other.issue("Org1MSP", "org1/0"), alice_id);
  EXPECT_NE(again.issue("Org1MSP", "org1/1"), alice_id);
  EXPECT_EQ(world.issue("Org1MSP", "org1/0"), alice_id) << "issuing twice changes nothing";
}

TEST_F(FakeCryptoTest, SignaturesHaveTheMeasuredSizeAndHold) {
  const std::string signature = alice.sign("payload");
  EXPECT_EQ(signature.size(), 71u);
  EXPECT_TRUE(bob.verify(alice_id, signature, "payload"));
  EXPECT_TRUE(alice.verify(alice_id, alice.sign(""), "")) << "an empty payload can be signed";
}

TEST_F(FakeCryptoTest, EveryForgeryFails) {
  const std::string signature = alice.sign("payload");
  EXPECT_FALSE(bob.verify(alice_id, signature, "payloae"));
  EXPECT_FALSE(bob.verify(alice_id, signature, "payload "));
  EXPECT_FALSE(bob.verify(bob_id, signature, "payload")) << "somebody else's";
  EXPECT_FALSE(bob.verify(alice_id, bob.sign("payload"), "payload")) << "by somebody else";
  EXPECT_FALSE(bob.verify(alice_id, "", "payload"));
  EXPECT_FALSE(bob.verify("", signature, "payload"));
  EXPECT_FALSE(bob.verify(alice_id, signature + "x", "payload"));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(bob.verify(alice_id, changed, "payload")) << i;
  }
}

TEST_F(FakeCryptoTest, AKeyOfAnotherWorldDoesNotFit) {
  CryptoWorld other(8);
  const std::string mallory = other.issue("Org1MSP", "org1/0");
  EXPECT_FALSE(alice.verify(mallory, other.sign(mallory, "payload"), "payload"));
}

TEST_F(FakeCryptoTest, VerdictsOnIdentities) {  // 44
  EXPECT_EQ(alice.validate_identity(alice_id), IdentityVerdict::kValid);
  EXPECT_EQ(alice.validate_identity(bob_id), IdentityVerdict::kValid);
  EXPECT_EQ(alice.validate_identity(""), IdentityVerdict::kEmpty);
  EXPECT_EQ(alice.validate_identity("\xff\xff"), IdentityVerdict::kUndecodable);
  const std::string invented = encode_identity({"Org1MSP", "a certificate of my own making"});
  EXPECT_EQ(alice.validate_identity(invented), IdentityVerdict::kUnknownIssuer);
  EXPECT_EQ(alice.org_of(invented), "");
  EXPECT_EQ(alice.expiration(invented), std::nullopt);
  EXPECT_EQ(alice.pki_id_of(invented), sha256_bytes("Org1MSP", "a certificate of my own making"));
}

TEST_F(FakeCryptoTest, RevocationEndsValidityAndSignatures) {
  const std::string signature = bob.sign("payload");
  world.revoke(bob_id);
  EXPECT_EQ(alice.validate_identity(bob_id), IdentityVerdict::kRevoked);
  EXPECT_FALSE(alice.verify(bob_id, signature, "payload"));
  EXPECT_EQ(alice.expiration(bob_id), std::nullopt);
}

TEST_F(FakeCryptoTest, RevocationMayReachOneOrganisationAlone) {
  const std::uint64_t before = alice.revision();
  const std::string signature = alice.sign("payload");
  world.revoke(alice_id, "Org2MSP");
  EXPECT_NE(alice.revision(), before);
  EXPECT_EQ(alice.validate_identity(alice_id), IdentityVerdict::kValid);
  EXPECT_TRUE(alice.verify(alice_id, signature, "payload"));
  EXPECT_EQ(bob.validate_identity(alice_id), IdentityVerdict::kRevoked);
  EXPECT_FALSE(bob.verify(alice_id, signature, "payload"));
  EXPECT_EQ(bob.expiration(alice_id), std::nullopt);
}

TEST_F(FakeCryptoTest, ExpirationIsWhatWasIssued) {  // 47
  EXPECT_EQ(alice.expiration(alice_id), 0u);
  const std::string passing = world.issue("Org1MSP", "org1/9", kIdentitySize, 12345);
  EXPECT_EQ(alice.expiration(passing), 12345u);
  EXPECT_EQ(alice.expiration("\xff"), std::nullopt);
}

TEST_F(FakeCryptoTest, OrganisationsOfKnownIdentities) {  // 48
  EXPECT_EQ(alice.org_of(alice_id), "Org1MSP");
  EXPECT_EQ(alice.org_of(bob_id), "Org2MSP");
  EXPECT_EQ(alice.org_of(""), "");
}

TEST_F(FakeCryptoTest, ChannelsAcceptTheirMembersOnly) {  // 45
  const std::string by_alice = alice.sign("payload");
  const std::string by_bob = bob.sign("payload");
  EXPECT_TRUE(alice.verify_by_channel("ch", alice_id, by_alice, "payload"));
  EXPECT_FALSE(alice.verify_by_channel("ch", alice_id, by_bob, "payload"));
  EXPECT_FALSE(alice.verify_by_channel("ch", bob_id, by_bob, "payload"));
  EXPECT_FALSE(alice.verify_by_channel("other", alice_id, by_alice, "payload"));
  EXPECT_FALSE(alice.verify_by_channel("ch", "", by_alice, "payload"));
}

// --- blocks (46)

class FakeCryptoBlockTest : public FakeCryptoTest {
 protected:
  FakeCryptoBlockTest() { resign(orderer_id); }

  // Signs what `block` is now.
  void resign(const std::string& identity) {
    BlockMetadata metadata;
    SignatureHeader header;
    header.creator = identity;
    header.nonce = "nonce";
    metadata.signatures.push_back({encode(header), ""});
    metadata.signatures[0].signature =
        world.sign(identity, block_signature_input(metadata, metadata.signatures[0], block));
    block.metadata[0] = encode_block_metadata(metadata);
  }
  bool accepted() const { return alice.verify_block("ch", 5, encode_block(block)); }

  Block block = make_block(5, "hash of block 4", "ch", 400);
};

TEST_F(FakeCryptoBlockTest, TheRightBlockIsAccepted) { EXPECT_TRUE(accepted()); }

TEST_F(FakeCryptoBlockTest, AnotherSequenceOrChannelIsNot) {
  EXPECT_FALSE(alice.verify_block("ch", 6, encode_block(block)));
  world.add_orderer("other", "OrdererMSP");
  EXPECT_FALSE(alice.verify_block("other", 5, encode_block(block)));
  EXPECT_FALSE(alice.verify_block("ch", 5, "no block"));
  EXPECT_FALSE(alice.verify_block("ch", 5, ""));
}

TEST_F(FakeCryptoBlockTest, AMissingPartIsNot) {
  Block whole = block;
  block.has_header = false;
  EXPECT_FALSE(accepted());
  block = whole;
  block.has_data = false;
  EXPECT_FALSE(accepted());
  block = whole;
  block.has_metadata = false;
  EXPECT_FALSE(accepted());
  block = whole;
  block.metadata[0] = "\xff";
  EXPECT_FALSE(accepted());
  block.metadata[0] = "";
  EXPECT_FALSE(accepted()) << "no signature at all";
}

TEST_F(FakeCryptoBlockTest, ChangedDataIsNot) {
  block.data.push_back("one more transaction");
  EXPECT_FALSE(accepted());
  resign(orderer_id);
  EXPECT_FALSE(accepted()) << "the header still names the hash of the old data";
  block.data_hash = block_data_hash(block);
  EXPECT_FALSE(accepted()) << "and the signature covers the old header";
  resign(orderer_id);
  EXPECT_TRUE(accepted());
}

TEST_F(FakeCryptoBlockTest, AnotherPredecessorNeedsAnotherSignature) {
  block.previous_hash = "hash of another block 4";
  EXPECT_FALSE(accepted());
}

TEST_F(FakeCryptoBlockTest, OnlyTheChannelsOrderersMaySign) {
  resign(alice_id);
  EXPECT_FALSE(accepted());
  const std::string other = world.issue("OtherOrdererMSP", "orderer0");
  world.add_orderer("other", "OtherOrdererMSP");
  resign(other);
  EXPECT_FALSE(accepted());
}

TEST_F(FakeCryptoBlockTest, OneGoodSignatureSufficesAndAnUndecodableHeaderSpoils) {
  auto metadata = decode_block_metadata(block.metadata[0]).value();
  const MetadataSignature good = metadata.signatures[0];
  MetadataSignature bad = good;
  bad.signature[40] = static_cast<char>(bad.signature[40] ^ 1);
  metadata.signatures = {bad, good};
  block.metadata[0] = encode_block_metadata(metadata);
  EXPECT_TRUE(accepted());
  metadata.signatures = {bad};
  block.metadata[0] = encode_block_metadata(metadata);
  EXPECT_FALSE(accepted());
  metadata.signatures = {good, {"\xff", good.signature}};
  block.metadata[0] = encode_block_metadata(metadata);
  EXPECT_FALSE(accepted());
}

using FakeCryptoDeathTest = FakeCryptoTest;

TEST_F(FakeCryptoDeathTest, NobodySignsWithoutAnIssuedIdentity) {
  EXPECT_DEATH(FakeCrypto(world, "invented"), "not issued here");
  EXPECT_DEATH(world.sign("invented", "payload"), "not issued here");
}

}  // namespace
}  // namespace hearsay::sim
