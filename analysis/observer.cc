#include "analysis/observer.h"

#include <algorithm>

#include "core/base/assert.h"

namespace hearsay::analysis {

RunObserver::RunObserver(RunFacts facts)
    : facts_(std::move(facts)),
      population_(facts_),
      membership_(facts_, population_),
      dissemination_(facts_, population_),
      catch_up_(facts_),
      leadership_(facts_),
      traffic_(facts_, population_),
      invariants_(facts_),
      channels_(facts_, population_) {
  const auto data = std::find(facts_.types.begin(), facts_.types.end(), "DataMsg");
  // An event's type has eight bits: 256 is none.
  data_type_ =
      data == facts_.types.end() ? 256 : static_cast<std::uint32_t>(data - facts_.types.begin());
  for (const ChannelFacts& channel : facts_.channels) {
    HS_ASSERT(std::is_sorted(channel.members.begin(), channel.members.end()));
    channel_views_.emplace_back(facts_, channel);
  }
}

void RunObserver::on_event(const TraceEvent& event) {
  ++events_;
  switch (event.kind) {
    case TraceKind::kMessageSent:
      traffic_.on_sent(event);
      if (event.type == data_type_) dissemination_.on_data_sent(event);
      return;
    case TraceKind::kMessageDelivered:
      traffic_.on_delivered(event);
      if (event.type == data_type_) dissemination_.on_data_delivered(event);
      if (raw(event.channel) < facts_.channels.size() && population_.knows(event.peer)) {
        invariants_.on_channel_message(event);
      }
      return;
    case TraceKind::kMessageDuplicate:
      traffic_.on_duplicate(event);
      return;
    case TraceKind::kTimerFired:
      return;
    default:
      if (known(event)) on_rare_event(event);
  }
}

// Whether what the event names is in the facts, so that collectors may use it as an index.
bool RunObserver::known(const TraceEvent& event) const {
  const auto peer = [&](PeerIndex p) { return population_.knows(p); };
  const auto channel = [&] { return raw(event.channel) < facts_.channels.size(); };
  switch (event.kind) {
    case TraceKind::kMemberAlive:
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
      return peer(event.peer) && peer(event.other);
    case TraceKind::kStateInfoLearned:
      return peer(event.peer) && peer(event.other) && channel();
    case TraceKind::kBlockReceived:
    case TraceKind::kBlockCommitted:
    case TraceKind::kCatchUpBegun:
    case TraceKind::kCatchUpEnded:
    case TraceKind::kLeaderDeclared:
    case TraceKind::kLeaderSteppedDown:
    case TraceKind::kChannelView:
      return peer(event.peer) && channel();
    case TraceKind::kBlockCut:
      return channel();
    case TraceKind::kNodeStarted:
    case TraceKind::kNodeStopped:
      return peer(event.peer);
    default:
      return true;
  }
}

void RunObserver::on_rare_event(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kNodeStarted:
      return on_node_started(event);
    case TraceKind::kNodeStopped:
      return on_node_stopped(event);
    case TraceKind::kMessageDropped:
      return traffic_.on_dropped(event);
    case TraceKind::kMessageRejected:
      return traffic_.on_rejected(event);
    case TraceKind::kMemberAlive:
      if (!population_.running(event.peer)) return;
      invariants_.on_alive(event, membership_.view());
      membership_.on_alive(event);
      return channels_.on_view_changed(event.peer, membership_.view());
    case TraceKind::kMemberDead:
      if (!population_.running(event.peer)) return;
      invariants_.on_dead(event, membership_.view());
      return membership_.on_dead(event);
    case TraceKind::kMemberForgotten:
      return membership_.on_forgotten(event);
    case TraceKind::kStateInfoLearned:
      invariants_.on_state_info(event);
      channel_views_[raw(event.channel)].learn(event.peer, event.other, event.time);
      return;
    case TraceKind::kChannelView:
      return channels_.on_channel_view(event);
    case TraceKind::kBlockCut:
      return dissemination_.on_cut(event);
    case TraceKind::kBlockReceived:
      return on_block_received(event);
    case TraceKind::kBlockCommitted:
      invariants_.on_committed(event);
      catch_up_.on_committed(event);
      return dissemination_.on_committed(event);
    case TraceKind::kCatchUpBegun:
      return catch_up_.on_begun();
    case TraceKind::kCatchUpEnded:
      return catch_up_.on_ended(event);
    case TraceKind::kLeaderDeclared:
      return leadership_.on_declared(event);
    case TraceKind::kLeaderSteppedDown:
      return leadership_.on_stepped_down(event);
    case TraceKind::kDeliverRefused:
      return deliveries_.on_refused(event);
    case TraceKind::kDeliverRetry:
      return deliveries_.on_retry(event);
    case TraceKind::kDeliverEnded:
      return deliveries_.on_ended(event);
    case TraceKind::kFaultBegun:
      return on_fault(event, true);
    case TraceKind::kFaultEnded:
      return on_fault(event, false);
    default:
      return;
  }
}

