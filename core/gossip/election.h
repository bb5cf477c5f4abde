// LeaderElection: which peer of an organisation pulls the blocks of one channel from the orderers.
//
// Mirrors leaderElectionSvcImpl of gossip/election/election.go and the adapter of adapter.go,
// Fabric v2.5.4; one per peer and channel. Spec: election.md, whose section numbers the source
// quotes.
//
//   Stabilising --- view stable, or grace over, or a leader heard of ---> turn
//
//   turn --- no leader heard of, not yielding: propose ---> Electing
//        --- otherwise ---> Leading (declare) or Following
//   Electing --- leaderElectionDuration, or a declaration ---> leader, unless somebody leads or a
//        smaller one proposed; then Leading or Following
//   Leading --- leaderAliveThreshold / 2, or a declaration ---> turn
//   Following --- leaderAliveThreshold ---> turn
//
// Stability goes before rank: a leader ignores proposals; it gives way to a declaration of a
// smaller PKI-ID only. Two leaders may live side by side for a while, in a partition as long as it
// lasts.
//
// Upcalls into the links happen in the middle of a turn: the links look, enqueue and note, and call
// nothing of this class. A declaration that ends a wait is noted by arming the phase timer for now,
// so no turn ever runs inside on_message().
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/gossip/context.h"

namespace hearsay {

// What an election asks of the node it belongs to.
class ElectionLinks {
 public:
  // The alive members of our own organisation in the channel, ourselves excluded: how many, and
  // whether `peer` is one of them.
  virtual std::size_t peer_count() const = 0;
  virtual bool is_peer(PeerIndex peer) const = 0;
  // Signs and pushes a leadership message.
  virtual void gossip(GossipMessage message) = 0;
  // Leadership began or ended. is_leader() says so already.
  virtual void on_status(bool is_leader) = 0;
  // The gauge leader_election_leader, at each beginning of a leader's or a follower's wait.
  virtual void report_metric(bool is_leader) = 0;

 protected:
  ~ElectionLinks() = default;
};

class LeaderElection final : private TimerHandler {
 public:
  // REQUIRES: a node with a PKI-ID. Messages are taken from now on. The links outlive it.
  LeaderElection(Context& context, ChannelIndex channel, ElectionLinks& links);

  // 6.1. Begins to look whether the view is stable. Once only.
  void start();
  // 9. Idempotent. Nothing is sent and nobody told; is_leader() keeps its answer.
  //
  // Divergence: Fabric lets an election that is under way end, and may report a leader that is
  // stopped.
  void stop();

  // 6.6. A leadership message that the channel accepted, made by `creator`.
  void on_message(PeerIndex creator, bool is_declaration);
  // 8. Gives up leadership and candidacy until another leader is heard of, or six leader
  // thresholds have passed. Does nothing unless this peer leads. REQUIRES: not from inside a call
  // of the links.
  void yield();

  bool is_leader() const { return is_leader_; }
  // "0c1d… leading, leader, a leader is known", "0c1d… following, yielding" … Fabric: the PKI-ID
  // in lower-case hexadecimal, as in its logs.
  std::string describe() const;

  // 10. The next message of this election: a declaration or a proposal.
  GossipMessage create_message(bool is_declaration);

 private:
  struct Stabilising {
    std::size_t view_size = 0;
    Time deadline = 0;
  };
  struct Electing {};
  struct Leading {};
  struct Following {};
  struct Stopped {};
  using Phase = std::variant<std::monostate, Stabilising, Electing, Leading, Following, Stopped>;

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void sample(Stabilising& phase);
  void turn();
  void end_election();
  void after_election();
  void lead();
  void follow();
  void set_leader(bool leads);
  void arm(Duration after);
  template <typename P>
  bool in() const {
    return std::holds_alternative<P>(phase_);
  }
  // The smaller PKI-ID wins.
  bool is_smaller(PeerIndex peer) const;

  Context& context_;
  const ChannelIndex channel_;
  ElectionLinks& links_;
  const std::uint64_t incarnation_;
  std::uint64_t sequence_ = 0;

  Phase phase_;
  bool is_leader_ = false;
  // A declaration was heard in this window, or we are the leader.
  bool leader_exists_ = false;
  bool yielding_ = false;
  // Fabric keeps all who proposed in this window and only ever asks for a smaller one.
  bool smaller_proposed_ = false;
  Timer phase_timer_;
  Timer yield_timer_;
};

}  // namespace hearsay
