// BlockPull: how the members of an organisation fill the gaps that push left in a channel.
//
// Mirrors createBlockPuller and the pull branch of HandleMessage in
// gossip/gossip/channel/channel.go of Fabric v2.5.4. Spec: channel.md sections 8 and 9, pull.md
// section 8. What is advertised are the blocks of the channel's store: it tells of what it evicts
// and what expires.
//
// Pulled blocks are delivered, not forwarded. Blocks below the ledger's height are not asked for.
//
// Divergence: an update that spans more than the store holds pushes its own first blocks out of it.
// They are delivered like the others, but not advertised; Fabric would advertise them for ever.
#pragma once

#include <optional>
#include <vector>

#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/gossip/message_store.h"
#include "core/gossip/pull_mediator.h"
#include "core/gossip/store_listener.h"
#include "core/gossip/view.h"

namespace hearsay {

class Channel;
class ChannelListener;

class BlockPull final : public StoreListener, private PullAdapter {
 public:
  // Ids of one digest or request that are looked at. Divergence: Fabric has no limit; an honest
  // digest names no more blocks than the store keeps.
  static constexpr std::size_t kMaxIds = 16'384;

  // What it works with; all outlive it. `channel` and `blocks`, which own it or stand beside it,
  // are not used before start().
  struct Parts {
    Context& context;
    const View& view;
    const IdentityMapper& identities;
    Comm& comm;
    ChannelListener& listener;
    const Channel& channel;
    MessageStore& blocks;
  };
  explicit BlockPull(const Parts& parts, const std::string& channel_name);

  void start();
  void stop() { mediator_.stop(); }

  // 8. A pull message from a member of the channel.
  void on_message(const Received& message);

  // A block entered the store by another way.
  void add(const EnvelopeRef& block) { mediator_.add(block); }

  // The numbers advertised, ascending.
  std::span<const std::uint64_t> advertised() const { return mediator_.advertised().numbers(); }
  PullMediator& mediator() { return mediator_; }

 private:
  // StoreListener
  void on_invalidated(const EnvelopeRef& block) override { remove(*block); }
  void on_expired(const EnvelopeRef& block) override { remove(*block); }

  // PullAdapter
  void select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) override;
  bool reachable(PeerIndex peer) const override;
  void send(PeerIndex to, const EnvelopeRef& message) override { parts_.comm.send(to, message); }
  void respond(const Received& to, const EnvelopeRef& message) override {
    parts_.comm.respond(to.conn, message);
  }
  PullIds read_digest(const Digests& digests) override;
  void read_request(const Digests& digests, std::vector<PullId>& out) override;
  Digests write(const PullIds& ids) override;
  std::optional<PullId> id_of(const Envelope& item) const override;
  PullShare share_with(const Received&) const override { return PullShare::kAll; }
  bool shows(PullId, const Received&) const override { return true; }
  void consume(const Received& update, const EnvelopeRef& item) override;
  bool keeps(const EnvelopeRef& item) const override;
  void round_ended() override {}

  // May this peer pull from us, and may we take what it sends?
  bool admits(const Received& message) const;
  void on_update(const Received& message);
  // What makes the whole update worthless; nullopt when the item is sound.
  std::optional<RejectReason> fault(const Envelope& item) const;
  void remove(const Envelope& block);

  const Parts parts_;
  PullMediator mediator_;
};

}  // namespace hearsay
