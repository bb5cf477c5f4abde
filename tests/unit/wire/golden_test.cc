// Golden bytes: structs built by hand encode to what Fabric's encoder wrote, and read back.
#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/block.h"
#include "core/wire/codec.h"
#include "core/wire/deliver.h"
#include "core/wire/private_data.h"
#include "core/wire/wire_size.h"
#include "tests/support/hex.h"

namespace hearsay {
namespace {

// The MAC of PKI-ID AA on channel "ch".
constexpr char kMac[] = "b8e248003d6905f85b474ea18c1df19ea09e99caf028ef670f228dd4f53c94ed";
const std::string kSig = "SIG";
const std::string kPki = "\xAA";

GossipMessage make(Tag tag, std::string channel, std::uint64_t nonce, Content content) {
  return GossipMessage{nonce, std::move(channel), tag, std::move(content)};
}

// Encodes to `hex`, has that size, and decoding `hex` gives a message that encodes to it again.
void expect_golden(const GossipMessage& message, const std::string& hex) {
  EXPECT_EQ(to_hex(encode_message(message)), hex);
  EXPECT_EQ(wire_size(message), hex.size() / 2);
  const auto decoded = decode_message(from_hex(hex));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value().kind(), message.kind());
  EXPECT_EQ(to_hex(encode_message(decoded.value())), hex);
  EXPECT_EQ(Envelope::unsigned_of(decoded.value())->fingerprint(),
            Envelope::unsigned_of(message)->fingerprint());
}

// An envelope whose payload is the single, undecodable byte 01, as the vectors use it.
EnvelopeRef stub(const std::string& signature = "") {
  return Envelope::received("\x01", signature, nullptr, "");
}

GossipMessage conn(bool probe) {
  return make(Tag::kEmpty, "", 0, ConnEstablish{kPki, "\xBB", "\xCC", probe});
}

GossipMessage alive() {
  return make(Tag::kEmpty, "", 0, AliveMessage{Member{"p0:7051", "", kPki}, PeerTime{1, 2}, ""});
}

TEST(Golden, IdentityAndPkiId) {
  const std::string bytes = encode_identity({"Org1MSP", "cert"});
  EXPECT_EQ(to_hex(bytes), "0a074f7267314d5350120463657274");
  EXPECT_EQ(to_hex(pki_id_of_identity(bytes)),
            "c3bfdc5c7b29427712229b8491727f5f5f29a631351af6db9f830515af1e2721");
  // Not the hash of the serialized identity.
  EXPECT_EQ(to_hex(sha256_bytes(bytes)),
            "9f23083a41b59773ab67d1d2bfc539dfd28e1534557b60e274a375cc354a674b");
}

TEST(Golden, ChannelMac) { EXPECT_EQ(to_hex(sha256_bytes(kPki, "ch")), kMac); }

TEST(Golden, Handshake) {
  expect_golden(conn(false), "180172090a01aa1201bb1a01cc");
  std::string payload = encode_message(conn(false));
  const auto envelope = Envelope::signed_of(conn(false), payload, kSig, nullptr);
  EXPECT_EQ(to_hex(encode_envelope(*envelope)), "0a0d180172090a01aa1201bb1a01cc1203534947");
  expect_golden(conn(true), "1801720b0a01aa1201bb1a01cc2001");
}

TEST(Golden, AliveWithSecret) {
  expect_golden(alive(), "18012a140a0c0a0770303a373035311a01aa120408011002");
  const std::string secret = encode_secret("i0:7051");
  EXPECT_EQ(to_hex(secret), "0a0769303a37303531");
  const auto envelope =
      Envelope::signed_of(alive(), encode_message(alive()), kSig,
                          std::make_unique<SecretEnvelope>(SecretEnvelope{secret, kSig}));
  EXPECT_EQ(
      to_hex(encode_envelope(*envelope)),
      "0a1818012a140a0c0a0770303a373035311a01aa12040801100212035349471a100a090a0769303a37303531"
      "1203534947");
  EXPECT_EQ(envelope->internal_endpoint(), "i0:7051");
}

TEST(Golden, Membership) {
  expect_golden(make(Tag::kEmpty, "", 7, MembershipRequest{stub("\x02"), {}}),
                "0807180132080a060a0101120102");
  expect_golden(make(Tag::kEmpty, "", 7, MembershipResponse{{stub()}, {}}),
                "080718013a050a030a0101");
}

TEST(Golden, Blocks) {
  const std::string data("\x01\x02");
  expect_golden(make(Tag::kChanAndOrg, "ch", 0, DataMessage{Payload{5, data, {}}}),
                "12026368180442080a06080512020102");
  expect_golden(make(Tag::kChanAndOrg, "ch", 0, DataMessage{Payload{0, data, {}}}),
                "12026368180442060a0412020102");
}

TEST(Golden, Pull) {
  const auto block = [](Content c) { return make(Tag::kChanAndOrg, "ch", 0, std::move(c)); };
  expect_golden(block(GossipHello{300, "", PullMsgType::kBlock}), "1202636818044a0508ac021801");
  expect_golden(make(Tag::kEmpty, "", 0, GossipHello{300, "", PullMsgType::kIdentity}),
                "18014a0508ac021802");
  expect_golden(block(DataDigest{300, {"5", "10"}, PullMsgType::kBlock}),
                "120263681804520c08ac02120135120231301801");
  expect_golden(block(DataRequest{300, {"10"}, PullMsgType::kBlock}),
                "1202636818045a0908ac02120231301801");
  expect_golden(block(DataUpdate{300, {stub()}, PullMsgType::kBlock}),
                "120263681804620a08ac0212030a01011801");
  expect_golden(make(Tag::kUndefined, "ch", 0,
                     DataDigest{0, {"\xff", "\xff\xfe", "100", ""}, PullMsgType::kUndefined}),
                "12026368520e1201ff1202fffe12033130301200");
}

TEST(Golden, State) {
  const std::string mac = from_hex(kMac);
  StateInfo info{PeerTime{1, 2}, kPki, mac, Properties{9, false, {{"cc", "1", "\x03"}}}};
  expect_golden(make(Tag::kChanOrOrg, "", 0, info), std::string("18057a3b1204080110021a01aa2220") +
                                                        kMac + "2a0e08091a0a0a0263631201311a0103");
  info.properties = Properties{1, true, {}};
  expect_golden(make(Tag::kChanOrOrg, "", 0, info),
                std::string("18057a311204080110021a01aa2220") + kMac + "2a0408011001");
  expect_golden(make(Tag::kChanOrOrg, "", 0, StateInfoPullRequest{mac}),
                std::string("18058a01220a20") + kMac);
  expect_golden(make(Tag::kChanOrOrg, "ch", 0, StateInfoSnapshot{}), "120263681805820100");
  expect_golden(make(Tag::kChanOrOrg, "ch", 300, RemoteStateRequest{1, 10}),
                "08ac021202636818059201040801100a");
  expect_golden(make(Tag::kChanOrOrg, "ch", 300, RemoteStateResponse{{{1, "\x01", {"\x02"}}}}),
                "08ac021202636818059a010a0a0808011201011a0102");
}

TEST(Golden, LeadershipIdentityAck) {
  expect_golden(make(Tag::kChanAndOrg, "ch", 0, LeadershipMessage{kPki, PeerTime{1, 2}, true}),
                "120263681804a2010b0a01aa1204080110021801");
  expect_golden(make(Tag::kEmpty, "", 0, PeerIdentity{kPki, "\xBB", ""}), "1801aa01060a01aa1201bb");
  expect_golden(make(Tag::kUndefined, "", 300, Acknowledgement{""}), "08ac02b20100");
  expect_golden(make(Tag::kUndefined, "", 300, Acknowledgement{"x"}), "08ac02b201030a0178");
}

TEST(Golden, PrivateData) {
  const PvtDataDigest digest{"tx", "ns", "c", 3, 1};
  EXPECT_EQ(to_hex(encode_pvt_digest(digest)), "0a02747812026e731a016320032801");
  EXPECT_EQ(wire_size(digest), 15u);
  EXPECT_EQ(pvt_digest_key(digest),
            "852f46ce695021635f6cd94d88759d310eff2769974f11de98bbd0e491159d7f");
  expect_golden(make(Tag::kChanOnly, "ch", 300, RemotePvtDataRequest{{digest}}),
                "08ac02120263681803ba01110a0f0a02747812026e731a016320032801");
  expect_golden(make(Tag::kChanOnly, "ch", 300, RemotePvtDataResponse{{{digest, {"\x09"}}}}),
                "08ac02120263681803c201160a140a0f0a02747812026e731a016320032801120109");
  StaticCollectionConfig config;
  config.name = "c";
  config.required_peer_count = 1;
  config.maximum_peer_count = 2;
  expect_golden(make(Tag::kChanOnly, "ch", 0,
                     PrivateDataMessage{PrivatePayload{"c", "ns", "tx", "\x01", 4,
                                                       encode(CollectionConfigPackage{config})}}),
                "120263681803ca011f0a1d0a016312026e731a0274782201012804320b0a090a070a016318012002");
}

TEST(Golden, PrivateBlobs) {
  const TxPvtReadWriteSet set{0, {{"ns", {{"c", "\x01"}}}}};
  const std::string bytes = encode(PvtDataPayload{2, encode(set)});
  EXPECT_EQ(to_hex(bytes), "0802120e120c0a026e7312060a0163120101");
  const auto payload = decode_pvt_data_payload(bytes);
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(payload.value().tx_seq_in_block, 2u);
  const auto decoded = decode_tx_pvt_rwset(payload.value().payload);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value(), set);
  const std::vector<KvWrite> writes = {{"k", false, "v"}, {"gone", true, ""}};
  const auto read = decode_kv_writes(encode_kv_writes(writes));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value(), writes);
}

