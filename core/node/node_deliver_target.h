// NodeDeliverTarget: a Node as the deliver client's peer.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "core/deliver/deliver_target.h"
#include "core/node/node.h"

namespace hearsay {

class NodeDeliverTarget final : public DeliverTarget {
 public:
  // `node` outlives it.
  explicit NodeDeliverTarget(Node& node) : node_(node) {}

  std::optional<BlockNum> ledger_height(std::string_view channel) const override {
    return node_.ledger_height(channel);
  }
  AddOutcome add_payload(std::string_view channel, const Payload& block, AddDone done) override {
    return node_.add_payload(channel, block, std::move(done));
  }
  void gossip(GossipMessage message) override { node_.gossip(std::move(message)); }

 private:
  Node& node_;
};

}  // namespace hearsay
