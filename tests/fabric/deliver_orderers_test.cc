// The deliver service against orderers on a virtual network: what they do wrong is survived, and
// each refused response leaves a reason in the trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/deliver/deliver_service.h"
#include "tests/support/recording_sink.h"
#include "tests/unit/model/deliver_world.h"

namespace hearsay::test {
namespace {

using namespace literals;
using sim::HostIndex;
using sim::OrdererConduct;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = OrdererConduct::Kind;

// A ledger that takes the next block at once.
struct QuickLedger final : DeliverTarget {
  std::optional<BlockNum> ledger_height(std::string_view) const override { return height; }
  AddOutcome add_payload(std::string_view, const Payload& block, AddDone done) override {
    if (full) return waiting = std::move(done), waits = block.seq_num, AddOutcome::kWaiting;
    if (block.seq_num < height && !blocking) return AddOutcome::kOutOfWindow;
    if (block.seq_num != height) return AddOutcome::kIgnored;
    ++height;
    return AddOutcome::kAdded;
  }
  void gossip(GossipMessage message) override {
    gossiped.push_back(message.get<DataMessage>()->payload->seq_num);
  }
  void make_room() {
    full = false;
    if (waits == height) ++height;
    std::exchange(waiting, {})(AddOutcome::kAdded);
  }

  BlockNum height = 1;
  bool blocking = true;
  bool full = false;
  AddDone waiting;
  BlockNum waits = 0;
  std::vector<BlockNum> gossiped;
};

// A peer that does nothing but pull.
struct Leader final : sim::Tenant {
  Leader(const sim::HostContext& host, NodeIdentity who, const Config& config, Directory& names,
         const MessageCrypto& keys, TraceSink& sink)
      : source(host.clock, host.transport),
        context(std::move(who), config, names, host.clock, host.transport, keys, sink, host.random),
        service(context, source, ledger) {}
  void start() override {}
  void stop(StopReason) override {}
  TransportHandler& transport_handler() override { return source; }

  sim::StreamBlockSource source;
  Context context;
  QuickLedger ledger;
  DeliverService service;
};

struct DeliverOrderers : testing::Test {
  explicit DeliverOrderers(int orderers = 1) : w(orderers) {
    const std::string identity = w.keys.issue("Org1MSP", "org1/1");
    crypto = std::make_unique<sim::FakeCrypto>(w.keys, identity);
    names.intern_channel("ch");
    const OrgIndex org = names.intern_org("Org1MSP");
    const PeerIndex self = names.intern_peer(crypto->pki_id_of(identity), identity, org);
    const auto host = w.world.add_host("org1/1", [=, this](const sim::HostContext& context) {
      return std::make_unique<Leader>(context, NodeIdentity{self, org, "leader:7051", ""}, config,
                                      names, *crypto, sink);
    });
    w.network.set_endpoint("leader:7051", host);
    w.world.start(host);
    leader = static_cast<Leader*>(w.world.tenant(host));
    std::vector<std::string> addresses;
    for (int i = 0; i < orderers; ++i)
      addresses.push_back("orderer" + std::to_string(i) + ":7050");
    leader->service.endpoints("ch").update({}, {{"OrdererMSP", {addresses, {}}}});
    EXPECT_TRUE(leader->service.start("ch", {}).ok());
  }
  QuickLedger& ledger() { return leader->ledger; }
  std::size_t refused(DeliverRefusal why) {
    return sink.count(leader->context.self(), TraceKind::kDeliverRefused, why);
  }
  std::size_t retries(DeliverTrouble why) {
    return sink.count(leader->context.self(), TraceKind::kDeliverRetry, why);
  }
  // The orderer does wrong for a second, then is sound again.
  void suffer(OrdererConduct how) {
    w.run_for(100_ms);
    w.conduct(how);
    w.cut(2);
    w.run_for(1_s);
    w.conduct({});
    w.run_for(10_s);
  }