TEST(Golden, CollectionConfig) {
  StaticCollectionConfig config;
  config.name = "c";
  config.member_orgs_policy = signed_by_any_member({"Org1MSP"});
  config.required_peer_count = 1;
  config.maximum_peer_count = 2;
  config.block_to_live = 3;
  config.member_only_read = true;
  config.member_only_write = true;
  const std::string bytes = encode(CollectionConfigPackage{config});
  EXPECT_EQ(to_hex(bytes),
            "0a2a0a280a016312190a17120812060801120208001a0b12090a074f7267314d53501801200228033001"
            "3801");
  const auto decoded = decode_collection_configs(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value(), CollectionConfigPackage{config});
  const auto& principal = decoded.value()[0].member_orgs_policy->identities[0].principal;
  EXPECT_EQ(decode_msp_role(principal).value(), "Org1MSP");
}

TEST(Golden, SeekInfo) {
  EXPECT_EQ(to_hex(encode(seek_from(5))), "0a041a020805120d1a0b08ffffffffffffffffff01");
  EXPECT_EQ(to_hex(encode(seek_from(0))), "0a021a00120d1a0b08ffffffffffffffffff01");
  for (const std::uint64_t height : {0, 5}) {
    const auto decoded = decode_seek_info(encode(seek_from(height)));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded.value(), seek_from(height));
  }
}

