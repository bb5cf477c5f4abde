// Fabric's own tests of whole networks (spec node.md section 15), each with its size, profile and
// figures, under the name it has there.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/network_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;

// As in the events about messages.
std::uint8_t type_of(ContentKind kind) {
  return static_cast<std::uint8_t>(message_type(kind, PullMsgType{}));
}

TEST(FabricNetwork, TestLeaveChannel) {
  NetworkStage net(Profile::kP1, one_org(3));
  net.bootstrap(0, {2});
  net.bootstrap(1, {0});
  net.bootstrap(2, {1});
  net.start_all_of(0, 2);
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 2, 2, "A"); }));
  net.node(2).leave_channel("A");
  EXPECT_TRUE(net.eventually([&] { return net.see(0, 1, 1, "A") && net.see(2, 2, 0, "A"); }));
  // It is still a member of the network.
  EXPECT_TRUE(net.see(0, 2, 2));
}

// Pull alone: nothing is pushed at all.
TEST(FabricNetwork, TestPull) {
  NetworkStage net(Profile::kP2, one_org(6));
  for (std::size_t i = 0; i < 5; ++i)
    net.bootstrap(i, {5});
  net.start_all_of(0, 4);
  net.stage.run_for(1_s);
  net.start(5);
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 4, 5) && net.see(0, 4, 5, "A"); }));
  for (BlockNum block = 1; block <= 10; ++block)
    net.gossip_block(5, "A", block);
  EXPECT_TRUE(net.eventually([&] { return net.all_have_blocks(0, 4, 10); }));
  for (const TraceEvent& event : net.events.events) {
    if (event.kind != TraceKind::kMessageSent) continue;
    EXPECT_NE(event.type, type_of(ContentKind::kData));
    EXPECT_NE(event.type, type_of(ContentKind::kAlive));
  }
}

TEST(FabricNetwork, TestConnectToAnchorPeers) {
  for (const std::size_t late : {10u, 11u, 12u}) {
    NetworkStage net(Profile::kP1, one_org(13, R"(, "anchors": "org1/10..12")"));
    for (std::size_t i = 0; i < net.size(); ++i)
      net.bootstrap(i, {});
    net.start_all_of(0, 9);
    // One of three anchors comes, the others never do.
    net.stage.run_for(5_s);
    EXPECT_TRUE(net.see(0, 9, 0));
    net.start(late);
    EXPECT_TRUE(net.eventually([&] {
      return net.see(0, 9, 10) && net.see(late, late, 10) && net.see(0, 9, 10, "A");
    })) << "anchor "
        << late << ": " << net.node(0).peers().size() << " " << net.node(late).peers().size();
  }
}

TEST(FabricNetwork, TestDissemination) {
  NetworkStage net(Profile::kP1, one_org(11));
  for (std::size_t i = 0; i < 10; ++i)
    net.bootstrap(i, {10});
  net.start_all_of(0, 10);
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 10, 10); }));
  net.node(0).update_chaincodes("A", {{"exampleCC", "1.2", ""}});
  net.node(9).update_ledger_height("A", 2);
  const auto all_read = [&] {
    for (std::size_t i = 0; i <= 10; ++i) {
      const Properties* height = net.properties(i, 9, "A");
      const Properties* chaincodes = net.properties(i, 0, "A");
      if (i != 9 && (height == nullptr || height->ledger_height != 2)) return false;
      if (i != 0 && (chaincodes == nullptr || chaincodes->chaincodes.size() != 1)) return false;
    }
    return true;
  };
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 10, 10, "A") && all_read(); }));
  for (BlockNum block = 2; block <= 11; ++block)
    net.gossip_block(10, "A", block);
  EXPECT_TRUE(net.eventually([&] { return net.all_have_blocks(0, 9, 10); }));
  // One leadership message, delivered once by each.
  const auto leadership_at = [&](std::size_t i) {
    return std::count_if(
        net.events.events.begin(), net.events.events.end(), [&](const TraceEvent& event) {
          return event.kind == TraceKind::kMessageDelivered && event.peer == peer_index(i) &&
                 event.type == type_of(ContentKind::kLeadership);
        });
  };
  net.node(10).gossip(leadership(net.stage.persona(peer_index(10)), "A", {sim::kUnixEpoch, 1}));
  net.stage.run_for(20_s);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(leadership_at(i), 1) << i;
    EXPECT_EQ(net.blocks_at(i), 10u) << i << ": none came again";
  }
}

