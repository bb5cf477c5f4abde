// Channel: what one node knows of one channel, and how it takes part in it.
//
// Mirrors gossip/gossip/channel/channel.go: the organisations of the channel, the cache of state
// information that makes peers eligible, the node's own state information and its lazy publication,
// the store of recent blocks that stops duplicates, and the checks every channel message passes.
// Block pull is block_pull.h. Spec: channel.md, whose section numbers the source quotes.
#pragma once

#include <string>
#include <vector>

#include "core/base/prefetch.h"
#include "core/gossip/block_pull.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/gossiper.h"
#include "core/gossip/identity.h"
#include "core/gossip/latest_store.h"
#include "core/gossip/membership_tracker.h"
#include "core/gossip/message_store.h"
#include "core/gossip/past.h"
#include "core/gossip/view.h"

namespace hearsay {

// The configuration of a channel as the node is told it (api.JoinChannelMessage).
struct JoinChannel {
  std::uint64_t sequence = 0;
  std::vector<OrgIndex> orgs;
};

// Who hears what a channel accepts: called once per message, after it was handed on to others.
class ChannelListener {
 public:
  // `source`: pushed or pulled.
  virtual void on_block(ChannelIndex channel, const Received& block, BlockOrigin source) = 0;
  virtual void on_state_info(ChannelIndex channel, const Received& message) = 0;
  virtual void on_leadership(ChannelIndex channel, const Received& message) = 0;
  // 14. Peers came or went since the last look; the line is Channel::describe(change).
  virtual void on_view_changed(ChannelIndex /*channel*/, const ChannelViewChange& /*change*/) {}

 protected:
  ~ChannelListener() = default;
};

// What state information touches stands first.
class alignas(64) Channel final : public TimerHandler, private MembershipTracker::Owner {
 public:
  // The ports and engines a channel works with; all outlive it.
  struct Parts {
    Context& context;
    const View& view;
    const IdentityMapper& identities;
    Comm& comm;
    Gossiper& gossiper;
    ChannelListener& listener;
  };

  Channel(Parts parts, ChannelIndex index, const JoinChannel& join);

  // Takes in the state information that `past` holds of the peers it says this node knows, and our
  // own. REQUIRES: just made, in a settled node.
  void adopt(const Past& past);
  // Ends the timers and the stores. Announces nothing.
  void stop();

  const std::string& name() const { return name_; }
  ChannelIndex index() const { return index_; }

  // 13. An older or empty configuration is ignored; an equal one is applied again.
  void configure(const JoinChannel& join);
  // 13. Announced with the next publication. Quirk: pushed blocks still flow, and it cannot be
  // undone.
  void leave();

  // 7. A message that the node found to be for this channel.
  void on_message(const Received& message);
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // A block of our own making enters the store; false when it was there or is too old.
  bool add_own_block(const EnvelopeRef& block);

  // 11. Advertised with the next publication. Heights are not required to rise.
  void update_ledger_height(BlockNum height);
  BlockNum ledger_height() const { return self_properties_.ledger_height; }
  // 11. Signed and pushed at once.
  void update_chaincodes(std::vector<Chaincode> chaincodes);

