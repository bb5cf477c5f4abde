// StreamBlockSource: the orderers' deliver streams over a host's Transport.
//
// The peer's end of orderer_host.h, and the port that the deliver engine stands on. It shares the
// transport with gossip: whoever hears the transport hands on what is about a connection that
// owns() names.
//
//   open --dial--> kDialling --on_connected--> kSeeking --seek written--> kOpen --> ...
//            |         | refused, or no answer in time: kDial
//
// Responses that wait while reading is off are held here, at most a window of them
// (kDeliverWindow); the orderer keeps the rest. What came before the end of a stream is handed on
// before the end.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/ports/clock.h"
#include "core/ports/orderer.h"
#include "core/ports/transport.h"

namespace hearsay::sim {

class StreamBlockSource final : public BlockSource, public TransportHandler, private TimerHandler {
 public:
  // Both outlive it.
  StreamBlockSource(Clock& clock, Transport& transport) : clock_(clock), transport_(transport) {}
  ~StreamBlockSource();
  StreamBlockSource(const StreamBlockSource&) = delete;
  StreamBlockSource& operator=(const StreamBlockSource&) = delete;

  SourceStream open(std::string_view endpoint, const CommonEnvelope& seek, Duration dial_timeout,
                    BlockSourceHandler& handler) override;
  void set_reading(SourceStream stream, bool on) override;
  void close(SourceStream stream) override;

  // Whether upcalls about this connection are for us.
  bool owns(ConnId conn) const { return !attempts_.empty() && find(conn) != nullptr; }
  std::size_t streams() const { return attempts_.size(); }

  void on_connected(ConnId conn) override;
  void on_refused(ConnId conn) override;
  void on_pong(ConnId) override {}
  void on_accepted(ConnId) override {}
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId conn) override;
  void on_closed(ConnId conn, StreamEnd end) override;

 private:
  enum class Phase : std::uint8_t { kDialling, kSeeking, kOpen };

  struct Attempt {
    SourceStream name;
    ConnId conn;
    BlockSourceHandler* handler;
    EnvelopeRef seek;
    TimerId dial_timer;
    TimerId wake_timer;
    Phase phase = Phase::kDialling;
    bool reading = true;
    std::deque<EnvelopeRef> held{};
    std::optional<SourceEnd> ended{};  // what the handler hears behind what is held
    std::uint32_t taken = 0;           // bytes handed on since the orderer was last told
  };

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  Attempt* find(ConnId conn) const;
  Attempt* find(SourceStream name) const;
  void send_seek(Attempt& attempt);
  // Hands on what is held while reading is on, and the end as soon as nothing is held.
  void hand_on(SourceStream name);
  void tell_taken(Attempt& attempt);
  void finish(Attempt& attempt, SourceEnd end);
  void forget(Attempt& attempt);

  // Few: a peer has one per channel that it leads. First, because every frame asks.
  std::vector<std::unique_ptr<Attempt>> attempts_;
  Clock& clock_;
  Transport& transport_;
  std::uint32_t next_ = 0;
};

}  // namespace hearsay::sim
