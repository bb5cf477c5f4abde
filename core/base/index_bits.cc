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

void IndexBits::merge(const IndexBits& other) {
  if (words_.size() < other.words_.size()) words_.resize(other.words_.size(), 0);
  for (std::size_t w = 0; w < other.words_.size(); ++w) {
    count_ += static_cast<std::uint32_t>(std::popcount(other.words_[w] & ~words_[w]));
    words_[w] |= other.words_[w];
  }
}

void IndexBits::subtract(const IndexBits& other) {
  const std::size_t shared = std::min(words_.size(), other.words_.size());
  for (std::size_t w = 0; w < shared; ++w) {
    count_ -= static_cast<std::uint32_t>(std::popcount(other.words_[w] & words_[w]));
    words_[w] &= ~other.words_[w];
  }
}

bool operator==(const IndexBits& a, const IndexBits& b) {
  const auto& longer = a.words_.size() < b.words_.size() ? b.words_ : a.words_;
  const std::size_t shared = std::min(a.words_.size(), b.words_.size());
  const auto rest = longer.begin() + static_cast<std::ptrdiff_t>(shared);
  return a.count_ == b.count_ && std::equal(longer.begin(), rest, a.words_.begin()) &&
         std::equal(longer.begin(), rest, b.words_.begin()) &&
         std::all_of(rest, longer.end(), [](std::uint64_t word) { return word == 0; });
}

}  // namespace hearsay
