// Fabric's own tests of whole networks (spec node.md section 15), each with its size, profile and
// figures, under the name it has there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/network_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;

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
