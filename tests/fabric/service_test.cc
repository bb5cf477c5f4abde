// The gossip service on one node, spec service.md sections 4 to 13: configurations, anchors, joins,
// leader modes. Statements 9, 10, 14 and 15 are in service_network_test.cc; 16 to 19 belong to
// channel_test.cc and node_network_test.cc, 20 to state_commit_test.cc; 13 is delivery's.
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/node/gossip_service.h"
#include "tests/support/bare_node.h"
#include "tests/support/fake_delivery.h"
#include "tests/support/fake_ledger.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ConfigUpdate update(std::uint64_t sequence, std::vector<AnchorPeer> anchors = {}) {
  ConfigUpdate config{.channel = "A", .sequence = sequence};
  config.organizations["org1"] = {"org1", "org1", std::move(anchors)};
  return config;
}

// --- 5: the config eventer

struct Eventer : testing::Test, ConfigReceiver {
  void update_anchors(const ConfigUpdate& config) override { passed.push_back(config); }

  std::vector<ConfigUpdate> passed;
  ConfigEventer eventer{*this};
};

TEST_F(Eventer, S1_the_first_configuration_is_passed_on_unchanged) {
  const ConfigUpdate first = update(7, {{"host", 9}});
  eventer.process(first);
  EXPECT_THAT(passed, ElementsAre(first));
}

TEST_F(Eventer, S2_another_anchor_port_is_passed_on) {
  eventer.process(update(7, {{"host", 9}}));
  eventer.process(update(8, {{"host", 10}}));
  EXPECT_THAT(passed, ElementsAre(update(7, {{"host", 9}}), update(8, {{"host", 10}})));
}

TEST_F(Eventer, S3_the_same_organisations_again_are_not) {
  eventer.process(update(7, {{"host", 9}}));
  ConfigUpdate same = update(7, {{"host", 9}});
  same.channel.clear();
  same.sequence = 0;
  eventer.process(same);
  EXPECT_THAT(passed, SizeIs(1));
}

TEST_F(Eventer, S4_another_sequence_alone_is_not) {
  eventer.process(update(7));
  eventer.process(update(9));
  EXPECT_THAT(passed, SizeIs(1));
}

TEST_F(Eventer, the_first_configuration_passes_even_without_organisations) {
  eventer.process({.channel = "A"});
  eventer.process({.channel = "A"});
  EXPECT_THAT(passed, SizeIs(1));
}

TEST_F(Eventer, the_order_of_anchors_and_an_absent_list_count) {
  eventer.process(update(1, {{"a", 1}, {"b", 2}}));
  eventer.process(update(1, {{"b", 2}, {"a", 1}}));
  EXPECT_THAT(passed, SizeIs(2));
  eventer.process(update(1));
  ConfigUpdate absent = update(1);
  absent.organizations["org1"].anchors.reset();
  eventer.process(absent);
  EXPECT_THAT(passed, SizeIs(4));
}

TEST(AnchorPeerText, an_endpoint_is_cut_at_its_last_colon) {
  EXPECT_EQ(anchor_peer("host:7051"), (AnchorPeer{"host", 7051}));
  EXPECT_EQ(anchor_peer("::1:7051"), (AnchorPeer{"::1", 7051}));
  EXPECT_EQ(anchor_peer("host"), (AnchorPeer{"host", 0}));
  EXPECT_EQ(anchor_peer("host:"), (AnchorPeer{"host", 0}));
  EXPECT_EQ(anchor_peer("host:7x"), (AnchorPeer{"host", 0}));
  EXPECT_EQ(anchor_peer("host:99999999999"), (AnchorPeer{"host", 0}));
}

// --- the service. The node is of org1; nobody answers it.

// A Transport on which no dial ever succeeds.
struct Silence final : Transport {
  ConnId dial(std::string_view endpoint) override {
    dialled.emplace_back(endpoint);
    return ConnId{static_cast<std::uint32_t>(dialled.size())};
  }
  void ping(ConnId) override {}
  void open_stream(ConnId) override {}
  bool write(ConnId, const EnvelopeRef&) override { return false; }
  bool write_fails(ConnId) const override { return true; }
  ConnTag* tag(ConnId conn) override { return &tags[conn]; }
  void close(ConnId) override {}

  std::vector<std::string> dialled;
  std::map<ConnId, ConnTag> tags;
};

struct Lone : LedgerHandler {
  explicit Lone(bool elects, bool leads)
      : settings([&] {
          Config made;
          made.use_leader_election = elects;
          made.org_leader = leads;
          return made;
        }()),
        self(directory.intern_peer(pki_id_of_identity(fake_identity("org1", "self")),
                                   fake_identity("org1", "self"), directory.intern_org("org1"))),
        crypto(authority, fake_identity("org1", "self")),
        context({.self = self,
                 .org = OrgIndex{0},
                 .internal_endpoint = "self:7051",
                 .external_endpoint = "self.ext:7051"},
                settings, directory, clock, transport, crypto, sink, Random::root(1)),
        node(context, {}),
        service(context, node, &delivery),
        channel(directory.intern_channel("A")),
        ledger(clock, *this, channel, 3) {}

