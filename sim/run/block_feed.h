// BlockFeed: brings the orderer's blocks to the peers that take them from it.
//
// A plain source: a leader whose delivery has begun gets what its ledger misses, and then each
// block at the instant it is cut. A peer whose buffer is full gets the next block when it has taken
// the last one; one that refuses a block is tried again a little later, from its height on. A
// scenario may name other peers instead (`blocks.from`), which get blocks as long as they are up.
// The deliver protocol, with streams and retries, is not part of this version.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "core/ports/delivery.h"
#include "sim/model/orderer.h"
#include "sim/run/cluster.h"
#include "sim/run/ordering_service.h"

namespace hearsay::sim {

class BlockFeed {
 public:
  // Fabric: the first pause of the deliver client before it connects again.
  static constexpr Duration kRetryPause = 100 * kMillisecond;

  // Arranges the block streams of `plan`. Everything given outlives the feed, which outlives the
  // run.
  BlockFeed(const scenario::Scenario& plan, World& world, Cluster& cluster,
            OrderingService& orderers);

  // What a peer that begins a new life leads with. Nothing of its earlier life goes on.
  Delivery& delivery_of(PeerIndex index, GossipPeer& peer);
  // `peer` joined `channel` with a ledger of this height. Called from inside the peer's start.
  void on_joined(GossipPeer& peer, PeerIndex index, ChannelIndex channel, BlockNum height);

 private:
  struct Taker {
    PeerIndex peer;
    bool injected = false;  // gets blocks without asking for them
    bool taking = false;
    BlockNum next = 1;
    bool busy = false;        // it has not taken the last block yet, or refused it just now
    std::uint32_t lives = 0;  // how often it joined; what was arranged in an earlier life is void
  };
  struct Feed {
    std::string name;
    std::vector<Taker> takers;    // ascending
    std::vector<Payload> blocks;  // blocks[i] is number i + 1: the genesis block is everywhere
  };

  // Delivery to one peer: its takers take while it has begun.
  class Tap final : public Delivery {
   public:
    Tap(BlockFeed& feed, PeerIndex index) : feed_(feed), index_(index) {}
    void bind(GossipPeer& peer);
    Result<bool> start(std::string_view channel, std::function<void()> finaliser) override;
    Result<bool> stop(std::string_view channel) override;
    void stop_all() override;

   private:
    void finish(std::function<void()> finaliser);

    BlockFeed& feed_;
    const PeerIndex index_;
    GossipPeer* peer_ = nullptr;
    std::uint32_t lives_ = 0;
    bool stopping_ = false;
    std::map<ChannelIndex, std::function<void()>> finalisers_;
  };

  // Null when `peer` never takes blocks of the channel.
  Taker* taker_of(ChannelIndex channel, PeerIndex peer);
  void add_stream(const scenario::Scenario& plan, std::size_t index);
  void on_cut(ChannelIndex channel, const Payload& block);
  // Brings the taker whatever it can take now.
  void feed(ChannelIndex channel, Taker& taker, GossipPeer& peer);
  void on_outcome(ChannelIndex channel, Taker& taker, AddOutcome outcome);

  World& world_;
  Cluster& cluster_;
  OrderingService& orderers_;
  std::vector<Feed> feeds_;  // by ChannelIndex
  std::deque<Tap> taps_;     // by PeerIndex
  Orderer orderer_;
};

}  // namespace hearsay::sim
