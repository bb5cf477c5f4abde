// BlockSource: the ordering service's deliver streams, as a peer sees them.
//
// One stream is one attempt: connect to an endpoint, open AtomicBroadcast's deliver stream, send
// one seek envelope, read responses until somebody ends it. When to try again, and where, is the
// business of the deliver engine above.
//
//   open --> [connect, at most `dial_timeout`] --> [open stream] --> [send seek] --> responses ...
//     any step may fail: on_source_end with the step, and the stream is over
//
// Back-pressure: while reading is off no more is held here than the window of a stream lets
// through, and what follows waits at the orderer.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.h"
#include "core/wire/deliver.h"

namespace hearsay {

// Names one attempt; never used twice by one source, so that a late upcall is known as such.
enum class SourceStream : std::uint32_t {};

// At which step a stream ended.
enum class SourceEnd : std::uint8_t {
  kDial,    // no connection within the time given
  kStream,  // connected, but the stream could not be opened
  kSend,    // the seek could not be sent
  kClosed,  // the orderer closed the stream in order
  kBroken,  // the connection broke
};

// Upcalls never come from inside a call of BlockSource.
class BlockSourceHandler {
 public:
  // The seek is sent; responses may follow.
  virtual void on_source_open(SourceStream stream) = 0;
  // A response that does not decode is std::monostate.
  virtual void on_source_response(SourceStream stream, DeliverResponse response) = 0;
  // The stream is over, and close() need not be called.
  virtual void on_source_end(SourceStream stream, SourceEnd end) = 0;

 protected:
  ~BlockSourceHandler() = default;
};

class BlockSource {
 public:
  // Begins an attempt at `endpoint` (host:port). Reading is on. The handler must outlive the
  // stream.
  virtual SourceStream open(std::string_view endpoint, const CommonEnvelope& seek,
                            Duration dial_timeout, BlockSourceHandler& handler) = 0;
  // Whether responses are wanted now. With `on` a held response comes at once, but not from inside
  // this call. The end of a stream comes behind its last response, whether or not reading is on.
  virtual void set_reading(SourceStream stream, bool on) = 0;
  // Ends the attempt at whatever step it is; no upcall follows. Does nothing when it is over.
  virtual void close(SourceStream stream) = 0;

 protected:
  ~BlockSource() = default;
};

}  // namespace hearsay
