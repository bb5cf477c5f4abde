// make_past: the past of organisations that start with full views.
//
// Says what their peers would hold had they run for a while: the last alive message of each, sent
// at a random moment of the past interval, and each one's state information with the height of its
// ledger, in every channel that it joins at its start. Organisations have met when they share such
// a channel. Stamps are the peer's own first incarnation with numbers below any that it will use.
#pragma once

#include <deque>
#include <vector>

#include "core/base/random.h"
#include "core/gossip/past.h"
#include "sim/run/gossip_peer.h"

namespace hearsay::sim {

struct PastPlan {
  Time at;                              // when they all start
  const std::vector<PeerIndex>& peers;  // ascending
  const Directory& directory;
  const std::deque<PeerHome>& homes;  // by PeerIndex
};

Past make_past(const PastPlan& plan, Random random);

}  // namespace hearsay::sim
