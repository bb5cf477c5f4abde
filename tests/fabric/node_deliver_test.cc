// A whole node as the deliver client's peer.
#include <gtest/gtest.h>

#include "core/node/node_deliver_target.h"
#include "core/wire/block_message.h"
#include "tests/support/node_net.h"

namespace hearsay::test {
namespace {

using namespace literals;

TEST(NodeDeliver, a_block_is_added_here_and_gossiped_when_told) {
  NodeNet net;
  const auto peers = net.add_many(2, {"peer0:7051"});
  net.start(peers);
  for (const PeerIndex p : peers) {
    net.join(p, "A", {"org1"});
    net.node(p).update_ledger_height("A", 1);
  }
  ASSERT_TRUE(net.run_until([&] { return net.node(peers[0]).peers_of_channel("A").size() == 1; }));
  NodeDeliverTarget target(net.node(peers[0]));
  EXPECT_EQ(target.ledger_height("A"), 1u);
  EXPECT_EQ(target.ledger_height("B"), std::nullopt);

  const Payload& block = net.block("A", 1);
  EXPECT_EQ(target.add_payload("B", block, {}), AddOutcome::kStopped);
  EXPECT_EQ(target.add_payload("A", block, {}), AddOutcome::kAdded);
  net.run_for(100_ms);
  EXPECT_EQ(target.ledger_height("A"), 2u);
  EXPECT_EQ(net.node(peers[1]).ledger_height("A"), 1u);
  EXPECT_EQ(target.add_payload("A", block, {}), AddOutcome::kIgnored);

  target.gossip(block_message("A", block));
  net.run_for(2_s);
  EXPECT_EQ(net.node(peers[1]).ledger_height("A"), 2u);
  net.node(peers[0]).stop();
  EXPECT_EQ(target.ledger_height("A"), std::nullopt);
}

}  // namespace
}  // namespace hearsay::test