TEST(Golden, DeliverRequest) {
  ChannelHeader header;
  header.type = HeaderType::kDeliverSeekInfo;
  header.timestamp = Timestamp{1, 0};
  header.channel_id = "ch";
  EXPECT_EQ(to_hex(encode(header)), "08051a02080122026368");
  EXPECT_EQ(decode_channel_header(encode(header)).value(), header);
  const SignatureHeader signature{encode_identity({"Org1MSP", "cert"}), std::string(24, '\0')};
  EXPECT_EQ(decode_signature_header(encode(signature)).value(), signature);
  const CommonPayload payload{true, encode(header), encode(signature), encode(seek_from(5))};
  const std::string bytes = encode(payload);
  EXPECT_EQ(to_hex(bytes),
            "0a390a0a08051a02080122026368122b0a0f0a074f7267314d53501204636572741218" +
                std::string(48, '0') + "12150a041a020805120d1a0b08ffffffffffffffffff01");
  EXPECT_EQ(decode_common_payload(bytes).value(), payload);
  const CommonEnvelope envelope{bytes, kSig};
  EXPECT_EQ(decode_common_envelope(encode(envelope)).value(), envelope);
}

TEST(Golden, DeliverResponse) {
  EXPECT_EQ(to_hex(encode(DeliverResponse{Status::kSuccess})), "08c801");
  EXPECT_EQ(to_hex(encode(DeliverResponse{Status::kUnknown})), "0800");
  EXPECT_EQ(std::get<Status>(decode_deliver_response(from_hex("0800")).value()), Status::kUnknown);
  EXPECT_EQ(decode_deliver_response("").value().index(), 0u);
  const Block block = make_block(7, "prev", "ch", 200);
  const auto decoded = decode_deliver_response(encode(DeliverResponse{block}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(std::get<Block>(decoded.value()), block);
}

TEST(Golden, BlockHeaderAsDer) {
  EXPECT_EQ(to_hex(block_header_bytes(5, "\x01\x02", "\x03")), "300a02010504020102040103");
  EXPECT_EQ(to_hex(block_header_bytes(0, "", "")), "300702010004000400");
  EXPECT_EQ(to_hex(block_header_bytes(200, "", "")), "3008020200c804000400");
  EXPECT_EQ(to_hex(block_header_bytes(~std::uint64_t{0}, "", "")),
            "300f020900ffffffffffffffff04000400");
}

TEST(Golden, NewBlock) {
  Block block;
  block.number = 5;
  block.previous_hash = "\x01\x02";
  EXPECT_EQ(to_hex(encode_block(block)), "0a0608051202010212001a0a0a000a000a000a000a00");
  EXPECT_EQ(decode_block(encode_block(block)).value(), block);
}

TEST(Golden, DecodedSpecially) {
  const auto decode = [](const char* hex) { return decode_message(from_hex(hex)); };
  EXPECT_EQ(decode("18012a003200").value().kind(), ContentKind::kMemReq);
  const auto merged = decode("18012a04120208012a0412021002");
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(merged.value().get<AliveMessage>()->timestamp, (PeerTime{1, 2}));
  EXPECT_EQ(decode("18012a050a030a01ff").error(), DecodeError::kInvalidUtf8);
  EXPECT_EQ(decode("0a01011801").value().tag, Tag::kEmpty);
  EXPECT_TRUE(decode("20051801").ok());
  EXPECT_EQ(decode("0a").error(), DecodeError::kTruncated);
  EXPECT_EQ(decode("0001").error(), DecodeError::kBadFieldNumber);
  EXPECT_EQ(decode("08ffffffffffffffffffffff01").error(), DecodeError::kBadVarint);
  EXPECT_EQ(decode("088180001801").value().nonce, 1u);
  EXPECT_EQ(decode("").value().kind(), ContentKind::kNone);
}

}  // namespace
}  // namespace hearsay
