#include "sim/run/block_feed.h"

#include <algorithm>
#include <utility>

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
  for (std::size_t i = 0; i < cluster.size(); ++i)
    taps_.emplace_back(*this, peer_index(i));
  for (std::size_t i = 0; i < plan.blocks.size(); ++i)
    add_stream(plan, i);
  const auto before = [](const Taker& a, const Taker& b) {
    return a.peer != b.peer ? a.peer < b.peer : a.injected > b.injected;
  };
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
      feed.takers.push_back({.peer = p, .injected = true});
  } else {
    for (std::size_t p = 0; p < cluster_.size(); ++p) {
      const PeerIndex peer = peer_index(p);
      if (cluster_.member_of(peer, channel)) feed.takers.push_back({.peer = peer});
    }
  }
  orderer_.add(block_series(stream, channel));
}

void BlockFeed::on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel,
                          BlockNum height) {
  Taker* taker = taker_of(channel, index);
  if (taker == nullptr) return;
  taker->next = height;
  taker->busy = false;
  taker->taking = taker->taking || taker->injected;
  ++taker->lives;
  if (taker->taking) feed(channel, *taker, peer);
}

BlockFeed::Taker* BlockFeed::taker_of(ChannelIndex channel, PeerIndex peer) {
  auto& takers = feeds_[raw(channel)].takers;
  const auto found =
      std::lower_bound(takers.begin(), takers.end(), peer,
                       [](const Taker& taker, PeerIndex p) { return taker.peer < p; });
  return found == takers.end() || found->peer != peer ? nullptr : &*found;
}

// --- delivery to one peer

Delivery& BlockFeed::delivery_of(PeerIndex index, GossipPeer& peer) {
  for (Feed& feed : feeds_) {
    for (Taker& taker : feed.takers) {
      if (taker.peer == index) taker.taking = false;
    }
  }
  taps_[raw(index)].bind(peer);
  return taps_[raw(index)];
}

void BlockFeed::Tap::bind(GossipPeer& peer) {
  peer_ = &peer;
  stopping_ = false;
  finalisers_.clear();
  ++lives_;
}

Result<bool> BlockFeed::Tap::start(std::string_view channel, std::function<void()> finaliser) {
  const ChannelIndex index = feed_.cluster_.directory().find_channel(channel);
  if (stopping_) return Error{"Delivery service is stopping"};
  if (!finalisers_.emplace(index, std::move(finaliser)).second) {
    return Error{"can't start delivery twice"};
  }
  Taker* taker = feed_.taker_of(index, index_);
  if (taker == nullptr) return true;
  taker->taking = true;
  // Not from inside the peer's call.
  feed_.world_.call_at(feed_.world_.now(), [this, index, taker, life = lives_] {
    if (life != lives_ || !taker->taking || feed_.cluster_.peer(index_) != peer_) return;
    if (!taker->busy) taker->next = feed_.cluster_.chain(index_, index)->height();
    feed_.feed(index, *taker, *peer_);
  });
  return true;
}

Result<bool> BlockFeed::Tap::stop(std::string_view channel) {
  const ChannelIndex index = feed_.cluster_.directory().find_channel(channel);
  if (stopping_) return Error{"Delivery service is stopping"};
  const auto found = finalisers_.find(index);
  if (found == finalisers_.end()) return Error{"can't stop delivery that was not started"};
  if (Taker* taker = feed_.taker_of(index, index_)) taker->taking = taker->injected;
  finish(std::move(found->second));
  finalisers_.erase(found);
  return true;
}

void BlockFeed::Tap::finish(std::function<void()> finaliser) {
  const auto later = [this, life = lives_, finaliser = std::move(finaliser)] {
    if (life == lives_ && feed_.cluster_.peer(index_) == peer_) finaliser();
  };
  feed_.world_.call_at(feed_.world_.now(), later);
}

void BlockFeed::Tap::stop_all() {
  stopping_ = true;
  for (auto& [channel, finaliser] : finalisers_) {
    if (Taker* taker = feed_.taker_of(channel, index_)) taker->taking = taker->injected;
    finish(std::move(finaliser));
  }
  finalisers_.clear();
}

// --- the blocks

void BlockFeed::on_cut(ChannelIndex channel, const Payload& block) {
  orderers_.append(channel, block);
  feeds_[raw(channel)].blocks.push_back(block);
  for (Taker& taker : feeds_[raw(channel)].takers) {
    GossipPeer* peer = taker.taking ? cluster_.peer(taker.peer) : nullptr;
    if (peer != nullptr && peer->joined(channel)) feed(channel, taker, *peer);
  }
}

void BlockFeed::feed(ChannelIndex channel, Taker& taker, GossipPeer& peer) {
  const Feed& feed = feeds_[raw(channel)];
  while (taker.taking && !taker.busy && taker.next <= feed.blocks.size()) {
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
