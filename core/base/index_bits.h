// IndexBits: a set of small integers as one bit each, iterated in ascending order.
//
// Holds "which peers are alive", "whose identity is known" for a whole organisation in N/8 bytes.
// Grows on set(); reading beyond the end gives false. Also draws uniform samples.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/random.h"

namespace hearsay {

class IndexBits {
 public:
  bool test(std::uint32_t i) const {
    const std::size_t word = i >> 6;
    return word < words_.size() && (words_[word] >> (i & 63) & 1) != 0;
  }
  bool test(PeerIndex p) const { return test(raw(p)); }

  // Returns true if the bit was clear before.
  bool set(std::uint32_t i);
  bool set(PeerIndex p) { return set(raw(p)); }
  // Returns true if the bit was set before.
  bool clear(std::uint32_t i);
  bool clear(PeerIndex p) { return clear(raw(p)); }
  void clear_all();
  // Adds the members of `other`; takes them out.
  void merge(const IndexBits& other);
  void subtract(const IndexBits& other);

  std::uint32_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  // One more than the largest index that may be set.
  std::uint32_t limit() const { return static_cast<std::uint32_t>(words_.size() * 64); }

  // The same members, whatever room was made.
  friend bool operator==(const IndexBits& a, const IndexBits& b);

  // Calls f(PeerIndex) for each member, ascending.
  template <typename F>
  void for_each(F&& f) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1) {
        f(PeerIndex{static_cast<std::uint32_t>(w * 64) +
                    static_cast<std::uint32_t>(std::countr_zero(bits))});
      }
    }
  }

  // Draws up to k distinct members that `accept`, uniformly over all such subsets, in the order
  // drawn. Fewer than k only when fewer members are accepted. Appends to out.
  //
  // Divergence: Fabric walks a random permutation of the whole pool (filter.SelectPeers); drawing
  // indices and rejecting gives the same distribution in O(k) when most indices match. See
  // docs/adr.
  template <typename Accept>
  void sample(std::uint32_t k, Random& random, Accept&& accept, std::vector<PeerIndex>& out) const {
    const std::size_t first = out.size();
    if (k == 0 || count_ == 0) return;
    // While the set is dense a draw hits with good odds; after too many misses, fall back to a full
    // pass.
    std::uint32_t misses_left = 8 * k + 32;
    const std::uint32_t bound = limit();
    if (count_ > k && std::uint64_t{count_} * 8 >= bound) {
      while (out.size() - first < k && misses_left > 0) {
        const std::uint32_t i = random.below(bound);
        if (test(i) && !contains(out, first, PeerIndex{i}) && accept(PeerIndex{i})) {
          out.push_back(PeerIndex{i});
        } else {
          --misses_left;
        }
      }
    }
    if (out.size() - first < k) sample_by_pass(k, random, accept, first, out);
  }

 private:
  static bool contains(const std::vector<PeerIndex>& v, std::size_t first, PeerIndex p) {
    for (std::size_t i = first; i < v.size(); ++i) {
      if (v[i] == p) return true;
    }
    return false;
  }

  // Completes a sample by a partial Fisher-Yates shuffle of the accepted members not drawn yet.
  // Keeping what was drawn is sound: draws so far are a uniform ordered prefix.
  template <typename Accept>
  void sample_by_pass(std::uint32_t k, Random& random, Accept&& accept, std::size_t first,
                      std::vector<PeerIndex>& out) const {
    std::vector<PeerIndex> rest;
    for_each([&](PeerIndex p) {
      if (!contains(out, first, p) && accept(p)) rest.push_back(p);
    });
    for (std::size_t i = 0; i < rest.size() && out.size() - first < k; ++i) {
      const auto j = i + random.below(static_cast<std::uint32_t>(rest.size() - i));
      std::swap(rest[i], rest[j]);
      out.push_back(rest[i]);
    }
  }

  std::vector<std::uint64_t> words_;
  std::uint32_t count_ = 0;
};

}  // namespace hearsay
