// Serving requests for blocks, and who may ask (spec: state.md sections 6.2 to 6.4, 11, 12). Tests
// named statement_N show number N of section 18.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fabric/state_fixture.h"

namespace hearsay::state_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct StateServing : StateTest {
  // The blocks below `height` in "self", and a peer with a connection to it.
  void make(BlockNum height) {
    asker.reset();
    StateTest::make(height);
    asker = std::make_unique<Helper>(world, "asker");
    conn = asker->raw.connect("self:1", {asker->raw.hello()});
    run(20 * kMillisecond);
    ASSERT_EQ(answers().size(), 0u);
  }
  void say(Content content, std::uint64_t nonce = 7, std::string channel = kChannel) {
    GossipMessage message = state_message(nonce, std::move(content));
    message.channel = std::move(channel);
    asker->write(conn, Envelope::unsigned_of(std::move(message)));
  }
  // What came back for a request, as block numbers; nullopt for no answer.
  std::optional<std::vector<BlockNum>> ask(BlockNum start, BlockNum end) {
    const std::size_t before = answers().size();
    say(RemoteStateRequest{start, end});
    run(5 * kMillisecond);
    const auto all = answers();
    if (all.size() == before) return std::nullopt;
    std::vector<BlockNum> numbers;
    for (const Payload& p : all.back()->message().get<RemoteStateResponse>()->payloads)
      numbers.push_back(p.seq_num);
    return numbers;
  }
  std::vector<EnvelopeRef> answers() const {
    std::vector<EnvelopeRef> found;
    for (const auto& [c, frame] : asker->raw.frames) {
      if (frame->kind() == ContentKind::kStateResponse) found.push_back(frame);
    }
    return found;
  }

  std::unique_ptr<Helper> asker;
  ConnId conn = kNoConn;
};

TEST_F(StateServing, statement_17_a_request_is_answered_with_its_nonce_and_the_stored_bytes) {
  make(5);
  EXPECT_THAT(ask(2, 3), testing::Optional(ElementsAre(2u, 3u)));
  const GossipMessage& answer = answers().back()->message();
  EXPECT_EQ(answer.nonce, 7u);
  EXPECT_EQ(answer.channel, kChannel);
  EXPECT_EQ(answer.tag, Tag::kChanOrOrg);
  const auto& payloads = answer.get<RemoteStateResponse>()->payloads;
  EXPECT_EQ(payloads[0].data, fake_block(2));
  EXPECT_EQ(payloads[1].data, fake_block(3));
  EXPECT_TRUE(payloads[0].data.shares_with(node->ledger.blocks[2])) << "not a copy";
}

TEST_F(StateServing, the_probed_ranges_at_height_10) {
  make(10);
  const auto whole = ElementsAre(5u, 6u, 7u, 8u, 9u);
  EXPECT_THAT(ask(5, 9), testing::Optional(whole));
  EXPECT_THAT(ask(5, 10), testing::Optional(whole));
  EXPECT_THAT(ask(5, 15), testing::Optional(whole));
  EXPECT_THAT(ask(10, 12), testing::Optional(IsEmpty()));
  EXPECT_THAT(ask(12, 14), testing::Optional(IsEmpty()));
  EXPECT_EQ(ask(5, 16), std::nullopt);
  EXPECT_EQ(node->rejected(RejectReason::kBadRange), 1u);
  EXPECT_THAT(ask(0, 0), testing::Optional(ElementsAre(0u))) << "the genesis block can be read";
}

TEST_F(StateServing, statement_8_an_inverted_request_and_an_empty_one_are_survived) {
  make(5);
  EXPECT_EQ(ask(10, 8), std::nullopt);
  EXPECT_EQ(node->rejected(RejectReason::kBadRange), 1u);
  EXPECT_THAT(ask(1, 2), testing::Optional(ElementsAre(1u, 2u)));
}

TEST(StateRange, statement_19_what_the_validator_says) {
  EXPECT_THAT(range_verdict_text(judge_range(10, 5, 10)), HasSubstr("Invalid sequence interval"));
  EXPECT_THAT(range_verdict_text(judge_range(10, 30, 10)), HasSubstr("greater than configured"));
  EXPECT_EQ(judge_range(10, 20, 10), RangeVerdict::kFine);
  EXPECT_EQ(judge_range(10, 21, 10), RangeVerdict::kTooWide);
  EXPECT_EQ(judge_range(3, 3, 0), RangeVerdict::kFine);
}

