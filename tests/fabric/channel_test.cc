// The statements of spec channel.md section 16 (gossip/gossip/channel/channel_test.go) that do not
// speak of pull, named by their numbers.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/channel_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct FabricChannel : testing::Test {
  ChannelStage s;
  const PeerIndex own1 = s.peer("org1/1");  // with external endpoint
  const PeerIndex own2 = s.peer("org1/2");  // without
  const PeerIndex own3 = s.peer("org1/3");
  const PeerIndex foreign = s.peer("org2/0");
  const PeerIndex outsider = s.peer("org3/0");
};

std::uint64_t height_of(const EnvelopeRef& info) {
  return info->message().get<StateInfo>()->properties->ledger_height;
}

TEST_F(FabricChannel, S1_a_message_without_content_is_refused) {
  s.introduce(own1);
  GossipMessage empty;
  empty.tag = Tag::kChanAndOrg;
  empty.channel = "A";
  s.say(own1, plain(empty));
  EXPECT_EQ(s.sink.count(s.me, TraceKind::kMessageRejected, RejectReason::kNoContent), 1u);
}

TEST_F(FabricChannel, S2_self_decodes_from_its_own_envelope) {
  const EnvelopeRef& self = s.channel().self();
  const EnvelopeRef again = from_payload(self->payload(), self->signature());
  const StateInfo& info = *again->message().get<StateInfo>();
  EXPECT_EQ(info.properties->ledger_height, 1u);
  EXPECT_EQ(info.pki_id, s.stage.directory().pki_id(s.me));
  EXPECT_EQ(again->fingerprint(), self->fingerprint());
}

TEST_F(FabricChannel, S4_who_announces_leaving_is_no_peer_and_after_our_own_leave_nobody_is) {
  s.settle(own1);
  s.join(own1);
  s.join(own2);
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own1, own2));
  s.say(own2, s.info_of(own2, 1, true));
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own1));
  // Quirk: still eligible, so blocks go on being pushed to it.
  EXPECT_TRUE(s.channel().eligible(own2));
  s.node().leave_channel("A");
  EXPECT_THAT(s.node().peers_of_channel("A"), IsEmpty());
  // It is told with the next publication, and blocks are still taken in.
  s.run_for(150_ms);
  ASSERT_THAT(s.publications(own1), SizeIs(1));
  EXPECT_TRUE(s.publications(own1)[0]->message().get<StateInfo>()->properties->left_channel);
  s.say(own1, s.block(1));
  EXPECT_THAT(s.blocks(), ElementsAre(1));
  // Quirk: joining again does not undo it.
  s.configure(7, {"org1", "org2"});
  EXPECT_THAT(s.node().peers_of_channel("A"), IsEmpty());
}

TEST_F(FabricChannel, S5_a_new_height_is_published) {
  s.settle(own1);
  s.node().update_ledger_height("A", 5);
  s.run_for(200_ms);
  ASSERT_THAT(s.publications(own1), SizeIs(1));
  EXPECT_EQ(height_of(s.publications(own1)[0]), 5u);
}

TEST_F(FabricChannel, S9_blocks_come_from_peers_of_the_channels_organisations_only) {
  s.say(outsider, s.block(1));
  EXPECT_THAT(s.blocks(), IsEmpty());
  EXPECT_EQ(s.sink.count(s.me, TraceKind::kMessageRejected, RejectReason::kNotInChannel), 1u);
  // Neither state information nor an alive message of the sender is needed.
  s.say(foreign, s.block(1));
  EXPECT_THAT(s.blocks(), ElementsAre(1));
}

TEST_F(FabricChannel, S9_pull_requests_of_members_are_answered_and_others_not) {
  s.join(own1);
  EXPECT_TRUE(s.snapshot_for(own1, s.pull_request(own1)));
  EXPECT_FALSE(s.snapshot_for(own1, s.pull_request(own2))) << "the MAC is another peer's";
  EXPECT_FALSE(s.snapshot_for(own1, s.pull_request(own1, "C"))) << "of an unknown channel";
  EXPECT_FALSE(s.snapshot_for(outsider, s.pull_request(outsider)));
  EXPECT_FALSE(s.snapshot_for(foreign, s.pull_request(foreign, "B"))) << "not in channel B";
}

