// ServiceTimes: what a host's CPU needs for a frame of each kind before its tenant sees it.
//
// Each host has one CPU that serves frames in the order of their arrival. All zero, the
// default, costs nothing.
#pragma once

#include <array>

#include "core/base/time.h"
#include "core/wire/message.h"

namespace hearsay::sim {

struct ServiceTimes {
  std::array<Duration, kContentKinds> of_kind{};

  bool any() const {
    for (const Duration d : of_kind) {
      if (d != 0) return true;
    }
    return false;
  }
  Duration of(ContentKind kind) const { return of_kind[static_cast<std::size_t>(kind)]; }
};

}  // namespace hearsay::sim
