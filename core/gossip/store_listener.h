// StoreListener: who hears what a message store lets go of.
#pragma once

#include "core/wire/envelope.h"

namespace hearsay {

class StoreListener {
 public:
  // A newer message displaced this one, or a purge removed it; also when it had expired before.
  virtual void on_invalidated(const EnvelopeRef& envelope) = 0;
  // The message outlived the store's time to live. Once per message; the end of its tombstone is
  // silent.
  virtual void on_expired(const EnvelopeRef& envelope) = 0;
  // Neither may call the store that calls.

 protected:
  ~StoreListener() = default;
};

}  // namespace hearsay