TEST_F(StateServing, hazard_17_4_a_request_up_to_the_largest_number_is_answered_with_nothing) {
  make(5);
  constexpr BlockNum kMax = ~BlockNum{0};
  EXPECT_EQ(judge_range(kMax - 10, kMax, 10), RangeVerdict::kFine);
  EXPECT_THAT(ask(kMax - 10, kMax), testing::Optional(IsEmpty()));
  EXPECT_THAT(ask(kMax, kMax), testing::Optional(IsEmpty()));
  EXPECT_THAT(ask(1, 2), testing::Optional(ElementsAre(1u, 2u)));
}

TEST_F(StateServing, unreadable_blocks_are_left_out_and_an_unreadable_ledger_is_silence) {
  make(5);
  node->ledger.unreadable = {2};
  EXPECT_THAT(ask(1, 4), testing::Optional(ElementsAre(1u, 3u, 4u)));
  node->ledger.readable = false;
  EXPECT_EQ(ask(1, 4), std::nullopt);
}

TEST_F(StateServing, requests_beyond_channel_size_are_dropped_in_silence) {
  world.config.state_channel_size = 100;
  make(5);
  for (int i = 0; i < 130; ++i)
    say(RemoteStateRequest{1, 2});
  run(20 * kMillisecond);
  EXPECT_EQ(answers().size() + node->rejected(RejectReason::kQueueFull), 130u);
  EXPECT_GE(answers().size(), 100u);
}

TEST_F(StateServing, serving_does_not_depend_on_state_transfer_being_enabled) {
  for (const bool enabled : {false, true}) {
    world.config.state_enabled = enabled;
    make(5);
    EXPECT_THAT(ask(1, 1), testing::Optional(ElementsAre(1u)));
  }
}

TEST_F(StateServing, who_fails_the_readers_policy_gets_no_answer) {
  make(5);
  EXPECT_THAT(ask(1, 2), testing::Optional(ElementsAre(1u, 2u)));
  world.authority.strangers.insert(world.directory.identity(asker->raw.self));
  EXPECT_THAT(ask(1, 2), testing::Optional(ElementsAre(1u, 2u)))
      << "the verdict holds until the channel is configured anew";
  node->state->on_channel_configured();
  EXPECT_EQ(ask(1, 2), std::nullopt);
  EXPECT_EQ(node->rejected(RejectReason::kNotReader), 1u);
}

TEST_F(StateServing, the_policy_is_asked_once_per_handshake) {
  make(5);
  const int before = node->node.crypto.channel_checks;
  for (int i = 0; i < 20; ++i)
    EXPECT_NE(ask(1, 2), std::nullopt);
  EXPECT_EQ(node->node.crypto.channel_checks - before, 1);
}

TEST_F(StateServing, responses_of_those_who_may_not_read_are_refused_too) {
  make(5);
  world.authority.strangers.insert(world.directory.identity(asker->raw.self));
  say(RemoteStateResponse{blocks(5, 6)});
  run(5 * kMillisecond);
  EXPECT_EQ(node->rejected(RejectReason::kNotReader), 1u);
}

TEST_F(StateServing, an_unsolicited_response_is_dropped) {
  make(5);
  say(RemoteStateResponse{blocks(5, 6)});
  run(5 * kMillisecond);
  EXPECT_EQ(node->rejected(RejectReason::kUnsolicited), 1u);
  EXPECT_EQ(node->state->buffer().size(), 0u);
  EXPECT_EQ(node->height(), 5u);
}

TEST_F(StateServing, a_private_data_push_is_recognised_and_not_acknowledged) {
  make(5);
  say(PrivateDataMessage{PrivatePayload{}});
  run(5 * kMillisecond);
  EXPECT_EQ(node->rejected(RejectReason::kUnexpected), 1u);
  EXPECT_EQ(asker->raw.frames.size(), 1u) << "the handshake";
}

TEST_F(StateServing, after_stop_nothing_is_answered) {
  make(5);
  say(RemoteStateRequest{1, 2});
  node->state->stop();
  EXPECT_EQ(ask(1, 2), std::nullopt);
}

}  // namespace
}  // namespace hearsay::state_test
