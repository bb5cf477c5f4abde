#include "core/wire/block.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/deliver.h"
#include "tests/support/hex.h"

namespace hearsay {
namespace {

TEST(Block, SurvivesTheWireWithOrWithoutItsParts) {
  Block block = make_block(300, "previous", "ch", 500);
  block.metadata[0] = "signatures";
  EXPECT_EQ(decode_block(encode_block(block)).value(), block);
  Block bare;
  bare.has_header = bare.has_data = bare.has_metadata = false;
  bare.metadata.clear();
  EXPECT_EQ(encode_block(bare), "");
  EXPECT_EQ(decode_block("").value(), bare);
  EXPECT_EQ(decode_block("\x0a").error(), DecodeError::kTruncated);
}

TEST(Block, HeaderHashIsTheHashOfTheDerBytes) {
  Block block;
  block.number = 5;
  block.previous_hash = "\x01\x02";
  block.data_hash = "\x03";
  EXPECT_EQ(block_header_hash(block), sha256_bytes(from_hex("300a02010504020102040103")));
}

TEST(Block, LongHeadersUseTheLongFormOfDer) {
  const std::string hash(200, 'h');
  const std::string bytes = block_header_bytes(1, hash, "");
  EXPECT_EQ(to_hex(bytes.substr(0, 9)), "3081d00201010481c8");
}

TEST(Block, DataHashCoversAllEntriesWithoutSeparators) {
  Block block;
  block.data = {"ab", "c"};
  EXPECT_EQ(block_data_hash(block), sha256_bytes("abc"));
  block.data = {"abc"};
  EXPECT_EQ(block_data_hash(block), sha256_bytes("abc"));
  block.data.clear();
  EXPECT_EQ(block_data_hash(block), sha256_bytes(""));
}

TEST(Block, NamesTheChannelOfItsFirstEntry) {
  EXPECT_EQ(block_channel_id(make_block(1, "", "mychannel", 100)).value(), "mychannel");
  Block block;
  EXPECT_EQ(block_channel_id(block).error(), "block has no data");
  block.data = {"\xff"};
  EXPECT_EQ(block_channel_id(block).error(), "first entry is not an envelope");
  block.data = {encode(CommonEnvelope{"\xff", ""})};
  EXPECT_EQ(block_channel_id(block).error(), "first entry has no payload");
  block.data = {encode(CommonEnvelope{encode(CommonPayload{false, "", "", "x"}), ""})};
  EXPECT_EQ(block_channel_id(block).error(), "first entry has no header");
  block.data = {encode(CommonEnvelope{encode(CommonPayload{true, "\xff", "", "x"}), ""})};
  EXPECT_EQ(block_channel_id(block).error(), "first entry has no channel header");
}

TEST(Block, MadeBlocksHaveTheSizeAskedFor) {
  const std::string hash(32, 'h');
  const std::size_t least = encode_block(make_block(7, hash, "ch", 0)).size();
  int exact = 0;
  int tried = 0;
  const auto check = [&](std::size_t size) {
    const std::size_t got = encode_block(make_block(7, hash, "ch", size)).size();
    ASSERT_LE(got, size);
    ASSERT_GE(got + 2, size);
    ++tried;
    if (got == size) ++exact;
  };
  for (std::size_t size = least; size < 1000; ++size)
    check(size);
  for (std::size_t size = 16'300; size < 16'600; ++size)
    check(size);
  check(1u << 20);
  EXPECT_GT(exact, tried - 20);
  EXPECT_LT(least, 150u);
}

TEST(Block, MadeBlocksAreSoundAndDifferByNumberAndChannel) {
  const Block block = make_block(7, "p", "ch", 400);
  EXPECT_EQ(block.data_hash, block_data_hash(block));
  EXPECT_EQ(block, make_block(7, "p", "ch", 400));
  EXPECT_NE(block.data, make_block(8, "p", "ch", 400).data);
  EXPECT_NE(block.data, make_block(7, "p", "other", 400).data);
  EXPECT_EQ(block.metadata, std::vector<std::string>(kBlockMetadataSlots));
}

TEST(Block, OrdererSignaturesCoverValueSignatureHeaderAndHeader) {
  BlockMetadata metadata{encode_orderer_metadata(3, ""), {{"header", "sig"}}};
  EXPECT_EQ(to_hex(metadata.value), "0a020803");
  EXPECT_EQ(decode_block_metadata(encode_block_metadata(metadata)).value(), metadata);
  const Block block = make_block(7, "p", "ch", 400);
  EXPECT_EQ(block_signature_input(metadata, metadata.signatures[0], block),
            metadata.value + "header" + block_header_bytes(block));
}

TEST(Deliver, SmallMessagesSurviveTheWire) {
  const BroadcastResponse response{Status::kForbidden, "no"};
  EXPECT_EQ(decode_broadcast_response(encode(response)).value(), response);
  const std::vector<AnchorPeer> anchors = {{"p0.org1", 7051}, {"p1.org1", 7052}};
  EXPECT_EQ(decode_anchor_peers(encode(anchors)).value(), anchors);
  SeekInfo seek;
  seek.behavior = SeekInfo::Behavior::kFailIfNotReady;
  seek.error_response = SeekInfo::ErrorResponse::kBestEffort;
  for (const auto kind : {SeekPosition::Kind::kUnset, SeekPosition::Kind::kNewest,
                          SeekPosition::Kind::kOldest, SeekPosition::Kind::kNextCommit}) {
    seek.start = SeekPosition{kind, 0};
    EXPECT_EQ(decode_seek_info(encode(seek)).value(), seek);
  }
}

}  // namespace
}  // namespace hearsay
