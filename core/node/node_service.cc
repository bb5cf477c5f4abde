// What a node does for programs: sending, asking, listening (node.md sections 6 and 7).
#include <utility>

#include <fmt/format.h>

#include "core/node/node.h"

namespace hearsay {

void Node::send(GossipMessage message, std::span<const PeerIndex> peers) {
  if (stopped_) return;
  const EnvelopeRef envelope = Envelope::unsigned_of(std::move(message));
  for (const PeerIndex peer : peers)
    comm_.send(peer, envelope);
  settle_later();
}

void Node::send_by_criteria(GossipMessage message, SendCriteria criteria, SendDone done) {
  if (stopped_) return;
  const auto fail = [&](std::string error) {
    acked_sends_.fail(std::move(error), std::move(done));
    settle_later();
  };
  // Quirk: nothing is sent and the filter not called, even when acknowledgements are asked for.
  if (criteria.max_peers == 0) return fail("");
  if (criteria.timeout == 0) return fail("Timeout should be specified");
  if (!criteria.channel.empty() && joined(criteria.channel) == nullptr) {
    return fail(fmt::format("requested to send for channel {}, but no such channel exists",
                            criteria.channel));
  }
  if (!acked_sends_.has_room()) return fail("too many sends wait for acknowledgements");
  const std::vector<PeerIndex> targets = select_peers(
      criteria.max_peers, criteria.channel.empty() ? peers() : peers_of_channel(criteria.channel),
      criteria.is_eligible, random_);
  if (static_cast<std::int64_t>(targets.size()) < criteria.min_ack) {
    return fail(
        fmt::format("requested to send to at least {} peers, but know only of {} suitable peers",
                    criteria.min_ack, targets.size()));
  }
  const std::uint32_t cookie = acked_sends_.begin(criteria.min_ack, std::move(done));
  comm_.send_with_ack(std::move(message), criteria.timeout, criteria.min_ack, targets, cookie);
  settle_later();
}

void Node::respond(const Received& message, GossipMessage answer) {
  if (stopped_) return;
  comm_.respond(message.conn, Envelope::unsigned_of(std::move(answer)));
  settle_later();
}

void Node::ack(const Received& message, std::string_view error) {
  if (stopped_) return;
  comm_.ack(message, error);
  settle_later();
}

std::vector<PeerIndex> Node::peers() const {
  std::vector<PeerIndex> alive;
  if (stopped_) return alive;
  view_.alive_set().for_each([&](PeerIndex p) { alive.push_back(p); });
  return alive;
}

std::vector<PeerIndex> Node::peers_of_channel(std::string_view name) const {
  const Channel* channel = joined(name);
  return channel == nullptr ? std::vector<PeerIndex>{} : channel->peers();
}

std::vector<NetworkMember> Node::members_of_channel(std::string_view name) const {
  std::vector<NetworkMember> found;
  const Channel* channel = joined(name);
  if (channel == nullptr) return found;
  for (const PeerIndex peer : channel->peers()) {
    NetworkMember& member = found.emplace_back(*membership_.lookup(peer));
    const Envelope& info = *channel->state_info_of(peer);
    member.properties = info.message().get<StateInfo>()->properties;
    member.envelope = EnvelopeRef(&info);
  }
  return found;
}

EnvelopeRef Node::self_channel_info(std::string_view name) const {
  const Channel* channel = joined(name);
  return channel == nullptr ? EnvelopeRef() : channel->self();
}

Result<PeerPredicate> Node::peer_filter(std::string_view name,
                                        PeerSignaturePredicate accepts) const {
  const Channel* channel = joined(name);
  if (channel == nullptr) return Error{fmt::format("channel {} doesn't exist", name)};
  return PeerPredicate([this, channel, accepts = std::move(accepts)](PeerIndex peer) {
    const Envelope* info = channel->state_info_of(peer);
    if (info == nullptr || !identities_.knows(peer)) return false;
    return accepts({info->signature(), info->payload(), context_.directory.identity(peer)});
  });
}

void Node::suspect_peers(const PeerSuspector& suspected) {
  identities_.suspect_peers(suspected);
  settle_later();
}

}  // namespace hearsay
