// State providers among each other: nodes on a network in memory, and whole peers on the simulated
// one (spec: state.md section 18; tests named statement_N show number N).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/run/runner.h"
#include "tests/fabric/state_fixture.h"
#include "tests/support/stage.h"

namespace hearsay::state_test {
namespace {

using testing::Each;

struct StateNodes : testing::Test {
  StateNodes() { world.config.state_enabled = true; }
  void add(const std::string& name, BlockNum height) {
    nodes.push_back(std::make_unique<StateNode>(world, name, height));
  }
  // Everybody knows everybody, and what everybody has.
  void introduce() {
    for (auto& a : nodes) {
      for (auto& b : nodes) {
        if (a != b) a->hears_of(b->signer(), b->height());
      }
    }
  }

  CommWorld world;
  std::vector<std::unique_ptr<StateNode>> nodes;
};

TEST_F(StateNodes, statement_15_who_may_not_read_the_channel_gets_nothing) {
  for (int i = 0; i < 15; ++i)
    add(fmt::format("p{}", i), i < 5 ? 6 : 1);
  introduce();
  // The five that have the blocks, and four of the others, may read. Who may not is refused by the
  // five; he would not believe them either way.
  for (std::size_t i = 9; i < nodes.size(); ++i)
    world.authority.strangers.insert(world.directory.identity(nodes[i]->node.self));
  world.clock.run_for(60 * kSecond);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    EXPECT_EQ(nodes[i]->height(), i < 9 ? 6u : 1u) << i;
}

TEST_F(StateNodes, statement_18_a_peer_of_height_2_fetches_block_2_from_one_of_height_3) {
  add("low", 2);
  add("high", 3);
  introduce();
  world.clock.run_for(30 * kSecond);
  EXPECT_EQ(nodes[0]->height(), 3u);
  EXPECT_EQ(nodes[0]->ledger.blocks[2], fake_block(2));
  EXPECT_EQ(nodes[1]->numbers(TraceKind::kCatchUpBegun).size(), 0u);
}

// --- whole peers

struct Nothing final : TraceSink {
  void on_event(const TraceEvent&) override {}
};

scenario::Scenario fifteen_peers(const std::string& config) {
  return test::scenario_of(R"({"duration": "1h", "organizations": [{"name": "org1", "peers": 15}],
    "channels": [{"name": "ch1"}], "config": {)" +
                           config + "}}");
}

std::vector<BlockNum> heights(test::Stage& stage) {
  std::vector<BlockNum> all;
  for (std::size_t i = 0; i < stage.size(); ++i) {
    all.push_back(stage.cluster().chain(peer_index(i), ChannelIndex{0})->height());
  }
  return all;
}

TEST(StateNetwork, statement_16_ten_blocks_of_one_boot_peer_reach_ten_later_peers) {
  Nothing sink;
  test::Stage stage(fifteen_peers(R"("peer.gossip.state.enabled": true)"), sink);
  for (std::uint32_t i = 0; i < 5; ++i)
    stage.start(PeerIndex{i});
  stage.run_for(10 * kSecond);
  for (BlockNum n = 1; n <= 10; ++n)
    stage.node(PeerIndex{0}).deliver_block("ch1", stage.block("ch1", n));
  stage.run_for(10 * kSecond);
  for (std::uint32_t i = 5; i < 15; ++i)
    stage.start(PeerIndex{i});
  stage.run_for(60 * kSecond);
  EXPECT_THAT(heights(stage), Each(11u));
}

TEST(StateNetwork, statement_9_blocks_of_another_channel_do_not_matter) {
  Nothing sink;
  test::Stage stage(fifteen_peers(""), sink);
  stage.start_all();
  stage.run_for(15 * kSecond);
  GossipMessage foreign =
      test::data_message("elsewhere", Payload{1, stage.block("ch1", 1).data, {}});
  EXPECT_EQ(
      stage.node(PeerIndex{0}).deliver_block("elsewhere", *foreign.get<DataMessage>()->payload),
      AddOutcome::kStopped);
  stage.run_for(15 * kSecond);
  EXPECT_THAT(heights(stage), Each(1u));
  stage.node(PeerIndex{0}).deliver_block("ch1", stage.block("ch1", 1));
  stage.run_for(15 * kSecond);
  EXPECT_EQ(heights(stage)[0], 2u);
}

// 23: with no orderer at hand, over organisations. Fabric's integration test stops and restarts
// peers of two organisations of which one peer alone has kept up.
TEST(StateNetwork, statement_23_peers_of_two_organisations_catch_up_from_the_one_that_is_left) {
  Nothing sink;
  test::Stage stage(test::scenario_of(R"({"duration": "1h", "organizations": [
        {"name": "org1", "peers": 3, "external_endpoints": "all", "anchors": ["org1/0"]},
        {"name": "org2", "peers": 3, "external_endpoints": "all", "anchors": ["org2/0"]}],
        "channels": [{"name": "ch1"}], "config": {"peer.gossip.state.enabled": true}})"),
                    sink);
  stage.start_all();
  stage.run_for(20 * kSecond);
  for (std::uint32_t i = 1; i < 6; ++i)
    stage.world().stop(PeerIndex{i}, StopReason::kCrash);
  for (BlockNum n = 1; n <= 30; ++n)
    stage.node(PeerIndex{0}).deliver_block("ch1", stage.block("ch1", n));
  stage.run_for(30 * kSecond);
  for (std::uint32_t i = 1; i < 6; ++i)
    stage.start(PeerIndex{i});
  stage.run_for(60 * kSecond);
  EXPECT_THAT(heights(stage), Each(31u));
}

