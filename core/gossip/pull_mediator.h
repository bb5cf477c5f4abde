// PullMediator: one instance of pull: an engine, the items it advertises, and their messages.
//
// Mirrors gossip/gossip/pull/pullstore.go of Fabric v2.5.4. Spec: pull.md, whose section numbers
// the sources quote. What differs between pulling identities and pulling blocks (whom to ask, what
// may be told to whom, where an item goes) is a PullAdapter's: identity_pull.h, block_pull.h.
//
// An update is handled in this order: the consumer gets each item, the item is kept, the engine
// hears of it, the hooks run.
//
// Quirk: consumer and items are served whatever the nonce. An update that nobody asked for, or that
// comes late, is consumed and kept; only advertising is withheld, because the engine ignores it.
//
// Divergence: an update ends before it would exceed the largest message (kMaxMessageBytes); Fabric
// makes it whole and the connection breaks. An item whose id cannot be told is consumed but not
// kept; Fabric keeps it under the empty id.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/gossip/comm.h"
#include "core/gossip/pull_engine.h"
#include "core/wire/envelope.h"

namespace hearsay {

// How much of what this peer has it shows to one asker.
enum class PullShare : std::uint8_t { kNothing, kSome, kAll };

class PullAdapter {
 public:
  // Whom to ask in a round: appends up to `k` members, drawn uniformly.
  virtual void select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) = 0;
  // Is `peer` among the members still? Asked when a message is about to leave for it.
  //
  // Fabric: endpoints are resolved at send time, so a peer that vanished gets nothing.
  virtual bool reachable(PeerIndex peer) const = 0;
  virtual void send(PeerIndex to, const EnvelopeRef& message) = 0;
  // Answers on the connection that `to` came on.
  virtual void respond(const Received& to, const EnvelopeRef& message) = 0;

  // The ids of a digest, but for those that are not to be pulled (Fabric: the ingress filter).
  virtual PullIds read_digest(const Digests& digests) = 0;
  // The ids of a request in its order, repeated ones too; those that nobody can have may be left
  // out. Appends.
  virtual void read_request(const Digests& digests, std::vector<PullId>& out) = 0;
  virtual Digests write(const PullIds& ids) = 0;
  // nullopt: it is no item of this kind.
  virtual std::optional<PullId> id_of(const Envelope& item) const = 0;

  // What the sender of `asker` may hear of, and whether an id is part of it when that is kSome
  // (Fabric: the egress filter). Asked for hellos and again for requests.
  virtual PullShare share_with(const Received& asker) const = 0;
  virtual bool shows(PullId id, const Received& asker) const = 0;

  // An item has arrived with `update`.
  virtual void consume(const Received& update, const EnvelopeRef& item) = 0;
  // Is a consumed item to be kept for others?
  virtual bool keeps(const EnvelopeRef& item) const = 0;
  // Ids that were read from digests are not used any more.
  virtual void round_ended() = 0;

 protected:
  ~PullAdapter() = default;
};

// What a hook sees of one handled message. Hello: nothing but the message; digest: the ids that are
// to be pulled; request: the ids asked for; update: its items.
struct PullStep {
  const Received& message;
  std::span<const PullId> ids;
  std::span<const EnvelopeRef> items;
};
using PullHook = std::function<void(const PullStep&)>;

class PullMediator final : private PullLinks {
 public:
  struct Options {
    PullMsgType type = PullMsgType::kUndefined;
    Tag tag = Tag::kUndefined;
    std::string channel;
    std::uint32_t peers_per_round = 0;
    PullEngine::Waits waits;
  };

  // `adapter` outlives the mediator; it is not called before start().
  PullMediator(Clock& clock, Random random, Options options, PullAdapter& adapter);

  // The first round begins `first` from now.
  void start(Duration first) { engine_.start(first); }
  void stop() { engine_.stop(); }

  // Keeps and advertises an item of our own, in place of one with the same id.
  void add(const EnvelopeRef& item);
  // Makes room for the items of peers up to `peers` at once.
  void reserve(std::size_t peers) { of_peers_.reserve(peers); }
  // No-op for what is not there.
  void remove(PullId id);

  // A hello, digest, request or update of this mediator's type; anything else is ignored. False
  // when the message ended early because an item in it does not decode.
  bool on_message(const Received& message);
  // The same for an update of which only `items` remain.
  bool on_update(const Received& update, std::span<const EnvelopeRef> items);

  // `hook` runs after each handled message of this kind, whether the engine heeded it or not; hooks
  // of a kind run in the order they were added.
  void add_hook(ContentKind phase, PullHook hook);

  // The item kept under `id`, or null.
  EnvelopeRef item(PullId id) const;
  // What is advertised.
  const PullIds& advertised() const { return engine_.state(); }

 private:
  void select_peers(std::vector<PeerIndex>& out) override;
  void send_hello(PeerIndex to, std::uint64_t nonce) override;
  void send_request(PeerIndex to, std::uint64_t nonce, const PullIds& ids) override;
  void round_ended() override { adapter_.round_ended(); }

  void on_hello(const Received& message);
  void on_digest(const Received& message);
  void on_request(const Received& message);

  // What may be told to the asker, ready to be sent. Empty: nothing.
  Digests digest_for(const Received& asker);
  void keep(PullId id, const EnvelopeRef& item);
  EnvelopeRef sealed(Content content) const;
  bool has_hooks(ContentKind phase) const;
  void run_hooks(ContentKind phase, const PullStep& step) const;

  const Options options_;
  PullAdapter& adapter_;
  PullEngine engine_;
  // All that is advertised, as it goes on the wire; made anew when it is needed after a change.
  Digests digest_;
  bool digest_is_fresh_ = false;

  std::vector<EnvelopeRef> of_peers_;                              // by PeerIndex
  std::vector<std::pair<std::uint64_t, EnvelopeRef>> of_numbers_;  // ascending
  std::vector<PullId> scratch_;
  std::vector<std::pair<ContentKind, PullHook>> hooks_;
};

}  // namespace hearsay
