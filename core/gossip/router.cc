#include "core/gossip/router.h"

#include <algorithm>

#include "core/base/prefetch.h"
#include "core/gossip/channel.h"
#include "core/wire/tags.h"

namespace hearsay {

namespace {
// How many sends ahead the connections are asked for.
constexpr std::size_t kLookAhead = 6;
}  // namespace

Router::Router(Context& context, const View& view, const IdentityMapper& identities,
               const ChannelSet& channels, Comm& comm)
    : context_(context),
      view_(view),
      identities_(identities),
      disclosure_(context, identities),
      channels_(channels),
      comm_(comm),
      random_(context.random.fork("router")),
      emitter_(context, *this) {}

void Router::route(std::span<const Emission> batch) {
  for (auto& items : classes_)
    items.clear();
  // They have waited for the batch to fill, so the caches have forgotten them.
  for (const Emission& item : batch)
    prefetch_line(item.envelope.get());
  for (const Emission& item : batch) {
    view_.prefetch(item.envelope->subject_memo());
    classes_[static_cast<std::size_t>(classify(*item.envelope))].push_back(item);
  }
  const auto of = [this](Class c) -> std::span<const Emission> {
    return classes_[static_cast<std::size_t>(c)];
  };
  route_in_channel(of(Class::kBlock), false);
  route_in_channel(of(Class::kLeader), true);
  for (const Emission& item : of(Class::kState))
    route_state_info(item);
  route_in_org(of(Class::kOrg));
  for (const Emission& item : of(Class::kRest))
    route_alive(item);
  flush();
}

void Router::post(PeerIndex to, const EnvelopeRef& envelope) {
  comm_.prefetch_route(to);
  posted_.push_back({to, envelope});
}

void Router::flush() {
  const std::size_t count = posted_.size();
  for (std::size_t i = 0; i < std::min(kLookAhead, count); ++i)
    comm_.prefetch_send(posted_[i].to);
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kLookAhead < count) comm_.prefetch_send(posted_[i + kLookAhead].to);
    comm_.send(posted_[i].to, posted_[i].envelope);
  }
  posted_.clear();
}

Router::Class Router::classify(const Envelope& envelope) const {
  switch (envelope.kind()) {
    case ContentKind::kData:
      return Class::kBlock;
    case ContentKind::kLeadership:
      return Class::kLeader;
    case ContentKind::kStateInfo:
      return Class::kState;
    case ContentKind::kAlive: {
      const auto& member = envelope.message().get<AliveMessage>()->membership;
      const bool hidden = member && member->endpoint.empty() &&
                          identities_.in_my_org(context_.directory.subject(envelope));
      return hidden ? Class::kOrg : Class::kRest;
    }
    default:
      return is_org_restricted(envelope.message()) ? Class::kOrg : Class::kRest;
  }
}

template <typename Accept>
void Router::choose(Accept&& accept) {
  targets_.clear();
  const std::int32_t fan_out = context_.config.propagate_peer_num;
  // Quirk: a negative fan-out selects every match (filter.SelectPeers counts down to exactly zero).
  const std::uint32_t k =
      fan_out < 0 ? view_.alive_set().count() : static_cast<std::uint32_t>(fan_out);
  view_.alive_set().sample(k, random_, accept, targets_);
}

void Router::send_to_targets(const Emission& item) {
  // Quirk: the previous hop is removed after the choice, so a forwarder may reach one peer fewer.
  for (const PeerIndex target : targets_) {
    if (target != item.except) post(target, item.envelope);
  }
}

// 5.1: one choice of targets per channel and batch, which all its items share.
void Router::route_in_channel(std::span<const Emission> items, bool to_all) {
  if (items.empty()) return;
  batch_channels_.clear();
  for (const Emission& item : items) {
    const ChannelIndex c = context_.directory.find_channel(item.envelope->message().channel);
    const auto seen = std::find(batch_channels_.begin(), batch_channels_.end(), c);
    if (c != kNoChannel && seen == batch_channels_.end()) batch_channels_.push_back(c);
  }
  for (const ChannelIndex c : batch_channels_) {
    const Channel* channel = channels_.find(c);
    if (channel == nullptr) continue;
    const auto accept = [&](PeerIndex p) {
      return channel->eligible(p) && channel->has_member(p) && identities_.in_my_org(p);
    };
    if (to_all) {
      targets_.clear();
      view_.alive_set().for_each([&](PeerIndex p) {
        if (accept(p)) targets_.push_back(p);
      });
    } else {
      choose(accept);
    }
    for (const Emission& item : items) {
      if (item.envelope->message().channel == channel->name()) send_to_targets(item);
    }
  }
}

// 5.2: a fresh choice per message; the previous hop is part of the condition.
void Router::route_state_info(const Emission& item) {
  const Envelope& envelope = *item.envelope;
  const PeerIndex origin = context_.directory.subject(envelope);
  const Channel* channel = channels_.find(context_.directory.channel_of_state_info(envelope));
  const bool origin_is_visible = origin == context_.self()
                                     ? !context_.identity.external_endpoint.empty()
                                     : view_.has_external_endpoint(origin);
  if (channel != nullptr && origin_is_visible) {
    choose([&](PeerIndex p) { return p != item.except && channel->has_member(p); });
  } else {
    choose([&](PeerIndex p) { return p != item.except && identities_.in_my_org(p); });
  }
  for (const PeerIndex target : targets_)
    post(target, item.envelope);
}

// 5.3: one choice for the whole batch.
void Router::route_in_org(std::span<const Emission> items) {
  if (items.empty()) return;
  choose([&](PeerIndex p) { return identities_.in_my_org(p); });
  for (const Emission& item : items)
    send_to_targets(item);
}

// 5.4: alive messages that may leave the organisation, and those of others.
void Router::route_alive(const Emission& item) {
  const Envelope& envelope = *item.envelope;
  if (envelope.kind() != ContentKind::kAlive) return;
  const auto push = disclosure_.push_of(context_.directory.subject(envelope));
  if (!push.possible()) return;
  choose([&](PeerIndex p) { return p != item.except && push.admits(p); });
  for (const PeerIndex target : targets_) {
    if (push.external_targets_only() && !view_.has_external_endpoint(target)) continue;
    post(target, push.filter(target, item.envelope));
  }
}

}  // namespace hearsay
