// Pull of blocks at the channel (spec: channel.md sections 8 and 9, and of section 16 the
// statements 4, 6 to 9, 11 to 13 and 17 as far as they are about pull). Intervals and waits are
// those of Fabric's channel_test.go.
#include "core/gossip/block_pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/gossip/channel.h"
#include "tests/fabric/comm_fixture.h"

namespace hearsay::comm_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

using Numbers = std::vector<std::uint64_t>;

constexpr const char* kName = "ch1";

EnvelopeRef data_message(std::uint64_t number, std::string channel = kName,
                         std::string data = "block") {
  DataMessage content{Payload{number, std::move(data), {}}};
  return Envelope::unsigned_of({0, std::move(channel), Tag::kChanAndOrg, std::move(content)});
}

Numbers numbers_of(const Digests& digests) {
  Numbers numbers;
  digests.for_each([&](std::string_view id) { numbers.push_back(std::stoull(std::string(id))); });
  return numbers;
}

// A node of comm and one channel; whom it holds for alive is what the test says.
class ChannelNode final : private ChannelListener, private Gossiper {
 public:
  ChannelNode(CommWorld& world, std::string_view org, std::string_view name,
              std::vector<OrgIndex> orgs)
      : node(world, org, name, std::string(name) + ":7051"),
        channel({node.context, view, node.identities, node.comm, *this, *this},
                world.directory.intern_channel(kName), JoinChannel{1, std::move(orgs)}) {
    node.on_message = [this](const Received& message) {
      heard.push_back(message);
      channel.on_message(message);
    };
  }

  PeerIndex self() const { return node.self; }
  // Knows the other, sees it alive, and has heard that it is in the channel.
  void meets(ChannelNode& other, bool announced = true) {
    node.meet(other.node);
    GossipMessage alive{0, "", Tag::kEmpty,
                        AliveMessage{Member{other.node.where, "", other.node.context.pki_id()},
                                     PeerTime{1, 1}, ""}};
    view.learn(other.self(), MemberState::kAlive, Envelope::unsigned_of(std::move(alive)),
               node.world.clock.now());
    node.book[other.self()] = other.node.where;
    if (announced) channel.on_message({kNoConn, other.self(), other.channel.self()});
  }
  template <typename T>
  std::vector<const T*> got() const {
    std::vector<const T*> found;
    for (const Received& received : heard) {
      if (const T* content = received.envelope->message().get<T>()) found.push_back(content);
    }
    return found;
  }

  View view;
  CommNode node;
  std::vector<Received> heard;
  Numbers pushed, pulled;  // delivered, by source
  std::size_t forwarded = 0;
  Channel channel;

 private:
  void on_block(ChannelIndex, const Received& block, BlockOrigin source) override {
    const std::uint64_t number = block.envelope->message().get<DataMessage>()->payload->seq_num;
    (source == BlockOrigin::kPull ? pulled : pushed).push_back(number);
  }
  void on_state_info(ChannelIndex, const Received&) override {}
  void on_leadership(ChannelIndex, const Received&) override {}
  void gossip(const EnvelopeRef&) override {}
  void forward(const EnvelopeRef& message, PeerIndex) override {
    forwarded += message->kind() == ContentKind::kData ? 1 : 0;
  }
};

struct BlockPullTest : testing::Test {
  BlockPullTest() {
    world.config.publish_state_info_interval = 100 * kMillisecond;
    world.config.request_state_info_interval = kSecond * 3600;
    world.config.max_block_count_to_store = 100;
    world.config.pull_interval = kSecond;
    world.config.digest_wait_time = 150 * kMillisecond;
    world.config.request_wait_time = 300 * kMillisecond;
    world.config.response_wait_time = 300 * kMillisecond;
    world.config.pull_peer_num = 3;
  }

