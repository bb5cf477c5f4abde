#include "core/ports/directory.h"

#include <string>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

EnvelopeRef state_info(const std::string& pki_id, const std::string& mac) {
  return Envelope::unsigned_of(
      {0, "", Tag::kChanOrOrg, StateInfo{PeerTime{1, 1}, pki_id, mac, Properties{1, false, {}}}});
}

TEST(Directory, GivesDenseIndicesInOrderAndTheSameOneAgain) {
  Directory d;
  const OrgIndex org1 = d.intern_org("Org1MSP");
  const OrgIndex org2 = d.intern_org("Org2MSP");
  EXPECT_EQ(raw(org1), 0u);
  EXPECT_EQ(raw(org2), 1u);
  EXPECT_EQ(d.intern_org("Org1MSP"), org1);
  const PeerIndex a = d.intern_peer("PKI-A", "identity a", org1);
  const PeerIndex b = d.intern_peer("PKI-B", "identity b", org2);
  EXPECT_EQ(d.intern_peer("PKI-A", "identity a", org1), a);
  EXPECT_EQ(raw(a), 0u);
  EXPECT_EQ(raw(b), 1u);
  EXPECT_EQ(d.pki_id(b), "PKI-B");
  EXPECT_EQ(d.identity(b), "identity b");
  EXPECT_EQ(d.org(b), org2);
  EXPECT_EQ(d.org_name(org2), "Org2MSP");
  EXPECT_EQ(d.peer_count(), 2u);
  EXPECT_EQ(d.org_count(), 2u);
  const ChannelIndex ch = d.intern_channel("ch1");
  EXPECT_EQ(d.intern_channel("ch1"), ch);
  EXPECT_EQ(d.channel_name(ch), "ch1");
  EXPECT_EQ(d.channel_count(), 1u);
}

TEST(Directory, FindsOnlyWhatWasInterned) {
  Directory d;
  EXPECT_EQ(d.find_peer("nobody"), kNoPeer);
  EXPECT_EQ(d.find_org("nobody"), kNoOrg);
  EXPECT_EQ(d.find_channel("nothing"), kNoChannel);
  const PeerIndex a = d.intern_peer("PKI-A", "", d.intern_org("Org1MSP"));
  EXPECT_EQ(d.find_peer("PKI-A"), a);
  EXPECT_EQ(d.find_peer("PKI-"), kNoPeer);
}

TEST(Directory, FindsTheSubjectOfAMessageAndRemembersIt) {
  Directory d;
  const EnvelopeRef e = state_info("PKI-A", "mac");
  EXPECT_EQ(d.subject(*e), kNoPeer);
  // Not known is not remembered: the peer may be interned later.
  const PeerIndex a = d.intern_peer("PKI-A", "", d.intern_org("Org1MSP"));
  EXPECT_EQ(d.subject(*e), a);
  EXPECT_EQ(e->subject_memo(), a);
}

TEST(Directory, MacIsTheHashOfPkiIdAndChannelName) {
  Directory d;
  const PeerIndex a = d.intern_peer("\xAA", "", d.intern_org("Org1MSP"));
  const ChannelIndex ch = d.intern_channel("ch");
  EXPECT_EQ(to_hex(d.channel_mac(a, ch)),
            "b8e248003d6905f85b474ea18c1df19ea09e99caf028ef670f228dd4f53c94ed");
}

TEST(Directory, FindsTheChannelOfAStateInfoByItsMac) {
  Directory d;
  const PeerIndex a = d.intern_peer("PKI-A", "", d.intern_org("Org1MSP"));
  d.intern_channel("ch1");
  const EnvelopeRef early = state_info("PKI-A", sha256_bytes("PKI-A", "ch2"));
  EXPECT_EQ(d.channel_of_state_info(*early), kNoChannel);
  const ChannelIndex ch2 = d.intern_channel("ch2");
  EXPECT_EQ(d.channel_of_state_info(*early), ch2);
  EXPECT_EQ(early->channel_memo(), ch2);
  // Another peer's MAC for the same channel does not match.
  const EnvelopeRef forged = state_info("PKI-A", sha256_bytes("PKI-B", "ch2"));
  EXPECT_EQ(d.channel_of_state_info(*forged), kNoChannel);
  // Peers interned after the first MAC was asked for have theirs too.
  const PeerIndex b = d.intern_peer("PKI-B", "", d.org(a));
  EXPECT_EQ(d.channel_mac(b, ch2), sha256_bytes("PKI-B", "ch2"));
  const EnvelopeRef other = Envelope::unsigned_of({0, "", Tag::kEmpty, AliveMessage{}});
  EXPECT_EQ(d.channel_of_state_info(*other), kNoChannel);
}

}  // namespace
}  // namespace hearsay