  sim::DeliverWorld w;
  Config config;
  Directory names;
  RecordingSink sink;
  std::unique_ptr<sim::FakeCrypto> crypto;
  Leader* leader = nullptr;
};

TEST_F(DeliverOrderers, blocks_come_as_they_are_cut) {
  w.cut(3);
  w.run_for(1_s);
  w.cut(2);
  w.run_for(1_s);
  EXPECT_THAT(ledger().gossiped, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(ledger().height, 6u);
  EXPECT_EQ(sink.count(leader->context.self(), TraceKind::kDeliverConnected), 1u);
}

TEST_F(DeliverOrderers, corrupt_blocks_are_survived_and_counted) {
  suffer({.kind = Kind::kCorrupt});
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_GT(refused(DeliverRefusal::kBadBlock) + refused(DeliverRefusal::kNoContent), 0u);
  EXPECT_GT(retries(DeliverTrouble::kRefused), 0u);
}

TEST_F(DeliverOrderers, garbage_is_survived_and_counted) {
  suffer({.kind = Kind::kGarbage});
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_GT(refused(DeliverRefusal::kNoContent), 0u);
}

TEST_F(DeliverOrderers, blocks_of_another_channel_are_survived_and_counted) {
  suffer({.kind = Kind::kWrongChannel});
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_GT(refused(DeliverRefusal::kBadBlock), 0u);
}

TEST_F(DeliverOrderers, success_and_other_statuses_are_survived_and_counted) {
  suffer({.kind = Kind::kStatus, .status = Status::kSuccess});
  suffer({.kind = Kind::kStatus, .status = Status::kServiceUnavailable});
  EXPECT_EQ(ledger().height, 5u);
  EXPECT_GT(refused(DeliverRefusal::kSuccess), 0u);
  EXPECT_GT(refused(DeliverRefusal::kStatus), 0u);
}

// Nobody looks whether a block follows the one before, so the last one is not missed.
TEST_F(DeliverOrderers, old_blocks_are_as_good_as_added_and_gossiped_again) {
  w.cut(1);
  suffer({.kind = Kind::kOldBlock});
  EXPECT_THAT(ledger().gossiped, ElementsAre(1, 1, 2));
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_EQ(retries(DeliverTrouble::kRefused), 0u);
}

TEST_F(DeliverOrderers, old_blocks_are_refused_and_counted_where_the_commit_does_not_block) {
  ledger().blocking = false;
  w.cut(1);
  suffer({.kind = Kind::kOldBlock});
  EXPECT_GT(refused(DeliverRefusal::kNotAdded), 1u);
  EXPECT_THAT(ledger().gossiped, ElementsAre(1, 2, 3)) << "asked for anew, from the height on";
}

TEST_F(DeliverOrderers, silence_is_waited_out) {
  suffer({.kind = Kind::kWithhold});
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_THAT(ledger().gossiped, ElementsAre(1, 2));
  EXPECT_EQ(sink.count(leader->context.self(), TraceKind::kDeliverRetry), 0u);
}

TEST_F(DeliverOrderers, a_crashed_orderer_is_dialled_until_it_is_back) {
  w.run_for(1_s);
  w.world.stop(HostIndex{1}, StopReason::kCrash);
  w.run_for(60_s);
  w.world.start(HostIndex{1});
  w.cut(2);
  w.run_for(60_s);
  EXPECT_EQ(ledger().height, 3u);
  EXPECT_GT(retries(DeliverTrouble::kDial), 3u);
}

TEST_F(DeliverOrderers, a_full_buffer_leaves_the_blocks_with_the_orderer) {
  ledger().full = true;
  w.cut(500);
  w.run_for(60_s);
  EXPECT_EQ(ledger().height, 1u);
  EXPECT_THAT(ledger().gossiped, IsEmpty());
  ledger().make_room();
  w.run_for(10_s);
  EXPECT_EQ(ledger().height, 501u);
  EXPECT_THAT(ledger().gossiped, SizeIs(500));
}

struct ThreeOrderers : DeliverOrderers {
  ThreeOrderers() : DeliverOrderers(3) {}
};

TEST_F(ThreeOrderers, while_one_of_them_is_up_and_sound_blocks_come) {
  w.run_for(1_s);
  w.world.stop(HostIndex{1}, StopReason::kCrash);
  w.conduct({.kind = Kind::kStatus}, 1);
  w.cut(3);
  w.run_for(60_s);
  EXPECT_EQ(ledger().height, 4u);
}

TEST_F(ThreeOrderers, other_endpoints_are_used_at_once) {
  w.run_for(1_s);
  leader->service.endpoints("ch").update({}, {{"OrdererMSP", {{"orderer2:7050"}, {}}}});
  w.run_for(1_s);
  EXPECT_EQ(w.orderer(0).streams() + w.orderer(1).streams(), 0u);
  EXPECT_EQ(w.orderer(2).streams(), 1u);
  EXPECT_EQ(sink.count(leader->context.self(), TraceKind::kDeliverRetry), 0u);
}

}  // namespace
}  // namespace hearsay::test
