// BlockFeed: injects blocks at peers that the scenario names (`blocks.from`), past the orderers.
//
// Such a peer gets each block of the channel at the instant it is cut, and when it joins or comes
// back what it missed, from its ledger's height on. One whose buffer is full gets the next block
// when it has taken the last one; one that refuses a block is tried again after the first pause of
// the deliver client, from its height on. Everybody else gets blocks by gossip, or as a leader from
// the orderers.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/cluster.h"
#include "sim/run/ordering_service.h"

namespace hearsay::sim {

class BlockFeed {
 public:
  // Subscribes to the blocks that `orderers` cuts. Everything given outlives the feed, which
  // outlives the run.
  BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster,
            OrderingService& orderers);

  // `peer` joined `channel` with a ledger of this height. Called from inside the peer's start.
  void on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel, BlockNum height);

 private:
  struct Taker {
    PeerIndex peer;
    BlockNum next = 1;
    bool busy = false;        // it has not taken the last block yet, or refused it just now
    std::uint32_t lives = 0;  // how often it joined; what was arranged in an earlier life is void
  };
  struct Feed {
    std::string name;
    std::vector<Taker> takers;    // ascending
    std::vector<Payload> blocks;  // blocks[i] is number i + 1: the genesis block is everywhere
  };

  void on_cut(ChannelIndex channel, const Payload& block);
  // Brings the taker whatever it can take now.
  void feed(ChannelIndex channel, Taker& taker, GossipPeer& peer);
  void on_outcome(ChannelIndex channel, Taker& taker, AddOutcome outcome);

  World& world_;
  Cluster& cluster_;
  std::vector<Feed> feeds_;  // by ChannelIndex
};

}  // namespace hearsay::sim
