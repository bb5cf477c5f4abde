// IdentityPull: how identities reach those who never shook hands with their owner.
//
// Mirrors gossip/gossip/certstore.go and, in gossip/gossip/gossip_impl.go, createCertStorePuller
// and sameOrgOrOurOrgPullFilter of Fabric v2.5.4. Spec: pull.md sections 8 and 9.
//
// Every peer advertises its own identity, and those it has pulled. Identities learned by handshake
// or inside alive messages are known but not advertised, so they are pulled once all the same. A
// PKI-ID that a digest names and nobody in this process knows is remembered as a string until the
// round ends, so that it can be requested.
//
// Quirk: an identity that the mapper refuses, an expired one, is advertised to others nevertheless.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/gossip/past.h"
#include "core/gossip/pull_mediator.h"
#include "core/gossip/view.h"

namespace hearsay {

class IdentityPull final : private PullAdapter {
 public:
  // PKI-IDs new to this process that one round may ask for. Divergence: Fabric has no limit;
  // further ones wait for a later round.
  static constexpr std::size_t kMaxStrangers = 16'384;

  // All outlive it. Signs the own identity, which is advertised from now on; the first round begins
  // an interval after start().
  IdentityPull(Context& context, const View& view, IdentityMapper& identities, Comm& comm);

  void start();
  void stop() { mediator_.stop(); }

  // A pull message of type IDENTITY_MSG. An update with one bad item is dropped whole.
  void on_message(const Received& message);

  // An identity is to be forgotten: the mapper purged it. It is asked for again when advertised.
  void remove(PeerIndex peer) { mediator_.remove(PullId::of(peer)); }

  // Advertises an identity message as if it had been pulled. REQUIRES: a valid one, such as
  // another node's own_message(), whose PKI-ID the Directory knows.
  void add(const EnvelopeRef& message) { mediator_.add(message); }
  // The same for all that this node knows in a past. Before start().
  void adopt(const Past& past);

  // This peer's signed identity, as others get it; null when the node's key does not sign.
  const EnvelopeRef& own_message() const { return own_; }
  const IndexBits& advertised() const { return mediator_.advertised().peers(); }
  PullMediator& mediator() { return mediator_; }

 private:
  // PullAdapter
  void select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) override;
  bool reachable(PeerIndex peer) const override { return view_.alive(peer); }
  void send(PeerIndex to, const EnvelopeRef& message) override { comm_.send(to, message); }
  void respond(const Received& to, const EnvelopeRef& message) override {
    comm_.respond(to.conn, message);
  }
  PullIds read_digest(const Digests& digests) override;
  void read_request(const Digests& digests, std::vector<PullId>& out) override;
  Digests write(const PullIds& ids) override;
  std::optional<PullId> id_of(const Envelope& item) const override;
  PullShare share_with(const Received& asker) const override;
  bool shows(PullId id, const Received& asker) const override;
  void consume(const Received& update, const EnvelopeRef& item) override;
  bool keeps(const EnvelopeRef&) const override { return true; }
  void round_ended() override;

  EnvelopeRef make_own() const;
  // What is wrong with an item of an update; nullopt when nothing is.
  std::optional<RejectReason> fault(const Envelope& item) const;
  void add_stranger(std::string_view pki_id, std::vector<std::uint64_t>& numbers);
  bool same_names(const Digests& digests) const {
    return digests.set() && &digests.set()->names() == &context_.directory;
  }

  struct ByText {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return hash_bytes(s); }
  };

  Context& context_;
  const View& view_;
  IdentityMapper& identities_;
  Comm& comm_;
  PullMediator mediator_;
  const EnvelopeRef own_;
  // PKI-IDs that the Directory does not know; a stranger's number is its place.
  std::vector<std::string> strangers_;
  std::unordered_map<std::string, std::uint64_t, ByText, std::equal_to<>> stranger_of_;
};

}  // namespace hearsay
