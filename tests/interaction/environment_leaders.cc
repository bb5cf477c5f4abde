// The commands about orderers and those who pull from them.
#include <algorithm>

#include <fmt/format.h>

#include "core/wire/describe.h"
#include "sim/model/deliver_frame.h"
#include "sim/scenario/keys.h"
#include "sim/world/node_clock.h"
#include "tests/interaction/environment.h"

namespace hearsay::test {

namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

// The orderers cut the channel's next blocks, the first now.
//
// Example:
//   cut ch1 count=3 every=1s
//   ----
//   ok
void Environment::cut(const Command& c) {
  if (c.words.empty() || stage().directory().find_channel(c.words[0]) == kNoChannel) {
    throw Mistake{"which channel?"};
  }
  scenario::BlockStream blocks;
  blocks.channel = c.words[0];
  blocks.start = stage().world().now();
  blocks.interval = duration(c.value("every", "1s"));
  blocks.count = static_cast<std::uint32_t>(number(c.value("count", "1")));
  orderers().add(blocks);
}

// What an orderer does from now on: `sound`, or an action of the scenario format. An outage kills
// its process, until it is sound again.
//
// Example:
//   orderer orderer0 outage
//   orderer orderer1 slow delay=200ms
//   orderer orderer1 status status=FORBIDDEN
//   orderer orderer1 sound
//   ----
//   ok
void Environment::orderer(const Command& c) {
  if (c.words.size() < 2) throw Mistake{"which orderer does what?"};
  const sim::HostIndex host = orderer_named(c.words[0]);
  const std::string& action = c.words[1];
  const auto& actions = scenario::words::kOrdererActions;
  const auto known = std::find(actions.begin(), actions.end(), action);
  if (known == actions.end() && action != "sound") throw Mistake{"no such action: " + action};
  if (const auto past = misconduct_.extract(host)) past.mapped()->end();
  sim::World& world = stage().world();
  if (action == "outage") {
    if (world.running(host)) world.stop(host, StopReason::kCrash);
    return;
  }
  if (!world.running(host)) world.start(host);
  if (action == "sound") return;
  scenario::Fault fault;
  fault.kind = scenario::FaultKind::kOrderer;
  fault.action = static_cast<scenario::OrdererAction>(known - actions.begin());
  fault.delay = duration(c.value("delay", "0s"));
  fault.status = c.value("status", std::string(scenario::kDefaultStatus));
  const auto& statuses = scenario::words::kStatuses;
  if (std::find(statuses.begin(), statuses.end(), fault.status) == statuses.end()) {
    throw Mistake{"no such status: " + fault.status};
  }
  auto& misconduct = misconduct_[host];
  misconduct = std::make_unique<sim::Misconduct>(orderers(), sim::conduct_of(fault));
  misconduct->begin(std::vector{sim::FaultTarget{host}});
}

// An attacker, who here is but a client, opens a deliver stream and asks for blocks of the channel:
// from= and to= are oldest, newest or a number; without to= it asks for ever.
//
// Example:
//   seek org1/2 orderer0 ch1 from=newest to=5 fail-if-not-ready
//   ----
//   ok
void Environment::seek(const Command& c) {
  const PeerIndex p = running_attacker(c);
  if (c.words.size() < 3) throw Mistake{"of which orderer, in which channel?"};
  const std::string endpoint = orderers().endpoint(raw(orderer_named(c.words[1])) - stage().size());
  const auto position = [&](const char* key) -> SeekPosition {
    const std::string text = c.value(key);
    if (is_number(text)) return SeekPosition::specified(number(text));
    if (text == "oldest") return {SeekPosition::Kind::kOldest, 0};
    if (text == "newest") return {SeekPosition::Kind::kNewest, 0};
    throw Mistake{std::string(key) + "= is oldest, newest or a number"};
  };
  SeekInfo info = seek_from(0);
  info.start = position("from");
  if (!c.value("to").empty()) info.stop = position("to");
  if (c.has("fail-if-not-ready")) info.behavior = SeekInfo::Behavior::kFailIfNotReady;
  const auto unix_time = sim::kUnixEpoch + static_cast<std::uint64_t>(stage().world().now());
  ChannelHeader header;
  header.type = HeaderType::kDeliverSeekInfo;
  header.timestamp = Timestamp{static_cast<std::int64_t>(unix_time / kSecond), 0};
  header.channel_id = c.words[2];
  CommonPayload payload;
  payload.channel_header = encode(header);
  payload.signature_header = encode(SignatureHeader{stage().key(p).identity(), "nonce"});
  payload.data = encode(info);
  CommonEnvelope envelope{encode(payload), {}};
  envelope.signature = stage().key(p).sign(envelope.payload);
  const ConnId conn = stage().attacker(p)->dial(endpoint, sim::frame_of(envelope));
  transcript_.dials(p, conn, endpoint);
}

// Where the election of each of these peers stands. The smallest PKI-ID, which wins, comes first.
//
// Example:
//   election org1 channel=ch1
//   ----
//   org1/1 (0c1d2e3f): leading, leader, a leader is known
//   org1/0 (7fa04e00): following, a leader is known
void Environment::election(const Command& c) {
  std::vector<PeerIndex> chosen = peers(c);
  const auto pki_id = [&](PeerIndex p) { return stage().directory().pki_id(p); };
  std::ranges::sort(chosen, {}, pki_id);
  const ChannelIndex channel = stage().directory().find_channel(c.value("channel"));
  for (const PeerIndex p : chosen) {
    const sim::GossipPeer* peer = stage().peer(p);
    const LeaderElection* election = peer == nullptr ? nullptr : peer->service().election(channel);
    // Behind the PKI-ID.
    const std::string text = election == nullptr ? " none" : election->describe();
    print(fmt::format("{} ({}):{}", stage().name_of(p), short_hex(pki_id(p)),
                      text.substr(text.find(' '))));
  }
}

sim::OrderingService& Environment::orderers() {
  if (stage().orderers() == nullptr) throw Mistake{"there are no orderers"};
  return *stage().orderers();
}

sim::HostIndex Environment::orderer_named(const std::string& name) {
  const sim::HostIndex found = stage().find_orderer(name);
  if (found == kNoPeer) throw Mistake{"no such orderer: " + name};
  return found;
}

}  // namespace hearsay::test