  ChannelNode& add(std::string_view name, std::string_view org = "org1") {
    nodes.push_back(std::make_unique<ChannelNode>(world, org, name, orgs));
    return *nodes.back();
  }
  void run_for(Duration d) { world.clock.run_for(d); }
  static EnvelopeRef message(Content content) {
    return Envelope::unsigned_of({0, kName, Tag::kChanAndOrg, std::move(content)});
  }
  static EnvelopeRef update(std::vector<EnvelopeRef> items) {
    return message(DataUpdate{1, std::move(items), PullMsgType::kBlock});
  }
  static EnvelopeRef update_of(std::uint64_t first, std::uint64_t last) {
    std::vector<EnvelopeRef> items;
    for (std::uint64_t n = first; n <= last; ++n)
      items.push_back(data_message(n));
    return update(std::move(items));
  }
  void tell(ChannelNode& from, ChannelNode& to, const EnvelopeRef& envelope) {
    from.node.comm.send_to(to.self(), to.node.where, envelope);
    from.node.drain();
    run_for(20 * kMillisecond);
  }
  // What the answer to a hello lists; nothing without an answer.
  Numbers told(ChannelNode& asker, ChannelNode& to) {
    const std::size_t before = asker.got<DataDigest>().size();
    tell(asker, to, message(GossipHello{++nonce, "", PullMsgType::kBlock}));
    const auto digests = asker.got<DataDigest>();
    return digests.size() == before ? Numbers{} : numbers_of(digests.back()->digests);
  }
  // `from` answers every hello with `digest`, and requests with the blocks.
  void serve(ChannelNode& from, const std::vector<std::string>& digest) {
    from.node.on_message = [&from, digest](const Received& received) {
      from.heard.push_back(received);
      const GossipMessage& content = received.envelope->message();
      if (const auto* hello = content.get<GossipHello>()) {
        from.node.comm.respond(received.conn,
                               message(DataDigest{hello->nonce, digest, PullMsgType::kBlock}));
      } else if (const auto* request = content.get<DataRequest>()) {
        std::vector<EnvelopeRef> items;
        for (const std::uint64_t number : numbers_of(request->digests))
          items.push_back(data_message(number));
        from.node.comm.respond(received.conn,
                               message(DataUpdate{request->nonce, items, PullMsgType::kBlock}));
      }
    };
  }
  Numbers advertised(ChannelNode& of) {
    const auto numbers = of.channel.block_pull().advertised();
    return {numbers.begin(), numbers.end()};
  }
  std::size_t rejected(const ChannelNode& node, RejectReason reason) {
    return node.node.traced(TraceKind::kMessageRejected, reason);
  }

  CommWorld world;
  std::vector<OrgIndex> orgs{world.directory.intern_org("org1"),
                             world.directory.intern_org("org2")};
  std::vector<std::unique_ptr<ChannelNode>> nodes;
  std::uint64_t nonce = 100;
};

// --- 8. pull messages

TEST_F(BlockPullTest, after_leaving_hellos_are_neither_answered_nor_sent) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  b.meets(a);
  a.channel.add_own_block(data_message(1));
  EXPECT_THAT(told(b, a), ElementsAre(1));
  a.channel.leave();
  EXPECT_THAT(told(b, a), IsEmpty());
  const std::size_t hellos = b.got<GossipHello>().size();
  run_for(3 * kSecond);
  EXPECT_EQ(b.got<GossipHello>().size(), hellos);
  // The other phases are dropped too.
  tell(b, a, update_of(5, 5));
  EXPECT_THAT(a.pulled, IsEmpty());
}

TEST_F(BlockPullTest, four_pulls_of_51_blocks_leave_the_newest_101_in_the_digest) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  for (std::uint64_t first = 0; first < 200; first += 50) {
    // The own round must be open for the ids to be advertised: as in Fabric's test, one answers it.
    std::vector<std::string> digest;
    for (std::uint64_t n = first; n <= first + 50; ++n)
      digest.push_back(std::to_string(n));
    a.channel.update_ledger_height(0);
    serve(b, digest);
    run_for(kSecond);
  }
  run_for(kSecond);
  Numbers newest;
  for (std::uint64_t n = 100; n <= 200; ++n)
    newest.push_back(n);
  EXPECT_EQ(told(b, a), newest);
}

