// Dense identifiers.
//
// Inside a process peers, organisations, channels and connections are small integers; the names of
// the wire (PKI-ID, endpoint, MSP id, channel name) are mapped to them once, by the Directory. Each
// kind is a type of its own, so a PeerIndex never becomes an OrgIndex by accident. `raw` gives the
// integer for indexing an array.
#pragma once

#include <cstdint>
#include <type_traits>

namespace hearsay {

enum class PeerIndex : std::uint32_t {};
enum class OrgIndex : std::uint16_t {};
enum class ChannelIndex : std::uint16_t {};

// One end of one connection, as its owner names it. Never reused while its owner may still hold it.
enum class ConnId : std::uint32_t {};

using BlockNum = std::uint64_t;

inline constexpr PeerIndex kNoPeer{0xFFFF'FFFF};
inline constexpr OrgIndex kNoOrg{0xFFFF};
inline constexpr ChannelIndex kNoChannel{0xFFFF};
inline constexpr ConnId kNoConn{0xFFFF'FFFF};

template <typename Id>
constexpr auto raw(Id id) {
  return static_cast<std::underlying_type_t<Id>>(id);
}

constexpr PeerIndex peer_index(std::size_t i) { return PeerIndex{static_cast<std::uint32_t>(i)}; }

}  // namespace hearsay
