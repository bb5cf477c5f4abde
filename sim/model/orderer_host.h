// OrdererHost: an orderer as a tenant of the world: AtomicBroadcast's deliver side.
//
// Mirrors common/deliver/deliver.go of Fabric v2.5.4. Each stream that peers open is served by
// itself:
//
//   idle --seek envelope--> refused: a status, and the stream is closed
//                           accepted: blocks in order, as they come, then SUCCESS and idle again
//
// A block is sent when this orderer has it (OrdererHome::lag behind the others), when the stream
// takes it (Transport::write) and when the peer has taken most of what came before
// (kDeliverWindow). What an orderer does wrong is its home's conduct, which can change at any time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/deliver.h"
#include "sim/model/fake_crypto.h"
#include "sim/model/ordered_log.h"
#include "sim/model/seek.h"
#include "sim/world/tenant.h"

namespace hearsay::sim {

// How an orderer treats its streams.
struct OrdererConduct {
  enum class Kind : std::uint8_t {
    kSound,
    kSlow,          // each block of a stream takes `delay`
    kWithhold,      // takes streams and seeks, and sends nothing
    kStatus,        // answers every seek with `status`, and ends the streams it serves with it
    kCorrupt,       // blocks with a changed byte
    kGarbage,       // responses that do not decode
    kWrongChannel,  // blocks of another channel
    kOldBlock,      // the block before the one that is due
  };
  Kind kind = Kind::kSound;
  Duration delay = 0;
  Status status = Status::kServiceUnavailable;
};

// What an orderer is, and what outlives its process.
struct OrdererHome {
  std::string name;
  std::string identity;  // issued by `keys`
  const CryptoWorld* keys = nullptr;
  std::unique_ptr<FakeCrypto> crypto;
  OrderedLog* log = nullptr;
  // How long after it was cut a block arrives here.
  Duration lag = 0;
  OrdererConduct conduct;
};

class OrdererHost final : public Tenant,
                          private TransportHandler,
                          private TimerHandler,
                          private LogListener {
 public:
  // The home outlives it, and what the home points to.
  OrdererHost(OrdererHome& home, const HostContext& host);
  ~OrdererHost() override;

  void start() override;
  void stop(StopReason) override {}
  TransportHandler& transport_handler() override { return *this; }

  // The home's conduct is another now.
  void conduct_changed() { pump_all(); }

  std::size_t streams() const { return streams_.size(); }

 private:
  // Fabric reads a stream's next envelope when it has served the last one; what is ahead waits in
  // gRPC. Our peers send one a stream; what others send beyond this is dropped.
  static constexpr std::size_t kMaxWaitingSeeks = 16;

  struct Stream {
    ConnId conn;
    std::deque<CommonEnvelope> seeks;
    std::optional<SeekTask> task;
    std::optional<Status> answer;  // to be sent next, instead of a block
    std::uint64_t ahead = 0;       // bytes sent that the peer has not taken
    bool no_room = false;          // a write was refused
    bool pacing = false;           // kSlow: a timer runs for the next block
    bool paced = false;            // kSlow: the timer ran out
  };
  using Streams = std::map<std::uint32_t, Stream>;  // by ConnId: iterated in that order

  // TransportHandler
  void on_connected(ConnId) override {}
  void on_pong(ConnId) override {}
  void on_accepted(ConnId conn) override;
  void on_frame(ConnId conn, EnvelopeRef frame) override;
  void on_writable(ConnId conn) override;
  void on_closed(ConnId conn, StreamEnd end) override;
  // TimerHandler
  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  // LogListener
  void on_appended(ChannelIndex channel) override;

  // Sends what can be sent; the stream may be gone afterwards.
  void pump(Stream& stream);
  // One step of it. False: there is nothing to do for now, or no stream any more.
  bool step(Stream& stream);
  bool send_answer(Stream& stream);
  bool send_block(Stream& stream);
  bool paced(Stream& stream);
  EnvelopeRef block_for(const SeekTask& task) const;
  void pump_all();
  void end(ConnId conn);
  // Blocks cut by then are here.
  Time horizon() const { return clock_.now() - home_.lag; }

  OrdererHome& home_;
  OrderedLog& log_;
  Clock& clock_;
  Transport& transport_;
  Streams streams_;
};

}  // namespace hearsay::sim