TEST_F(FabricChannel, S10_no_organisation_is_not_in_the_channel_and_state_info_makes_eligible) {
  EXPECT_FALSE(s.channel().has_org(kNoOrg));
  s.introduce(own1);
  EXPECT_FALSE(s.channel().eligible(own1));
  s.say(own1, s.info_of(own1));
  EXPECT_TRUE(s.channel().eligible(own1));
}

TEST_F(FabricChannel, S11_a_block_of_our_own_is_not_taken_in_again) {
  s.join(own1);
  s.node().gossip(s.block(1)->message());
  s.say(own1, s.block(1));
  EXPECT_THAT(s.blocks(), IsEmpty());
  EXPECT_EQ(s.sink.count(s.me, TraceKind::kMessageDuplicate), 1u);
}

TEST_F(FabricChannel, S13_wrong_channel_empty_payload_and_bad_block_are_not_taken_in) {
  s.join(own1);
  s.say(own1, plain(data_message("C", s.stage.block("A", 1))));
  s.say(own1, plain(with_tag(Tag::kChanAndOrg, DataMessage{}, "A")));
  Payload bad = s.stage.block("A", 1);
  std::string bytes = bad.data.str();
  bytes[bytes.size() / 2] ^= 1;
  bad.data = std::move(bytes);
  s.say(own1, plain(data_message("A", bad)));
  Payload misnumbered = s.stage.block("A", 1);
  misnumbered.seq_num = 2;
  s.say(own1, plain(data_message("A", misnumbered)));
  EXPECT_THAT(s.blocks(), IsEmpty());
  EXPECT_EQ(s.sink.count(s.me, TraceKind::kMessageRejected), 4u);
}

TEST_F(FabricChannel, S14_nothing_is_signed_while_nobody_is_there_to_be_told) {
  const auto signed_at = [&] { return s.channel().self()->stamp(); };
  const PeerTime first = signed_at();
  s.run_for(10_ms);
  s.node().update_ledger_height("A", 2);
  s.run_for(350_ms);
  EXPECT_EQ(signed_at(), first);
  s.introduce(own1);
  s.run_for(100_ms);
  const PeerTime second = signed_at();
  EXPECT_GT(second, first);
  EXPECT_THAT(s.publications(own1), SizeIs(1));
  // Chaincodes are signed and shown at once.
  s.run_for(10_ms);
  s.node().update_chaincodes("A", {{"cc", "1.0", ""}});
  EXPECT_GT(signed_at(), second);
  const StateInfo& self = *s.channel().self()->message().get<StateInfo>();
  ASSERT_THAT(self.properties->chaincodes, SizeIs(1));
  EXPECT_EQ(self.properties->ledger_height, 2u);
  // Quirk: and pushed once more at the next publication, which is the same message.
  s.run_for(250_ms);
  const auto told = s.publications(own1);
  ASSERT_THAT(told, SizeIs(3));
  EXPECT_EQ(told[1]->stamp(), told[2]->stamp());
}

struct FabricSnapshot : FabricChannel {
  void tell(PeerIndex from, std::vector<EnvelopeRef> elements, std::string channel = "A") {
    s.say(from, plain(with_tag(Tag::kChanOrOrg, StateInfoSnapshot{std::move(elements)},
                               std::move(channel))));
  }
};

TEST_F(FabricSnapshot, S15_a_right_one_makes_a_peer_appear_with_its_height) {
  s.introduce(own1);
  s.introduce(own2);
  tell(own1, {s.info_of(own2, 4)});
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own2));
  EXPECT_EQ(s.channel().state_info_of(own2)->message().get<StateInfo>()->properties->ledger_height,
            4u);
  const EnvelopeRef answer = s.snapshot_for(own1, s.pull_request(own1));
  ASSERT_TRUE(answer);
  const auto& elements = answer->message().get<StateInfoSnapshot>()->elements;
  ASSERT_THAT(elements, SizeIs(1));
  EXPECT_EQ(height_of(elements[0]), 4u);
  EXPECT_EQ(answer->message().channel, "A");
}

