// PullId, PullIds: what pull calls its items inside the process.
//
// On the wire an item's id is a byte string (Fabric: a digest). Inside, an identity is the peer it
// belongs to and a block is its number, so that a set of thousands of identities is a bit each and
// taking one set from another is a few hundred words of work. A number also stands for a PKI-ID
// that nobody in this process has named yet (identity_pull.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/index_bits.h"

namespace hearsay {

struct PullId {
  std::uint64_t value = 0;
  bool is_peer = false;

  static PullId of(PeerIndex p) { return {raw(p), true}; }
  static PullId of(std::uint64_t number) { return {number, false}; }
  // REQUIRES: is_peer.
  PeerIndex peer() const { return PeerIndex{static_cast<std::uint32_t>(value)}; }
  bool operator==(const PullId&) const = default;
};

// A set of ids, visited in ascending order: peers first, then numbers.
class PullIds {
 public:
  // True if the id was not there before; true if it was.
  bool add(PullId id);
  bool remove(PullId id);
  // Many numbers at once, in any order, repeated ones too.
  void add_numbers(std::vector<std::uint64_t> numbers);
  void merge(const PullIds& other);
  void subtract(const PullIds& other);
  void clear();

  bool contains(PullId id) const {
    return id.is_peer ? peers_.test(id.peer())
                      : std::binary_search(numbers_.begin(), numbers_.end(), id.value);
  }
  std::size_t count() const { return peers_.count() + numbers_.size(); }
  bool empty() const { return count() == 0; }

  IndexBits& peers() { return peers_; }
  const IndexBits& peers() const { return peers_; }
  std::span<const std::uint64_t> numbers() const { return numbers_; }

  template <typename F>
  void for_each(F&& f) const {
    peers_.for_each([&](PeerIndex p) { f(PullId::of(p)); });
    for (const std::uint64_t number : numbers_)
      f(PullId::of(number));
  }

 private:
  IndexBits peers_;
  std::vector<std::uint64_t> numbers_;  // ascending
};

}  // namespace hearsay
