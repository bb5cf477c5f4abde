#include "analysis/view.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;

constexpr PeerIndex p(unsigned i) { return PeerIndex{i}; }

TEST(View, CountsOrderedPairsOfRunningPeers) {
  const RunFacts facts = facts_of(3);
  View view(facts);
  view.start(p(0), 0);
  view.start(p(1), 0);
  EXPECT_EQ(view.total(), 2u);
  view.start(p(2), 0);
  EXPECT_EQ(view.total(), 6u);
  EXPECT_TRUE(view.learn(p(0), p(1), 1_s));
  EXPECT_FALSE(view.learn(p(0), p(1), 1_s));
  EXPECT_EQ(view.known(), 1u);
  view.stop(p(1), 2_s);
  EXPECT_EQ(view.total(), 2u);
  EXPECT_EQ(view.known(), 0u);
  // What 0 knows of 1 outlives 1's crash; what 1 knew does not.
  view.start(p(1), 3_s);
  EXPECT_EQ(view.known(), 1u);
}

TEST(View, PeersOfDifferentOrganisationsSeeEachOtherThroughExternalEndpoints) {
  RunFacts facts = facts_of(2, 2);
  facts.peers[0].external_endpoint = true;
  facts.peers[2].external_endpoint = true;
  View view(facts);
  for (unsigned i = 0; i < 4; ++i)
    view.start(p(i), 0);
  // Two ordered pairs in each organisation, and two between org1/0 and org2/0.
  EXPECT_EQ(view.total(), 6u);
  EXPECT_TRUE(view.visible(p(0), p(2)));
  EXPECT_FALSE(view.visible(p(0), p(3)));
  EXPECT_FALSE(view.visible(p(0), p(0)));
}

TEST(View, OrganisationsMeetWhereTheyShareAChannel) {
  RunFacts facts = facts_of(1, 3, true);
  facts.channels = {{"ch1", {p(0), p(1)}}, {"ch2", {p(1), p(2)}}};
  View view(facts);
  for (unsigned i = 0; i < 3; ++i)
    view.start(p(i), 0);
  EXPECT_EQ(view.total(), 4u);
  EXPECT_TRUE(view.visible(p(0), p(1)));
  EXPECT_FALSE(view.visible(p(0), p(2)));
  facts.channels.clear();
  EXPECT_TRUE(View(facts).visible(p(0), p(2))) << "nothing is said about channels";
}

TEST(View, ThoseOfACircleKnowEachOtherWhenTheyFirstStart) {
  RunFacts facts = facts_of(4);
  for (unsigned i = 0; i < 3; ++i)
    facts.peers[i].circle = 1;
  View view(facts);
  for (unsigned i = 0; i < 4; ++i)
    view.start(p(i), 1_s);
  EXPECT_EQ(view.known(), 6u);
  EXPECT_EQ(view.known_to(p(0)), 2u);
  EXPECT_FALSE(view.knows(p(0), p(3)));
  // Who comes back knows nobody.
  view.stop(p(0), 2_s);
  view.start(p(0), 3_s);
  EXPECT_EQ(view.known_to(p(0)), 0u);
  EXPECT_EQ(view.known(), 4u);
  ChannelFacts channel{.name = "ch1", .members = {p(0), p(1)}};
  View strangers(facts, channel);
  channel.circles = true;
  View friends(facts, channel);
  for (unsigned i = 0; i < 2; ++i)
    strangers.start(p(i), 0), friends.start(p(i), 0);
  EXPECT_EQ(strangers.known(), 0u);
  EXPECT_EQ(friends.known(), 2u);
}

TEST(View, OfAChannelCountsMembersOnly) {
  const RunFacts facts = facts_of(4);
  View view(facts, ChannelFacts{.name = "ch1", .members = {p(0), p(2)}});
  for (unsigned i = 0; i < 4; ++i)
    view.start(p(i), 0);
  EXPECT_EQ(view.total(), 2u);
  view.learn(p(0), p(1), 1_s);
  EXPECT_EQ(view.known(), 0u);
}

TEST(View, TimesCountFromTheLastFirstStart) {
  const RunFacts facts = facts_of(3);
  View view(facts);
  view.start(p(0), 0);
  view.start(p(1), 0);
  view.learn(p(0), p(1), 1_s);
  view.learn(p(1), p(0), 1_s);
  EXPECT_EQ(view.reached(3), 1_s);
  view.start(p(2), 5_s);
  EXPECT_EQ(view.reached(3), kNever);
  EXPECT_EQ(view.reached(0), kNever);
  view.learn(p(0), p(2), 6_s);
  EXPECT_EQ(view.reached(0), 6_s);
  view.learn(p(1), p(2), 7_s);
  view.learn(p(2), p(0), 8_s);
  view.learn(p(2), p(1), 9_s);
  EXPECT_EQ(view.reached(3), 9_s);
  EXPECT_EQ(view.last_learned(), (Pair{p(2), p(1)}));
  // Flapping does not change when it was first reached, but since when it stays.
  view.lose(p(2), p(1), 10_s);
  EXPECT_EQ(view.complete_since(), kNever);
  EXPECT_EQ(view.missing(), (Pair{p(2), p(1)}));
  view.learn(p(2), p(1), 12_s);
  EXPECT_EQ(view.reached(3), 9_s);
  EXPECT_EQ(view.complete_since(), 12_s);
  EXPECT_EQ(view.missing(), std::nullopt);
}

// Random starts, stops and learning, against counting from scratch after each step.
TEST(View, CountsAgreeWithCountingFromScratch) {
  RunFacts facts = facts_of(4, 3);
  Random random = Random::root(3).fork("view");
  for (PeerFacts& peer : facts.peers)
    peer.external_endpoint = random.chance({1, 2});
  const auto n = static_cast<std::uint32_t>(facts.peers.size());
  std::vector<PeerIndex> members;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (random.chance({3, 4})) members.push_back(p(i));
  }
  View view(facts, ChannelFacts{.name = "ch1", .members = members});
  for (Time t = 0; t < 20'000; ++t) {
    const PeerIndex a = p(random.below(n));
    const PeerIndex b = p(random.below(n));
    switch (random.below(20)) {
      case 0:
        if (!view.running(a)) view.start(a, t);
        break;
      case 1:
        if (view.running(a)) view.stop(a, t);
        break;
      case 2:
      case 3:
      case 4:
        view.lose(a, b, t);
        break;
      default:
        view.learn(a, b, t);
    }
    std::uint64_t known = 0;
    std::uint64_t total = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::uint32_t j = 0; j < n; ++j) {
        if (!view.counts(p(i), p(j))) continue;
        ++total;
        known += view.knows(p(i), p(j)) ? 1 : 0;
      }
    }
    ASSERT_EQ(view.total(), total) << t;
    ASSERT_EQ(view.known(), known) << t;
  }
}

}  // namespace
}  // namespace hearsay::analysis
