// Networks of whole nodes with the profiles of Fabric's node tests (spec node.md section 15), on
// virtual time in a real world.
//
// P1 is gossip_test.go's, P2 the same with pushing off and quick pulls, P3 that of orgs_test.go and
// anchor_test.go. A condition is polled every 180 ms, for at most 180 s, as there.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/support/recording_sink.h"
#include "tests/support/stage.h"

namespace hearsay::test {

enum class Profile : std::uint8_t { kP1, kP2, kP3 };

inline std::string profile_keys(Profile profile) {
  const auto key = [](std::string_view name, std::string_view value) {
    return fmt::format("\"peer.gossip.{}\": {}, ", name, value);
  };
  const bool p2 = profile == Profile::kP2;
  const bool p3 = profile == Profile::kP3;
  std::string keys = key("maxPropagationBurstSize", p2 ? "10" : "20") +
                     key("maxPropagationBurstLatency", p2 ? "\"1s\"" : "\"500ms\"") +
                     key("pullInterval", p2   ? "\"1s\""
                                         : p3 ? "\"2s\""
                                              : "\"4s\"") +
                     key("pullPeerNum", p2 ? "20" : "5");
  if (p2) {
    keys += key("digestWaitTime", "\"200ms\"") + key("requestWaitTime", "\"200ms\"") +
            key("responseWaitTime", "\"200ms\"");
  }
  keys += key("maxBlockCountToStore", p3 ? "10" : "100") +
          key("publishStateInfoInterval", "\"1s\"") + key("requestStateInfoInterval", "\"1s\"") +
          key("publishCertPeriod", "\"4s\"") + key("membershipTrackerInterval", "\"5s\"") +
          key("aliveTimeInterval", "\"1s\"") + key("aliveExpirationTimeout", "\"10s\"") +
          key("reconnectInterval", "\"1s\"") + key("maxConnectionAttempts", "5");
  keys += "\"peer.gossip.msgExpirationFactor\": 20";
  return keys;
}

// `world` holds "organizations" and "channels".
inline std::string network_plan(Profile profile, const std::string& world) {
  return fmt::format(R"({{ "duration": "1h", {}, "config": {{ {} }},
    "network": {{ "latency": {{ "min": "100us", "max": "300us" }} }} }})",
                     world, profile_keys(profile));
}

// One organisation, "org1", of `peers` peers in the channel A. All have external endpoints.
inline std::string one_org(int peers, std::string_view more = "") {
  return fmt::format(R"("organizations": [ {{ "name": "org1", "peers": {},
    "external_endpoints": "all"{} }} ], "channels": [ {{ "name": "A" }} ])",
                     peers, more);
}

class NetworkStage {
 public:
  NetworkStage(Profile profile, const std::string& world, Tap* tap = nullptr,
               TraceSink* sink = nullptr)
      : stage(scenario_of(network_plan(profile, world)), sink == nullptr ? events : *sink, tap) {
    if (profile != Profile::kP2) return;
    // What no file can say: nothing is pushed, and no identity is embedded.
    for (std::size_t i = 0; i < stage.size(); ++i) {
      Config& config = configs_.emplace_back(*stage.home(peer_index(i)).config);
      config.propagate_iterations = 0;
      config.propagate_peer_num = 0;
      config.publish_cert_period = 0;
      stage.home(peer_index(i)).config = &config;
    }
  }

  std::size_t size() const { return stage.size(); }
  Node& node(std::size_t i) { return stage.node(peer_index(i)); }
  const std::string& endpoint(std::size_t i) const {
    return stage.home(peer_index(i)).identity.internal_endpoint;
  }
  void bootstrap(std::size_t i, const std::vector<std::size_t>& on) {
    auto& list = stage.home(peer_index(i)).bootstrap;
    list.clear();
    for (const std::size_t other : on)
      list.push_back(endpoint(other));
  }
  void full_mesh() {
    for (std::size_t i = 0; i < size(); ++i) {
      std::vector<std::size_t> others;
      for (std::size_t j = 0; j < size(); ++j) {
        if (j != i) others.push_back(j);
      }
      bootstrap(i, others);
    }
  }
  // The peer takes part in this channel and no other.
  void only_in(std::size_t i, std::string_view channel) {
    std::erase_if(stage.home(peer_index(i)).channels,
                  [&](const sim::ChannelPlan* plan) { return plan->name != channel; });
  }
  // Starts a peer, which joins its channels and announces a height of `height` in each.
  void start(std::size_t i, BlockNum height = 1) {
    stage.start(peer_index(i));
    for (const sim::ChannelPlan* plan : stage.home(peer_index(i)).channels)
      node(i).update_ledger_height(plan->name, height);
  }
  void start_all_of(std::size_t first, std::size_t last, BlockNum height = 1) {
    for (std::size_t i = first; i <= last; ++i)
      start(i, height);
  }
  void stop(std::size_t i) { stage.world().stop(peer_index(i), StopReason::kEnd); }

  // Polls; false when 180 s did not suffice.
  bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds()) return true;
      stage.run_for(180 * kMillisecond);
    }
    return false;
  }
  // Do all of [first, last] see exactly `count` alive peers (in the channel, when named)?
  bool see(std::size_t first, std::size_t last, std::size_t count, std::string_view channel = "") {
    for (std::size_t i = first; i <= last; ++i) {
      const auto seen = channel.empty() ? node(i).peers() : node(i).peers_of_channel(channel);
      if (seen.size() != count) return false;
    }
    return true;
  }
  const Properties* properties(std::size_t at, std::size_t of, std::string_view channel) {
    const Channel* joined = node(at).channel(stage.directory().find_channel(channel));
    const Envelope* info = joined == nullptr ? nullptr : joined->state_info_of(peer_index(of));
    if (info == nullptr) return nullptr;
    const auto& properties = info->message().get<StateInfo>()->properties;
    return properties ? &*properties : nullptr;
  }
  void gossip_block(std::size_t from, std::string_view channel, BlockNum number) {
    node(from).gossip(data_message(std::string(channel), stage.block(channel, number)));
  }
  bool all_have_blocks(std::size_t first, std::size_t last, std::size_t count) const {
    for (std::size_t i = first; i <= last; ++i) {
      if (blocks_at(i) != count) return false;
    }
    return true;
  }
  // How many blocks a peer took in from others.
  std::size_t blocks_at(std::size_t i) const {
    return events.count(peer_index(i), TraceKind::kBlockReceived);
  }

  RecordingSink events;
  Stage stage;

 private:
  std::deque<Config> configs_;
};

}  // namespace hearsay::test
