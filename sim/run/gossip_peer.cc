#include "sim/run/gossip_peer.h"

#include "core/base/assert.h"

namespace hearsay::sim {

GossipPeer::GossipPeer(PeerHome& home, const SharedPorts& shared, const HostContext& host)
    : switch_(node_, block_source_),
      block_source_(host.clock, host.transport),
      context_(home.identity, *home.config, shared.directory, host.clock, host.transport,
               *home.crypto, shared.trace, host.random.fork(host.restarts), has_past(home, host)),
      node_(context_, home.bootstrap),
      home_(home),
      clock_(host.clock),
      commit_block_(shared.commit_block),
      blocks_(shared.blocks),
      target_(node_),
      // There is no TLS here, and so no certificate.
      delivery_(home.orderers != nullptr ? std::make_unique<DeliverService>(
                                               context_, block_source_, target_,
                                               DeliverOptions{.version = home.deliver_version})
                                         : nullptr),
      service_(context_, node_, delivery()) {}

void GossipPeer::start() {
  if (context_.settled) node_.adopt(*home_.past);
  node_.start();
  join_due_channels();
}

void GossipPeer::stop(StopReason reason) {
  // A crashed process says no farewell.
  if (reason == StopReason::kEnd) service_.stop();
}

void GossipPeer::join_due_channels() {
  // A node that has found its own identity invalid has stopped.
  if (node_.stopped()) return;
  for (const ChannelPlan* plan : home_.channels) {
    const ChannelIndex index = context_.directory.find_channel(plan->name);
    if (plan->join_at > clock_.now() || joined(index)) continue;
    LedgerHandler& committed = *this;
    ChainStore& chain = home_.chains.try_emplace(index, blocks_, plan->name).first->second;
    ledgers_.push_back(std::make_unique<Chain>(clock_, chain, committed, index, commit_block_));
    const BlockNum height = chain.height();
    // Fabric: the source of endpoints hears of a configuration before the channel is initialised.
    if (delivery_ != nullptr) delivery_->endpoints(plan->name).update(*home_.orderers, {});
    const auto created = service_.create_channel(plan->config, *ledgers_.back());
    HS_ASSERT_MSG(created.ok(), "a channel that validation let pass");
    if (home_.on_joined) home_.on_joined(*this, index, height);
  }
}

void GossipPeer::on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) {
  node_.on_commit_failed(channel, number, failure);
  if (node_.stopped() && home_.on_died) home_.on_died();
}

}  // namespace hearsay::sim
