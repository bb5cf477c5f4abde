// Router: to whom a pushed message goes.
//
// Mirrors gossipBatch, gossipInChan, peersByOriginOrgPolicy and sendAndFilterSecrets of
// gossip/gossip/gossip_impl.go. The emitter hands it whole batches; the router sorts each batch
// into five classes (blocks, leadership, state info, messages for the own organisation, the rest),
// draws targets from the alive members and sends. Spec: push.md section 5, whose numbers the source
// quotes.
//
//   gossip/forward -> Emitter --batch--> Router --(class, targets)--> Comm
#pragma once

#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/gossip/channel_set.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/disclosure.h"
#include "core/gossip/emitter.h"
#include "core/gossip/gossiper.h"
#include "core/gossip/identity.h"
#include "core/gossip/view.h"

namespace hearsay {

class Router final : public Gossiper, private BatchSink {
 public:
  Router(Context& context, const View& view, const IdentityMapper& identities,
         const ChannelSet& channels, Comm& comm);

  void start() { emitter_.start(); }
  // What is still buffered is dropped, never flushed.
  void stop() { emitter_.stop(); }

  void gossip(const EnvelopeRef& envelope) override { emitter_.add(envelope, kNoPeer); }
  void forward(const EnvelopeRef& envelope, PeerIndex previous_hop) override {
    emitter_.add(envelope, previous_hop);
  }

 private:
  enum class Class : std::uint8_t { kBlock, kLeader, kState, kOrg, kRest };
  static constexpr std::size_t kClasses = 5;

  void route(std::span<const Emission> batch) override;
  Class classify(const Envelope& envelope) const;

  void route_in_channel(std::span<const Emission> items, bool to_all);
  void route_state_info(const Emission& item);
  void route_in_org(std::span<const Emission> items);
  void route_alive(const Emission& item);

  // Fills targets_ with up to propagatePeerNum alive members that `accept`.
  template <typename Accept>
  void choose(Accept&& accept);
  void send_to_targets(const Emission& item);
  // Sends go out behind all choices of a batch, so that what each will touch is on its way by then.
  void post(PeerIndex to, const EnvelopeRef& envelope);
  void flush();

  Context& context_;
  const View& view_;
  const IdentityMapper& identities_;
  const Disclosure disclosure_;
  const ChannelSet& channels_;
  Comm& comm_;
  Random random_;
  Emitter emitter_;

  // Scratch, kept to spare allocations.
  std::vector<Emission> classes_[kClasses];
  std::vector<PeerIndex> targets_;
  std::vector<ChannelIndex> batch_channels_;
  struct Posted {
    PeerIndex to;
    EnvelopeRef envelope;
  };
  std::vector<Posted> posted_;
};

}  // namespace hearsay
