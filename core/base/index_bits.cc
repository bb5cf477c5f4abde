#include "core/base/index_bits.h"

#include <algorithm>

namespace hearsay {

bool IndexBits::set(std::uint32_t i) {
  const std::size_t word = i >> 6;
  if (word >= words_.size()) words_.resize(word + 1, 0);
  const std::uint64_t bit = std::uint64_t{1} << (i & 63);
  if ((words_[word] & bit) != 0) return false;
  words_[word] |= bit;
  ++count_;
  return true;
}

bool IndexBits::clear(std::uint32_t i) {
  if (!test(i)) return false;
  words_[i >> 6] &= ~(std::uint64_t{1} << (i & 63));
  --count_;
  return true;
}

void IndexBits::clear_all() {
  std::fill(words_.begin(), words_.end(), 0);
  count_ = 0;
}

}  // namespace hearsay
