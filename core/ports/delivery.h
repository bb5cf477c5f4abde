// Delivery: pulls the blocks of channels from the ordering service, for a peer that leads.
//
// Mirrors core/deliverservice DeliverService of Fabric v2.5.4, as the gossip service sees it.
#pragma once

#include <functional>
#include <string_view>

#include "core/base/result.h"

namespace hearsay {

class Delivery {
 public:
  // Begins to pull the channel's blocks. When it ends by itself, for whatever reason, or by stop(),
  // `finaliser` is called once, never from inside a call of this class. An error, with Fabric's
  // words, when the service is stopping or the channel is delivered already.
  virtual Result<bool> start(std::string_view channel, std::function<void()> finaliser) = 0;
  // An error, with Fabric's words, when the service is stopping or the channel was never started.
  virtual Result<bool> stop(std::string_view channel) = 0;
  // Ends all; no start or stop succeeds afterwards.
  virtual void stop_all() = 0;

 protected:
  ~Delivery() = default;
};

}  // namespace hearsay
