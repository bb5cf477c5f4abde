// ConfigEventer: tells the gossip service of those configurations of a channel that concern it.
//
// Mirrors gossip/service/eventer.go of Fabric v2.5.4, one per channel. A configuration is passed on
// when its organisations differ from the last one's: by name, MSP id or anchor peers. Another
// sequence alone never passes; the first configuration always does. Spec: service.md 5.
//
// Quirk: the order of an organisation's anchor peers counts, and an absent list differs from an
// empty one.
//
// Quirk: what was passed on counts as the last one even if the receiver refused it, so the same
// configuration again is no second chance.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/deliver.h"

namespace hearsay {

// "peer0.org1:7051" taken apart at its last colon; what is no port is 0.
AnchorPeer anchor_peer(std::string_view endpoint);

// An application organisation of a channel.
struct ChannelOrg {
  std::string name;
  std::string msp_id;
  std::optional<std::vector<AnchorPeer>> anchors = {};
  bool operator==(const ChannelOrg&) const = default;
};

// What a channel's configuration says that matters to gossip. Where its orderers are is told to
// OrdererEndpoints.
struct ConfigUpdate {
  std::string channel;
  std::map<std::string, ChannelOrg> organizations = {};  // by name
  std::uint64_t sequence = 0;
  bool operator==(const ConfigUpdate&) const = default;
};

class ConfigReceiver {
 public:
  // The whole of the configuration.
  virtual void update_anchors(const ConfigUpdate& config) = 0;

 protected:
  ~ConfigReceiver() = default;
};

class ConfigEventer {
 public:
  // `receiver` outlives it.
  explicit ConfigEventer(ConfigReceiver& receiver) : receiver_(&receiver) {}

  // Takes the configuration that the channel has from now on.
  void process(const ConfigUpdate& config);

 private:
  ConfigReceiver* receiver_;
  std::optional<std::map<std::string, ChannelOrg>> last_;
};

}  // namespace hearsay