TEST_F(BlockPullTest, pulled_blocks_are_delivered_in_order_and_not_forwarded) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  serve(b, {"10", "11"});
  run_for(1500 * kMillisecond);
  EXPECT_THAT(a.pulled, ElementsAre(10, 11));
  EXPECT_THAT(a.pushed, IsEmpty());
  EXPECT_EQ(a.forwarded, 0u);
  EXPECT_THAT(advertised(a), ElementsAre(10, 11));
}

TEST_F(BlockPullTest, blocks_below_the_ledger_height_are_not_requested) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  a.channel.update_ledger_height(11);
  serve(b, {"10", "11", "x", "-1", "", "99999999999999999999"});
  run_for(1500 * kMillisecond);
  ASSERT_THAT(b.got<DataRequest>(), SizeIs(1));
  EXPECT_THAT(numbers_of(b.got<DataRequest>()[0]->digests), ElementsAre(11));
  EXPECT_THAT(a.pulled, ElementsAre(11));
}

TEST_F(BlockPullTest, at_first_the_genesis_block_alone_is_not_asked_for) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  serve(b, {"0", "1"});
  run_for(1500 * kMillisecond);
  EXPECT_THAT(a.pulled, ElementsAre(1));
}

TEST_F(BlockPullTest, only_the_own_organisation_is_asked_and_answered) {
  ChannelNode &a = add("a"), &own = add("b"), &foreign = add("c", "org2");
  a.meets(own);
  a.meets(foreign);
  a.channel.add_own_block(data_message(1));
  EXPECT_THAT(told(own, a), ElementsAre(1));
  EXPECT_THAT(told(foreign, a), IsEmpty());
  EXPECT_EQ(rejected(a, RejectReason::kForeignOrg), 1u);
  run_for(5 * kSecond);
  EXPECT_GE(own.got<GossipHello>().size(), 4u);
  EXPECT_THAT(foreign.got<GossipHello>(), IsEmpty());
}

TEST_F(BlockPullTest, a_peer_that_did_not_announce_the_channel_is_neither_asked_nor_answered) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b, false);
  a.channel.add_own_block(data_message(1));
  EXPECT_THAT(told(b, a), IsEmpty());
  EXPECT_EQ(rejected(a, RejectReason::kNotInChannel), 1u);
  run_for(3 * kSecond);
  EXPECT_THAT(b.got<GossipHello>(), IsEmpty());
}

TEST_F(BlockPullTest, who_loses_its_eligibility_gets_no_digest_any_more) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  a.channel.add_own_block(data_message(1));
  EXPECT_THAT(told(b, a), ElementsAre(1));
  a.channel.configure({2, {world.directory.intern_org("org2")}});
  EXPECT_THAT(told(b, a), IsEmpty());
}

// --- 7 and 8: the store

TEST_F(BlockPullTest, a_block_added_locally_is_not_delivered_when_it_comes_again) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  EXPECT_TRUE(a.channel.add_own_block(data_message(5)));
  EXPECT_FALSE(a.channel.add_own_block(data_message(5)));
  tell(b, a, data_message(5));
  tell(b, a, update_of(5, 6));
  EXPECT_THAT(a.pushed, IsEmpty());
  EXPECT_THAT(a.pulled, ElementsAre(6));
}

TEST_F(BlockPullTest, pushed_blocks_are_advertised) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  tell(b, a, data_message(5));
  EXPECT_THAT(a.pushed, ElementsAre(5));
  EXPECT_THAT(told(b, a), ElementsAre(5));
}

