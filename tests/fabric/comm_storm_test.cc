// Six nodes, random sends, requests and faults from a seed: whatever happens, the books of Comm
// stay in order, nothing leaks, and after the storm everybody reaches everybody again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/comm.h"
#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using namespace hearsay::literals;

class CommStorm : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint32_t kNodes = 6;

  CommStorm() {
    for (std::uint32_t i = 0; i < kNodes; ++i)
      make(i);
    world.config.send_buff_size = 5;
    world.config.conn_timeout = 400 * kMillisecond;
  }
  static std::string endpoint(std::uint32_t i) { return "n" + std::to_string(i) + ":1"; }

  void make(std::uint32_t i) {
    nodes.resize(kNodes);
    nodes[i] = std::make_unique<CommNode>(world, i < 4 ? "Org1MSP" : "Org2MSP",
                                          "n" + std::to_string(i), endpoint(i));
    for (std::uint32_t k = 0; k < kNodes; ++k) {
      const std::string_view org = k < 4 ? "Org1MSP" : "Org2MSP";
      nodes[i]->book[world.peer(org, "n" + std::to_string(k))] = endpoint(k);
    }
    CommNode* node = nodes[i].get();
    node->on_message = [this, node](const Received& got) {
      if (random.chance({1, 4})) node->comm.respond(got.conn, CommNode::message(1));
      if (random.chance({1, 3})) node->comm.ack(got, random.chance({1, 2}) ? "" : "no");
    };
  }

  void act() {
    const std::uint32_t i = random.below(kNodes);
    const std::uint32_t k = random.below(kNodes);
    CommNode& from = *nodes[i];
    const PeerIndex to = nodes[k]->self;
    switch (random.below(22)) {
      case 0:
        return from.comm.probe(endpoint(k), 1);
      case 1:
        return from.comm.handshake(endpoint(k), random.chance({1, 2}) ? to : kNoPeer, 1);
      case 2:
        return from.comm.close_conn(to);
      case 3:
        return world.net.break_streams(endpoint(i));
      case 4:
        return world.net.stall(endpoint(i), random.chance({1, 3}));
      case 5:
        return world.net.refuse(endpoint(i), random.chance({1, 3}));
      case 6:
        return silence(i);
      case 7:
        return restart(i);
      case 8:
        return from.comm.send_to(kNoPeer, endpoint(k), CommNode::message(1));
      case 9:
        return from.comm.send_to(to, endpoint(random.below(kNodes)), CommNode::message(1));
      case 10:
        return from.comm.send_with_ack(CommNode::message(0)->message(), 100_ms, 1,
                                       std::vector{to, nodes[0]->self}, 9);
      default:
        return from.comm.send(to, CommNode::message(1));
    }
  }
  void silence(std::uint32_t i) {
    if (random.chance({2, 3})) return;
    world.net.blackhole(endpoint(i), true);
    world.clock.call_after(random.below(900) * kMillisecond, [this, i] {
      world.net.blackhole(endpoint(i), false);
      world.net.break_streams(endpoint(i));
    });
  }
  void restart(std::uint32_t i) {
    if (random.chance({1, 2})) nodes[i]->comm.stop();
    world.net.crash(endpoint(i));
    make(i);
  }

  void check_books() {
    for (const auto& node : nodes) {
      for (std::uint32_t p = 0; p < world.directory.peer_count(); ++p) {
        const ConnId conn = node->comm.connection_of(PeerIndex{p});
        ASSERT_EQ(conn != kNoConn, node->comm.connected(PeerIndex{p}));
        if (conn == kNoConn) continue;
        const EnvelopeRef hello = node->comm.handshake_of(conn);
        ASSERT_TRUE(hello);
        ASSERT_EQ(hello->message().get<ConnEstablish>()->pki_id,
                  world.directory.pki_id(PeerIndex{p}));
      }
    }
  }

  CommWorld world;
  Random random = Random::root(GetParam()).fork("storm");
  std::vector<std::unique_ptr<CommNode>> nodes;
};

TEST_P(CommStorm, KeepsItsBooksAndCalmsDown) {
  world.net.set_window(3);
  Time at = 0;
  for (int step = 0; step < 4000; ++step) {
    at += random.below(4) * 700 * kMicrosecond;
    world.clock.run_until(at);
    act();
    check_books();
  }
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    world.net.stall(endpoint(i), false);
    world.net.refuse(endpoint(i), false);
  }
  world.clock.run_for(600_s);
  // Nothing is under way any more: no dial, no handshake, no ack, no wake-up.
  EXPECT_EQ(world.clock.timers_armed(), 0u);
  for (const auto& node : nodes) {
    EXPECT_EQ(node->comm.describe().find("waiting for a dial 1"), std::string::npos);
    for (std::uint32_t p = 0; p < world.directory.peer_count(); ++p) {
      node->comm.close_conn(PeerIndex{p});
    }
    EXPECT_EQ(node->comm.describe(), "");
  }
  world.clock.run_for(1_s);
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    EXPECT_EQ(world.net.open_streams(endpoint(i)), 0u);
    for (std::uint32_t k = 0; k < i; ++k) {
      nodes[k]->received.clear();
      nodes[i]->comm.send(nodes[k]->self, CommNode::message(77));
      world.clock.run_for(1_s);
      EXPECT_THAT(nodes[k]->nonces(), testing::Contains(77)) << i << " to " << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CommStorm, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace hearsay::comm_test
