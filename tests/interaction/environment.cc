#include "tests/interaction/environment.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/gossip/config.h"
#include "core/gossip/duration_text.h"
#include "sim/world/node_clock.h"
#include "tests/support/hex.h"

namespace hearsay::test {

Environment::Environment() = default;
Environment::~Environment() = default;

const std::map<std::string, Environment::Method>& Environment::methods() {
  static const std::map<std::string, Method> table = {
      {"cluster", &Environment::cluster},
      {"log-level", &Environment::log_level},
      {"start", &Environment::start},
      {"restart", &Environment::start},
      {"crash", &Environment::crash},
      {"run", &Environment::run},
      {"isolate", &Environment::isolate},
      {"heal", &Environment::heal},
      {"join", &Environment::join},
      {"deliver-block", &Environment::deliver_block},
      {"update-height", &Environment::update_height},
      {"gossip", &Environment::gossip},
      {"cut", &Environment::cut},
      {"orderer", &Environment::orderer},
      {"seize", &Environment::seize},
      {"dial", &Environment::dial},
      {"send", &Environment::send},
      {"send-raw", &Environment::send_raw},
      {"seek", &Environment::seek},
      {"view", &Environment::view},
      {"connections", &Environment::connections},
      {"ledger", &Environment::ledger},
      {"election", &Environment::election},
  };
  return table;
}

std::string Environment::handle(const Command& command) {
  const auto method = methods().find(command.name);
  try {
    if (method == methods().end()) throw Mistake{"no such command: " + command.name};
    (this->*method->second)(command);
  } catch (const Mistake& mistake) {
    return "error: " + mistake.text;
  }
  return transcript_.take() + std::exchange(printed_, {});
}

// --- the stage

// The peers and what they are configured to be. Peers are named ORG/NUMBER. Lines of input are
// Fabric's configuration keys.
//
//   channel=NAME   a channel of all organisations; every peer joins it when it starts
//   join=later     nobody joins before the command `join` says so
//   external=PEERS who has an external endpoint (default: nobody); anchors=PEERS, of the channel
//   latency=1ms    one way; seed=1
//   orderers=2     orderer0 and orderer1, whose blocks the leaders pull (default: nobody leads);
//   leader=elected leaders are elected (default: each organisation's first peer leads)
//
// Example:
//   cluster org1=3 org2=1 channel=ch1 latency=1ms external=org1/0
//   peer.gossip.aliveTimeInterval 5s
//   ----
//   ok
void Environment::cluster(const Command& c) {
  scenario::Scenario plan = scenario_of(scenario_text(c));
  plan.network.bandwidth = 0;
  stage_ = std::make_unique<Stage>(std::move(plan), transcript_, &transcript_);
  transcript_.bind(*stage_);
  if (!c.value("orderers").empty()) stage_->add_orderers();
  if (c.value("join") != "later") return;
  for (std::size_t i = 0; i < stage_->size(); ++i) {
    stage_->home(peer_index(i)).channels.swap(channels_to_join_[peer_index(i)]);
  }
}

std::string Environment::scenario_text(const Command& c) {
  using nlohmann::json;
  json config = json::object();
  std::istringstream lines(c.input);
  Config trial;
  for (std::string key, value; lines >> key >> value;) {
    const auto set = set_config(trial, key, value);
    if (!set.ok()) throw Mistake{set.error()};
    config[key] = value;
  }
  json orgs = json::array();
  for (const auto& entry : c.values) {
    const std::string& key = entry.first;
    if (!key.starts_with("org")) continue;
    json org = {{"name", key}, {"peers", number(entry.second)}};
    if (!c.value("leader").empty()) org["leader"] = c.value("leader");
    const auto chosen = [&](const char* option) {
      // Each organisation takes those of its own peers.
      json list = json::array();
      std::istringstream names(c.value(option));
      for (std::string name; std::getline(names, name, ',');) {
        if (name.starts_with(key + "/")) list.push_back(name);
      }
      return list;
    };
    if (!c.value("external").empty()) org["external_endpoints"] = chosen("external");
    if (!c.value("anchors").empty()) org["anchors"] = chosen("anchors");
    orgs.push_back(std::move(org));
  }
  json network = {
      {"latency", {{"distribution", "constant"}, {"value", c.value("latency", "1ms")}}}};
  json root = {{"duration", "1h"},
               {"seed", number(c.value("seed", "1"))},
               {"organizations", orgs},
               {"config", config},
               {"network", network}};
  if (!c.value("channel").empty()) root["channels"] = {{{"name", c.value("channel")}}};
  for (std::uint64_t i = 0; i < number(c.value("orderers", "0")); ++i)
    root["orderers"].push_back({{"name", "orderer" + std::to_string(i)}});
  return root.dump();
}

// What the output shows: none, frames (as they arrive), events (what the peers make of them), or
// all, which is the default. With `streams`, dials and ends of streams too; with `no-members`,
// nothing of who is alive, connected and in which channel. hide= and only= name types of messages.
//
// Example:
//   log-level all streams hide=AliveMsg,StateInfo
//   ----
//   ok
void Environment::log_level(const Command& c) {
  LogFilter filter;
  filter.streams = c.has("streams");
  filter.members = !c.has("no-members");
  if (c.has("none")) filter.level = LogLevel::kNone;
  if (c.has("frames")) filter.level = LogLevel::kFrames;
  if (c.has("events")) filter.level = LogLevel::kEvents;
  const auto set_of = [](const std::string& list) {
    std::set<std::string> types;
    std::istringstream names(list);
    for (std::string name; std::getline(names, name, ',');)
      types.insert(name);
    return types;
  };
  filter.only = set_of(c.value("only"));
  filter.hide = set_of(c.value("hide"));
  transcript_.set_filter(std::move(filter));
}

// Starts peers, now, in ascending order; `restart` is another name for it. "*" is everybody.
//
// Example:
//   start org1/0 org1/2
//   ----
//          0s org1/0: started
//          0s org1/2: started
void Environment::start(const Command& c) {
  for (const PeerIndex p : peers(c)) {
    if (stage().world().running(p)) throw Mistake{stage().name_of(p) + " is up"};
    stage().start(p);
    if (Attacker* attacker = stage().attacker(p)) {
      attacker->heard = [this, p](ConnId conn, const EnvelopeRef& frame) {
        transcript_.frame(p, conn, *frame);
        transcript_.done();
      };
    }
  }
}

// Kills the processes of peers. Their ledgers stay.
//
// Example:
//   crash org1/1
//   ----
//         10s org1/1: crashed
void Environment::crash(const Command& c) {
  for (const PeerIndex p : peers(c))
    stage().world().stop(p, StopReason::kCrash);
}

// Lets time pass, for a while or until a time since the beginning.
//
// Example:
//   run until=10s
//   ----
//      0.004s org1/0 -> org1/1 AliveMsg EMPTY …
void Environment::run(const Command& c) {
  const Time now = stage().world().now();
  if (!c.value("for").empty()) {
    stage().run_for(duration(c.value("for")));
  } else if (const Time until = duration(c.value("until")); until > now) {
    stage().run_for(until - now);
  } else {
    throw Mistake{"it is " + seconds_text(now) + " already"};
  }
}

// From now on all that these peers send or are sent is swallowed, among themselves too.
//
// Example:
//   isolate org1/1
//   ----
//   ok
void Environment::isolate(const Command& c) {
  cuts_.push_back(std::make_unique<sim::Isolate>(stage().network()));
  std::vector<sim::FaultTarget> targets;
  for (const PeerIndex peer : peers(c))
    targets.push_back({peer});
  cuts_.back()->begin(targets);
}

// Ends every isolation.
//
// Example:
//   heal
//   ----
//   ok
void Environment::heal(const Command&) {
  for (const auto& cut : cuts_)
    cut->end();
  cuts_.clear();
}

// --- what a peer's own service asks of it

// Joins the cluster's channel, for a cluster with join=later.
//
// Example:
//   join org1/0 org1/1
//   ----
//   ok
void Environment::join(const Command& c) {
  for (const PeerIndex p : peers(c)) {
    stage().home(p).channels = channels_to_join_[p];
    if (sim::GossipPeer* peer = stage().peer(p)) peer->join_due_channels();
  }
}

// Gives a peer a block, or several one after the other (number=3..7), as if it had pulled them from
// the orderer.
//
// Example:
//   deliver-block org1/0 ch1 number=1
//   ----
//          0s org1/0: receives block 1 of ch1 by deliver
void Environment::deliver_block(const Command& c) {
  const PeerIndex p = running_peer(c);
  const std::string& channel = channel_of(c);
  const std::string text = c.value("number");
  const std::size_t dots = text.find("..");
  const BlockNum first = number(text.substr(0, dots));
  const BlockNum last = dots == std::string::npos ? first : number(text.substr(dots + 2));
  for (BlockNum n = first; n <= last; ++n)
    stage().node(p).deliver_block(channel, stage().block(channel, n));
}

// Tells a peer that its ledger has another height; it says so in its next state information.
//
// Example:
//   update-height org1/0 ch1 height=7
//   ----
//   ok
void Environment::update_height(const Command& c) {
  stage().node(running_peer(c)).update_ledger_height(channel_of(c), number(c.value("height")));
}

// Makes a peer push a message of its own: a leadership declaration, or a data message, which holds
// so many bytes of no meaning.
//
// Example:
//   gossip org1/0 ch1 leadership
//   gossip org1/0 ch1 data number=5 size=1000
//   ----
//   ok
void Environment::gossip(const Command& c) {
  const PeerIndex p = running_peer(c);
  const std::string& channel = channel_of(c);
  if (c.has("leadership")) {
    const PeerTime stamp{sim::kUnixEpoch, static_cast<std::uint64_t>(stage().world().now())};
    return stage().node(p).gossip(leadership(stage().persona(p), channel, stamp));
  }
  if (!c.has("data")) throw Mistake{"gossip what?"};
  Payload block{number(c.value("number")), std::string(number(c.value("size", "100")), 'x'), {}};
  stage().node(p).gossip(data_message(channel, std::move(block)));
}

// --- attacks

// A peer's machine and key fall into the hands of an attacker, before it starts. It says only what
// it is told to.
//
// Example:
//   seize org1/2
//   ----
//   ok
void Environment::seize(const Command& c) {
  for (const PeerIndex p : peers(c)) {
    if (stage().world().running(p)) throw Mistake{stage().name_of(p) + " is up"};
    stage().seize(p);
  }
}

// An attacker opens a stream and says its ConnEstablish. With as=PEER it claims to be that peer,
// but signs with its own key.
//
// Example:
//   dial org1/2 to=org1/0 as=org1/1
//   ----
//   ok
void Environment::dial(const Command& c) {
  const PeerIndex p = running_attacker(c);
  const PeerIndex to = peer(c.value("to"));
  const PeerIndex as = peer(c.value("as", stage().name_of(p)));
  const std::string& endpoint = stage().home(to).identity.internal_endpoint;
  const EnvelopeRef hello =
      signed_by(stage().key(p), conn_establish(stage().persona(as), c.has("probe")));
  const ConnId conn = stage().attacker(p)->dial(endpoint, hello);
  attacks_[{p, to}] = conn;
  transcript_.dials(p, conn, endpoint);
}

// An attacker sends a message. It speaks of the peer of= (default: the attacker), with stamp
// inc=.seq=, signed by the key of by= (default: the attacker's).
//
// Example:
//   send org1/2 alive to=org1/0 of=org1/1 inc=0s seq=9
//   send org1/2 mem-req to=org1/0 of=org1/1 by=org1/1 seq=9
//   send org1/2 dead-list to=org1/0 of=org1/1 by=org1/1 seq=9
//   ----
//   ok
void Environment::send(const Command& c) {
  const PeerIndex p = running_attacker(c);
  const std::string self = stage().name_of(p);
  const PeerIndex of = peer(c.value("of", self));
  const PeerIndex by = peer(c.value("by", self));
  const PeerTime stamp{sim::kUnixEpoch + static_cast<std::uint64_t>(duration(c.value("inc", "0s"))),
                       number(c.value("seq", "1"))};
  const Persona who = stage().persona(of);
  const EnvelopeRef alive =
      signed_by(stage().key(by), alive_message(who, stamp), who.internal_endpoint);
  EnvelopeRef frame;
  if (c.has("alive")) frame = alive;
  if (c.has("mem-req")) frame = plain(membership_request(alive));
  if (c.has("dead-list")) frame = plain(membership_response({}, {alive}));
  if (!frame) throw Mistake{"send what?"};
  stage().attacker(p)->write(conn_to(p, c.value("to")), frame);
}

// An attacker sends an envelope, unsigned, with the input as payload: hexadecimal digits.
//
// Example:
//   send-raw org1/2 to=org1/0
//   ffff
//   ----
//   ok
void Environment::send_raw(const Command& c) {
  const PeerIndex p = running_attacker(c);
  std::string hex = c.input;
  std::erase_if(hex, [](char ch) { return ch == '\n' || ch == ' '; });
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Mistake{"not an even number of hexadecimal digits"};
  }
  stage().attacker(p)->write(conn_to(p, c.value("to")), from_payload(from_hex(hex)));
}

