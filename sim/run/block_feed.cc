#include "sim/run/block_feed.h"

#include <algorithm>

namespace hearsay::sim {

namespace {

Arrivals arrivals_of(const scenario::BlockStream& stream) {
  return stream.arrivals == scenario::Arrivals::kPoisson ? Arrivals::kPoisson : Arrivals::kConstant;
}

}  // namespace

BlockFeed::BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster)
    : cluster_(cluster),
      orderer_(
          cluster.crypto(), cluster.orderer_identity(), world.random().fork("orderer"),
          [&world](Time at, std::function<void()> action) { world.call_at(at, std::move(action)); },
          [this](ChannelIndex channel, const Payload& block) { on_cut(channel, block); }) {
  feeds_.resize(cluster.directory().channel_count());
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    const scenario::BlockStream& stream = plan.blocks[i];
    const ChannelIndex channel = cluster.directory().find_channel(stream.channel);
    Feed& feed = feeds_[raw(channel)];
    feed.name = stream.channel;
    if (stream.from) {
      const auto chosen = cluster.select(*stream.from, "blocks" + std::to_string(i));
      feed.takers.insert(feed.takers.end(), chosen.begin(), chosen.end());
    } else {
      for (std::size_t p = 0; p < cluster.size(); ++p) {
        const PeerIndex peer = peer_index(p);
        if (cluster.home(peer).leads && cluster.member_of(peer, channel)) {
          feed.takers.push_back(peer);
        }
      }
    }
    orderer_.add({.channel = channel,
                  .channel_name = stream.channel,
                  .start = stream.start,
                  .interval = stream.interval,
                  .count = stream.count,
                  .size = static_cast<std::uint32_t>(stream.size),
                  .arrivals = arrivals_of(stream)});
  }
  for (Feed& feed : feeds_) {
    std::sort(feed.takers.begin(), feed.takers.end());
    feed.takers.erase(std::unique(feed.takers.begin(), feed.takers.end()), feed.takers.end());
  }
}

bool BlockFeed::takes(const Feed& feed, PeerIndex peer) const {
  return std::binary_search(feed.takers.begin(), feed.takers.end(), peer);
}

void BlockFeed::on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel,
                          BlockNum height) {
  const Feed& feed = feeds_[raw(channel)];
  if (!takes(feed, index)) return;
  for (std::size_t i = height - 1; i < feed.blocks.size(); ++i) {
    peer.node().deliver_block(feed.name, feed.blocks[i]);
  }
}

void BlockFeed::on_cut(ChannelIndex channel, const Payload& block) {
  Feed& feed = feeds_[raw(channel)];
  feed.blocks.push_back(block);
  for (const PeerIndex taker : feed.takers) {
    GossipPeer* peer = cluster_.peer(taker);
    if (peer != nullptr && peer->joined(channel)) peer->node().deliver_block(feed.name, block);
  }
}

}  // namespace hearsay::sim
