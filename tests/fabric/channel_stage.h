// One whole node in two channels, and scripted peers that say to it what a test likes.
//
// The settings are those of Fabric's channel tests (gossip/gossip/channel/channel_test.go), as far
// as they can be set. org1/0 is the node; all others are scripted. Channel A is of org1 and org2, B
// of org1 alone, org3 is in neither. org1/0, org1/1, org2/0 and org2/1 have external endpoints.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/wire/codec.h"
#include "tests/support/recording_sink.h"
#include "tests/support/stage.h"

namespace hearsay::test {

inline constexpr const char* kChannelPlan = R"({
  "duration": "1h",
  "organizations": [
    { "name": "org1", "peers": 4, "external_endpoints": "org1/0..1" },
    { "name": "org2", "peers": 3, "external_endpoints": "org2/0..1" },
    { "name": "org3", "peers": 1 } ],
  "channels": [ { "name": "A", "organizations": ["org1", "org2"] },
                { "name": "B", "organizations": ["org1"] } ],
  "config": {
    "peer.gossip.publishStateInfoInterval": "100ms",
    "peer.gossip.requestStateInfoInterval": "100ms",
    "peer.gossip.maxBlockCountToStore": 100, "peer.gossip.pullInterval": "200ms",
    "peer.gossip.digestWaitTime": "30ms", "peer.gossip.requestWaitTime": "60ms",
    "peer.gossip.responseWaitTime": "60ms", "peer.gossip.aliveExpirationTimeout": "1h" },
  "network": { "latency": "200us" } })";

// A ledger that is asked for nothing.
class IdleLedger final : public Ledger {
 public:
  std::optional<BlockNum> height() const override { return 1; }
  std::optional<BlockBytes> block(BlockNum) const override { return std::nullopt; }
  void commit(BlockNum, const BlockBytes&) override {}
};

class ChannelStage {
 public:
  explicit ChannelStage(const std::string& plan = kChannelPlan) : stage(scenario_of(plan), sink) {
    for (std::size_t i = 1; i < stage.size(); ++i)
      stage.seize(peer_index(i));
    stage.start_all();
    for (std::size_t i = 1; i < stage.size(); ++i) {
      const PeerIndex p = peer_index(i);
      stage.attacker(p)->heard = [this, p](ConnId, const EnvelopeRef& frame) {
        heard[p].push_back(frame);
      };
    }
  }

  Node& node() { return stage.node(me); }
  const Channel& channel(std::string_view name = "A") {
    return *node().channel(stage.directory().find_channel(name));
  }
  PeerIndex peer(std::string_view name) const { return stage.find(name); }
  void run_for(Duration d) { stage.run_for(d); }

  // Sends a frame to the node, over a stream opened when there is none, and lets it arrive.
  void say(PeerIndex p, const EnvelopeRef& frame) {
    Attacker& attacker = *stage.attacker(p);
    for (int tries = 0; attacker.ready_streams().empty(); ++tries) {
      HS_ASSERT_MSG(tries < 20, "the node does not let anybody in");
      attacker.dial(stage.home(me).identity.internal_endpoint);
      run_for(3 * kMillisecond);
    }
    attacker.write(attacker.ready_streams().back(), frame);
    run_for(kMillisecond);
  }
  PeerTime next() { return {sim::kUnixEpoch, ++stamps_}; }

  EnvelopeRef alive_of(PeerIndex p) {
    const Persona who = stage.persona(p);
    return signed_by(stage.key(p), alive_message(who, next()), who.internal_endpoint);
  }
  // Makes the node know the peer.
  void introduce(PeerIndex p) { say(p, alive_of(p)); }
  EnvelopeRef info_of(PeerIndex p, std::uint64_t height = 1, bool left = false,
                      std::string_view channel_name = "A") {
    GossipMessage message = state_info(stage.persona(p), channel_name, next(), height);
    std::get<StateInfo>(message.content).properties->left_channel = left;
    return signed_by(stage.key(p), message);
  }
  // Makes the peer one of the channel's.
  void join(PeerIndex p, std::uint64_t height = 1) {
    introduce(p);
    say(p, info_of(p, height));
  }
  EnvelopeRef pull_request(PeerIndex p, std::string_view channel_name = "A") const {
    const std::string mac = sha256_bytes(stage.persona(p).pki_id, channel_name);
    return plain(with_tag(Tag::kChanOrOrg, StateInfoPullRequest{mac}));
  }
  EnvelopeRef block(BlockNum number) { return plain(data_message("A", stage.block("A", number))); }
  void configure(std::uint64_t sequence, std::vector<std::string> orgs) {
    JoinChannel join{.sequence = sequence, .orgs = {}};
    for (const std::string& org : orgs)
      join.orgs.push_back(stage.directory().find_org(org));
    node().join_channel("A", join, {}, ledger_);
  }

  // What the peer heard of this kind so far.
  std::vector<EnvelopeRef> of_kind(PeerIndex p, ContentKind kind) {
    std::vector<EnvelopeRef> found;
    for (const EnvelopeRef& frame : heard[p]) {
      if (frame->kind() == kind) found.push_back(frame);
    }
    return found;
  }
  // The node's own state information in channel A that the peer was pushed.
  std::vector<EnvelopeRef> publications(PeerIndex p) {
    auto all = of_kind(p, ContentKind::kStateInfo);
    const ChannelIndex a = stage.directory().find_channel("A");
    const Directory& names = stage.directory();
    std::erase_if(all, [&](const EnvelopeRef& e) {
      return names.subject(*e) != me || names.channel_of_state_info(*e) != a;
    });
    return all;
  }
  // Makes the peer known and lets pass what the node announces when it joins: its ledger's height.
  void settle(PeerIndex p) {
    introduce(p);
    run_for(150 * kMillisecond);
    heard.clear();
  }
  // The snapshot that answers a pull request of `p`; null when none does within 100 ms.
  EnvelopeRef snapshot_for(PeerIndex p, const EnvelopeRef& request) {
    const std::size_t before = of_kind(p, ContentKind::kStateSnapshot).size();
    say(p, request);
    run_for(100 * kMillisecond);
    const auto all = of_kind(p, ContentKind::kStateSnapshot);
    return all.size() == before ? nullptr : all.back();
  }
  std::size_t snapshot_size(PeerIndex p) {
    const EnvelopeRef snapshot = snapshot_for(p, pull_request(p));
    return snapshot ? snapshot->message().get<StateInfoSnapshot>()->elements.size() : 0;
  }
  // Blocks that the node took in, in order.
  std::vector<std::uint64_t> blocks() const {
    std::vector<std::uint64_t> numbers;
    for (const TraceEvent& event : sink.events) {
      if (event.peer == me && event.kind == TraceKind::kBlockReceived) {
        numbers.push_back(event.value);
      }
    }
    return numbers;
  }

  static constexpr PeerIndex me{0};
  RecordingSink sink;
  std::map<PeerIndex, std::vector<EnvelopeRef>> heard;
  Stage stage;

 private:
  std::uint64_t stamps_ = 0;
  IdleLedger ledger_;
};

}  // namespace hearsay::test
