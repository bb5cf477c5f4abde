// What holds for any message: sizes, round trips, fingerprints; and no bytes crash the decoder.
#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "core/wire/comparator.h"
#include "core/wire/describe.h"
#include "core/wire/tags.h"
#include "core/wire/wire_size.h"
#include "tests/support/hex.h"
#include "tests/support/random_message.h"
#include "tests/support/vectors.h"

namespace hearsay {
namespace {

TEST(Property, WireSizeIsTheSizeOfTheEncodingForEveryKind) {
  Random random = Random::root(11);
  for (std::size_t kind = 0; kind < kContentKinds; ++kind) {
    for (int i = 0; i < 300; ++i) {
      const auto message = random_message(random, static_cast<ContentKind>(kind));
      ASSERT_EQ(wire_size(message), encode_message(message).size()) << describe(message);
    }
  }
}

TEST(Property, AMessageSurvivesTheWire) {
  Random random = Random::root(12);
  for (int i = 0; i < 5000; ++i) {
    const GossipMessage message = random_message(random);
    const std::string bytes = encode_message(message);
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(encode_message(decoded.value()), bytes);
    ASSERT_EQ(describe(decoded.value()), describe(message));
    ASSERT_EQ(remarshal(bytes).value().bytes, bytes);
  }
}

TEST(Property, AnEnvelopeSurvivesTheWireWithAllItsAnswers) {
  Random random = Random::root(13);
  for (int i = 0; i < 5000; ++i) {
    const EnvelopeRef sent = random_envelope(random);
    const std::string bytes = encode_envelope(*sent);
    ASSERT_EQ(bytes.size(), sent->wire_size());
    const auto result = decode_envelope(bytes);
    ASSERT_TRUE(result.ok());
    const Envelope& got = *result.value();
    ASSERT_EQ(encode_envelope(got), bytes);
    ASSERT_EQ(got.fingerprint(), sent->fingerprint()) << describe(*sent);
    EXPECT_EQ(got.wire_size(), sent->wire_size());
    EXPECT_EQ(got.type(), sent->type());
    EXPECT_EQ(got.malformed(), sent->malformed());
    EXPECT_EQ(got.is_signed(), sent->is_signed());
    EXPECT_EQ(got.has_stamp(), sent->has_stamp());
    EXPECT_EQ(got.stamp(), sent->stamp());
    EXPECT_EQ(got.subject_pki_id(), sent->subject_pki_id());
    EXPECT_EQ(got.internal_endpoint(), sent->internal_endpoint());
    EXPECT_EQ(got.payload(), sent->payload());
    EXPECT_EQ(describe(got), describe(*sent));
    EXPECT_EQ(got.without_secret()->fingerprint(), sent->without_secret()->fingerprint());
    EXPECT_EQ(encode_envelope(*got.without_secret()), encode_envelope(*sent->without_secret()));
  }
}

TEST(Property, FingerprintsOfDifferentBytesDiffer) {
  Random random = Random::root(14);
  std::set<std::string> bytes;
  std::set<std::uint64_t> fingerprints;
  for (int i = 0; i < 20000; ++i) {
    const EnvelopeRef envelope = random_envelope(random);
    bytes.insert(encode_envelope(*envelope));
    fingerprints.insert(envelope->fingerprint());
  }
  EXPECT_EQ(bytes.size(), fingerprints.size());
}

TEST(Property, AChangedByteChangesTheFingerprint) {
  Random random = Random::root(15);
  int changed = 0;
  for (int i = 0; i < 3000; ++i) {
    const EnvelopeRef envelope = random_envelope(random);
    std::string bytes = encode_envelope(*envelope);
    if (bytes.empty()) continue;
    bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] ^=
        static_cast<char>(1 << random.below(8));
    const auto other = decode_envelope(bytes);
    if (!other.ok()) continue;
    const Envelope& changed_one = *other.value();
    // In an unsigned payload a bit above an enum's 32 does not count, nor does the order of fields.
    if (!changed_one.malformed() && changed_one.signature().empty() &&
        changed_one.wire_size() == envelope->wire_size() &&
        encode_message(changed_one.message()) == envelope->payload()) {
      continue;
    }
    ASSERT_NE(changed_one.fingerprint(), envelope->fingerprint()) << to_hex(bytes);
    ++changed;
  }
  EXPECT_GT(changed, 1500);
}

TEST(Property, RandomMessagesAreTheSameOnEveryMachine) {
  Random random = Random::root(16);
  std::uint64_t sum = 0;
  for (int i = 0; i < 200; ++i)
    sum = mix64(sum ^ random_envelope(random)->fingerprint());
  EXPECT_EQ(sum, 11938681226960908327u);
}

// Touches everything a receiver may ask of a message.
void look_at(const GossipMessage& m) {
  describe(m);
  is_tag_legal(m);
  wire_size(m);
  compare(m, m, 10);
  if (!encoding_error(m)) {
    const std::string bytes = encode_message(m);
    ASSERT_EQ(wire_size(m), bytes.size());
    ASSERT_TRUE(decode_message(bytes).ok());
  }
}

std::string mutate(std::string bytes, Random& random) {
  const std::uint32_t times = 1 + random.below(4);
  for (std::uint32_t t = 0; t < times; ++t) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const std::uint32_t at = size == 0 ? 0 : random.below(size);
    switch (random.below(6)) {
      case 0:
        if (size != 0) bytes[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        if (size != 0) bytes[at] ^= static_cast<char>(1 << random.below(8));
        break;
      case 2:
        bytes.insert(bytes.begin() + at, static_cast<char>(random.below(256)));
        break;
      case 3:
        if (size != 0) bytes.erase(at, 1 + random.below(4));
        break;
      case 4:
        bytes.resize(at);
        break;
      default:
        bytes.insert(at, bytes.substr(at / 2, random.below(16)));
        break;
    }
  }
  return bytes;
}

TEST(Hostile, FiftyThousandMutationsOfVectorsCrashNothing) {
  std::vector<std::string> seeds;
  for (const auto& v : load_vectors("wire"))
    seeds.push_back(from_hex(v.at("envelope_hex").get<std::string>()));
  for (const auto& v : load_vectors("decode"))
    seeds.push_back(from_hex(v.at("input_hex").get<std::string>()));
  Random random = Random::root(17);
  int accepted = 0;
  int malformed = 0;
  std::set<DecodeError> reasons;
  for (int i = 0; i < 50'000; ++i) {
    const std::string& seed = seeds[random.below(static_cast<std::uint32_t>(seeds.size()))];
    const std::string bytes = mutate(seed, random);
    const auto message = decode_message(bytes);
    if (message.ok()) look_at(message.value());
    if (!message.ok()) reasons.insert(message.error());
    const auto envelope = decode_envelope(bytes);
    if (!envelope.ok()) {
      reasons.insert(envelope.error());
      ASSERT_NE(envelope.error(), DecodeError::kRefused) << to_hex(bytes);
      continue;
    }
    ++accepted;
    if (envelope.value()->malformed()) ++malformed;
    look_at(envelope.value()->message());
    // Written again and read again it is the same.
    const std::string again = encode_envelope(*envelope.value());
    const auto reread = decode_envelope(again);
    ASSERT_TRUE(reread.ok());
    ASSERT_EQ(encode_envelope(*reread.value()), again);
    ASSERT_EQ(reread.value()->fingerprint(), envelope.value()->fingerprint()) << to_hex(bytes);
  }
  EXPECT_GT(accepted, 5'000);
  EXPECT_GT(malformed, 500);
  EXPECT_GE(reasons.size(), 6u);
}

TEST(Hostile, RandomBytesCrashNothing) {
  Random random = Random::root(18);
  for (int i = 0; i < 50'000; ++i) {
    const std::string bytes = random_bytes(random, random.below(64));
    if (const auto message = decode_message(bytes); message.ok()) look_at(message.value());
    if (const auto envelope = decode_envelope(bytes); envelope.ok())
      encode_envelope(*envelope.value());
  }
}

// A payload in which `depth` envelopes are nested.
std::string nested_payload(int depth) {
  GossipMessage message{1, "", Tag::kEmpty, EmptyMessage{}};
  std::string payload = encode_message(message);
  for (int i = 0; i < depth; ++i) {
    // mem_req { self_information { payload } }
    std::string bytes = from_hex("0a");
    const auto append = [&](std::size_t n) {
      for (; n >= 0x80; n >>= 7)
        bytes.push_back(static_cast<char>(n | 0x80));
      bytes.push_back(static_cast<char>(n));
    };
    append(payload.size());
    bytes += payload;
    std::string self = std::move(bytes);
    bytes = from_hex("0a");
    append(self.size());
    bytes += self;
    std::string request = std::move(bytes);
    bytes = from_hex("180132");
    append(request.size());
    payload = bytes + request;
  }
  return payload;
}

TEST(Hostile, EnvelopesNestedTooDeepAreMalformedNotACrash) {
  const auto result = decode_message(nested_payload(20'000));
  ASSERT_TRUE(result.ok());
  const GossipMessage* message = &result.value();
  int depth = 0;
  while (const auto* request = message->get<MembershipRequest>()) {
    const Envelope& inner = *request->self_information;
    ++depth;
    if (inner.malformed()) break;
    message = &inner.message();
  }
  EXPECT_EQ(depth, kMaxEnvelopeDepth + 1);
  // What hearsay itself nests is never that deep, and decodes whole.
  const auto fine = decode_message(nested_payload(2));
  EXPECT_FALSE(fine.value().get<MembershipRequest>()->self_information->malformed());
}

TEST(Hostile, GroupsNestedTooDeepAreRejected) {
  const auto groups = [](int depth) {
    std::string bytes;
    for (int i = 0; i < depth; ++i)
      bytes += from_hex("a306");
    for (int i = 0; i < depth; ++i)
      bytes += from_hex("a406");
    return bytes;
  };
  EXPECT_TRUE(decode_message(groups(kMaxNesting)).ok());
  EXPECT_EQ(decode_message(groups(kMaxNesting + 1)).error(), DecodeError::kTooDeep);
  EXPECT_EQ(decode_message(groups(100'000)).error(), DecodeError::kTooDeep);
}

TEST(Hostile, VarintsUpToTenBytesAreAcceptedWhereverTheyStand) {
  // The key 0x08 and the length 1 in ten bytes each; libprotobuf alone would refuse both.
  const std::string key = "88808080808080808000";
  const std::string length = "81808080808080808000";
  EXPECT_EQ(decode_message(from_hex(key + "05")).value().nonce, 5u);
  EXPECT_EQ(decode_message(from_hex("12" + length + "61")).value().channel, "a");
  const auto alive = decode_message(from_hex("2a0e0a0c0a" + length + "65"));
  ASSERT_TRUE(alive.ok());
  EXPECT_EQ(alive.value().get<AliveMessage>()->membership->endpoint, "e");
  // In an unknown field too, and in an unknown group.
  EXPECT_TRUE(decode_message(from_hex("a206" + length + "61")).ok());
  EXPECT_TRUE(decode_message(from_hex("a306"
                                      "0a" +
                                      length +
                                      "61"
                                      "a406"))
                  .ok());
  EXPECT_EQ(decode_message(from_hex("8880808080808080808000")).error(), DecodeError::kBadVarint);
  EXPECT_EQ(decode_message(from_hex("88808080808080808002")).error(), DecodeError::kBadVarint);
  // 2^32 + 8 is not field 1.
  EXPECT_EQ(decode_message(from_hex("888080801005")).error(), DecodeError::kBadFieldNumber);
}

TEST(Hostile, InvalidTextIsRejectedBothWays) {
  for (const char* bad :
       {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    const GossipMessage ack{1, "", Tag::kUndefined, Acknowledgement{bad}};
    EXPECT_EQ(checked_encode_message(ack).error(), DecodeError::kInvalidUtf8);
    const std::string text = bad;
    const std::string bytes = from_hex("b201") + static_cast<char>(text.size() + 2) + '\x0a' +
                              static_cast<char>(text.size()) + text;
    EXPECT_EQ(decode_message(bytes).error(), DecodeError::kInvalidUtf8);
  }
  const std::string good = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  const GossipMessage ack{1, "", Tag::kUndefined, Acknowledgement{good}};
  EXPECT_EQ(
      decode_message(checked_encode_message(ack).value()).value().get<Acknowledgement>()->error,
      good);
}

TEST(Hostile, EveryTextFieldIsCheckedBeforeEncoding) {
  const std::string bad = "\xff";
  const PvtDataDigest digests[] = {{bad, "", "", 0, 0}, {"", bad, "", 0, 0}, {"", "", bad, 0, 0}};
  std::vector<Content> contents = {
      AliveMessage{Member{bad, "", ""}, {}, ""},
      StateInfo{{}, "", "", Properties{0, false, {{bad, "", ""}}}},
      StateInfo{{}, "", "", Properties{0, false, {{"", bad, ""}}}},
      Acknowledgement{bad},
      PrivateDataMessage{PrivatePayload{bad, "", "", "", 0, {}}},
      PrivateDataMessage{PrivatePayload{"", bad, "", "", 0, {}}},
      PrivateDataMessage{PrivatePayload{"", "", bad, "", 0, {}}},
      PrivateDataMessage{PrivatePayload{"", "", "", "", 0, bad}},
  };
  for (const PvtDataDigest& d : digests) {
    contents.push_back(RemotePvtDataRequest{{d}});
    contents.push_back(RemotePvtDataResponse{{{d, {}}}});
  }
  for (const Content& content : contents) {
    const GossipMessage message{1, "", Tag::kEmpty, content};
    EXPECT_FALSE(checked_encode_message(message).ok()) << describe(message);
  }
}

}  // namespace
}  // namespace hearsay
