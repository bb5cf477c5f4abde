// SendByCriteria: a message to some of the peers that fit, and how many of them acknowledged it.
//
// Mirrors SendByCriteria of gossip/gossip/gossip_impl.go and SelectPeers of
// gossip/filter/filter.go. Spec: node.md section 7. The sending and the waiting are Comm's
// (ack_tracker.h); here is what stands around it: who is chosen, and what the caller is told.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/gossip/ack_tracker.h"

namespace hearsay {

// Does a peer qualify? May look at the node, and change nothing (Fabric: RoutingFilter).
using PeerPredicate = std::function<bool(PeerIndex)>;

// All of them: left to right, up to the first that says no. True when there is none.
PeerPredicate combine_filters(std::vector<PeerPredicate> filters);
// The first of `pool` that `wanted`, else kNoPeer.
PeerIndex first_peer(const std::vector<PeerIndex>& pool, const PeerPredicate& wanted);
// Those of `pool` that at least one of `filters` wants, in order, each once.
std::vector<PeerIndex> any_match(const std::vector<PeerIndex>& pool,
                                 const std::vector<PeerPredicate>& filters);
// Up to `k` of those of `pool` that `wanted`, drawn without preference, in the order drawn: asks of
// one after another in random order until it has k. Quirk: all of them when k is negative.
std::vector<PeerIndex> select_peers(std::int32_t k, std::vector<PeerIndex> pool,
                                    const PeerPredicate& wanted, Random& random);

// What a PeerFilter judges a peer by: the state information it signed, as it was sent, and its
// identity (api.PeerSignature). The views hold during the call.
struct PeerSignature {
  std::string_view signature;
  std::string message;
  std::string_view identity;
};
using PeerSignaturePredicate = std::function<bool(const PeerSignature&)>;

// To whom, and when it counts as done.
struct SendCriteria {
  Duration timeout = 0;         // for each peer's acknowledgement; must be given
  std::int32_t min_ack = 0;     // how many have to acknowledge
  std::int32_t max_peers = 0;   // how many get the message at most
  PeerPredicate is_eligible{};  // empty: everybody is
  std::string channel{};        // only members of it; "": all alive members
};

// What became of it. `error` is "" when it went well, else Fabric's text: what is wrong with the
// criteria, or {"failures":{"timed out":2},"successes":1}. `answers` has one line for each peer
// that answered or timed out before the end; those that did not keep the message all the same.
struct SendOutcome {
  std::string error;
  AggregatedSendResult answers;
  bool ok() const { return error.empty(); }
};
using SendDone = std::function<void(const SendOutcome&)>;

// The sends that wait for acknowledgements, and the outcomes their callers have not heard yet.
class AckedSends {
 public:
  // Divergence: Fabric has no such limit; each send is a goroutine.
  static constexpr std::size_t kMaxSends = 10'000;

  // `waiting` is raised and lowered by as many outcomes as wait; it outlives this.
  explicit AckedSends(std::uint32_t& waiting) : waiting_(waiting) {}

  // Is one more allowed?
  bool has_room() const { return open_.size() < kMaxSends; }
  // A send was handed to comm; the cookie to give it.
  std::uint32_t begin(std::int32_t min_ack, SendDone done);
  // Comm finished it.
  void on_acks(std::uint32_t cookie, AggregatedSendResult answers);
  // It ended before it began.
  void fail(std::string error, SendDone done);
  void succeed(SendDone done) { fail({}, std::move(done)); }

  // Tells the caller that is next. False when none waits.
  bool tell_one();
  // Forgets everything; nobody is told.
  void clear();

 private:
  struct Open {
    std::int32_t min_ack;
    SendDone done;
  };
  struct Ended {
    SendOutcome outcome;
    SendDone done;
  };

  void end(SendOutcome outcome, SendDone done);

  std::uint32_t& waiting_;
  std::uint32_t next_cookie_ = 0;
  std::map<std::uint32_t, Open> open_;
  std::deque<Ended> told_;
};

}  // namespace hearsay
