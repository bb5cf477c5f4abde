// The network's kinds of event, and the way-stations of what arrives.
#pragma once

#include "sim/world/event.h"

namespace hearsay::sim {

namespace net_event {
constexpr EventKind kind(int n) {
  return static_cast<EventKind>(static_cast<int>(EventKind::kFirstOfNetwork) + n);
}
// At the receiving end of a stream; slot: its connection.
inline constexpr EventKind kFrame = kind(0);  // payload: the frame, owned
inline constexpr EventKind kOpen = kind(1);
inline constexpr EventKind kClose = kind(2);
inline constexpr EventKind kReset = kind(3);
inline constexpr EventKind kPing = kind(4);
inline constexpr EventKind kPong = kind(5);
// Connecting.
inline constexpr EventKind kSyn =
    kind(6);  // at the listener; payload: dialler's host and connection
inline constexpr EventKind kSynAck =
    kind(7);  // at the dialler; slot; payload: far host and connection
inline constexpr EventKind kRefused = kind(8);
inline constexpr EventKind kDialAgain = kind(9);
// At the sending end; payload: a stall and its generation.
inline constexpr EventKind kRetransmit = kind(10);
inline constexpr EventKind kGiveUp = kind(11);
inline constexpr EventKind kRoom = kind(12);    // slot: a connection whose write was refused
inline constexpr EventKind kUplink = kind(13);  // the uplink has room for those that wait for it
}  // namespace net_event

// Where an arriving event stands: on the way, through the downlink, through the CPU. Kept in the
// two high bits of the kind.
inline constexpr int kStageShift = 6;
constexpr EventKind bare_kind(EventKind kind) {
  return static_cast<EventKind>(static_cast<unsigned>(kind) & ((1U << kStageShift) - 1));
}
constexpr unsigned stage_of(EventKind kind) { return static_cast<unsigned>(kind) >> kStageShift; }
constexpr EventKind with_stage(EventKind kind, unsigned stage) {
  return static_cast<EventKind>(static_cast<unsigned>(bare_kind(kind)) | stage << kStageShift);
}

// Two 32-bit numbers in a payload.
constexpr std::uint64_t pack_pair(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}
constexpr std::uint32_t high_of(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair >> 32);
}
constexpr std::uint32_t low_of(std::uint64_t pair) { return static_cast<std::uint32_t>(pair); }

// A pointer in a payload.
template <typename T>
std::uint64_t payload_of(T* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}
template <typename T>
T* pointer_in(std::uint64_t payload) {
  return reinterpret_cast<T*>(payload);  // NOLINT(performance-no-int-to-ptr): 32-byte events
}

// Who sent what arrives with a frame's event: its origin.
constexpr HostIndex sender_of(const Event& event) {
  return HostIndex{static_cast<std::uint32_t>((event.key >> kSequenceBits) - 1)};
}

// Arrivals are whole microseconds.
constexpr Time whole_microsecond(Time t) { return (t + 999) / 1000 * 1000; }

}  // namespace hearsay::sim