TEST_F(FabricSnapshot, S15_wrong_ones_are_ignored) {
  for (const PeerIndex p : {own1, own2, foreign, outsider})
    s.introduce(p);
  tell(own1, {s.info_of(own2)}, "C");
  tell(own1, {s.info_of(own2, 1, false, "B")});
  tell(own1, {s.info_of(outsider)});
  tell(outsider, {s.info_of(own2)});
  tell(own1, {s.alive_of(own2)});
  tell(own1, {from_payload("\xff\xff")});
  EXPECT_THAT(s.node().peers_of_channel("A"), IsEmpty());
  // A mistake ends the processing; what stood before it stays.
  tell(own1, {s.info_of(own2), s.info_of(outsider), s.info_of(foreign)});
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own2));
}

// Why peers whose timers tick together push less state information.
TEST_F(FabricSnapshot, what_came_in_a_snapshot_is_not_forwarded_when_it_is_pushed_later) {
  for (const PeerIndex p : {own1, own2, own3})
    s.introduce(p);
  const auto forwarded = [&](const EnvelopeRef& info) {
    s.run_for(30_ms);
    const auto told = s.of_kind(own3, ContentKind::kStateInfo);
    return std::ranges::count_if(
        told, [&](const EnvelopeRef& e) { return e->fingerprint() == info->fingerprint(); });
  };
  const EnvelopeRef pushed = s.info_of(own2, 4);
  s.say(own1, pushed);
  EXPECT_EQ(forwarded(pushed), 1);
  const EnvelopeRef answered = s.info_of(own2, 5);
  tell(own1, {answered});
  s.say(own1, answered);
  EXPECT_EQ(forwarded(answered), 0);
  const StateInfo& held = *s.channel().state_info_of(own2)->message().get<StateInfo>();
  EXPECT_EQ(held.properties->ledger_height, 5u);
}

TEST_F(FabricSnapshot, an_owner_that_membership_does_not_know_is_skipped_alone) {
  s.introduce(own1);
  s.introduce(own3);
  // Its identity is known from a handshake.
  s.say(own2, s.pull_request(own2));
  tell(own1, {s.info_of(own2), s.info_of(own3)});
  EXPECT_FALSE(s.channel().eligible(own2));
  EXPECT_TRUE(s.channel().eligible(own3));
}

TEST_F(FabricSnapshot, S16_foreign_requesters_see_own_peers_with_external_endpoints_only) {
  s.join(own1);
  s.join(own2);
  s.join(foreign);
  s.settle(own1);
  // With the node's own, which has an external endpoint and is published here.
  EXPECT_EQ(s.snapshot_size(foreign), 3u);
  EXPECT_EQ(s.snapshot_size(own1), 4u);
}

TEST_F(FabricSnapshot, the_answer_follows_the_cache) {
  s.settle(own1);
  s.join(own1);
  EXPECT_EQ(s.snapshot_size(own1), 2u) << "the peer and the node itself";
  s.join(own2, 3);
  EXPECT_EQ(s.snapshot_size(own1), 3u);
  s.say(own2, s.info_of(own2, 9));
  const EnvelopeRef answer = s.snapshot_for(own1, s.pull_request(own1));
  EXPECT_EQ(height_of(answer->message().get<StateInfoSnapshot>()->elements.back()), 9u);
  s.configure(3, {"org2"});
  s.configure(4, {"org1", "org2"});
  EXPECT_EQ(s.snapshot_size(own1), 1u) << "our own is not judged by organisation";
}

TEST(FabricChannelSweep, S3_whom_discovery_forgets_is_no_part_of_snapshots_any_more) {
  std::string plan = kChannelPlan;
  const std::string from = "\"peer.gossip.aliveExpirationTimeout\": \"1h\"";
  plan.replace(plan.find(from), from.size(),
               "\"peer.gossip.aliveExpirationTimeout\": \"1s\", "
               "\"peer.gossip.msgExpirationFactor\": 2, \"peer.gossip.aliveTimeInterval\": \"1s\"");
  ChannelStage s(plan);
  const PeerIndex own1 = s.peer("org1/1");
  const PeerIndex own2 = s.peer("org1/2");
  const PeerIndex foreign = s.peer("org2/0");
  s.node().update_ledger_height("A", 2);
  for (const PeerIndex p : {own1, own2, foreign})
    s.join(p);
  s.run_for(150_ms);
  EXPECT_EQ(s.snapshot_size(own1), 4u);
  EXPECT_EQ(s.snapshot_size(foreign), 3u) << "own2 has no external endpoint";
  for (int i = 0; i < 8; ++i) {
    s.introduce(own1);
    s.introduce(foreign);
    s.run_for(500_ms);
  }
  EXPECT_FALSE(s.node().view().known(own2));
  EXPECT_EQ(s.snapshot_size(own1), 3u);
  EXPECT_EQ(s.snapshot_size(foreign), 3u);
}