TEST(FabricNetwork, TestDataLeakage) {
  std::string world = one_org(10);
  const std::string from = R"([ { "name": "A" } ])";
  world.replace(world.find(from), from.size(), R"([ { "name": "A" }, { "name": "B" } ])");
  NetworkStage net(Profile::kP1, world);
  net.full_mesh();
  const auto channel_of = [](std::size_t i) { return i < 5 ? "A" : "B"; };
  for (std::size_t i = 0; i < 10; ++i) {
    net.only_in(i, channel_of(i));
    // Of five in each channel three may read it.
    if (i % 5 >= 3) {
      net.stage.cluster().crypto().refuse(channel_of(i), net.stage.key(peer_index(i)).identity());
    }
  }
  for (std::size_t i = 0; i < 10; ++i)
    net.start(i, i < 5 ? 1 : 2);
  const auto heights_are_right = [&] {
    for (const std::size_t i : {0u, 1u, 2u, 5u, 6u, 7u}) {
      for (std::size_t j = i / 5 * 5; j < i / 5 * 5 + 3; ++j) {
        const Properties* told = net.properties(i, j, channel_of(i));
        if (i != j && (told == nullptr || told->ledger_height != (i < 5 ? 1u : 2u))) return false;
      }
    }
    return true;
  };
  ASSERT_TRUE(net.eventually([&] {
    return net.see(0, 9, 9) && net.see(0, 2, 2, "A") && net.see(5, 7, 2, "B") &&
           heights_are_right();
  }));
  for (BlockNum block = 1; block <= 10; ++block) {
    net.gossip_block(0, "A", block);
    net.gossip_block(5, "B", block);
  }
  EXPECT_TRUE(net.eventually(
      [&] { return net.all_have_blocks(1, 2, 10) && net.all_have_blocks(6, 7, 10); }));
  net.stage.run_for(30_s);
  for (const std::size_t outside : {3u, 4u, 8u, 9u})
    EXPECT_EQ(net.blocks_at(outside), 0u) << outside;
  const Directory& names = net.stage.directory();
  for (const TraceEvent& event : net.events.events) {
    if (event.kind != TraceKind::kBlockReceived) continue;
    EXPECT_EQ(names.channel_name(event.channel), channel_of(raw(event.peer)));
  }
}

// Skipped in Fabric, because it takes long there.
TEST(FabricNetwork, TestDisseminateAll2All) {
  NetworkStage net(Profile::kP1, one_org(7));
  net.full_mesh();
  net.start_all_of(0, 6);
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 6, 6) && net.see(0, 6, 6, "A"); }));
  for (std::size_t i = 0; i < 7; ++i) {
    for (BlockNum block = 1; block <= 10; ++block)
      net.gossip_block(i, "A", 10 * i + block);
  }
  const auto deliveries = [&] {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 7; ++i)
      sum += net.blocks_at(i);
    return sum;
  };
  EXPECT_TRUE(net.eventually([&] { return deliveries() >= 420; }));
  net.stage.run_for(20_s);
  EXPECT_EQ(deliveries(), 420u) << "10 blocks of each of 7 peers at the 6 others";
}

