#include "core/deliver/backoff.h"

#include "core/base/assert.h"

namespace hearsay {

namespace {

// A number of nanoseconds of the form n / 5^k, exactly: multiplied by 6/5 it stays one.
struct Fraction {
  Duration whole = 0;
  std::vector<std::uint8_t> fifths;  // digits to the base of 5 behind the point

  // Adds a fifth of itself, which is itself moved one digit to the right.
  void grow() {
    fifths.push_back(0);
    unsigned carry = 0;
    for (std::size_t i = fifths.size(); i-- > 0;) {
      const unsigned moved = i == 0 ? static_cast<unsigned>(whole % 5) : fifths[i - 1];
      const unsigned sum = fifths[i] + moved + carry;
      fifths[i] = static_cast<std::uint8_t>(sum % 5);
      carry = sum / 5;
    }
    whole += whole / 5 + carry;
  }
  bool above(Duration limit) const {
    if (whole != limit) return whole > limit;
    for (const std::uint8_t digit : fifths) {
      if (digit != 0) return true;
    }
    return false;
  }
};

// One more step would leave the range of Duration.
constexpr std::size_t kMostSteps = 138;

}  // namespace

Backoff::Backoff(Duration longest) : longest_(longest) {
  // Fabric: the quotient of two logarithms, cut off towards zero.
  const bool hardly_below = longest < kFirst && longest * 6 > kFirst * 5;
  Fraction pause{hardly_below ? longest : kFirst, {}};
  Duration shown = kFirst;
  while (!pause.above(longest) && growing_.size() < kMostSteps) {
    growing_.push_back(shown / kMillisecond * kMillisecond);
    pause.grow();
    shown = pause.whole;
  }
}

Duration Backoff::after(std::uint64_t failures) const {
  HS_ASSERT(failures > 0);
  return failures <= growing_.size() ? growing_[failures - 1] : longest_;
}

}  // namespace hearsay
