#include "core/gossip/membership_tracker.h"

#include <utility>

namespace hearsay {

MembershipTracker::MembershipTracker(Context& context, const View& view, ChannelIndex channel,
                                     Owner& owner)
    : context_(context),
      view_(view),
      channel_(channel),
      owner_(owner),
      total_(context.metrics.gauge(Metric::kMembershipTotalPeersKnown, channel)),
      timer_(context.clock, *this, TimerKind::kMembershipTracker) {
  look_anew();
  timer_.arm_after(context_.first_delay(context_.config.membership_tracker_interval));
}

void MembershipTracker::look_anew() {
  seen_.clear_all();
  owner_.collect_peers(seen_);
}

void MembershipTracker::on_timer(TimerKind, std::uint32_t) {
  // Fabric: a time.Ticker, so from the instant that was due.
  timer_.arm_at(timer_.at() + context_.config.membership_tracker_interval);
  look();
}

void MembershipTracker::look() {
  IndexBits now;
  owner_.collect_peers(now);
  ChannelViewChange change;
  seen_.for_each([&](PeerIndex p) {
    if (!now.test(p)) change.offline.push_back(p);
  });
  now.for_each([&](PeerIndex p) {
    if (!seen_.test(p)) change.online.push_back(p);
  });
  seen_ = std::move(now);
  total_.set(seen_.count());
  // Quirk: told apart by endpoints, so a peer that is back under another PKI-ID is not reported.
  const bool same = change.offline.size() == change.online.size() &&
                    endpoints(change.offline) == endpoints(change.online);
  ViewReport report = ViewReport::kNothing;
  if (!same) {
    report = change.offline.empty()  ? ViewReport::kOnline
             : change.online.empty() ? ViewReport::kOffline
                                     : ViewReport::kBoth;
  }
  context_.trace({.value = seen_.count(),
                  .size = static_cast<std::uint32_t>(change.online.size()),
                  .channel = channel_,
                  .kind = TraceKind::kChannelView,
                  .detail = static_cast<std::uint8_t>(report)});
  if (!same) owner_.on_view_changed(change);
}

std::string MembershipTracker::line(const ChannelViewChange& change) const {
  std::string text = "[" + context_.directory.channel_name(channel_) + "] ";
  if (!change.offline.empty()) text += "peers went offline: " + endpoints(change.offline) + ", ";
  if (!change.online.empty()) text += "peers went online: " + endpoints(change.online) + ", ";
  std::vector<PeerIndex> current;
  seen_.for_each([&](PeerIndex p) { current.push_back(p); });
  return text + "current view: " + endpoints(current);
}

std::string MembershipTracker::endpoints(PeerIndex peer) const {
  std::string external(view_.external_endpoint(peer));
  std::string internal(view_.internal_endpoint(peer));
  if (!view_.known(peer) && view_.store_entry(peer)) {
    // Forgotten since the last look, as after a change of identity: the store remembers longer.
    const Envelope& last = *view_.store_entry(peer);
    external = last.message().get<AliveMessage>()->membership->endpoint;
    internal = last.internal_endpoint();
  }
  return external == internal ? "[" + external + "]" : "[" + external + " " + internal + "]";
}

std::string MembershipTracker::endpoints(const std::vector<PeerIndex>& peers) const {
  std::string text = "[";
  for (const PeerIndex p : peers)
    text += (text.size() > 1 ? " " : "") + endpoints(p);
  return text + "]";
}

}  // namespace hearsay
