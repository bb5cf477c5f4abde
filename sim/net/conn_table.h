// ConnTable: one host's ends of connections, 32 bytes each, named by slot and generation.
//
// A ConnId (core/ports/transport.h) holds the slot and above it the slot's generation. A slot is
// reused oldest first and with the next generation, so a late event that names a closed connection
// finds nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/assert.h"
#include "core/base/ids.h"
#include "core/base/prefetch.h"
#include "core/base/time.h"
#include "core/ports/transport.h"
#include "sim/world/event.h"

namespace hearsay::sim {

inline constexpr std::uint32_t kConnGenerations = kConnIdLimit >> kConnSlotBits;
inline constexpr std::uint32_t kConnSlotMask = (1U << kConnSlotBits) - 1;

enum class ConnState : std::uint8_t {
  kFree,
  kDialling,   // no answer yet
  kConnected,  // dialled and answered, no stream yet
  kAccepted,   // the far end dialled, its stream is not here yet: invisible to the owner
  kOpen,
  kEnded,  // the far end closed or the stream broke; waits for the owner's close
};

inline constexpr std::uint32_t kNoExtra = 0xFFFF'FFFF;

// One end. Everything a frame touches on either side is here, the owner's tag included, in one half
// of a cache line.
struct alignas(32) Conn {
  // When the last thing this end sent reaches the far end: nothing overtakes it.
  Time last_arrival = 0;
  HostIndex far_host = kNoPeer;
  ConnId far_conn = kNoConn;
  // Of a stalled stream: its Stall; while dialling: its Dial; free: the next free slot.
  std::uint32_t extra = kNoExtra;
  std::uint16_t generation = 0;
  ConnState state = ConnState::kFree;
  std::uint8_t flags = 0;
  ConnTag tag = 0;

  static constexpr std::uint8_t kStalled = 1;
  static constexpr std::uint8_t kWantsRoom = 2;  // a write was refused

  bool stalled() const { return (flags & kStalled) != 0; }
  bool plain() const { return state == ConnState::kOpen && flags == 0; }
};
static_assert(sizeof(Conn) == 32);

class ConnTable {
 public:
  // A connection in the given state, which is not kFree. References to Conns are valid until the
  // next call of this.
  ConnId allocate(ConnState state) {
    std::uint32_t slot = free_head_;
    if (slot == kNone) {
      slot = static_cast<std::uint32_t>(conns_.size());
      HS_ASSERT_MSG(slot < kConnSlotMask, "too many connections of one host");
      grow();
      conns_.emplace_back();
    } else {
      free_head_ = conns_[slot].extra;
      if (free_head_ == kNone) free_tail_ = kNone;
    }
    const std::uint16_t generation = conns_[slot].generation;
    conns_[slot] = Conn{};
    conns_[slot].generation = generation;
    conns_[slot].state = state;
    return id_of(slot);
  }

  // Null when the connection is gone.
  Conn* find(ConnId id) {
    const std::uint32_t slot = conn_slot(id);
    if (slot >= conns_.size()) return nullptr;
    Conn& conn = conns_[slot];
    if (conn.generation != raw(id) >> kConnSlotBits || conn.state == ConnState::kFree)
      return nullptr;
    return &conn;
  }
  const Conn* find(ConnId id) const { return const_cast<ConnTable*>(this)->find(id); }

  void release(ConnId id) {
    const std::uint32_t slot = conn_slot(id);
    Conn& conn = conns_[slot];
    conn.state = ConnState::kFree;
    conn.flags = 0;
    conn.generation = static_cast<std::uint16_t>((conn.generation + 1U) % kConnGenerations);
    conn.extra = kNone;
    if (free_tail_ == kNone) {
      free_head_ = slot;
    } else {
      conns_[free_tail_].extra = slot;
    }
    free_tail_ = slot;
  }

  // Slots ever used; id_of(slot) of each below it that is not free names a connection.
  std::uint32_t slots() const { return static_cast<std::uint32_t>(conns_.size()); }
  ConnId id_of(std::uint32_t slot) const {
    return ConnId{std::uint32_t{conns_[slot].generation} << kConnSlotBits | slot};
  }
  void prefetch(ConnId id) const { prefetch_line(conns_.data() + conn_slot(id)); }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  // By a quarter, not by doubling: connections are most of a large world.
  void grow() {
    if (conns_.size() == conns_.capacity()) conns_.reserve(conns_.size() + conns_.size() / 4 + 8);
  }

  std::vector<Conn> conns_;
  std::uint32_t free_head_ = kNone;
  std::uint32_t free_tail_ = kNone;
};

}  // namespace hearsay::sim