TEST_F(FabricChannel, S17_after_stop_nothing_is_sent) {
  s.join(own1);
  s.node().update_ledger_height("A", 2);
  s.node().stop();
  s.run_for(10_ms);
  s.heard.clear();
  s.run_for(15_s);
  EXPECT_THAT(s.heard[own1], IsEmpty());
}

TEST_F(FabricChannel, S18_older_configurations_are_ignored_and_equal_and_newer_ones_applied) {
  s.join(own1);
  s.join(foreign);
  s.configure(5, {"org1"});
  EXPECT_FALSE(s.channel().has_org(s.stage.directory().find_org("org2")));
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own1));
  EXPECT_FALSE(s.snapshot_for(foreign, s.pull_request(foreign)));
  s.configure(4, {"org1", "org2"});
  EXPECT_FALSE(s.channel().has_org(s.stage.directory().find_org("org2")));
  s.configure(6, {});
  EXPECT_TRUE(s.channel().has_org(s.stage.directory().find_org("org1"))) << "no members: ignored";
  s.configure(5, {"org1", "org2"});
  EXPECT_TRUE(s.channel().has_org(s.stage.directory().find_org("org2")));
}

TEST_F(FabricChannel, S19_eligibility_follows_state_info_organisations_and_the_policy) {
  s.join(own1);
  s.join(foreign);
  const Channel& channel = s.channel();
  EXPECT_TRUE(channel.eligible(own1) && channel.eligible(foreign));
  s.configure(2, {"org1"});
  EXPECT_TRUE(channel.eligible(own1));
  EXPECT_FALSE(channel.eligible(foreign));
  // State information of a removed organisation does not help.
  s.say(foreign, s.info_of(foreign));
  EXPECT_FALSE(channel.eligible(foreign));
  // The policy refuses a peer; it is asked anew when the channel is reconfigured.
  s.stage.cluster().crypto().revoke(s.stage.key(own1).identity());
  EXPECT_TRUE(channel.eligible(own1));
  s.configure(3, {"org1"});
  EXPECT_FALSE(channel.eligible(own1));
  s.say(own1, s.info_of(own1));
  EXPECT_FALSE(channel.eligible(own1));
}

TEST_F(FabricChannel, S19_a_filter_of_peers_sees_signature_message_and_identity) {
  s.introduce(own1);
  std::vector<PeerSignature> seen;
  bool verdict = true;
  const auto filter = s.node().peer_filter("A", [&](const PeerSignature& signature) {
    seen.push_back(signature);
    return verdict;
  });
  ASSERT_TRUE(filter.ok());
  EXPECT_FALSE(filter.value()(own1)) << "there is no state information of it yet";
  const EnvelopeRef info = s.info_of(own1);
  s.say(own1, info);
  EXPECT_TRUE(filter.value()(own1));
  verdict = false;
  EXPECT_FALSE(filter.value()(own1));
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_EQ(seen[0].signature, info->signature());
  EXPECT_EQ(seen[0].message, info->payload());
  EXPECT_EQ(seen[0].identity, s.stage.key(own1).identity());
}

TEST_F(FabricChannel, S20_peers_are_the_admissible_ones_with_a_right_mac) {
  for (const PeerIndex p : {own1, own2, own3})
    s.introduce(p);
  s.say(own1, s.info_of(own1));
  GossipMessage corrupt = state_info(s.stage.persona(own2), "A", s.next(), 1);
  std::get<StateInfo>(corrupt.content).channel_mac[0] ^= 1;
  s.say(own2, signed_by(s.stage.key(own2), corrupt));
  // Signed by another one.
  s.say(own3, signed_by(s.stage.key(own1), state_info(s.stage.persona(own3), "A", s.next(), 1)));
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own1));
  const Envelope& held = *s.channel().state_info_of(own1);
  EXPECT_FALSE(from_payload(held.payload(), held.signature())->malformed());
}

