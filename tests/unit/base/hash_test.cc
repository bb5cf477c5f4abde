#include "core/base/hash.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

TEST(Hash, Sha256IsTheStandardsAndTakesTwoParts) {
  // FIPS 180-2, appendix B.
  EXPECT_EQ(to_hex(sha256_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256_bytes("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_bytes("ab", "c"), sha256_bytes("abc"));
  EXPECT_EQ(sha256_bytes("", "abc"), sha256_bytes("abc"));
  EXPECT_EQ(sha256("abc")[0], 0xba);
}

TEST(Hash, BytesHashIsXxh3) {
  // The reference value of XXH3_64bits for no bytes.
  EXPECT_EQ(hash_bytes(""), 0x2d06800538d394c2u);
  EXPECT_EQ(hash_bytes("abc"), 0x78af5f94892f3950u);
  EXPECT_NE(hash_bytes("abc"), hash_bytes("abc", 1));
  EXPECT_NE(hash_bytes("abc"), hash_bytes("abd"));
}

TEST(Hash, MixIsABijectionInPractice) {
  static_assert(mix64(0) == 0);
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    seen.insert(mix64(i));
  EXPECT_EQ(seen.size(), 10'000u);
  EXPECT_EQ(mix64(1), 0x5692161d100b05e5u);
}

TEST(Hash, HexIsLowerCaseAndTwoDigitsAByte) {
  EXPECT_EQ(to_hex(std::string("\x00\x0f\xf0\xff", 4)), "000ff0ff");
  EXPECT_EQ(to_hex(""), "");
}

}  // namespace
}  // namespace hearsay
