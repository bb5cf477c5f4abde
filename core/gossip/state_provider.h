// StateProvider: how the blocks of one channel reach one node's ledger, and those of others.
//
// Mirrors gossip/state/state.go (GossipStateProviderImpl), one per channel and node. It owns the
// parts and lets in what concerns them; each part has its own page of the story. Spec: state.md,
// whose section numbers the sources quote.
//
//   pushed and pulled blocks --------+
//   the orderer's (add_payload) -----+--> BlockIntake --> PayloadBuffer --> CommitPump --> Ledger
//   StateTransfer <-- responses -----+                                          |            |
//         |                                                     height advertised by Channel |
//         +--> requests to others       requests of others --> StateServer <-----------------+
//
// Private data is not part of this version: what is pushed of it is recognised and refused.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/gossip/block_intake.h"
#include "core/gossip/channel.h"
#include "core/gossip/comm.h"
#include "core/gossip/commit_pump.h"
#include "core/gossip/context.h"
#include "core/gossip/payload_buffer.h"
#include "core/gossip/state_server.h"
#include "core/gossip/state_transfer.h"
#include "core/ports/ledger.h"

namespace hearsay {

class StateProvider {
 public:
  // All outlive it.
  struct Parts {
    Context& context;
    const View& view;
    Channel& channel;
    Comm& comm;
    Ledger& ledger;
  };

  // 5. Publishes the ledger's height and starts. Null when the ledger cannot be read: the channel
  // then has no state provider. REQUIRES: a ledger with a genesis block.
  static std::unique_ptr<StateProvider> make(const Parts& parts);
  StateProvider(const StateProvider&) = delete;
  StateProvider& operator=(const StateProvider&) = delete;

  // 6.1. A block that the channel accepted from gossip.
  AddOutcome on_block(const DataMessage& block) { return intake_.add_non_blocking(block.payload); }
  // 6.2. A message of the kinds that takes() names, for this channel.
  void on_message(const Received& message);
  static bool takes(ContentKind kind) {
    return kind == ContentKind::kStateRequest || kind == ContentKind::kStateResponse ||
           kind == ContentKind::kPrivateData;
  }
  // 6.6. A block of the orderer. With kWaiting, and then only, `done` is called once, later; until
  // then the deliver client must not bring another block. Waits for room, unless
  // nonBlockingCommitMode.
  AddOutcome add_payload(const std::optional<Payload>& block, AddDone done);

  void on_committed(BlockNum number) { pump_.on_committed(number); }
  // False when the process cannot go on.
  [[nodiscard]] bool on_commit_failed(BlockNum number, CommitFailure failure) {
    return pump_.on_commit_failed(number, failure);
  }
  std::optional<BlockNum> ledger_height() const { return ledger_.height(); }
  // The channel's readers policy may be another one now.
  void on_channel_configured() { readers_.clear(); }

  // 14. From now on everything is ignored and no commit starts.
  void stop();

  const PayloadBuffer& buffer() const { return buffer_; }
  const BlockIntake& intake() const { return intake_; }
  const CommitPump& pump() const { return pump_; }
  const StateTransfer& transfer() const { return transfer_; }
  const StateServer& server() const { return server_; }
  // "height 5 next 6 buffered 0, committing 5, idle"
  std::string describe() const;

 private:
  // What the readers policy says of a peer, by the handshake it was asked about.
  struct Reader {
    EnvelopeRef handshake;
    bool allowed = false;
  };

  StateProvider(const Parts& parts, BlockNum height);
  bool may_read(const Received& message);

  Context& context_;
  Channel& channel_;
  Comm& comm_;
  Ledger& ledger_;
  PayloadBuffer buffer_;
  CommitPump pump_;
  BlockIntake intake_;
  StateServer server_;
  StateTransfer transfer_;
  std::map<PeerIndex, Reader> readers_;
  bool stopped_ = false;
};

}  // namespace hearsay