TEST_F(FabricChannel, S21_one_publication_per_update_and_none_without) {
  s.settle(own1);
  s.run_for(500_ms);
  EXPECT_THAT(s.publications(own1), IsEmpty()) << "without an update";
  s.node().update_ledger_height("A", 2);
  s.run_for(100_ms);
  EXPECT_THAT(s.publications(own1), SizeIs(1));
  s.run_for(500_ms);
  EXPECT_THAT(s.publications(own1), SizeIs(1));
  s.node().update_ledger_height("A", 3);
  s.run_for(100_ms);
  EXPECT_THAT(s.publications(own1), SizeIs(2));
}

TEST_F(FabricChannel, S22_leadership_is_of_own_peers_only_and_not_passed_on) {
  for (const PeerIndex p : {own1, own2, foreign})
    s.join(p);
  const auto declared = [&](PeerIndex creator) {
    return signed_by(s.stage.key(creator), leadership(s.stage.persona(creator), "A", s.next()));
  };
  const auto foreign_org = [&] {
    return s.sink.count(s.me, TraceKind::kMessageRejected, RejectReason::kForeignOrg);
  };
  s.say(own1, declared(own1));
  EXPECT_EQ(foreign_org(), 0u);
  s.say(foreign, declared(own2));
  s.say(own1, declared(foreign));
  EXPECT_EQ(foreign_org(), 2u);
  s.run_for(100_ms);
  for (const PeerIndex p : {own1, own2, foreign})
    EXPECT_THAT(s.of_kind(p, ContentKind::kLeadership), IsEmpty());
}

// Several channels of one peer, and organisations that share some of them.
TEST_F(FabricChannel, each_channel_has_its_own_members_and_state) {
  for (const PeerIndex p : {own1, own2, foreign})
    s.introduce(p);
  s.say(own1, s.info_of(own1, 3, false, "A"));
  s.say(own1, s.info_of(own1, 8, false, "B"));
  s.say(own2, s.info_of(own2, 5, false, "B"));
  // org2 is not in B, so what it says of B does not count; nor does its MAC open the door.
  s.say(foreign, s.info_of(foreign, 5, false, "B"));
  EXPECT_THAT(s.node().peers_of_channel("A"), ElementsAre(own1));
  EXPECT_THAT(s.node().peers_of_channel("B"), ElementsAre(own1, own2));
  EXPECT_EQ(
      s.channel("A").state_info_of(own1)->message().get<StateInfo>()->properties->ledger_height,
      3u);
  s.node().leave_channel("A");
  EXPECT_THAT(s.node().peers_of_channel("A"), IsEmpty());
  EXPECT_THAT(s.node().peers_of_channel("B"), SizeIs(2));
}

TEST_F(FabricChannel, the_view_of_the_channel_is_looked_at_every_five_seconds) {
  const auto looks = [&] {
    std::vector<std::pair<std::uint64_t, ViewReport>> found;
    for (const TraceEvent& event : s.sink.events) {
      if (event.kind != TraceKind::kChannelView || event.peer != s.me) continue;
      if (s.stage.directory().channel_name(event.channel) == "A") {
        found.emplace_back(event.value, ViewReport{event.detail});
      }
    }
    return found;
  };
  s.join(own1);
  EXPECT_THAT(looks(), IsEmpty());
  s.run_for(6_s);
  s.node().leave_channel("A");
  s.run_for(10_s);
  using Look = std::pair<std::uint64_t, ViewReport>;
  EXPECT_THAT(looks(), ElementsAre(Look{1, ViewReport::kOnline}, Look{0, ViewReport::kOffline},
                                   Look{0, ViewReport::kNothing}));
  s.node().stop();
  s.run_for(20_s);
  EXPECT_THAT(looks(), SizeIs(3));
}

}  // namespace
}  // namespace hearsay::test