TEST(FabricNetwork, TestMembershipConvergence) {
  // Three groups of five around a bootstrap peer each, and two connectors.
  NetworkStage net(Profile::kP1, one_org(17));
  for (std::size_t i = 0; i < 15; ++i)
    net.bootstrap(i, {i / 5 * 5});
  net.start_all_of(0, 14);
  ASSERT_TRUE(net.eventually([&] { return net.see(0, 14, 4); }));
  const auto everybody_reads = [&](PeerIndex connector, std::string_view metadata) {
    for (std::size_t i = 0; i < 15; ++i) {
      const auto member = net.node(i).membership().lookup(connector);
      if (!member || member->metadata != metadata) return false;
    }
    return net.see(0, 14, 15);
  };
  for (const std::size_t connector : {15u, 16u}) {
    net.bootstrap(connector, {0, 5, 10});
    net.start(connector);
    const std::string metadata = "Connector" + std::to_string(connector);
    net.node(connector).update_metadata(metadata);
    EXPECT_TRUE(net.eventually([&] { return everybody_reads(peer_index(connector), metadata); }));
    if (connector == 16) break;
    net.stop(connector);
    net.stage.run_for(15_s);
    EXPECT_TRUE(net.see(0, 14, 14));
  }
}

TEST(FabricNetwork, TestMembershipMetrics) {
  NetworkStage net(Profile::kP1, one_org(2));
  // The gauge of peer 0: what it said last, or -1.
  const auto gauge = [&] {
    int value = -1;
    for (const TraceEvent& event : net.events.events) {
      if (event.kind == TraceKind::kChannelView && event.peer == PeerIndex{0}) {
        EXPECT_EQ(net.stage.directory().channel_name(event.channel), "A");
        value = static_cast<int>(event.value);
      }
    }
    return value;
  };
  net.start(0);
  EXPECT_EQ(gauge(), -1);
  ASSERT_TRUE(net.eventually([&] { return gauge() == 0; }));
  net.start(1);
  ASSERT_TRUE(net.eventually([&] { return gauge() == 1; }));
  net.stop(1);
  EXPECT_TRUE(net.eventually([&] { return gauge() == 0; }));
}

TEST(FabricNetwork, TestMultipleOrgEndpointLeakage) {
  NetworkStage net(Profile::kP3, R"("organizations": [
      { "name": "orgA", "peers": 5, "external_endpoints": "orgA/0..1", "anchors": "orgA/1" },
      { "name": "orgB", "peers": 5, "external_endpoints": "orgB/0..1", "anchors": "orgB/0" } ],
    "channels": [ { "name": "TEST" } ])");
  net.start_all_of(0, 9);
  const auto has_endpoint = [](std::size_t i) { return i % 5 < 2; };
  const auto views_are_right = [&] {
    for (std::size_t i = 0; i < 10; ++i) {
      if (!net.see(i, i, has_endpoint(i) ? 6 : 4)) return false;
    }
    return true;
  };
  ASSERT_TRUE(net.eventually(views_are_right));
  for (int second = 0; second < 30; ++second) {
    net.stage.run_for(1_s);
    for (std::size_t i = 0; i < 10; ++i) {
      EXPECT_LE(net.node(i).peers().size(), has_endpoint(i) ? 6u : 4u);
      for (std::size_t j = 0; j < 10; ++j) {
        if (i / 5 == j / 5) continue;
        EXPECT_EQ(net.node(i).view().internal_endpoint(peer_index(j)), "") << i << " about " << j;
      }
    }
  }
  EXPECT_TRUE(views_are_right());
}

// Looks into every message that crosses from one organisation to another.
class Customs final : public Tap, public TraceSink {
 public:
  void frame(PeerIndex, ConnId, const Envelope& envelope) override { crossing_ = &envelope; }
  void done() override { crossing_ = nullptr; }
  void on_event(const TraceEvent& event) override {
    if (event.kind != TraceKind::kMessageDelivered || crossing_ == nullptr) return;
    const OrgIndex from = directory->org(event.other);
    const OrgIndex to = directory->org(event.peer);
    if (from != to) inspect(*crossing_, from, to);
  }

  const Directory* directory = nullptr;
  std::function<bool(PeerIndex)> is_external;
  std::size_t inspected = 0;
  std::vector<std::string> smuggled;

