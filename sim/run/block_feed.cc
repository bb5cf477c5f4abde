#include "sim/run/block_feed.h"

#include <algorithm>

#include "core/deliver/backoff.h"

namespace hearsay::sim {

BlockFeed::BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster,
                     OrderingService& orderers)
    : world_(world), cluster_(cluster) {
  feeds_.resize(cluster.directory().channel_count());
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    const scenario::BlockStream& stream = plan.blocks[i];
    if (!stream.from) continue;
    Feed& feed = feeds_[raw(cluster.directory().find_channel(stream.channel))];
    feed.name = stream.channel;
    for (const PeerIndex p : cluster.select(*stream.from, "blocks" + std::to_string(i)))
      feed.takers.push_back({p});
  }
  const auto before = [](const Taker& a, const Taker& b) { return a.peer < b.peer; };
  const auto same = [](const Taker& a, const Taker& b) { return a.peer == b.peer; };
  for (Feed& feed : feeds_) {
    std::sort(feed.takers.begin(), feed.takers.end(), before);
    feed.takers.erase(std::unique(feed.takers.begin(), feed.takers.end(), same), feed.takers.end());
  }
  orderers.subscribe(
      [this](ChannelIndex channel, const Payload& block) { on_cut(channel, block); });
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
  Feed& to = feeds_[raw(channel)];
  if (to.takers.empty()) return;
  to.blocks.push_back(block);
  for (Taker& taker : to.takers) {
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
  world_.call_at(world_.now() + Backoff::kFirst, [this, channel, &taker, life = taker.lives] {
    GossipPeer* peer = cluster_.peer(taker.peer);
    if (taker.lives != life || peer == nullptr) return;
    taker.busy = false;
    taker.next = cluster_.chain(taker.peer, channel)->height();
    feed(channel, taker, *peer);
  });
}

}  // namespace hearsay::sim
