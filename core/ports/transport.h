// Transport: ordered streams between endpoints, as one gRPC bidirectional stream per connection.
//
// The dialling side goes through dial -> on_connected -> ping -> on_pong -> open_stream; from then
// on both sides write frames. The accepting side first hears of a connection with on_accepted, when
// the stream is opened: a probe that only dials and pings stays invisible to it, as in Fabric.
// Frames of one direction arrive in the order written and are never silently lost: trouble shows as
// delay, then as on_closed.
//
// Handshake, buffers, drop policy and one-connection-per-pair live above, in core/gossip/comm.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/ids.h"
#include "core/wire/envelope.h"

namespace hearsay {

enum class StreamEnd : std::uint8_t {
  kRemoteClosed,  // the far end closed the stream
  kBroken,        // reset: the far end died, or retransmission gave up
};

// What a ConnId tells: a dense slot in the low bits, and above them which use of the slot it is.
// All are below kConnIdLimit, so that an owner may tell them from values of its own.
inline constexpr int kConnSlotBits = 20;
inline constexpr std::uint32_t kConnIdLimit = 0xFFF0'0000;
constexpr std::uint32_t conn_slot(ConnId id) { return raw(id) & ((1U << kConnSlotBits) - 1); }

// Eight bytes of the owner's, of whoever dialled or heard on_accepted, that a transport keeps with
// each connection, beside what a frame touches of it anyway: the owner needs no table of its own,
// at which each frame would miss the caches once more. 0 when the connection is made.
using ConnTag = std::uint64_t;

class Transport {
 public:
  // Starts to connect and keeps trying, as gRPC with "block until connected" does: a refused or
  // lost attempt is retried, so the caller decides by its own timer when to give up (and then calls
  // close). Upcall: on_connected, once.
  virtual ConnId dial(std::string_view endpoint) = 0;

  // The unary Ping. Upcall: on_pong, if the far end answers. REQUIRES: on_connected came.
  virtual void ping(ConnId conn) = 0;

  // Opens the stream; frames may be written at once. REQUIRES: on_connected came.
  virtual void open_stream(ConnId conn) = 0;

  // Hands one frame to the stream. False: no room now (flow control); nothing was taken and
  // on_writable will be called when there is room. Writing to a stream that the far end has closed
  // "succeeds" or fails by the next on_closed; see write_fails().
  virtual bool write(ConnId conn, const EnvelopeRef& frame) = 0;

  // True when a write would fail at once because this end already knows that the stream is over.
  virtual bool write_fails(ConnId conn) const = 0;

  // The tag of a connection, null when there is none: closed, or never made. Valid until the next
  // connection is made or this one is closed.
  virtual ConnTag* tag(ConnId conn) = 0;

  // A hint that `conn` will be written to soon, and its tag be asked for; a transport may load what
  // that will touch into the caches.
  virtual void prefetch(ConnId conn) const { static_cast<void>(conn); }

  // Closes this end; the far end hears on_closed(kRemoteClosed) after the latency of the path. No
  // upcall follows for this ConnId, and it must not be used again.
  virtual void close(ConnId conn) = 0;

 protected:
  ~Transport() = default;
};

// What a transport tells its node. Upcalls never come from inside a Transport call.
class TransportHandler {
 public:
  virtual void on_connected(ConnId conn) = 0;
  // The far end's machine is there and refused the attempt to connect; the transport will try again
  // by itself. For an owner that would rather not wait (gRPC: FailOnNonTempDialError).
  virtual void on_refused(ConnId conn) { static_cast<void>(conn); }
  virtual void on_pong(ConnId conn) = 0;
  virtual void on_accepted(ConnId conn) = 0;
  virtual void on_frame(ConnId conn, EnvelopeRef frame) = 0;
  virtual void on_writable(ConnId conn) = 0;
  // The stream ended. The ConnId stays valid, and write_fails() is true, until close() is called.
  virtual void on_closed(ConnId conn, StreamEnd end) = 0;
  // Hints, some events ahead: `frame` will probably be handed to `conn`; null when frames travel as
  // bytes. Load what it will touch into the caches, in as many steps, from 0 on, as pointers must
  // be followed: what one step asked for is there in the next. Nothing observable may happen.
  virtual void prefetch(unsigned step, ConnId conn, const Envelope* frame) const {
    static_cast<void>(step);
    static_cast<void>(conn);
    static_cast<void>(frame);
  }

 protected:
  ~TransportHandler() = default;
};

}  // namespace hearsay
