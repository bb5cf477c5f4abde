// Event: one entry of the calendar, 32 bytes, plain data.
//
// The total order of a run is (time, origin, origin's sequence): whoever causes an event stamps it
// with its own number and its own running count, so that simultaneous events come in an order that
// is part of the model and never an accident of a container. Origin 0 is the world (the runner's
// actions), origin h + 1 is host h.
//
// Invariant: no two pending events have the same key.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/base/assert.h"
#include "core/base/ids.h"
#include "core/base/time.h"

namespace hearsay::sim {

// Hosts are numbered densely in the order in which they are added; a peer's host has
// the peer's index.
using HostIndex = PeerIndex;

enum class EventKind : std::uint8_t {
  kCall,   // an action of the world; payload: its index
  kTimer,  // a timer of a host; slot, payload: generation
  // From here on the meaning belongs to the network (sim/net).
  kFirstOfNetwork = 8,
};

inline constexpr int kSequenceBits = 40;
inline constexpr std::uint32_t kHostsMax = (1U << 24) - 2;
inline constexpr std::uint64_t kWorldOrigin = 0;

// The first key of an origin; each further event of that origin takes the next integer.
constexpr std::uint64_t first_key(std::uint64_t origin) { return origin << kSequenceBits; }
constexpr std::uint64_t origin_of(HostIndex host) { return std::uint64_t{raw(host)} + 1; }

struct Event {
  Time time;
  std::uint64_t key;      // origin and sequence
  std::uint64_t payload;  // by kind; may be a pointer that owns a count
  std::uint32_t host_and_kind;
  std::uint32_t slot;  // by kind: a timer's slot, a connection

  HostIndex host() const { return HostIndex{host_and_kind >> 8}; }
  EventKind kind() const { return static_cast<EventKind>(host_and_kind & 0xFF); }

  static constexpr std::uint32_t pack(HostIndex host, EventKind kind) {
    return raw(host) << 8 | static_cast<std::uint32_t>(kind);
  }
};
static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);

// "a comes before b", without a branch. Times are never negative.
inline bool before(const Event& a, const Event& b) {
  __extension__ using Wide = unsigned __int128;
  const Wide left = static_cast<Wide>(static_cast<std::uint64_t>(a.time)) << 64 | a.key;
  const Wide right = static_cast<Wide>(static_cast<std::uint64_t>(b.time)) << 64 | b.key;
  return left < right;
}

}  // namespace hearsay::sim
