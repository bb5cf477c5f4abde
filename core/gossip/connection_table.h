// ConnectionTable: what Comm keeps per connection, indexed by ConnId.
//
// At 10,000 peers there are 10^8 connection ends, so a record is 16 bytes: who is at the far end,
// the phase, the index of whatever else the phase needs (a dial attempt, an out queue), and the far
// end's ConnEstablish, which later proves to a channel who is asking (Fabric: ConnectionInfo.Auth).
//
// REQUIRES: the transport names connections by small dense numbers and does not use a number again
// before close().
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/ids.h"
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
  static constexpr std::uint32_t kNoAux = 0x0FFF'FFFF;

  ConnPhase phase() const { return static_cast<ConnPhase>(state_ >> 28); }
  // The attempt while dialling or shaking hands, else the out queue; kNoAux for none.
  std::uint32_t aux() const { return state_ & kNoAux; }
  // Who is at the far end: expected while dialling, proven once established. kNoPeer: not known.
  PeerIndex peer() const { return peer_; }
  // The far end's ConnEstablish, once it has been accepted.
  const EnvelopeRef& handshake() const { return handshake_; }

  void set(ConnPhase phase, std::uint32_t aux) {
    HS_ASSERT(aux <= kNoAux);
    state_ = static_cast<std::uint32_t>(phase) << 28 | aux;
  }
  void set_phase(ConnPhase phase) { set(phase, aux()); }
  void set_peer(PeerIndex peer) { peer_ = peer; }
  void set_handshake(EnvelopeRef handshake) { handshake_ = std::move(handshake); }

  // Authenticated, and frames are read from it.
  bool open() const { return state_ >= static_cast<std::uint32_t>(ConnPhase::kOpenOut) << 28; }
  // Open, and nothing is queued: a frame may go straight to the stream.
  bool clear_to_write() const { return (state_ | 1u << 28) == 0xFFFF'FFFF; }
  // Authenticated, in whatever state.
  bool established() const { return phase() >= ConnPhase::kDeaf; }
  bool inbound() const { return phase() == ConnPhase::kOpenIn || phase() == ConnPhase::kShakingIn; }

 private:
  PeerIndex peer_ = kNoPeer;
  std::uint32_t state_ = kNoAux;
  EnvelopeRef handshake_;
};
static_assert(sizeof(ConnRecord) == 16);

class ConnectionTable {
 public:
  // A free record for an unknown id.
  const ConnRecord& operator[](ConnId conn) const {
    return raw(conn) < records_.size() ? records_[raw(conn)] : free_;
  }
  // REQUIRES: the id was made before.
  ConnRecord& at(ConnId conn) {
    HS_ASSERT(raw(conn) < records_.size());
    return records_[raw(conn)];
  }
  ConnRecord& make(ConnId conn, ConnPhase phase, std::uint32_t aux, PeerIndex peer) {
    if (raw(conn) >= records_.size()) grow(raw(conn) + 1);
    ConnRecord& record = records_[raw(conn)];
    HS_ASSERT_MSG(record.phase() == ConnPhase::kFree, "connection id used again before close");
    record.set(phase, aux);
    record.set_peer(peer);
    return record;
  }
  void free(ConnId conn) { at(conn) = ConnRecord(); }
  std::uint32_t limit() const { return static_cast<std::uint32_t>(records_.size()); }

 private:
  // By a quarter, not by doubling: this table is the largest of Comm.
  void grow(std::size_t size) {
    if (size > records_.capacity()) records_.reserve(size + size / 4 + 8);
    records_.resize(size);
  }

  std::vector<ConnRecord> records_;
  const ConnRecord free_{};
};

}  // namespace hearsay