// --- looking

// Whom a peer holds for alive and for dead. With `endpoints`, where it would reach them.
//
// Example:
//   view org1/0
//   ----
//   alive: org1/1 org1/2
//   dead: nobody
void Environment::view(const Command& c) {
  const View& view = stage().node(running_peer(c)).view();
  const auto list = [&](const IndexBits& members) {
    std::string names;
    members.for_each([&](PeerIndex m) {
      names += " " + stage().name_of(m);
      if (!c.has("endpoints")) return;
      const auto shown = [](std::string_view endpoint) {
        return endpoint.empty() ? "-" : endpoint;
      };
      names += fmt::format("(internal {}, external {})", shown(view.internal_endpoint(m)),
                           shown(view.external_endpoint(m)));
    });
    return names.empty() ? " nobody" : names;
  };
  print("alive:" + list(view.alive_set()));
  print("dead:" + list(view.dead_set()));
}

// The connections of a peer, and what waits on them.
//
// Example:
//   connections org1/0
//   ----
//   org1/1: outbound, queued 0, waiting for a dial 0
void Environment::connections(const Command& c) {
  std::istringstream lines(stage().node(running_peer(c)).comm().describe());
  bool any = false;
  for (std::string line; std::getline(lines, line); any = true) {
    const std::size_t colon = line.find(':');
    const auto index = number(line.substr(line.find(' ') + 1, colon - line.find(' ') - 1));
    print(stage().name_of(peer_index(index)) + line.substr(colon));
  }
  if (!any) print("none");
}

