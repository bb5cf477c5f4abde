// MembershipTracker: notices who appears in and vanishes from the view of one channel.
//
// Mirrors membershipTracker of gossip/gossip/channel/channel.go. Spec: channel.md section 14. Each
// membershipTrackerInterval it compares the channel's peers with those of the last look and reports
// a change. The first look is taken at construction and only remembered. What Fabric writes to its
// log is one trace event here, kChannelView, at every look but the first; the line itself is made
// only when somebody asks for it.
#pragma once

#include <string>
#include <vector>

#include "core/base/index_bits.h"
#include "core/gossip/context.h"
#include "core/gossip/view.h"

namespace hearsay {

// What a look at a channel found changed since the one before, ascending.
struct ChannelViewChange {
  std::vector<PeerIndex> offline;
  std::vector<PeerIndex> online;
};

class MembershipTracker final : private TimerHandler {
 public:
  // Whose peers are tracked, and who hears of changes.
  class Owner {
   public:
    // Adds the channel's peers to `out`, which is empty.
    virtual void collect_peers(IndexBits& out) const = 0;
    // Called from inside a look, and only for what is reported. Must not call the tracker.
    virtual void on_view_changed(const ChannelViewChange& change) = 0;

   protected:
    ~Owner() = default;
  };

  // `owner` answers collect_peers from now on; everything given outlives the tracker.
  MembershipTracker(Context& context, const View& view, ChannelIndex channel, Owner& owner);

  // Takes the peers of this moment for those of the last look.
  void look_anew();
  // No more looks. May be called again.
  void stop() { timer_.cancel(); }

  // "[ch1] peers went online: [[a:1 b:1] [c:1]], current view: [[…]]": external and internal
  // endpoint of each peer, or one when they are equal.
  std::string line(const ChannelViewChange& change) const;

 private:
  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void look();
  std::string endpoints(PeerIndex peer) const;
  std::string endpoints(const std::vector<PeerIndex>& peers) const;

  Context& context_;
  const View& view_;
  const ChannelIndex channel_;
  Owner& owner_;
  Gauge& total_;
  IndexBits seen_;
  Timer timer_;
};

}  // namespace hearsay
