// ConnectionTable: what Comm keeps per connection.
//
// At 10,000 peers there are 10^8 connection ends. What every frame asks for, who is at the far end,
// the phase, and the index of whatever else the phase needs (a dial attempt, an out queue), is 8
// bytes and stands in the transport's own record, as the connection's tag. The far end's
// ConnEstablish, which later proves to a channel who is asking (Fabric: ConnectionInfo.Auth),
// stands here by slot.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/ids.h"
#include "core/ports/transport.h"
#include "core/wire/envelope.h"

namespace hearsay {

//   dial     -> kDialling -> kPinging -> kShaking -> kOpenOut -> kEnded… -> (write fails) kFree,
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

  // A free one.
  ConnRecord() = default;
  ConnRecord(ConnPhase phase, std::uint32_t aux, PeerIndex peer)
      : peer_(peer), state_(static_cast<std::uint32_t>(phase) << kPhaseShift | aux) {
    HS_ASSERT(aux <= kNoAux);
  }

  ConnPhase phase() const { return static_cast<ConnPhase>(state_ >> kPhaseShift); }
  // The attempt while dialling or shaking hands, else the out queue; kNoAux for none.
  std::uint32_t aux() const { return state_ & kNoAux; }
  // Who is at the far end: expected while dialling, proven once established. kNoPeer: not known.
  PeerIndex peer() const { return peer_; }

  // Authenticated, and frames are read from it.
  bool open() const { return state_ >= kOpenBits; }
  // Open, and nothing is queued: a frame may go straight to the stream.
  bool clear_to_write() const { return (state_ & (kOpenBits | kNoAux)) == (kOpenBits | kNoAux); }
  // Authenticated, in whatever state.
  bool established() const { return phase() >= ConnPhase::kDeaf; }
  bool inbound() const { return phase() == ConnPhase::kOpenIn || phase() == ConnPhase::kShakingIn; }

 private:
  static constexpr int kPhaseShift = 28;
  // Common to kOpenOut and kOpenIn, and to no other phase.
  static constexpr std::uint32_t kOpenBits = 0xE000'0000;

  PeerIndex peer_ = kNoPeer;
  std::uint32_t state_ = kNoAux;
};
static_assert(sizeof(ConnRecord) == sizeof(ConnTag));

class ConnectionTable {
 public:
  // `transport` outlives the table.
  explicit ConnectionTable(Transport& transport) : transport_(transport) {}

  // A free record for an id that is unknown or stale.
  ConnRecord operator[](ConnId conn) const {
    const ConnTag* tag = transport_.tag(conn);
    return tag == nullptr || *tag == 0 ? ConnRecord() : std::bit_cast<ConnRecord>(*tag);
  }
  // REQUIRES: the transport has just made the connection.
  void make(ConnId conn, ConnRecord record) {
    HS_ASSERT_MSG(raw(conn) < kConnIdLimit, "an id that no connection may have");
    HS_ASSERT_MSG((*this)[conn].phase() == ConnPhase::kFree, "a connection made twice");
    put(conn, record);
  }
  // REQUIRES of this and those below: the id is in use.
  void set_phase(ConnId conn, ConnPhase phase) {
    const ConnRecord record = (*this)[conn];
    set(conn, {phase, record.aux(), record.peer()});
  }
  void set_aux(ConnId conn, std::uint32_t aux) {
    const ConnRecord record = (*this)[conn];
    set(conn, {record.phase(), aux, record.peer()});
  }
  // The far end has proved with `handshake` that it is `peer`.
  void establish(ConnId conn, ConnPhase phase, PeerIndex peer, const EnvelopeRef& handshake) {
    set(conn, {phase, ConnRecord::kNoAux, peer});
    const std::uint32_t slot = conn_slot(conn);
    if (slot >= handshakes_.size()) grow(slot + 1);
    handshakes_[slot] = handshake;
  }
  // To be called before the transport closes it.
  void free(ConnId conn) {
    HS_ASSERT((*this)[conn].phase() != ConnPhase::kFree);
    *transport_.tag(conn) = 0;
    if (conn_slot(conn) < handshakes_.size()) handshakes_[conn_slot(conn)].reset();
  }

  // The far end's ConnEstablish; null unless established.
  EnvelopeRef handshake_of(ConnId conn) const {
    return (*this)[conn].established() ? handshakes_[conn_slot(conn)] : EnvelopeRef();
  }

 private:
  void set(ConnId conn, ConnRecord record) {
    HS_ASSERT((*this)[conn].phase() != ConnPhase::kFree);
    put(conn, record);
  }
  void put(ConnId conn, ConnRecord record) {
    ConnTag* tag = transport_.tag(conn);
    HS_ASSERT_MSG(tag != nullptr, "a connection that the transport does not have");
    *tag = std::bit_cast<ConnTag>(record);
  }
  // By a quarter, not by doubling: there is one for each pair of peers.
  void grow(std::size_t size) {
    if (size > handshakes_.capacity()) handshakes_.reserve(size + size / 4 + 8);
    handshakes_.resize(size);
  }

  Transport& transport_;
  std::vector<EnvelopeRef> handshakes_;
};

}  // namespace hearsay