 private:
  void inspect(const Envelope& envelope, OrgIndex from, OrgIndex to) {
    ++inspected;
    const GossipMessage& message = envelope.message();
    const auto mentions = [&](const Envelope& inner) {
      const PeerIndex whom = directory->find_peer(inner.subject_pki_id());
      const OrgIndex org = whom == kNoPeer ? kNoOrg : directory->org(whom);
      if (org != from && org != to) complain(envelope, "mentions a third organisation");
      if (inner.secret() != nullptr) complain(envelope, "holds an internal endpoint");
      if (whom != kNoPeer && !is_external(whom)) complain(envelope, "mentions a hidden peer");
    };
    if (envelope.kind() == ContentKind::kAlive) mentions(envelope);
    if (const auto* request = message.get<MembershipRequest>())
      mentions(*request->self_information);
    if (const auto* response = message.get<MembershipResponse>()) {
      for (const EnvelopeRef& e : response->alive)
        mentions(*e);
      for (const EnvelopeRef& e : response->dead)
        mentions(*e);
    }
    const auto state = [&](const Envelope& info) {
      if (!is_external(directory->find_peer(info.subject_pki_id()))) {
        complain(envelope, "tells the state of a hidden peer");
      }
    };
    if (envelope.kind() == ContentKind::kStateInfo) state(envelope);
    if (const auto* snapshot = message.get<StateInfoSnapshot>()) {
      for (const EnvelopeRef& e : snapshot->elements)
        state(*e);
    }
    if (envelope.kind() == ContentKind::kData) complain(envelope, "is a block");
  }
  void complain(const Envelope& envelope, const char* what) {
    smuggled.push_back(fmt::format("{} {}", kind_name(envelope.kind()), what));
  }

  const Envelope* crossing_ = nullptr;
};

TEST(FabricNetwork, TestConfidentiality) {
  Customs customs;
  std::string orgs;
  for (const char* name : {"orgA", "orgB", "orgC", "orgD"}) {
    orgs += fmt::format(R"({}{{ "name": "{}", "peers": 3, "external_endpoints": "{}/0..1",
                           "anchors": "{}/0" }})",
                        orgs.empty() ? "" : ", ", name, name, name);
  }
  NetworkStage net(Profile::kP3,
                   fmt::format(R"("organizations": [ {} ], "channels": [
      {{ "name": "C0", "organizations": ["orgA", "orgB"] }},
      {{ "name": "C1", "organizations": ["orgA", "orgC"] }},
      {{ "name": "C2", "organizations": ["orgB", "orgC"] }},
      {{ "name": "C3", "organizations": ["orgB", "orgD"] }} ])",
                               orgs),
                   &customs, &customs);
  customs.directory = &net.stage.directory();
  const auto external = [](std::size_t i) { return i % 3 < 2; };
  customs.is_external = [&](PeerIndex p) { return external(raw(p)); };
  // orgA, orgB, orgC, orgD: with an external endpoint.
  const std::vector<std::size_t> expected = {6, 8, 6, 4};
  const auto views_are_right = [&] {
    for (std::size_t i = 0; i < 12; ++i) {
      if (!net.see(i, i, external(i) ? expected[i / 3] : 2)) return false;
    }
    return true;
  };
  net.start_all_of(0, 11);
  ASSERT_TRUE(net.eventually(views_are_right));
  for (BlockNum height = 1; height <= 5; ++height) {
    for (std::size_t i = 0; i < 12; ++i) {
      for (const sim::ChannelPlan* plan : net.stage.home(peer_index(i)).channels)
        net.node(i).update_ledger_height(plan->name, height);
    }
    net.stage.run_for(1_s);
  }
  net.stage.run_for(7_s);
  EXPECT_TRUE(views_are_right()) << "nobody may learn of more";
  EXPECT_GT(customs.inspected, 1000u);
  EXPECT_THAT(customs.smuggled, ElementsAre());
  // In the channels: own peers, and the visible ones of the other organisation.
  for (std::size_t i = 0; i < 12; ++i) {
    for (const sim::ChannelPlan* plan : net.stage.home(peer_index(i)).channels) {
      EXPECT_EQ(net.node(i).peers_of_channel(plan->name).size(), external(i) ? 4u : 2u)
          << net.stage.name_of(peer_index(i)) << " in " << plan->name;
    }
  }
}

}  // namespace
}  // namespace hearsay::test
