#include "core/gossip/channel_set.h"

#include "core/base/assert.h"
#include "core/base/prefetch.h"
#include "core/gossip/channel.h"

namespace hearsay {

ChannelSet::~ChannelSet() = default;

Channel& ChannelSet::add(ChannelIndex index, std::unique_ptr<Channel> channel) {
  HS_ASSERT(find(index) == nullptr);
  if (by_index_.size() <= raw(index)) by_index_.resize(raw(index) + 1u);
  by_index_[raw(index)] = std::move(channel);
  return *by_index_[raw(index)];
}

void ChannelSet::prefetch(unsigned step, ChannelIndex channel, PeerIndex owner) const {
  if (raw(channel) >= by_index_.size()) return;
  if (step == 0) return prefetch_line(&by_index_[raw(channel)]);
  if (const Channel* found = by_index_[raw(channel)].get()) found->prefetch(step - 1, owner);
}

Channel* ChannelSet::of(const Received& message) const {
  const Envelope& envelope = *message.envelope;
  switch (envelope.kind()) {
    case ContentKind::kStateInfo:
      return find(directory_.channel_of_state_info(envelope));
    case ContentKind::kStateInfoPullReq:
      return of_pull_request(message);
    default:
      return find(envelope.message().channel);
  }
}

Channel* ChannelSet::of_pull_request(const Received& message) const {
  const auto& request = *message.envelope->message().get<StateInfoPullRequest>();
  for (const auto& channel : by_index_) {
    if (channel && channel->mac_of(message.from) == request.channel_mac) return channel.get();
  }
  return nullptr;
}

}  // namespace hearsay
