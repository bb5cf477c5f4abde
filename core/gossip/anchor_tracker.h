// AnchorTracker: the anchor peers of all channels, by the endpoints that their configurations give.
//
// Mirrors anchorPeerTracker of gossip/service/gossip_service.go. The service keeps it up to date,
// membership asks it: who is at an anchor's endpoint is never forgotten.
//
// Quirk: the text is host, colon and port as they stand in the configuration, without brackets,
// while members announce the endpoint that is dialled; so an anchor with an IPv6 address is never
// protected.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.h"

namespace hearsay {

class AnchorTracker {
 public:
  // The anchors of `channel` instead of those it had.
  void replace(ChannelIndex channel, std::vector<std::string> endpoints) {
    if (of_channel_.size() <= raw(channel)) of_channel_.resize(raw(channel) + 1u);
    of_channel_[raw(channel)] = std::move(endpoints);
  }
  // Is it an anchor of any channel?
  bool is_anchor(std::string_view endpoint) const {
    return std::ranges::any_of(of_channel_, [endpoint](const auto& endpoints) {
      return std::ranges::find(endpoints, endpoint) != endpoints.end();
    });
  }

 private:
  std::vector<std::vector<std::string>> of_channel_;  // by ChannelIndex
};

}  // namespace hearsay
