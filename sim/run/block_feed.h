// BlockFeed: brings the orderer's blocks to the peers that take them from it.
//
// A plain source: a static leader that is up gets each block at the instant it is cut, and one that
// joins or comes back gets what it missed, from its ledger's height on. A scenario may name other
// peers instead
// (`blocks.from`). The deliver protocol, with streams and retries, is not part of this version.
#pragma once

#include <vector>

#include "sim/model/orderer.h"
#include "sim/run/cluster.h"

namespace hearsay::sim {

class BlockFeed {
 public:
  // Arranges the block streams of `plan`. Everything given outlives the feed, which outlives the
  // run.
  BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster);

  // `peer` joined `channel` with a ledger of this height. Called from inside the peer's start.
  void on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel, BlockNum height);

 private:
  struct Feed {
    std::string name;
    std::vector<PeerIndex> takers;
    std::vector<Payload> blocks;  // blocks[i] is number i + 1: the genesis block is everywhere
  };

  void on_cut(ChannelIndex channel, const Payload& block);
  bool takes(const Feed& feed, PeerIndex peer) const;

  Cluster& cluster_;
  std::vector<Feed> feeds_;  // by ChannelIndex
  Orderer orderer_;
};

}  // namespace hearsay::sim
