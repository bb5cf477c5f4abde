// ChannelSet: the channels a node has joined, and which of them a message belongs to.
//
// Mirrors gossip/gossip/chanstate.go. A channel, once joined, stays in the set; leaving is a state
// of the channel. State information names its channel by a MAC of the *subject's* PKI-ID, a pull
// request for it by a MAC of the *connection's*; everything else by the channel field.
#pragma once

#include <memory>
#include <vector>

#include "core/base/ids.h"
#include "core/gossip/comm.h"
#include "core/ports/directory.h"

namespace hearsay {

class Channel;

class ChannelSet {
 public:
  explicit ChannelSet(const Directory& directory) : directory_(directory) {}
  ~ChannelSet();

  // REQUIRES: not joined before.
  Channel& add(ChannelIndex index, std::unique_ptr<Channel> channel);

  // Null when this node has not joined the channel.
  Channel* find(ChannelIndex index) const {
    return raw(index) < by_index_.size() ? by_index_[raw(index)].get() : nullptr;
  }
  Channel* find(std::string_view name) const { return find(directory_.find_channel(name)); }

  // The joined channel that `message` is for, or null.
  Channel* of(const Received& message) const;

  // Loads what state information of `owner` in `channel` touches into the caches, in three steps.
  void prefetch(unsigned step, ChannelIndex channel, PeerIndex owner) const;

  // Calls f(Channel&) for each joined channel, in ascending index.
  template <typename F>
  void for_each(F&& f) const {
    for (const auto& channel : by_index_) {
      if (channel) f(*channel);
    }
  }

 private:
  Channel* of_pull_request(const Received& message) const;

  const Directory& directory_;
  std::vector<std::unique_ptr<Channel>> by_index_;
};

}  // namespace hearsay
