// Curve: how many of how many, over time; thinned while it is recorded.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/time.h"

namespace hearsay::analysis {

struct CurvePoint {
  Time time = 0;
  std::uint64_t reached = 0;
  std::uint64_t total = 0;

  // reached / total; 1 when there is nothing to reach.
  double fraction() const {
    return total == 0 ? 1.0 : static_cast<double>(reached) / static_cast<double>(total);
  }
  bool complete() const { return reached == total; }
  bool operator==(const CurvePoint&) const = default;
};

// Holds a step function. Of points at the same instant the last one counts. A point is kept when
// the curve moved by a visible share since the last kept one, or when it became complete or ceased
// to be; with it the point just before, so that plateaus stay flat. Never holds more than about
// kMaxPoints: the visible share grows instead. The first and the latest point are always there.
class Curve {
 public:
  static constexpr std::size_t kMaxPoints = 2000;

  // REQUIRES: times do not fall.
  void add(Time time, std::uint64_t reached, std::uint64_t total);

  // The points kept, ascending in time.
  std::vector<CurvePoint> points() const;
  bool empty() const { return kept_.empty() && !has_pending_; }
  // The value at `time`, as far as the kept points tell; 0 of 0 before the first.
  CurvePoint at(Time time) const;

 private:
  void settle();  // decides about pending_
  void thin();

  std::vector<CurvePoint> kept_;
  CurvePoint before_;   // the point that preceded pending_ and was not kept
  CurvePoint pending_;  // the latest; its instant may not be over
  bool has_before_ = false;
  bool has_pending_ = false;
  double visible_ = 1e-3;
};

}  // namespace hearsay::analysis