TEST_F(BlockPullTest, an_expired_block_leaves_the_digest_and_later_may_come_again) {
  world.config.pull_interval = 60 * kMillisecond;  // blocks expire after a hundred of them: 6 s
  world.config.digest_wait_time = 15 * kMillisecond;
  world.config.response_wait_time = 30 * kMillisecond;
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  tell(b, a, data_message(5));
  EXPECT_THAT(told(b, a), ElementsAre(5));
  run_for(7 * kSecond);
  EXPECT_THAT(told(b, a), IsEmpty());
  tell(b, a, data_message(5));
  EXPECT_THAT(a.pushed, SizeIs(1));
  run_for(7 * kSecond);
  tell(b, a, data_message(5));
  EXPECT_THAT(a.pushed, SizeIs(2));
  EXPECT_THAT(told(b, a), ElementsAre(5));
}

TEST_F(BlockPullTest, one_bad_item_spoils_an_update) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  world.authority.bad_blocks.insert("forged");
  const auto spoiled_by = [&](const EnvelopeRef& item, RejectReason reason) {
    const std::size_t before = rejected(a, reason);
    tell(b, a, update({data_message(1), item}));
    EXPECT_EQ(rejected(a, reason), before + 1);
    EXPECT_THAT(a.pulled, IsEmpty());
  };
  spoiled_by(data_message(2, "ch2"), RejectReason::kForeignContent);
  spoiled_by(message(GossipHello{1, "", PullMsgType::kBlock}), RejectReason::kForeignContent);
  spoiled_by(Envelope::received("\x01", "", nullptr, ""), RejectReason::kForeignContent);
  spoiled_by(message(DataMessage{}), RejectReason::kMissingPayload);
  spoiled_by(data_message(2, kName, "forged"), RejectReason::kBadBlock);
  // Nothing entered the store: the first item is new still.
  tell(b, a, update_of(1, 1));
  EXPECT_THAT(a.pulled, ElementsAre(1));
}

TEST_F(BlockPullTest, a_known_block_in_an_update_is_skipped_without_harm_to_the_others) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  tell(b, a, data_message(2));
  tell(b, a, update({data_message(1), data_message(2), data_message(3), data_message(3)}));
  EXPECT_THAT(a.pulled, ElementsAre(1, 3));
}

TEST_F(BlockPullTest, an_unasked_update_is_delivered_but_not_advertised) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  tell(b, a, update_of(1, 2));
  EXPECT_THAT(a.pulled, ElementsAre(1, 2));
  EXPECT_THAT(advertised(a), IsEmpty());
  // It is in the store: refused when it comes by push, and asked for in each round.
  tell(b, a, data_message(1));
  EXPECT_THAT(a.pushed, IsEmpty());
  serve(b, {"1"});
  run_for(3 * kSecond);
  EXPECT_GE(b.got<DataRequest>().size(), 2u);
}

TEST_F(BlockPullTest, an_update_that_spans_more_than_the_store_leaves_no_orphans) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  std::vector<std::string> digest;
  for (int n = 1; n <= 300; ++n)
    digest.push_back(std::to_string(n));
  serve(b, digest);
  run_for(1500 * kMillisecond);
  EXPECT_THAT(a.pulled, SizeIs(300));
  const Numbers held = advertised(a);
  EXPECT_THAT(held, SizeIs(101));
  EXPECT_EQ(held.front(), 200u);
  // All of them go when they are evicted.
  tell(b, a, data_message(1000));
  EXPECT_THAT(advertised(a), ElementsAre(1000));
}

TEST_F(BlockPullTest, after_stop_no_hello_is_sent) {
  ChannelNode &a = add("a"), &b = add("b");
  a.meets(b);
  run_for(2500 * kMillisecond);
  EXPECT_THAT(b.got<GossipHello>(), SizeIs(2));
  a.channel.stop();
  run_for(5 * kSecond);
  EXPECT_THAT(b.got<GossipHello>(), SizeIs(2));
}

}  // namespace
}  // namespace hearsay::comm_test
