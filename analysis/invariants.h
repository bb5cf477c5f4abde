// Invariants: what must hold whatever happens, checked against the events as they come.
//
//   ledger.in_order      a peer commits each channel's blocks one after the other, each once
//   ledger.equal_bytes   seen by whoever runs the peers, reported here
//   membership.no_peer_both_alive_and_dead
//                        nobody becomes alive who is alive, nobody dies who is not
//   message.accepted_once
//                        a peer accepts a pushed block once
//   buffers.within_limits
//                        send queues, messages that wait for dials and block stores: looked at by
//                        whoever runs the peers when the run ends, reported here
//   channels.no_leak     what is of a channel reaches its members only; state info of a peer
//                        without an external endpoint, and the peer itself, become known in its
//                        own organisation only, and other peers only where they share a channel
//   liveness.after_heal  at the end all running, reachable peers know each other, of two
//                        organisations if they have met or have an anchor to meet by; each
//                        organisation that elected leaders has one reachable leader per channel,
//                        one with static leaders has some; and where a peer can catch up its ledger
//                        has what anybody committed a minute ago; who has left a channel is no
//                        member of it, and leads and lags in nobody's eyes but its own
//
// After a restart a peer may begin anew: its ledger may have lost its tail, and stores are empty.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/leadership.h"
#include "analysis/population.h"
#include "analysis/view.h"
#include "core/base/index_bits.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

enum class Invariant : std::uint8_t {
  kLedgerInOrder,
  kLedgerEqualBytes,
  kNoPeerBothAliveAndDead,
  kAcceptedOnce,
  kBuffersWithinLimits,
  kNoLeak,
  kLivenessAfterHeal,
};
inline constexpr std::size_t kInvariants = 7;

std::span<const std::string_view> invariant_names();

// How one invariant fared.
struct InvariantState {
  bool checked = false;  // somebody looked
  std::uint64_t violations = 0;
  std::string evidence;  // of the first violation, or why it could not be judged
};

class Invariants {
 public:
  // Convergence takes time: a run that ends sooner after its last disturbance is not judged by
  // liveness.after_heal, unless all is well.
  static constexpr Duration kLivenessGrace = 60 * kSecond;

  explicit Invariants(const RunFacts& facts);

  // The outside's findings. An unknown name is broken code.
  void report_violation(std::string_view invariant, std::string evidence);
  void note_checked(std::string_view invariant);

  // A message about a channel arrived. REQUIRES: peer and channel are in the facts.
  void on_channel_message(const TraceEvent& event) {
    if (!members_[raw(event.channel)].test(event.peer)) leaked(event);
  }
  void on_state_info(const TraceEvent& event);

  // To be called before the view is changed.
  void on_alive(const TraceEvent& event, const View& view);
  void on_dead(const TraceEvent& event, const View& view);
  void on_accepted_again(const TraceEvent& event, Time first);
  void on_committed(const TraceEvent& event);
  void restarted(PeerIndex p);
  // p leaves the channel, until it starts anew. REQUIRES: it runs.
  void on_left(ChannelIndex channel, PeerIndex p) { left_[raw(channel)].set(p); }

  void finish(Time end, const View& view, const Leadership& leadership,
              const Population& population);

  const InvariantState& state(Invariant invariant) const {
    return states_[static_cast<std::size_t>(invariant)];
  }

 private:
  void violate(Invariant invariant, std::string evidence);
  void leaked(const TraceEvent& event);
  std::string strangers(const View& view, const Population& population) const;
  std::string bad_seat(const std::pair<ChannelIndex, OrgIndex>& where, const Leadership::Seat& seat,
                       const Population& population) const;
  std::string unequal_heights(Time end, const Population& population) const;

  const RunFacts& facts_;
  std::array<InvariantState, kInvariants> states_;
  // Next block to commit, by channel and peer (empty until a channel's first commit).
  struct Ledger {
    BlockNum next = 0;
    bool may_go_back = false;
  };
  std::vector<std::vector<Ledger>> ledgers_;
  std::vector<IndexBits> members_;  // by channel
  // Peers of two organisations of which the first has taken the second for dead.
  std::vector<std::pair<PeerIndex, PeerIndex>> lost_;
  std::vector<IndexBits> left_;  // by channel: members that have left it
  // When the blocks from first_block on were first committed by anybody, by channel.
  std::vector<std::vector<Time>> first_commits_;
};

}  // namespace hearsay::analysis
