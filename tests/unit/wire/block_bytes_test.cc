#include "core/wire/block_bytes.h"

#include <gtest/gtest.h>

#include "core/wire/block.h"

namespace hearsay {
namespace {

TEST(BlockBytes, ACopyIsTheSameObject) {
  const BlockBytes block("bytes");
  const BlockBytes copy = block;
  EXPECT_TRUE(copy.shares_with(block));
  EXPECT_EQ(&copy.str(), &block.str());
}

TEST(BlockBytes, EqualBytesAreEqualWhoeverMadeThem) {
  EXPECT_EQ(BlockBytes("a"), BlockBytes(std::string("a")));
  EXPECT_FALSE(BlockBytes("a").shares_with(BlockBytes("a")));
  EXPECT_NE(BlockBytes("a"), BlockBytes("b"));
  EXPECT_EQ(BlockBytes("a").fingerprint(), BlockBytes("a").fingerprint());
  EXPECT_NE(BlockBytes("a").fingerprint(), BlockBytes("b").fingerprint());
}

TEST(BlockBytes, NoBytesAreNoObject) {
  EXPECT_TRUE(BlockBytes().empty());
  EXPECT_EQ(BlockBytes(), BlockBytes(""));
  EXPECT_EQ(BlockBytes().size(), 0u);
  EXPECT_EQ(BlockBytes().fingerprint(), 0u);
  EXPECT_EQ(BlockBytes().shape(), BlockShape::kNoHeader);
}

TEST(BlockBytes, ShapeAndNumberAreThoseOfTheBlock) {
  Block block = make_block(7, "hash", "ch", 300);
  const BlockBytes whole = encode_block(block);
  EXPECT_EQ(whole.shape(), BlockShape::kWhole);
  EXPECT_EQ(whole.number(), 7u);
  block.has_data = false;
  EXPECT_EQ(BlockBytes(encode_block(block)).shape(), BlockShape::kNoData);
  EXPECT_EQ(BlockBytes(encode_block(block)).number(), 7u);
  block.has_header = false;
  EXPECT_EQ(BlockBytes(encode_block(block)).shape(), BlockShape::kNoHeader);
  EXPECT_EQ(BlockBytes("\xff\xff").shape(), BlockShape::kUndecodable);
}

}  // namespace
}  // namespace hearsay
