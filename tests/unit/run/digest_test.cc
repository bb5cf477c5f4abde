#include "sim/run/digest.h"

#include <cstring>

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace hearsay::sim {
namespace {

TraceEvent event_of(std::uint64_t i) {
  TraceEvent e;
  e.time = static_cast<Time>(i * 1'000'003);
  e.value = i * 0x9E37'79B9'7F4A'7C15;
  e.peer = PeerIndex{static_cast<std::uint32_t>(i % 50)};
  e.other = PeerIndex{static_cast<std::uint32_t>(i % 7)};
  e.size = static_cast<std::uint32_t>(i % 900);
  e.channel = ChannelIndex{static_cast<std::uint16_t>(i % 3)};
  e.kind = static_cast<TraceKind>(i % 21);
  e.detail = static_cast<std::uint8_t>(i % 5);
  e.type = static_cast<std::uint8_t>(i % 31);
  return e;
}

// The canonical bytes, written down once more and plainly.
void append(const TraceEvent& e, std::string& out) {
  const auto put = [&](std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      out += static_cast<char>(value >> (8 * i));
  };
  put(static_cast<std::uint64_t>(e.time), 8);
  put(e.value, 8);
  put(raw(e.peer), 4);
  put(raw(e.other), 4);
  put(e.size, 4);
  put(raw(e.channel), 2);
  put(static_cast<std::uint64_t>(e.kind), 1);
  put(e.detail, 1);
  put(e.type, 1);
}

// The house's one-shot XXH3-64 over all bytes is what the stream must give, at every length.
TEST(Digest, IsXxh3OverTheCanonicalBytesOfAllEvents) {
  DigestSink digest;
  std::string bytes;
  EXPECT_EQ(digest.value(), hash_bytes(bytes));
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    digest.on_event(event_of(i));
    append(event_of(i), bytes);
    ASSERT_EQ(digest.value(), hash_bytes(bytes)) << i;
  }
  EXPECT_EQ(digest.events(), 1'000u);
}

// Two runs of any version with the same events have this digest: change it only with the canonical
// bytes.
TEST(Digest, IsTheSameForEver) {
  DigestSink digest;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    digest.on_event(event_of(i));
  EXPECT_EQ(digest.hex(), "9454d568ebcd0d07");
}

TEST(Digest, IgnoresPadding) {
  TraceEvent clean = event_of(1);
  TraceEvent dirty = clean;
  std::memset(dirty.padding, 0xAB, sizeof dirty.padding);
  DigestSink a;
  DigestSink b;
  for (int i = 0; i < 300; ++i) {
    a.on_event(clean);
    b.on_event(dirty);
  }
  EXPECT_EQ(a.value(), b.value());
}

TEST(Digest, SeesEveryFieldAndTheOrder) {
  const auto digest_of = [](std::initializer_list<TraceEvent> events) {
    DigestSink digest;
    for (const TraceEvent& e : events)
      digest.on_event(e);
    return digest.value();
  };
  const TraceEvent base = event_of(1);
  const std::uint64_t plain = digest_of({base, event_of(2)});
  EXPECT_NE(plain, digest_of({event_of(2), base}));
  for (int field = 0; field < 9; ++field) {
    TraceEvent e = base;
    switch (field) {
      case 0:
        ++e.time;
        break;
      case 1:
        ++e.value;
        break;
      case 2:
        e.peer = PeerIndex{9};
        break;
      case 3:
        e.other = PeerIndex{9};
        break;
      case 4:
        ++e.size;
        break;
      case 5:
        e.channel = ChannelIndex{9};
        break;
      case 6:
        e.kind = TraceKind::kFaultEnded;
        break;
      case 7:
        ++e.detail;
        break;
      default:
        ++e.type;
    }
    EXPECT_NE(plain, digest_of({e, event_of(2)})) << field;
  }
}

TEST(Digest, HasSixteenHexadecimalDigits) {
  DigestSink digest;
  digest.on_event(event_of(1));
  EXPECT_EQ(digest.hex().size(), 16u);
  EXPECT_EQ(digest.hex().find_first_not_of("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace hearsay::sim