  void on_committed(ChannelIndex where, BlockNum number) override {
    node.on_committed(where, number);
  }
  void on_commit_failed(ChannelIndex where, BlockNum number, CommitFailure why) override {
    node.on_commit_failed(where, number, why);
  }
  bool joined() const { return node.channel(channel) != nullptr; }
  bool has_org(std::string_view org) {
    return node.channel(channel)->has_org(directory.intern_org(org));
  }

  const Config settings;
  FakeClock clock;
  Directory directory;
  Silence transport;
  FakeAuthority authority;
  RecordingSink sink;
  const PeerIndex self;
  FakeCrypto crypto;
  Context context;
  Node node;
  FakeDelivery delivery;
  GossipService service;
  const ChannelIndex channel;
  FakeLedger ledger;
};

struct Service : testing::Test, Lone {
  Service() : Lone(false, false) {}
};

TEST_F(Service, S5_a_configuration_without_the_own_organisation_joins_nothing) {
  ConfigUpdate config = update(1, {{"anchor", 1}});
  config.organizations["org1"].msp_id = "OtherMSP";
  EXPECT_FALSE(service.create_channel(config, ledger).ok());
  EXPECT_FALSE(joined());
  EXPECT_FALSE(service.is_anchor_peer("anchor:1"));
  EXPECT_THAT(delivery.calls, IsEmpty());
  EXPECT_TRUE(service.create_channel(update(1), ledger).ok()) << "the right one does";
  EXPECT_TRUE(joined());
}

TEST_F(Service, an_organisation_that_is_removed_stays_joined_as_it_was) {
  ASSERT_TRUE(service.create_channel(update(1, {{"anchor", 1}}), ledger).ok());
  ConfigUpdate without{.channel = "A", .sequence = 2};
  without.organizations["org2"] = {"org2", "org2", {}};
  EXPECT_TRUE(service.process_config(without).ok());
  EXPECT_TRUE(has_org("org1"));
  EXPECT_FALSE(has_org("org2"));
  EXPECT_TRUE(service.is_anchor_peer("anchor:1"));
  // Refused configurations count as seen: the same again brings nothing.
  EXPECT_TRUE(service.process_config(without).ok());
  EXPECT_FALSE(has_org("org2"));
}

TEST_F(Service, S6_organisations_without_anchors_are_members) {
  ConfigUpdate config = update(1);
  config.organizations["org2"] = {"org2", "org2", {}};
  ASSERT_TRUE(service.create_channel(config, ledger).ok());
  EXPECT_TRUE(has_org("org1"));
  EXPECT_TRUE(has_org("org2"));
  EXPECT_THAT(transport.dialled, IsEmpty());
}

TEST_F(Service, S7_anchors_are_those_of_the_configurations_and_not_of_direct_joins) {
  ASSERT_TRUE(service.create_channel(update(1, {{"localhost", 2001}}), ledger).ok());
  const JoinChannel direct{.sequence = 2, .orgs = {context.org()}};
  node.join_channel("A", direct, std::vector<ChannelAnchor>{{context.org(), "localhost:5000"}},
                    ledger);
  EXPECT_TRUE(service.is_anchor_peer("localhost:2001"));
  EXPECT_FALSE(service.is_anchor_peer("localhost:5000"));
  EXPECT_THAT(transport.dialled, ElementsAre("localhost:2001", "localhost:5000"));
}

TEST_F(Service, anchors_of_a_channel_replace_those_it_had_and_no_other_channels) {
  ASSERT_TRUE(service.create_channel(update(1, {{"a", 1}, {"self", 7051}}), ledger).ok());
  EXPECT_TRUE(service.is_anchor_peer("self:7051")) << "our own endpoint included";
  ConfigUpdate other = update(1, {{"b", 1}});
  other.channel = "B";
  ASSERT_TRUE(service.create_channel(other, ledger).ok());
  ASSERT_TRUE(service.process_config(update(2, {{"c", 1}})).ok());
  EXPECT_FALSE(service.is_anchor_peer("a:1"));
  EXPECT_TRUE(service.is_anchor_peer("b:1"));
  EXPECT_TRUE(service.is_anchor_peer("c:1"));
}

