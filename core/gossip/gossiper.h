// Gossiper: how an engine pushes a message to others without knowing the router.
#pragma once

#include "core/base/ids.h"
#include "core/wire/envelope.h"

namespace hearsay {

class Gossiper {
 public:
  // Pushes a message of our own to whoever may get it.
  virtual void gossip(const EnvelopeRef& envelope) = 0;
  // Pushes on what came from `previous_hop`, to others than it.
  virtual void forward(const EnvelopeRef& envelope, PeerIndex previous_hop) = 0;

 protected:
  ~Gossiper() = default;
};

}  // namespace hearsay
