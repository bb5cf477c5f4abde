#include "sim/run/block_feed.h"

#include <algorithm>

#include "sim/run/block_series.h"

namespace hearsay::sim {

BlockFeed::BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster,
                     OrderingService& orderers)
    : world_(world),
      cluster_(cluster),
      orderers_(orderers),
      orderer_(
          cluster.crypto(), cluster.orderer_identity(), world.random().fork("orderer"),
          [&world](Time at, std::function<void()> action) { world.call_at(at, std::move(action)); },
          [this](ChannelIndex channel, const Payload& block) { on_cut(channel, block); }) {
  feeds_.resize(cluster.directory().channel_count());
  for (std::size_t i = 0; i < plan.blocks.size(); ++i)
    add_stream(plan, i);
  const auto before = [](const Taker& a, const Taker& b) { return a.peer < b.peer; };
  const auto same = [](const Taker& a, const Taker& b) { return a.peer == b.peer; };
  for (Feed& feed : feeds_) {
    std::sort(feed.takers.begin(), feed.takers.end(), before);
    feed.takers.erase(std::unique(feed.takers.begin(), feed.takers.end(), same), feed.takers.end());
  }
}

void BlockFeed::add_stream(const scenario::Scenario& plan, std::size_t index) {
  const scenario::BlockStream& stream = plan.blocks[index];
  const ChannelIndex channel = cluster_.directory().find_channel(stream.channel);
  Feed& feed = feeds_[raw(channel)];
  feed.name = stream.channel;
  if (stream.from) {
    for (const PeerIndex p : cluster_.select(*stream.from, "blocks" + std::to_string(index)))
      feed.takers.push_back({p});
  } else {
    for (std::size_t p = 0; p < cluster_.size(); ++p) {
      const PeerIndex peer = peer_index(p);
      if (cluster_.home(peer).leads && cluster_.member_of(peer, channel)) {
        feed.takers.push_back({peer});
      }
    }
  }
  orderer_.add(block_series(stream, channel));
}

void BlockFeed::on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel,
                          BlockNum height) {
  for (Taker& taker : feeds_[raw(channel)].takers) {
    if (taker.peer != index) continue;
    taker.next = height;
    taker.busy = false;
    ++taker.lives;
    feed(channel, taker, peer);
  }
}

void BlockFeed::on_cut(ChannelIndex channel, const Payload& block) {
  orderers_.append(channel, block);
  feeds_[raw(channel)].blocks.push_back(block);
  for (Taker& taker : feeds_[raw(channel)].takers) {
    GossipPeer* peer = cluster_.peer(taker.peer);
    if (peer != nullptr && peer->joined(channel)) feed(channel, taker, *peer);
  }
}

void BlockFeed::feed(ChannelIndex channel, Taker& taker, GossipPeer& peer) {
  const Feed& feed = feeds_[raw(channel)];
  while (!taker.busy && taker.next <= feed.blocks.size()) {
    taker.busy = true;
    const AddOutcome outcome = peer.node().deliver_block(
        feed.name, feed.blocks[taker.next - 1], [this, channel, &taker, &peer](AddOutcome late) {
          on_outcome(channel, taker, late);
          this->feed(channel, taker, peer);
        });
    if (outcome != AddOutcome::kWaiting) on_outcome(channel, taker, outcome);
  }
}

void BlockFeed::on_outcome(ChannelIndex channel, Taker& taker, AddOutcome outcome) {
  if (is_added(outcome)) {
    ++taker.next;
    taker.busy = false;
    return;
  }
  world_.call_at(world_.now() + kRetryPause, [this, channel, &taker, life = taker.lives] {
    GossipPeer* peer = cluster_.peer(taker.peer);
    if (taker.lives != life || peer == nullptr) return;
    taker.busy = false;
    taker.next = cluster_.chain(taker.peer, channel)->height();
    feed(channel, taker, *peer);
  });
}

}  // namespace hearsay::sim
