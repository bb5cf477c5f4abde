// SweepGrid: when the sweeper of a message store wakes.
//
// Fabric's expirationRoutine waits ttl/100, sweeps, and waits again. Sweeps take no virtual time,
// so they fall on origin + k ttl/100. Most find nothing; a store here wakes only at those that may.
#pragma once

#include "core/base/assert.h"
#include "core/base/time.h"

namespace hearsay {

class SweepGrid {
 public:
  // A store that never expires anything has ttl 0.
  SweepGrid(Time origin, Duration ttl) : origin_(origin), period_(ttl / 100) {
    HS_ASSERT_MSG(ttl == 0 || period_ > 0,
                  "a time to live of less than 100 ns leaves no sweep period");
  }

  // The first sweep after the instant `due`: an entry qualifies when its age exceeds a limit, so
  // not at the very instant when it equals it.
  Time after(Time due) const {
    const Duration since = due - origin_;
    return origin_ + (since / period_ + 1) * period_;
  }

 private:
  Time origin_;
  Duration period_;
};

}  // namespace hearsay
