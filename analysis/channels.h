// Channels: how many peers the peers see, at the end and at most, by organisation and channel.
//
// In Fabric's words: the length of Peers() and PeersOfChannel(), which its tests of disclosure ask
// for. The latter is known from the kChannelView events, so as of each peer's last look.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/metrics.h"
#include "analysis/population.h"
#include "analysis/view.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

class Channels {
 public:
  Channels(const RunFacts& facts, const Population& population);

  // REQUIRES: peer and channel are in the facts.
  void on_channel_view(const TraceEvent& event) {
    seen_[raw(event.channel)][raw(event.peer)] = static_cast<std::uint32_t>(event.value);
  }
  // `peer` learned of somebody; `view` says so already.
  void on_view_changed(PeerIndex peer, const View& view) {
    const std::uint32_t known = view.known_to(peer);
    if (known > peak_[raw(peer)]) peak_[raw(peer)] = known;
  }

  // views.<org>.{min,max,peak}: whom running peers hold alive at the end, and ever held at once;
  // channels.<channel>.<org>.{min,max}: whom they see in the channel.
  void add_metrics(const View& view, Metrics& out) const;

 private:
  // The least and the largest count among the running peers of an organisation, and whose it is.
  struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    PeerIndex least_of = kNoPeer;
    PeerIndex most_of = kNoPeer;
  };
  template <typename Count>
  Range range_of(OrgIndex org, Count&& count) const;
  void add_range(std::vector<std::string> path, const Range& range, Metrics& out) const;

  const RunFacts& facts_;
  const Population& population_;
  std::vector<std::vector<std::uint32_t>> seen_;  // by channel and peer
  std::vector<std::uint32_t> peak_;               // by peer
};

}  // namespace hearsay::analysis
