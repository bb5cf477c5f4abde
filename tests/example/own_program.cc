// A program of one's own: twenty peers of one organisation in a simulated world, a subscriber that
// times how blocks spread, and a message that some have to acknowledge. See
// docs/how-to/own-program.md, which walks through it.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/node/node.h"
#include "sim/model/block_cutter.h"
#include "sim/model/chain.h"
#include "sim/model/fake_crypto.h"
#include "sim/net/network.h"
#include "sim/world/world.h"

namespace {

using namespace hearsay;
using namespace hearsay::literals;

constexpr std::uint32_t kPeers = 20;
constexpr const char* kChannel = "news";

// Hears every trace event of the run; here it only counts what was sent.
struct Traffic final : TraceSink {
  void on_event(const TraceEvent& event) override {
    if (event.kind == TraceKind::kMessageSent) bytes += event.size;
  }
  std::uint64_t bytes = 0;
};

// When each block first reached how many peers.
struct Spread {
  struct Block {
    Time cut = 0;
    Time last = 0;
    std::uint32_t peers = 0;
  };
  void cut(BlockNum number, Time now) { blocks[number].cut = now; }
  void arrived(BlockNum number, Time now) {
    blocks[number].last = now;
    ++blocks[number].peers;
  }
  std::map<BlockNum, Block> blocks;
};

// What all peers share.
struct Town {
  explicit Town(std::uint64_t seed) : keys(seed) {}
  Config config;
  Directory directory;
  sim::CryptoWorld keys;
  sim::BlockArchive blocks;
  Traffic traffic;
  Spread spread;
};

// One peer: the ports a node needs, the node, and two ears. A host makes a new one at each start.
class Peer final : public sim::Tenant,
                   private LedgerHandler,
                   private Subscriber,
                   private WireSubscriber {
 public:
  Peer(Town& town, const sim::FakeCrypto& key, NodeIdentity who, const sim::HostContext& host)
      : town_(town),
        context_(std::move(who), town.config, town.directory, host.clock, host.transport, key,
                 town.traffic, host.random.fork(host.restarts)),
        store_(town.blocks, kChannel),
        ledger_(host.clock, store_, *this, town.directory.intern_channel(kChannel), 1_ms),
        node_(context_, {"peer0:7051"}) {}

  Node& node() { return node_; }

  // --- Tenant
  void start() override {
    node_.start();
    node_.join_channel(kChannel, {.sequence = 1, .orgs = {context_.org()}}, {}, ledger_);
    node_.accept(static_cast<Subscriber&>(*this));
    node_.accept(static_cast<WireSubscriber&>(*this));
  }
  void stop(StopReason reason) override {
    if (reason == StopReason::kEnd) node_.stop();
  }
  TransportHandler& transport_handler() override { return node_; }

 private:
  void on_committed(ChannelIndex channel, BlockNum number) override {
    node_.on_committed(channel, number);
  }
  void on_commit_failed(ChannelIndex channel, BlockNum number, CommitFailure failure) override {
    node_.on_commit_failed(channel, number, failure);
  }

  // --- Subscriber: blocks that the channel found new and valid
  bool wants(const GossipMessage& message) const override {
    return message.kind() == ContentKind::kData;
  }
  void on_message(const EnvelopeRef& message) override {
    town_.spread.arrived(message->message().get<DataMessage>()->payload->seq_num, context_.now());
  }

  // --- WireSubscriber: offers, which every second peer takes
  bool wants(const Received& message) const override {
    return message.envelope->kind() == ContentKind::kPrivateData;
  }
  void on_message(const Received& message) override {
    node_.ack(message, raw(context_.self()) % 2 == 0 ? "" : "no room");
  }
  void on_end() override {}

  Town& town_;
  Context context_;
  sim::ChainStore store_;
  sim::Chain ledger_;
  Node node_;
};

// The hosts and the network between them.
class Country {
 public:
  Country()
      : world_({.random = Random::root(1), .trace = &town_.traffic}),
        network_(world_, {.links = sim::LinkModel(sim::Latency::lognormal(2_ms, 20_ms))}),
        cutter_(
            town_.keys, town_.keys.issue("OrdererMSP", "orderer", sim::kOrdererIdentitySize),
            world_.random().fork("orderer"),
            [this](Time at, std::function<void()> act) { world_.call_at(at, std::move(act)); },
            [this](ChannelIndex, const Payload& block) { publish(block); }) {
    town_.keys.add_member(kChannel, "org1");
    town_.keys.add_orderer(kChannel, "OrdererMSP");
    const OrgIndex org = town_.directory.intern_org("org1");
    for (std::uint32_t i = 0; i < kPeers; ++i)
      add_peer("peer" + std::to_string(i), org);
  }

  void run() {
    for (std::uint32_t i = 0; i < kPeers; ++i)
      world_.start(sim::HostIndex{i});
    world_.run_until(20_s);
    std::printf("peer0 sees %zu peers, %zu of them in the channel\n", peer(0).node().peers().size(),
                peer(0).node().peers_of_channel(kChannel).size());

    cutter_.add({.channel = town_.directory.find_channel(kChannel),
                 .channel_name = kChannel,
                 .start = 21_s,
                 .interval = 1_s,
                 .count = 5});
    world_.run_until(40_s);
    for (const auto& [number, block] : town_.spread.blocks) {
      std::printf("block %llu reached %u peers, the last of them after %lld ms\n",
                  static_cast<unsigned long long>(number), block.peers,
                  static_cast<long long>((block.last - block.cut) / kMillisecond));
    }
    offer(1);
    offer(8);
    world_.run_until(60_s);
    std::printf("%llu KiB were sent\n",
                static_cast<unsigned long long>(town_.traffic.bytes / 1024));
  }

 private:
  void add_peer(const std::string& name, OrgIndex org) {
    const std::string identity = town_.keys.issue("org1", name);
    const auto& key = *keys_.emplace_back(std::make_unique<sim::FakeCrypto>(town_.keys, identity));
    const PeerIndex self = town_.directory.intern_peer(key.pki_id_of(identity), identity, org);
    const NodeIdentity who{self, org, name + ":7051", ""};
    const auto host = world_.add_host(name, [this, &key, who](const sim::HostContext& made) {
      return std::make_unique<Peer>(town_, key, who, made);
    });
    network_.set_endpoint(who.internal_endpoint, host);
  }

  Peer& peer(std::uint32_t i) { return static_cast<Peer&>(*world_.tenant(sim::HostIndex{i})); }

  // The orderer's blocks come in at peer0, which passes them on.
  void publish(const Payload& block) {
    town_.spread.cut(block.seq_num, world_.now());
    peer(0).node().deliver_block(kChannel, block);
  }

  // peer0 makes up to eight peers of the channel an offer; `wanted` of them have to take it.
  void offer(std::int32_t wanted) {
    GossipMessage message;
    message.channel = kChannel;
    message.tag = Tag::kChanOnly;
    message.content = PrivateDataMessage{};
    const SendCriteria criteria{
        .timeout = 3_s, .min_ack = wanted, .max_peers = 8, .is_eligible = {}, .channel = kChannel};
    peer(0).node().send_by_criteria(message, criteria, [wanted](const SendOutcome& outcome) {
      std::printf("an offer that %d have to take: %s\n", wanted,
                  outcome.ok() ? "taken" : outcome.error.c_str());
    });
  }

  Town town_{1};
  std::vector<std::unique_ptr<sim::FakeCrypto>> keys_;
  sim::World world_;
  sim::Network network_;
  sim::BlockCutter cutter_;
};

}  // namespace

int main() {
  Country country;
  country.run();
}