TEST_F(Service, a_quirk_ipv6_anchors_are_dialled_in_brackets_and_never_protected) {
  ASSERT_TRUE(service.create_channel(update(1, {{"fe80::1", 7051}}), ledger).ok());
  EXPECT_THAT(transport.dialled, ElementsAre("[fe80::1]:7051"));
  EXPECT_FALSE(service.is_anchor_peer("[fe80::1]:7051"));
  EXPECT_TRUE(service.is_anchor_peer("fe80::1:7051"));
}

TEST_F(Service, anchors_without_host_or_port_and_our_own_are_not_contacted) {
  const std::vector<AnchorPeer> bad = {{"", 7051}, {"host", 0}, {"self", 7051}, {"self.ext", 7051}};
  ASSERT_TRUE(service.create_channel(update(1, bad), ledger).ok());
  EXPECT_THAT(transport.dialled, IsEmpty());
}

TEST_F(Service, of_two_organisations_with_one_msp_id_the_later_list_counts) {
  ConfigUpdate config = update(1, {{"a", 1}});
  config.organizations["org1b"] = {"org1b", "org1", {{{"b", 1}}}};
  ASSERT_TRUE(service.create_channel(config, ledger).ok());
  EXPECT_THAT(transport.dialled, ElementsAre("b:1"));
  EXPECT_FALSE(service.is_anchor_peer("a:1"));
}

TEST_F(Service, an_outdated_configuration_moves_anchors_and_no_organisations) {
  ASSERT_TRUE(service.create_channel(update(5), ledger).ok());
  ConfigUpdate old = update(4, {{"a", 1}});
  old.organizations["org2"] = {"org2", "org2", {}};
  ASSERT_TRUE(service.process_config(old).ok());
  EXPECT_FALSE(has_org("org2"));
  EXPECT_TRUE(service.is_anchor_peer("a:1"));
  EXPECT_THAT(transport.dialled, ElementsAre("a:1")) << "learnt even so";
}

TEST_F(Service, each_configuration_has_the_identities_looked_through) {
  ASSERT_TRUE(service.create_channel(update(1), ledger).ok());
  authority.revoked.insert(fake_identity("org1", "self"));
  ASSERT_TRUE(service.process_config(update(1)).ok());
  EXPECT_FALSE(node.identities().knows(self)) << "though no organisation changed";
}

TEST_F(Service, S8_it_starts_and_stops_cleanly) {
  node.start();
  ASSERT_TRUE(service.create_channel(update(1), ledger).ok());
  clock.run_for(30_s);
  service.stop();
  service.stop();
  EXPECT_TRUE(node.stopped());
  clock.run_for(30_s);
  EXPECT_THAT(delivery.calls, ElementsAre("stop all"));
}

TEST_F(Service, S11_with_neither_mode_delivery_is_not_begun) {
  ASSERT_TRUE(service.create_channel(update(1), ledger).ok());
  clock.run_for(60_s);
  EXPECT_THAT(delivery.calls, IsEmpty());
  EXPECT_EQ(service.election(channel), nullptr);
  EXPECT_FALSE(service.is_leader(channel));
}

TEST(ServiceModes, S10_a_static_leader_begins_delivery_of_each_channel) {
  Lone peer(false, true);
  ASSERT_TRUE(peer.service.create_channel(update(1), peer.ledger).ok());
  ConfigUpdate other = update(1);
  other.channel = "B";
  ASSERT_TRUE(peer.service.create_channel(other, peer.ledger).ok());
  EXPECT_THAT(peer.delivery.calls, ElementsAre("start A", "start B"));
  EXPECT_TRUE(peer.service.is_leader(peer.channel));
  EXPECT_EQ(peer.service.election(peer.channel), nullptr);
  EXPECT_EQ(peer.sink.count(peer.self, TraceKind::kLeaderDeclared), 2u);
  peer.delivery.give_up("A");
  EXPECT_TRUE(peer.delivery.running("A")) << "its finaliser does nothing";
}

TEST(ServiceModes, S12_both_modes_end_the_initialisation) {
  Lone peer(true, true);
  const auto created = peer.service.create_channel(update(1), peer.ledger);
  ASSERT_FALSE(created.ok());
  EXPECT_THAT(created.error(), HasSubstr("orgLeader and useLeaderElection"));
  EXPECT_TRUE(peer.joined()) << "the channel is joined by then";
  EXPECT_THAT(peer.delivery.calls, IsEmpty());
}

TEST(ServiceModes, without_delivery_nobody_leads) {
  Lone peer(true, false);
  GossipService bare(peer.context, peer.node, nullptr);
  ASSERT_TRUE(bare.create_channel(update(1), peer.ledger).ok());
  EXPECT_EQ(bare.election(peer.channel), nullptr);
  bare.stop();
  EXPECT_TRUE(peer.node.stopped());
}

// --- 9: leadership and delivery