void RunObserver::on_node_started(const TraceEvent& event) {
  if (population_.running(event.peer)) return;
  const bool first = population_.started(event.peer, event.time);
  if (!first) invariants_.restarted(event.peer);
  membership_.started(event.peer, event.time, first);
  catch_up_.started(event.peer, event.time);
  for (View& view : channel_views_)
    view.start(event.peer, event.time);
}

void RunObserver::on_node_stopped(const TraceEvent& event) {
  // The end of the run is no event in the life of a peer.
  if (StopReason{event.detail} == StopReason::kEnd) return;
  if (!population_.stopped(event.peer, event.time)) return;
  membership_.stopped(event.peer, event.time);
  catch_up_.stopped(event.peer);
  leadership_.stopped(event.peer, event.time);
  for (View& view : channel_views_)
    view.stop(event.peer, event.time);
}

// A fault's events name one peer each where it is about peers.
void RunObserver::on_fault(const TraceEvent& event, bool begins) {
  if (begins && event.value < facts_.faults.size() && population_.knows(event.peer)) {
    const ChannelIndex left = facts_.faults[event.value].leaves;
    if (left != kNoChannel) {
      dissemination_.on_left(left, event.peer, event.time);
      if (population_.running(event.peer)) invariants_.on_left(left, event.peer);
    }
  }
  if (event.detail != 0 && population_.knows(event.peer)) {
    return begins ? population_.grouped(event.value, event.peer, event.detail, event.time)
                  : population_.ungrouped(event.value, event.peer, event.time);
  }
  const bool cuts = event.value < facts_.faults.size() && facts_.faults[event.value].cuts_off;
  if (!cuts || !population_.knows(event.peer)) {
    population_.disturbed(event.time);
  } else if (begins) {
    population_.cut_off(event.peer, event.time);
    membership_.cut_off(event.peer, event.time);
  } else {
    population_.restored(event.peer, event.time);
    membership_.restored(event.peer, event.time);
  }
}

void RunObserver::on_block_received(const TraceEvent& event) {
  catch_up_.on_received(event);
  const Holding* before = dissemination_.on_received(event);
  if (before == nullptr || BlockOrigin{event.detail} != BlockOrigin::kPush) return;
  if (before->source != BlockOrigin::kPush || !population_.running(event.peer)) return;
  // A restart empties the stores.
  if (before->received < population_.last_start(event.peer)) return;
  invariants_.on_accepted_again(event, before->received);
}

void RunObserver::finish(Time end) {
  HS_ASSERT(!finished_);
  end_ = end;
  finished_ = true;
  membership_.finish();
  dissemination_.finish(end);
  catch_up_.finish();
  traffic_.finish(end);
  invariants_.finish(end, membership_.view(), leadership_, population_);

  membership_.add_metrics(metrics_);
  dissemination_.add_metrics(metrics_);
  leadership_.add_metrics(end, metrics_);
  metrics_.add({"state_transfer", "requests"}, traffic_.of("StateRequest").sent);
  metrics_.add({"state_transfer", "responses"}, traffic_.of("StateResponse").sent);
  catch_up_.add_metrics(metrics_);
  channels_.add_metrics(membership_.view(), metrics_);
  for (std::size_t c = 0; c < channel_views_.size(); ++c) {
    add_view_metrics(channel_views_[c], facts_, {"state_info", facts_.channels[c].name}, metrics_);
  }
  traffic_.add_metrics(metrics_);
  deliveries_.add_metrics(metrics_);
}

const Metrics& RunObserver::metrics() const {
  HS_ASSERT(finished_);
  return metrics_;
}

}  // namespace hearsay::analysis