// How many blocks each of these peers has committed in a channel, the genesis block included.
//
// Example:
//   ledger org1 channel=ch1
//   ----
//   org1/0: height 3
//   org1/1: height 2
void Environment::ledger(const Command& c) {
  const ChannelIndex channel = stage().directory().find_channel(c.value("channel"));
  for (const PeerIndex p : peers(c)) {
    const sim::ChainStore* chain = stage().cluster().chain(p, channel);
    print(fmt::format("{}: {}", stage().name_of(p),
                      chain == nullptr ? "no ledger" : fmt::format("height {}", chain->height())));
  }
}

// --- reading the command

Stage& Environment::stage() {
  if (!stage_) throw Mistake{"there is no cluster yet"};
  return *stage_;
}

std::vector<PeerIndex> Environment::peers(const Command& c) {
  std::vector<PeerIndex> chosen;
  for (const std::string& word : c.words) {
    const auto selector = scenario::parse_selector(word);
    if (!selector.ok()) throw Mistake{word + ": " + selector.error().problem};
    const auto some = stage().cluster().select(selector.value(), "golden");
    if (some.empty()) throw Mistake{"no such peer: " + word};
    chosen.insert(chosen.end(), some.begin(), some.end());
  }
  if (chosen.empty()) throw Mistake{"which peer?"};
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

PeerIndex Environment::peer(const std::string& name) {
  const PeerIndex found = stage().find(name);
  if (found == kNoPeer) throw Mistake{"no such peer: " + name};
  return found;
}

PeerIndex Environment::running_peer(const Command& c) {
  const PeerIndex p = peer(c.words.empty() ? "" : c.words[0]);
  if (stage().peer(p) == nullptr) throw Mistake{c.words[0] + " runs no node"};
  return p;
}

PeerIndex Environment::running_attacker(const Command& c) {
  const PeerIndex p = peer(c.words.empty() ? "" : c.words[0]);
  if (stage().attacker(p) == nullptr) throw Mistake{c.words[0] + " is not seized and started"};
  return p;
}

const std::string& Environment::channel_of(const Command& c) {
  if (c.words.size() < 2) throw Mistake{"which channel?"};
  const ChannelIndex channel = stage().directory().find_channel(c.words[1]);
  if (channel == kNoChannel) throw Mistake{"no such channel: " + c.words[1]};
  if (stage().node(running_peer(c)).channel(channel) == nullptr) {
    throw Mistake{c.words[0] + " has not joined " + c.words[1]};
  }
  return c.words[1];
}

ConnId Environment::conn_to(PeerIndex attacker, const std::string& far) {
  const auto found = attacks_.find({attacker, peer(far)});
  if (found == attacks_.end()) throw Mistake{"dial " + far + " first"};
  if (!stage().attacker(attacker)->open(found->second)) throw Mistake{"the stream is over"};
  return found->second;
}

Duration Environment::duration(const std::string& text) {
  const auto parsed = parse_duration(text);
  if (!parsed) throw Mistake{"no duration: '" + text + "'"};
  return *parsed;
}

std::uint64_t Environment::number(const std::string& text) {
  if (text.empty() || text.size() > 18 ||
      text.find_first_not_of("0123456789") != std::string::npos) {
    throw Mistake{"no number: '" + text + "'"};
  }
  return std::stoull(text);
}

}  // namespace hearsay::test
