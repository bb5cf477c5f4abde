#include "analysis/curve.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"

namespace hearsay::analysis {
namespace {

bool moved(const CurvePoint& a, const CurvePoint& b, double visible) {
  return a.complete() != b.complete() || std::fabs(a.fraction() - b.fraction()) >= visible;
}

}  // namespace

void Curve::add(Time time, std::uint64_t reached, std::uint64_t total) {
  HS_ASSERT(!has_pending_ || time >= pending_.time);
  if (has_pending_ && time > pending_.time) settle();
  pending_ = {time, reached, total};
  has_pending_ = true;
}

void Curve::settle() {
  if (!kept_.empty() && !moved(kept_.back(), pending_, visible_)) {
    before_ = pending_;
    has_before_ = true;
    return;
  }
  if (has_before_) kept_.push_back(before_);
  has_before_ = false;
  kept_.push_back(pending_);
  if (kept_.size() > kMaxPoints) thin();
}

void Curve::thin() {
  while (kept_.size() > kMaxPoints / 2 && visible_ < 0.5) {
    visible_ *= 2;
    std::vector<CurvePoint> fewer = {kept_.front()};
    for (std::size_t i = 1; i < kept_.size(); ++i) {
      if (i + 1 == kept_.size() || moved(fewer.back(), kept_[i], visible_)) {
        fewer.push_back(kept_[i]);
      }
    }
    kept_ = std::move(fewer);
  }
  // A curve that keeps flapping: what remains is every other point.
  if (kept_.size() > kMaxPoints / 2) {
    std::size_t n = 1;
    for (std::size_t i = 2; i < kept_.size(); i += 2)
      kept_[n++] = kept_[i];
    kept_.resize(n);
  }
}

std::vector<CurvePoint> Curve::points() const {
  std::vector<CurvePoint> all = kept_;
  if (has_before_ && moved(kept_.back(), pending_, visible_)) all.push_back(before_);
  if (has_pending_) all.push_back(pending_);
  return all;
}

CurvePoint Curve::at(Time time) const {
  if (has_pending_ && pending_.time <= time) return pending_;
  const auto after = std::upper_bound(kept_.begin(), kept_.end(), time,
                                      [](Time t, const CurvePoint& p) { return t < p.time; });
  return after == kept_.begin() ? CurvePoint{} : *std::prev(after);
}

}  // namespace hearsay::analysis
