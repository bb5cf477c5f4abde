#include "core/trace/codec.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace hearsay {
namespace {

using namespace literals;

RunFacts facts() {
  RunFacts f;
  f.orgs = {"org1"};
  f.peers = {
      {"org1/0", OrgIndex{0}, true}, {"org1/1", OrgIndex{0}, false}, {"a\"b\\\n", OrgIndex{0}}};
  f.channels = {{"ch1", {PeerIndex{0}, PeerIndex{1}}}};
  f.types = {"None", "AliveMsg", "Hello.block"};
  f.timers = {"send_alive", "check_alive"};
  return f;
}

bool same(const TraceEvent& a, const TraceEvent& b) {
  return a.time == b.time && a.value == b.value && a.peer == b.peer && a.other == b.other &&
         a.size == b.size && a.channel == b.channel && a.kind == b.kind && a.detail == b.detail &&
         a.type == b.type;
}

std::string line(const TraceEvent& event) {
  std::string out;
  TraceCodec(facts()).append_line(event, out);
  return out;
}

TraceEvent event_of(TraceKind kind) {
  TraceEvent e;
  e.time = 12 * kSecond + 345'678;
  e.kind = kind;
  e.peer = PeerIndex{0};
  return e;
}

TEST(TraceCodec, WritesAMessageWithNamesAndAHexadecimalFingerprint) {
  TraceEvent e = event_of(TraceKind::kMessageSent);
  e.other = PeerIndex{1};
  e.type = 2;
  e.size = 312;
  e.value = 0x9f00'0000'0000'00ab;
  EXPECT_EQ(
      line(e),
      "{\"time_s\":12.000345678,\"kind\":\"message_sent\",\"peer\":\"org1/0\",\"to\":\"org1/1\","
      "\"type\":\"Hello.block\",\"fingerprint\":\"9f000000000000ab\",\"bytes\":312}\n");
}

TEST(TraceCodec, OrderersAreNamedBehindThePeers) {
  TraceEvent e = event_of(TraceKind::kNodeStopped);
  e.peer = PeerIndex{3};
  RunFacts with_orderer = facts();
  with_orderer.orderers = {"orderer0"};
  std::string out;
  TraceCodec(with_orderer).append_line(e, out);
  EXPECT_EQ(out,
            "{\"time_s\":12.000345678,\"kind\":\"node_stopped\",\"peer\":\"orderer0\","
            "\"reason\":\"end\"}\n");
}

TEST(TraceCodec, WritesABlockWithItsSource) {
  TraceEvent e = event_of(TraceKind::kBlockReceived);
  e.other = PeerIndex{1};
  e.channel = ChannelIndex{0};
  e.value = 47;
  e.detail = 1;
  EXPECT_EQ(line(e),
            "{\"time_s\":12.000345678,\"kind\":\"block_received\",\"peer\":\"org1/0\",\"from\":"
            "\"org1/1\",\"channel\":\"ch1\",\"block\":47,\"hops\":0,\"source\":\"push\"}\n");
}

TEST(TraceCodec, WritesTheGroupOfAPartitionWhereThereIsOne) {
  TraceEvent e = event_of(TraceKind::kFaultBegun);
  e.value = 3;
  EXPECT_EQ(line(e),
            "{\"time_s\":12.000345678,\"kind\":\"fault_begun\",\"peer\":\"org1/0\",\"fault\":3}\n");
  e.detail = 2;
  EXPECT_EQ(line(e),
            "{\"time_s\":12.000345678,\"kind\":\"fault_begun\",\"peer\":\"org1/0\",\"fault\":3,"
            "\"group\":2}\n");
  EXPECT_TRUE(same(TraceCodec(facts()).parse_line(line(e)).value(), e));
}

TEST(TraceCodec, WritesNumbersBeyondWhatADoubleHoldsAsText) {
  TraceEvent e = event_of(TraceKind::kNodeStarted);
  e.value = 1'700'000'000'000'000'001;
  EXPECT_NE(line(e).find("\"incarnation\":\"1700000000000000001\""), std::string::npos);
  e.value = 7;
  EXPECT_NE(line(e).find("\"incarnation\":7"), std::string::npos);
}

TEST(TraceCodec, EscapesNames) {
  TraceEvent e = event_of(TraceKind::kNodeStarted);
  e.peer = PeerIndex{2};
  EXPECT_NE(line(e).find("\"peer\":\"a\\\"b\\\\\\u000a\""), std::string::npos);
  EXPECT_TRUE(same(TraceCodec(facts()).parse_line(line(e)).value(), e));
}

// Values at the edges of each field, so that every fallback of every kind is met.
TEST(TraceCodec, EveryEventSurvivesTheRoundTrip) {
  const TraceCodec codec(facts());
  Random random = Random::root(1).fork("codec");
  std::string out;
  for (int i = 0; i < 20'000; ++i) {
    TraceEvent e;
    const auto pick = [&](auto... values) {
      using T = std::common_type_t<decltype(values)...>;
      const T all[] = {values...};
      return all[random.below(sizeof...(values))];
    };
    e.time =
        pick(Time{0}, Time{1}, 5_s, Time{-1}, Time{999'999'999}, std::numeric_limits<Time>::max());
    e.kind = static_cast<TraceKind>(random.below(kTraceKinds));
    e.peer = PeerIndex{pick(0u, 1u, 2u, 3u, 0xFFFF'FFFFu)};
    e.other = PeerIndex{pick(0u, 1u, 2u, 77u, 0xFFFF'FFFFu)};
    e.channel = ChannelIndex{static_cast<std::uint16_t>(pick(0, 1, 0xFFFF))};
    e.value = pick(std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 53,
                   (std::uint64_t{1} << 53) + 1, std::numeric_limits<std::uint64_t>::max());
    e.size = pick(0u, 1u, 0xFFFF'FFFFu);
    e.detail = static_cast<std::uint8_t>(pick(0, 1, 2, 3, 5, 21, 22, 255));
    e.type = static_cast<std::uint8_t>(pick(0, 1, 2, 3, 255));
    out.clear();
    codec.append_line(e, out);
    const Result<TraceEvent> back = codec.parse_line(out);
    ASSERT_TRUE(back.ok()) << out << back.error();
    ASSERT_TRUE(same(back.value(), e)) << out;
  }
}

TEST(TraceCodec, ReadsWhatOthersWrite) {
  const TraceCodec codec(facts());
  const auto e = codec.parse_line(
      " { \"time_s\" : 1.5, \"kind\" : \"member_dead\", \"peer\" : \"org1\\u002f0\", \"member\" : "
      "1,"
      " \"cause\" : \"expired\", \"remark\" : true } \r\n");
  ASSERT_TRUE(e.ok()) << e.error();
  EXPECT_EQ(e.value().time, 1'500_ms);
  EXPECT_EQ(e.value().kind, TraceKind::kMemberDead);
  EXPECT_EQ(e.value().peer, PeerIndex{0});
  EXPECT_EQ(e.value().other, PeerIndex{1});
}

TEST(TraceCodec, RefusesBadLinesWithAReason) {
  const TraceCodec codec(facts());
  const auto error = [&](const char* text) {
    const auto e = codec.parse_line(text);
    return e.ok() ? std::string("accepted") : e.error();
  };
  EXPECT_EQ(error(""), "this is not a JSON object");
  EXPECT_EQ(error("[]"), "this is not a JSON object");
  EXPECT_EQ(error("{}"), "\"time_s\" is missing");
  EXPECT_EQ(error("{\"time_s\":1}"), "\"kind\" is missing");
  EXPECT_EQ(error("{\"time_s\":1,"), "this is not a flat JSON object");
  EXPECT_EQ(error("{\"time_s\":1,\"a\":[1]}"), "this is not a flat JSON object");
  EXPECT_EQ(error("{\"time_s\":1,\"kind\":\"dial_failed\"} x"), "this is not a flat JSON object");
  EXPECT_EQ(error("{\"time_s\":1e3}"), "\"time_s\" cannot be \"1e3\"");
  EXPECT_EQ(error("{\"time_s\":1,\"kind\":\"nonsense\"}"), "\"kind\" cannot be \"nonsense\"");
  EXPECT_EQ(error("{\"time_s\":1,\"kind\":\"node_started\",\"peer\":\"org9/0\"}"),
            "\"peer\" cannot be \"org9/0\"");
  EXPECT_EQ(error("{\"time_s\":1,\"kind\":\"node_started\",\"peer\":\"\\ud800\"}"),
            "this is not a flat JSON object");
}

TEST(TraceCodec, CutLinesAreErrorsAndNeverCrash) {
  TraceEvent e = event_of(TraceKind::kBlockReceived);
  e.peer = PeerIndex{2};
  const std::string whole = line(e);
  const TraceCodec codec(facts());
  for (std::size_t n = 0; n + 2 < whole.size(); ++n) {
    EXPECT_FALSE(codec.parse_line(whole.substr(0, n)).ok()) << n;
  }
}

}  // namespace
}  // namespace hearsay
