// DeliverTarget: what the deliver client asks of its peer. Blocks are verified by MessageCrypto.
//
// Mirrors LedgerInfo and GossipServiceAdapter of internal/pkg/peer/blocksprovider of Fabric v2.5.4.
// core/node/node_deliver_target.h is the one that stands before a Node.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/ids.h"
#include "core/gossip/block_intake.h"
#include "core/wire/message.h"

namespace hearsay {

class DeliverTarget {
 public:
  // How many blocks the channel's ledger holds. nullopt: it cannot be read, or there is none.
  virtual std::optional<BlockNum> ledger_height(std::string_view channel) const = 0;
  // Puts a block of the orderer into the ledger's queue. With kWaiting, and then only, `done` is
  // called once, later, unless the peer stops before. It may be called after whoever gave the block
  // is gone.
  virtual AddOutcome add_payload(std::string_view channel, const Payload& block, AddDone done) = 0;
  // Pushes a message to others. REQUIRES: a legal tag.
  virtual void gossip(GossipMessage message) = 0;

 protected:
  ~DeliverTarget() = default;
};

}  // namespace hearsay