TEST(StateNetwork, a_ledger_survives_a_crash_and_the_rest_is_fetched) {
  Nothing sink;
  test::Stage stage(fifteen_peers(R"("peer.gossip.state.enabled": true)"), sink);
  stage.start_all();
  stage.run_for(15 * kSecond);
  for (BlockNum n = 1; n <= 5; ++n)
    stage.node(PeerIndex{0}).deliver_block("ch1", stage.block("ch1", n));
  stage.run_for(30 * kSecond);
  EXPECT_THAT(heights(stage), Each(6u));
  stage.world().stop(PeerIndex{7}, StopReason::kCrash);
  for (BlockNum n = 6; n <= 60; ++n)
    stage.node(PeerIndex{0}).deliver_block("ch1", stage.block("ch1", n));
  stage.run_for(30 * kSecond);
  stage.start(PeerIndex{7});
  EXPECT_EQ(heights(stage)[7], 6u);
  stage.run_for(60 * kSecond);
  EXPECT_THAT(heights(stage), Each(61u));
  // All ledgers hold the same objects.
  const auto block = [&](unsigned p) {
    return stage.cluster().chain(PeerIndex{p}, ChannelIndex{0})->block(60);
  };
  EXPECT_TRUE(block(7).shares_with(block(0)));
}

// 15: the deliver client reads no further block while its AddPayload waits; where it does not wait,
// it starts anew at the ledger's height.
TEST(StateNetwork, the_orderers_blocks_wait_for_a_slow_ledger) {
  for (const char* mode : {"false", "true"}) {
    const scenario::Scenario plan = test::scenario_of(
        fmt::format(R"({{"duration": "60s", "organizations": [{{"name": "org1", "peers": 1}}],
          "channels": [{{"name": "ch1"}}], "cpu": {{"commit_block": "100ms"}},
          "config": {{"peer.gossip.nonBlockingCommitMode": {}}},
          "blocks": [{{"start": "1s", "interval": "1ms", "count": 200}}]}})",
                    mode));
    sim::RunOptions options;
    options.clock = sim::ClockKind::kPlain;
    auto made = sim::Runner::make(plan, options);
    ASSERT_TRUE(made.ok());
    sim::Runner& runner = *made.value();
    std::size_t most = 0;
    for (Time t = kSecond; t < 30 * kSecond; t += 50 * kMillisecond) {
      runner.world().call_at(t, [&] {
        const Node& node = runner.cluster().peer(PeerIndex{0})->node();
        most = std::max(most, node.state(ChannelIndex{0})->buffer().size());
      });
    }
    runner.run();
    EXPECT_EQ(runner.cluster().chain(PeerIndex{0}, ChannelIndex{0})->height(), 201u) << mode;
    EXPECT_EQ(most, std::string(mode) == "true" ? 19u : 41u) << mode;
  }
}

// A commit that fails for another reason than validation ends the peer's process. What a peer
// commits has been verified, but nobody signs the private data beside it: 17.1 in the hands of an
// attacker.
TEST(StateNetwork, hazard_17_1_a_forged_private_data_list_kills_a_peer_that_catches_up) {
  RecordingSink sink;
  test::Stage stage(test::scenario_of(R"({"duration": "1h",
      "organizations": [{"name": "org1", "peers": 2}], "channels": [{"name": "ch1"}],
      "config": {"peer.gossip.state.enabled": true}})"),
                    sink);
  const PeerIndex victim{0};
  const PeerIndex attacker{1};
  stage.seize(attacker);
  stage.start_all();
  const test::Persona who = stage.persona(attacker);
  const PeerTime stamp{1'800'000'000'000'000'000, 1};
  test::Attacker& hand = *stage.attacker(attacker);
  hand.heard = [&](ConnId conn, const EnvelopeRef& frame) {
    if (frame->kind() != ContentKind::kStateRequest) return;
    std::vector<Payload> payloads = {stage.block("ch1", 1), stage.block("ch1", 2)};
    payloads[0].private_data = {"\xff"};
    GossipMessage answer = test::with_tag(Tag::kChanOrOrg, RemoteStateResponse{payloads}, "ch1");
    answer.nonce = frame->message().nonce;
    hand.write(conn, test::plain(answer));
  };
  const ConnId conn = hand.dial(stage.home(victim).identity.internal_endpoint);
  stage.run_for(kSecond);
  ASSERT_TRUE(hand.ready(conn));
  hand.write(conn, test::signed_by(stage.key(attacker), test::alive_message(who, stamp),
                                   who.internal_endpoint));
  hand.write(conn, test::signed_by(stage.key(attacker), test::state_info(who, "ch1", stamp, 3)));
  stage.run_for(15 * kSecond);
  EXPECT_EQ(sink.count(victim, TraceKind::kBlockLost, LostBlock::kBadPrivateData), 1u);
  EXPECT_EQ(sink.count(victim, TraceKind::kCommitFailed, CommitFailure::kLedger), 1u);
  EXPECT_TRUE(stage.node(victim).stopped());
}

}  // namespace
}  // namespace hearsay::state_test
