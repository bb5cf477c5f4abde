// A world with a peer that pulls and orderers that deliver; no gossip.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/block.h"
#include "sim/model/block_cutter.h"
#include "sim/model/deliver_frame.h"
#include "sim/model/orderer_host.h"
#include "sim/model/stream_block_source.h"
#include "sim/net/network.h"

namespace hearsay::sim {

// Writes down what its BlockSource says.
class Puller final : public Tenant, public BlockSourceHandler {
 public:
  explicit Puller(const HostContext& host)
      : source(host.clock, host.transport), clock_(host.clock) {}

  void start() override {}
  void stop(StopReason) override {}
  TransportHandler& transport_handler() override { return source; }

  void on_source_open(SourceStream) override { note("open"); }
  void on_source_response(SourceStream stream, DeliverResponse response) override {
    if (const auto* status = std::get_if<Status>(&response)) {
      note("status " + std::to_string(static_cast<int>(*status)));
    } else if (auto* block = std::get_if<Block>(&response)) {
      note("block " + std::to_string(block->number));
      arrivals.push_back(clock_.now());
      blocks.push_back(std::move(*block));
    } else {
      note("nonsense");
    }
    if (after_response) after_response(stream);
  }
  void on_source_end(SourceStream, SourceEnd end) override {
    static const char* const kNames[] = {"dial", "stream", "send", "closed", "broken"};
    note(std::string("end ") + kNames[static_cast<std::size_t>(end)]);
    ended = clock_.now();
  }

  StreamBlockSource source;
  std::function<void(SourceStream)> after_response;
  std::vector<std::string> log;
  std::vector<Block> blocks;
  std::vector<Time> arrivals;
  Time ended = -1;

 private:
  void note(std::string what) { log.push_back(std::move(what)); }
  Clock& clock_;
};

// Host 0 is the peer; orderer0, orderer1 … follow, each at "orderer0:7050" and so on. Latency is 1
// ms. Channel "ch" is the peer's; it is no member of "secret". Nothing is cut but by cut().
struct DeliverWorld {
  explicit DeliverWorld(int orderers = 1, NetworkOptions options = {})
      : world({.random = Random::root(3)}), network(world, std::move(options)) {
    keys.add_member("ch", "Org1MSP");
    keys.add_orderer("ch", "OrdererMSP");
    log.add_channel(ChannelIndex{0}, "ch");
    log.add_channel(ChannelIndex{1}, "secret");
    world.add_host("org1/0",
                   [](const HostContext& host) { return std::make_unique<Puller>(host); });
    world.start(HostIndex{0});
    for (int i = 0; i < orderers; ++i)
      add_orderer("orderer" + std::to_string(i));
    cutter = std::make_unique<BlockCutter>(
        keys, homes[0].identity, Random::root(4),
        [this](Time, std::function<void()> action) { cuts.push_back(std::move(action)); },
        [this](ChannelIndex channel, const Payload& block) {
          log.append(channel, block, world.now());
        });
    cutter->add({.channel = ChannelIndex{0}, .channel_name = "ch", .count = ~std::uint64_t{0}});
  }

  void add_orderer(const std::string& name) {
    OrdererHome& home = homes.emplace_back();
    home.name = name;
    home.identity = keys.issue("OrdererMSP", name, kOrdererIdentitySize);
    home.keys = &keys;
    home.crypto = std::make_unique<FakeCrypto>(keys, home.identity);
    home.log = &log;
    const HostIndex host = world.add_host(name, [&home](const HostContext& context) {
      return std::make_unique<OrdererHost>(home, context);
    });
    network.set_endpoint(name + ":7050", host);
    world.start(host);
  }

  // Blocks of "ch".
  void cut(int blocks = 1) {
    for (int i = 0; i < blocks; ++i) {
      const auto action = std::move(cuts.front());
      cuts.pop_front();
      action();
    }
  }
  void run_for(Duration d) { world.run_until(world.now() + d); }
  Puller& peer() { return static_cast<Puller&>(*world.tenant(HostIndex{0})); }
  OrdererHost& orderer(std::uint32_t i = 0) {
    return static_cast<OrdererHost&>(*world.tenant(HostIndex{1 + i}));
  }
  void conduct(OrdererConduct how, std::uint32_t i = 0) {
    homes[i].conduct = how;
    orderer(i).conduct_changed();
  }

  CommonEnvelope envelope(const SeekInfo& seek, const std::string& channel = "ch") {
    return envelope_of(encode(seek), channel, peer_identity);
  }
  CommonEnvelope envelope_of(const std::string& data, const std::string& channel,
                             const std::string& creator) {
    ChannelHeader header;
    header.type = HeaderType::kDeliverSeekInfo;
    header.timestamp =
        Timestamp{static_cast<std::int64_t>(kUnixEpoch / 1'000'000'000) + world.now() / kSecond, 0};
    header.channel_id = channel;
    CommonPayload payload;
    payload.channel_header = encode(header);
    payload.signature_header = encode(SignatureHeader{creator, std::string(24, 'n')});
    payload.data = data;
    CommonEnvelope made;
    made.payload = encode(payload);
    made.signature = keys.sign(peer_identity, made.payload);
    return made;
  }
  SourceStream pull(const CommonEnvelope& seek, const std::string& endpoint = "orderer0:7050") {
    return peer().source.open(endpoint, seek, 3 * kSecond, peer());
  }
  SourceStream pull_from(BlockNum height) { return pull(envelope(seek_from(height))); }

  CryptoWorld keys{7};
  const std::string peer_identity = keys.issue("Org1MSP", "org1/0");
  OrderedLog log;
  std::deque<OrdererHome> homes;
  std::deque<std::function<void()>> cuts;
  World world;
  Network network;
  std::unique_ptr<BlockCutter> cutter;
};

}  // namespace hearsay::sim
