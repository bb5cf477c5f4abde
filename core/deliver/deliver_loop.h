// DeliverLoop: one start of delivery for one channel, in any of Fabric's versions, as the service
// sees it.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/deliver/deliver_target.h"
#include "core/deliver/orderer_endpoints.h"
#include "core/gossip/context.h"
#include "core/ports/orderer.h"
#include "core/trace/event.h"
#include "core/wire/block.h"

namespace hearsay {

class DeliverLoop;

class DeliverLoopListener {
 public:
  // The loop is over and does nothing any more. Comes once, maybe from inside start() or stop(). It
  // does not destroy the loop. `finalise`: whether Fabric's loop would have been there to run its
  // finaliser.
  virtual void on_deliver_end(DeliverLoop& loop, bool finalise) = 0;

 protected:
  ~DeliverLoopListener() = default;
};

// What every loop stands on. All but the strings outlive it.
struct DeliverParts {
  Context& context;
  BlockSource& source;
  DeliverTarget& target;
  OrdererEndpoints& endpoints;
  DeliverLoopListener& listener;
  std::string channel;
  std::string tls_cert_hash{};  // in every seek
};

class DeliverLoop {
 public:
  DeliverLoop() = default;
  DeliverLoop(const DeliverLoop&) = delete;
  DeliverLoop& operator=(const DeliverLoop&) = delete;
  virtual ~DeliverLoop() = default;

  // Begins. REQUIRES: called once.
  virtual void start() = 0;
  // Ends it at once; does nothing when it is over. Idempotent.
  virtual void stop() = 0;
  virtual bool over() const = 0;
  // "receiving from orderer0:7050, failures 0, slept 0 ms"
  virtual std::string describe() const = 0;
};

// The payload of a block that an orderer sent for the channel, or why it is refused.
Result<Payload, DeliverRefusal> checked_payload(const DeliverParts& parts, const Block& block);

}  // namespace hearsay
