#include "core/wire/describe.h"

#include <string>

#include <gtest/gtest.h>

#include "core/wire/codec.h"
#include "tests/support/random_message.h"

namespace hearsay {
namespace {

const std::string kPki = "\xab\x12\xcd\x34\x56\x78";

std::string line(Tag tag, const std::string& channel, std::uint64_t nonce, Content content) {
  return describe(GossipMessage{nonce, channel, tag, std::move(content)});
}

EnvelopeRef alive() {
  return Envelope::unsigned_of(
      {0, "", Tag::kEmpty, AliveMessage{Member{"p0:7051", "", kPki}, PeerTime{1, 2}, "ID"}});
}

TEST(Describe, MembershipMessages) {
  EXPECT_EQ(describe(*alive()), "AliveMsg EMPTY p=ab12cd34 ep=p0:7051 t=1.2 id");
  EXPECT_EQ(line(Tag::kEmpty, "", 7, MembershipRequest{alive(), {}}),
            "MemReq EMPTY nonce=7 self=(AliveMsg EMPTY p=ab12cd34 ep=p0:7051 t=1.2 id)");
  const EnvelopeRef broken = Envelope::received("\x01", "", nullptr, "");
  EXPECT_EQ(line(Tag::kEmpty, "", 7, MembershipResponse{{alive(), broken}, {}}),
            "MemRes EMPTY nonce=7 alive=[ab12cd34,malformed] dead=[]");
  EXPECT_EQ(line(Tag::kEmpty, "", 0, ConnEstablish{kPki, "ID", "HASH", true}),
            "Conn EMPTY p=ab12cd34 id tls=48415348 probe");
  EXPECT_EQ(line(Tag::kOrgOnly, "", 0, PeerIdentity{kPki, "CERT", ""}),
            "PeerIdentity ORG_ONLY p=ab12cd34 cert=4B");
}

TEST(Describe, PullMessages) {
  EXPECT_EQ(line(Tag::kChanAndOrg, "ch", 0, GossipHello{9, "", PullMsgType::kBlock}),
            "Hello.block CHAN_AND_ORG ch=ch n=9");
  EXPECT_EQ(line(Tag::kChanAndOrg, "ch", 0, DataDigest{9, {"5", "10"}, PullMsgType::kBlock}),
            "DataDig.block CHAN_AND_ORG ch=ch n=9 items=[5,10]");
  EXPECT_EQ(line(Tag::kEmpty, "", 0, DataRequest{9, {kPki}, PullMsgType::kIdentity}),
            "DataReq.identity EMPTY n=9 items=[ab12cd34]");
  const auto block =
      Envelope::unsigned_of({0, "ch", Tag::kChanAndOrg, DataMessage{Payload{4, "", {}}}});
  EXPECT_EQ(line(Tag::kChanAndOrg, "ch", 0, DataUpdate{9, {block}, PullMsgType::kBlock}),
            "DataUpdate.block CHAN_AND_ORG ch=ch n=9 items=[4]");
  const std::vector<std::string> many(11, "1");
  EXPECT_EQ(line(Tag::kEmpty, "", 0, DataDigest{9, many, PullMsgType::kBlock}),
            "DataDig.block EMPTY n=9 items=[1,1,1,1,1,1,1,1,+3]");
}

TEST(Describe, StateMessages) {
  EXPECT_EQ(line(Tag::kChanOrOrg, "", 0,
                 StateInfo{PeerTime{1, 2}, kPki, kPki, Properties{9, true, {{"cc", "1", "m"}}}}),
            "StateInfo CHAN_OR_ORG p=ab12cd34 t=1.2 mac=ab12cd34 h=9 left cc=[cc:1]");
  EXPECT_EQ(line(Tag::kChanOrOrg, "", 0, StateInfo{}), "StateInfo CHAN_OR_ORG p=- mac=-");
  EXPECT_EQ(line(Tag::kChanOrOrg, "", 0, StateInfoPullRequest{kPki}),
            "StateInfoPullReq CHAN_OR_ORG mac=ab12cd34");
  EXPECT_EQ(line(Tag::kChanOrOrg, "ch", 3, RemoteStateRequest{1, 10}),
            "StateRequest CHAN_OR_ORG nonce=3 ch=ch 1..10");
  EXPECT_EQ(line(Tag::kChanOrOrg, "ch", 3, RemoteStateResponse{{{1, "", {}}, {2, "", {}}}}),
            "StateResponse CHAN_OR_ORG nonce=3 ch=ch blocks=[1,2]");
  EXPECT_EQ(line(Tag::kChanAndOrg, "ch", 0, LeadershipMessage{kPki, PeerTime{1, 2}, false}),
            "LeadershipMsg CHAN_AND_ORG ch=ch p=ab12cd34 t=1.2 proposal");
}

TEST(Describe, PrivateDataAndTheRest) {
  EXPECT_EQ(line(Tag::kUndefined, "", 3, Acknowledgement{""}), "Ack UNDEFINED nonce=3 ok");
  EXPECT_EQ(line(Tag::kUndefined, "", 3, Acknowledgement{"no room"}),
            "Ack UNDEFINED nonce=3 error=no\\20room");
  EXPECT_EQ(line(static_cast<Tag>(-3), "", 0, EmptyMessage{}), "Empty tag=-3");
  EXPECT_EQ(describe(GossipMessage{}), "None UNDEFINED");
  const PvtDataDigest digest{"tx", "ns", "c", 3, 1};
  EXPECT_EQ(line(Tag::kChanOnly, "ch", 1, RemotePvtDataRequest{{digest}}),
            "PrivateReq CHAN_ONLY nonce=1 ch=ch digests=[tx/ns/c@3.1]");
  EXPECT_EQ(line(Tag::kChanOnly, "ch", 1, RemotePvtDataResponse{{{digest, {"SET"}}, {{}, {}}}}),
            "PrivateRes CHAN_ONLY nonce=1 ch=ch elements=[tx/ns/c@3.1x1,-x0]");
  EXPECT_EQ(line(Tag::kChanOnly, "ch", 1,
                 PrivateDataMessage{PrivatePayload{"c", "ns", "tx", "SET", 4, ""}}),
            "PrivateData CHAN_ONLY nonce=1 ch=ch tx/ns/c h=4 rwset=3B config=0B");
}

TEST(Describe, HostileTextCannotForgeALine) {
  const std::string text = "p0:7051 t=9.9\nMemReq \xff";
  EXPECT_EQ(line(Tag::kEmpty, "", 0, AliveMessage{Member{text, "", kPki}, {}, ""}),
            "AliveMsg EMPTY p=ab12cd34 ep=p0:7051\\20t=9.9\\0aMemReq\\20\\ff");
  const std::string shown = describe(GossipMessage{0, std::string(500, 'x'), Tag::kEmpty, {}});
  EXPECT_LT(shown.size(), 100u);
}

TEST(Describe, EveryRandomMessageHasOneLineThatBeginsWithItsType) {
  Random random = Random::root(21);
  for (int i = 0; i < 5000; ++i) {
    const EnvelopeRef e = random_envelope(random);
    const std::string shown = describe(*e);
    ASSERT_EQ(shown.find('\n'), std::string::npos);
    for (const char c : shown)
      ASSERT_TRUE(c >= ' ' && c < 127);
    ASSERT_EQ(shown.find(e->malformed() ? "malformed" : type_name(e->type())), 0u) << shown;
  }
}

}  // namespace
}  // namespace hearsay
