// ConnectionTable: what Comm keeps per connection, indexed by the slot inside its ConnId.
//
// At 10,000 peers there are 10^8 connection ends, so a record is 16 bytes: who is at the far end,
// the phase, the index of whatever else the phase needs (a dial attempt, an out queue), and the far
// end's ConnEstablish, which later proves to a channel who is asking (Fabric: ConnectionInfo.Auth).
//
// REQUIRES of the transport: the low 20 bits of a ConnId are a dense slot, the 12 above tell its
// uses apart; the slot is not used again before close().
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/ids.h"
#include "core/base/prefetch.h"
#include "core/wire/envelope.h"

namespace hearsay {

//   dial -> kDialling -> kPinging -> kShaking -> kOpenOut -> kEnded… -> (write fails) kFree or
//   kMuted accepted -> kShakingIn -> kOpenIn -> kFree
enum class ConnPhase : std::uint8_t {
  kFree = 0,
  kDialling = 1,
  kPinging = 2,
  kShaking = 3,        // we dialled, our ConnEstablish is out, theirs is awaited
  kShakingIn = 4,      // they dialled, the same
  kDeaf = 8,           // outbound, sent us garbage: writable, never read again
  kEndedByRemote = 9,  // outbound, the stream is over; found out by the next write
  kEndedBroken = 10,
  kMuted = 11,    // outbound, the write of a response failed: nothing is written again
  kOpenOut = 14,  // the two ordinary ones, chosen for the tests below
  kOpenIn = 15,
};

class ConnRecord {
 public:
  static constexpr std::uint32_t kNoAux = 0xFFFF;

  ConnPhase phase() const { return static_cast<ConnPhase>(state_ >> kPhaseShift); }
  // The attempt while dialling or shaking hands, else the out queue; kNoAux for none.
  std::uint32_t aux() const { return state_ & kNoAux; }
  // Which use of the slot this is.
  std::uint32_t generation() const { return state_ >> kGenerationShift & kGenerationMask; }
  // Who is at the far end: expected while dialling, proven once established. kNoPeer: not known.
  PeerIndex peer() const { return peer_; }
  // The far end's ConnEstablish, once it has been accepted.
  const EnvelopeRef& handshake() const { return handshake_; }

  void set(ConnPhase phase, std::uint32_t aux) {
    HS_ASSERT(aux <= kNoAux);
    state_ = static_cast<std::uint32_t>(phase) << kPhaseShift |
             (state_ & kGenerationMask << kGenerationShift) | aux;
  }
  void set_phase(ConnPhase phase) { set(phase, aux()); }
  void set_peer(PeerIndex peer) { peer_ = peer; }
  void set_handshake(EnvelopeRef handshake) { handshake_ = std::move(handshake); }

  // Authenticated, and frames are read from it.
  bool open() const { return state_ >= kOpenBits; }
  // Open, and nothing is queued: a frame may go straight to the stream.
  bool clear_to_write() const { return (state_ & (kOpenBits | kNoAux)) == (kOpenBits | kNoAux); }
  // Authenticated, in whatever state.
  bool established() const { return phase() >= ConnPhase::kDeaf; }
  bool inbound() const { return phase() == ConnPhase::kOpenIn || phase() == ConnPhase::kShakingIn; }

 private:
  friend class ConnectionTable;
  static constexpr int kPhaseShift = 28;
  static constexpr int kGenerationShift = 16;
  static constexpr std::uint32_t kGenerationMask = 0xFFF;
  // Common to kOpenOut and kOpenIn, and to no other phase.
  static constexpr std::uint32_t kOpenBits = 0xE000'0000;

  PeerIndex peer_ = kNoPeer;
  std::uint32_t state_ = kNoAux;
  EnvelopeRef handshake_;
};
static_assert(sizeof(ConnRecord) == 16);

class ConnectionTable {
 public:
  static constexpr int kSlotBits = 20;
  static std::uint32_t slot_of(ConnId conn) { return raw(conn) & ((1u << kSlotBits) - 1); }

  // A free record for an id that is unknown or stale.
  const ConnRecord& operator[](ConnId conn) const {
    const std::uint32_t slot = slot_of(conn);
    if (slot >= records_.size()) return kFreeRecord;
    const ConnRecord& record = records_[slot];
    return record.generation() == raw(conn) >> kSlotBits ? record : kFreeRecord;
  }
  // REQUIRES: the id is in use.
  ConnRecord& at(ConnId conn) {
    HS_ASSERT((*this)[conn].phase() != ConnPhase::kFree);
    return records_[slot_of(conn)];
  }
  // REQUIRES: slot < limit().
  const ConnRecord& in_slot(std::uint32_t slot) const { return records_[slot]; }
  ConnId id_of(std::uint32_t slot) const {
    return ConnId{records_[slot].generation() << kSlotBits | slot};
  }

  ConnRecord& make(ConnId conn, ConnPhase phase, std::uint32_t aux, PeerIndex peer) {
    const std::uint32_t slot = slot_of(conn);
    if (slot >= records_.size()) grow(slot + 1);
    ConnRecord& record = records_[slot];
    HS_ASSERT_MSG(record.phase() == ConnPhase::kFree, "connection slot used again before close");
    record.state_ = raw(conn) >> kSlotBits << ConnRecord::kGenerationShift;
    record.set(phase, aux);
    record.set_peer(peer);
    return record;
  }
  void free(ConnId conn) { at(conn) = ConnRecord(); }
  // All slots are below.
  std::uint32_t limit() const { return static_cast<std::uint32_t>(records_.size()); }
  void prefetch(ConnId conn) const {
    const std::uint32_t slot = slot_of(conn);
    if (slot < records_.size()) prefetch_line(&records_[slot]);
  }
  // REQUIRES: slot < limit().
  void prefetch_slot(std::uint32_t slot) const { prefetch_line(&records_[slot]); }

 private:
  // By a quarter, not by doubling: this table is the largest of Comm.
  void grow(std::size_t size) {
    if (size > records_.capacity()) records_.reserve(size + size / 4 + 8);
    records_.resize(size);
  }

  static inline const ConnRecord kFreeRecord{};
  std::vector<ConnRecord> records_;
};

}  // namespace hearsay
