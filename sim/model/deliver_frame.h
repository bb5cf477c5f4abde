// The messages of AtomicBroadcast's deliver stream as frames of the virtual network.
//
// Streams carry gossip's Envelope {payload 1, signature 2, secret 3, and what is unknown}. Read as
// one, the bytes of a common.Envelope or an orderer.DeliverResponse come out again unchanged, so
// they travel as what they are: with their exact sizes, in both wire modes, and with nothing added
// to the way of a gossip frame (docs/adr/0008).
//
//   common.Envelope { payload = 1, signature = 2 }   the same fields
//   DeliverResponse { block = 2 }                    in the place of the signature
//   DeliverResponse { status = 1 }                   a varint: an unknown field
//
// One frame of a block serves every stream of every orderer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/block_bytes.h"
#include "core/wire/deliver.h"
#include "core/wire/envelope.h"

namespace hearsay::sim {

// What an orderer sends ahead of what the peer has taken, in bytes; the response that crosses the
// line still goes. grpc-go: the initial window of a stream.
inline constexpr std::uint32_t kDeliverWindow = 64 * 1024;

EnvelopeRef frame_of(const CommonEnvelope& envelope);
EnvelopeRef frame_of(Status status);
// A response with these bytes in the place of its block. REQUIRES: not empty.
EnvelopeRef frame_of_block(std::string_view block);

CommonEnvelope envelope_in(const Envelope& frame);
// std::monostate when the bytes are no response.
DeliverResponse response_in(const Envelope& frame);
// The bytes in the place of a block.
const std::string& block_in(const Envelope& frame);

// The peer has taken so many bytes of responses more. Stands for HTTP/2's WINDOW_UPDATE, which is
// part of every gRPC stream and has no place in the network's own.
EnvelopeRef window_frame(std::uint32_t bytes);
// nullopt: another frame.
std::optional<std::uint32_t> window_in(const Envelope& frame);

}  // namespace hearsay::sim