struct Elected : testing::Test, Lone {
  Elected() : Lone(true, false) {
    EXPECT_TRUE(service.create_channel(update(1), ledger).ok());
    clock.run_for(6_s);
  }
};

TEST_F(Elected, a_leader_begins_delivery) {
  EXPECT_THAT(delivery.calls, ElementsAre("start A"));
  EXPECT_TRUE(service.is_leader(channel));
}

TEST_F(Elected, S15_the_gauge_is_one_while_it_leads) {
  Lone fresh(true, false);
  ASSERT_TRUE(fresh.service.create_channel(update(1), fresh.ledger).ok());
  const auto gauge = [](const Lone& peer) {
    return peer.context.metrics.find_gauge(Metric::kLeaderElectionLeader, peer.channel);
  };
  EXPECT_EQ(gauge(fresh), nullptr) << "none before";
  ASSERT_NE(gauge(*this), nullptr);
  EXPECT_EQ(gauge(*this)->value(), 1u);
  delivery.give_up("A");
  clock.run_for(5_s);
  EXPECT_EQ(gauge(*this)->value(), 0u);
}

TEST_F(Elected, delivery_that_gives_up_makes_the_leader_yield_which_stops_it) {
  delivery.give_up("A");
  EXPECT_FALSE(service.is_leader(channel));
  EXPECT_THAT(service.election(channel)->describe(), HasSubstr("yielding"));
  EXPECT_THAT(delivery.calls, ElementsAre("start A", "stop A"));
  delivery.finish();
  EXPECT_THAT(delivery.calls, SizeIs(2)) << "the end that follows is no yield";
  clock.run_for(100_s);
  EXPECT_THAT(delivery.calls, ElementsAre("start A", "stop A", "start A")) << "nobody else led";
}

TEST_F(Elected, the_finaliser_looks_the_election_up_when_it_runs) {
  // Fabric would leave the first election running.
  ASSERT_TRUE(service.initialize_channel("A").ok());
  clock.run_for(6_s);
  ASSERT_TRUE(service.is_leader(channel));
  delivery.give_up("A");
  EXPECT_THAT(service.election(channel)->describe(), HasSubstr("yielding"));
}

TEST(ServiceLeader, a_leader_whose_delivery_cannot_begin_leads_on) {
  Lone peer(true, false);
  peer.delivery.refuses = true;
  ASSERT_TRUE(peer.service.create_channel(update(1), peer.ledger).ok());
  peer.clock.run_for(60_s);
  EXPECT_TRUE(peer.service.is_leader(peer.channel));
  EXPECT_THAT(peer.delivery.calls, ElementsAre("start A"));
}

TEST_F(Elected, finalisers_that_run_behind_stop_change_nothing) {
  service.stop();
  EXPECT_THAT(delivery.calls, ElementsAre("start A", "stop all"));
  delivery.give_up("A");
  EXPECT_THAT(delivery.calls, SizeIs(2));
  EXPECT_TRUE(service.is_leader(channel)) << "what it was when it was stopped";
}

// --- 10: the data path

TEST_F(Service, a_block_of_the_orderer_goes_into_the_ledger_and_no_further) {
  ASSERT_TRUE(service.create_channel(update(1), ledger).ok());
  EXPECT_EQ(service.add_payload("A", fake_payload(3)), AddOutcome::kAdded);
  clock.run_for(1_ms);
  EXPECT_EQ(ledger.height(), 4u);
  EXPECT_EQ(service.add_payload("A", fake_payload(2)), AddOutcome::kIgnored);
  EXPECT_EQ(service.add_payload("A", std::nullopt), AddOutcome::kNoPayload);
  ledger.readable = false;
  EXPECT_EQ(service.add_payload("A", fake_payload(4)), AddOutcome::kLedgerUnreadable);
  EXPECT_EQ(service.add_payload("B", fake_payload(4)), AddOutcome::kStopped) << "unknown channel";
  EXPECT_EQ(sink.count(self, TraceKind::kBlockReceived), 2u);
  EXPECT_TRUE(node.channel(channel)->overfull().empty());
}

TEST_F(Service, get_block_reads_committed_blocks_only) {
  ASSERT_TRUE(service.create_channel(update(1), ledger).ok());
  EXPECT_EQ(service.get_block("A", 2), fake_block(2));
  service.add_payload("A", fake_payload(4));
  EXPECT_EQ(service.get_block("A", 4), std::nullopt) << "it waits for number 3";
  EXPECT_EQ(service.get_block("B", 0), std::nullopt);
}

TEST_F(Service, a_configuration_of_an_unknown_channel_is_an_error) {
  EXPECT_FALSE(service.process_config(update(1)).ok());
  EXPECT_FALSE(service.initialize_channel("A").ok());
}

}  // namespace
}  // namespace hearsay::test