  // 12. Is the organisation of `peer` one of the channel's?
  bool has_member(PeerIndex peer) const { return has_org(identities_.org_of(peer)); }
  bool has_org(OrgIndex org) const { return org == context_.org() ? own_org_joined_ : lists(org); }
  // 12. Known identity and state information in the cache. Quirk: does not look at left_channel.
  bool eligible(PeerIndex peer) const {
    return identities_.knows(peer) && state_infos_.get(peer) != nullptr;
  }
  // 12. Is `peer` one of peers()?
  bool is_peer(PeerIndex peer) const {
    return !has_left() && view_.alive(peer) && eligible(peer) && !left_.test(peer);
  }
  // 12. Alive, eligible and not known to have left, ascending. Empty once this node has left.
  std::vector<PeerIndex> peers() const;
  bool has_left() const { return self_properties_.left_channel; }
  // 14. What Fabric would log of a change.
  std::string describe(const ChannelViewChange& change) const { return tracker_.line(change); }
  // 7. Is it a block of this channel, signed by its orderers?
  bool block_is_valid(const Envelope& envelope) const;
  BlockPull& block_pull() { return pull_; }
  // Calls f(PeerIndex, const std::optional<Properties>&) for each of peers(), with what it
  // advertises.
  template <typename F>
  void for_each_peer(F&& f) const {
    if (has_left()) return;
    view_.alive_set().for_each([&](PeerIndex p) {
      if (!eligible(p) || left_.test(p)) return;
      f(p, state_infos_.get(p)->message().template get<StateInfo>()->properties);
    });
  }
  // Loads what state information of `owner` touches into the caches, in two steps.
  void prefetch(unsigned step, PeerIndex owner) const {
    if (step > 0) return state_infos_.prefetch(owner);
    prefetch_line(this);
    prefetch_line(&state_infos_);
  }
  // The last signed state information of this node.
  const EnvelopeRef& self() const { return self_; }
  // The state information held of `peer`, or null.
  const Envelope* state_info_of(PeerIndex peer) const { return state_infos_.get(peer); }

  // MAC(peer, this channel).
  const std::string& mac_of(PeerIndex peer) const {
    return context_.directory.channel_mac(peer, index_);
  }

  std::string describe() const;
  // What holds more than it may; "" when nothing does. For those who judge a run.
  std::string overfull() const;

 private:
  void on_pull_request(const Received& message);
  void on_snapshot(const Received& message);
  void on_block(const Received& message);
  void on_state_info(const Received& message);
  void on_leadership(const Received& message);

  bool lists(OrgIndex org) const;
  // 7.4 and 7.5: does the message come from a member of the channel?
  bool admits(const Received& message) const;
  // 4. Would the cache take state information of this owner?
  bool verify_state_info(PeerIndex owner, const Envelope& envelope) const;
  // Evaluates the channel's readers policy anew and remembers its verdict on the envelope.
  void ask_policy(PeerIndex owner, const Envelope& envelope) const;
  bool learn_state_info(PeerIndex owner, const EnvelopeRef& envelope);
  // False when the element ends the processing of its snapshot; the reason is traced.
  bool element_is_valid(const Received& snapshot, const EnvelopeRef& element) const;

  void publish();
  void request_state_info();
  void sweep_state_infos();
  // Removes the state information for which pred(PeerIndex, const Envelope&) is true.
  template <typename Pred>
  void purge_state_infos(Pred&& pred);
  // False, and nothing has changed, when signing fails.
  bool sign_self();
  // Signs, caches and pushes our own state information.
  void announce_self();
  void touch_self() { self_seq_num_ = context_.clock.unix_time(), dirty_ = true; }

  void collect_peers(IndexBits& out) const override;
  void on_view_changed(const ChannelViewChange& change) override {
    listener_.on_view_changed(index_, change);
  }

  Context& context_;
  const View& view_;
  const IdentityMapper& identities_;
  Comm& comm_;
  Gossiper& gossiper_;
  ChannelListener& listener_;
  bool own_org_joined_ = false;  // has_org() of our own: nearly all messages come from there
  const ChannelIndex index_;
  LatestStore state_infos_;
  const std::string name_;
  Random random_;

  JoinChannel join_;
  BlockPull pull_;
  MessageStore blocks_;
  MessageStore leadership_;
  // Who announced leaving, of those in the cache.
  IndexBits left_;

  // Our own state information: what it says, and the last signed form.
  const std::uint64_t incarnation_;
  std::uint64_t self_seq_num_;
  Properties self_properties_;
  bool dirty_ = false;
  EnvelopeRef self_;

  Timer publish_timer_;
  Timer request_timer_;
  Timer sweep_timer_;
  std::vector<PeerIndex> targets_;
  MembershipTracker tracker_;
};

}  // namespace hearsay
