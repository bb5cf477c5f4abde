// Who invalidates whom: the order between two messages that a store keeps one of.
//
// Mirrors gossip/protoext/msgcomparator.go. Only the PKI-ID and the timestamp count (for blocks:
// the number); channel, MAC, tag and contents do not, so a caller keeps one store per channel and
// type. The relation is not antisymmetric: equal timestamps invalidate each other, which is what
// suppresses duplicates.
//
// Messages that lack what their rule reads (an alive message without membership, a stamp or a block
// payload that is absent) make Fabric v2.5.4 crash. Divergence: here a newcomer that lacks it is
// kInvalidated by any stored message of its kind, so it is refused; a stored one that lacks it is
// invalidated by any sound newcomer. Engines reject such messages before they ask.
#pragma once

#include <cstdint>

#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace hearsay {

enum class Comparison : std::uint8_t {
  kNoAction,     // both may stay
  kInvalidates,  // the newcomer evicts the stored one
  kInvalidated,  // the newcomer is refused because of the stored one
};

// Compares the newcomer `incoming` with the `stored` message. `block_capacity` is how many blocks a
// block store keeps (Fabric: maxBlockCountToStore); blocks further apart than this do not coexist.
// It is 0 for every other store.
Comparison compare(const GossipMessage& incoming, const GossipMessage& stored,
                   std::uint64_t block_capacity);
Comparison compare(const Envelope& incoming, const Envelope& stored, std::uint64_t block_capacity);

// The rule for two stamps of one subject: later invalidates, equal or earlier is invalidated.
constexpr Comparison compare_stamps(PeerTime incoming, PeerTime stored) {
  return incoming > stored ? Comparison::kInvalidates : Comparison::kInvalidated;
}

// The rule for two block numbers.
constexpr Comparison compare_blocks(std::uint64_t incoming, std::uint64_t stored,
                                    std::uint64_t capacity) {
  if (incoming == stored) return Comparison::kInvalidated;
  const std::uint64_t distance = incoming > stored ? incoming - stored : stored - incoming;
  if (distance <= capacity) return Comparison::kNoAction;
  return incoming > stored ? Comparison::kInvalidates : Comparison::kInvalidated;
}

const char* comparison_name(Comparison comparison);

}  // namespace hearsay
