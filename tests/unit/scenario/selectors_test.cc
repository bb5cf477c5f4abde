#include "sim/scenario/selectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"

namespace hearsay::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Population two_orgs() {
  Population population;
  population.add("org1", 4);
  population.add("org2", 3);
  return population;
}

Selector parsed(std::string_view text) {
  auto result = parse_selector(text);
  EXPECT_TRUE(result.ok()) << text << ": " << (result.ok() ? "" : result.error().problem);
  return result.ok() ? std::move(result.value()) : Selector{};
}

std::vector<std::string> names(const std::vector<PeerIndex>& peers, const Population& population) {
  std::vector<std::string> out;
  for (const PeerIndex peer : peers)
    out.push_back(population.name_of(peer));
  return out;
}

// The peers of a selector that needs neither draws nor leaders.
std::vector<std::string> chosen(const Selector& selector) {
  const Population population = two_orgs();
  return names(select(selector, population, {}, {}), population);
}

std::vector<std::string> drawn(const Selector& selector, std::uint64_t seed) {
  const Population population = two_orgs();
  Random random = Random::root(seed);
  const Draw draw = [&](std::uint64_t below) { return random.below64(below); };
  return names(select(selector, population, draw, {}), population);
}

TEST(Selectors, SetsSelectTheirPeersInOrder) {
  EXPECT_THAT(chosen(parsed("org2")), ElementsAre("org2/0", "org2/1", "org2/2"));
  EXPECT_THAT(chosen(parsed("org1/3")), ElementsAre("org1/3"));
  EXPECT_THAT(chosen(parsed("org1/1..2")), ElementsAre("org1/1", "org1/2"));
  EXPECT_EQ(chosen(parsed("*")).size(), 7u);
  EXPECT_THAT(chosen(Selector::list({parsed("org2/1"), parsed("org1/0"), parsed("org2/1")})),
              ElementsAre("org1/0", "org2/1"));
  EXPECT_THAT(chosen(Selector::nobody()), ElementsAre());
}

TEST(Selectors, ExceptTakesOut) {
  EXPECT_THAT(chosen(parsed("org1 except org1/0")), ElementsAre("org1/1", "org1/2", "org1/3"));
  EXPECT_THAT(chosen(parsed("* except org1 except org2/1")), ElementsAre("org2/0", "org2/2"));
}

TEST(Selectors, DrawsTakeFromWhatExceptLeaves) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_THAT(drawn(parsed("3 of org1 except org1/0"), seed),
                ElementsAre("org1/1", "org1/2", "org1/3"));
    EXPECT_EQ(drawn(parsed("2 of *"), seed).size(), 2u);
    EXPECT_EQ(drawn(parsed("50% of org1"), seed).size(), 2u);
    EXPECT_EQ(drawn(parsed("1% of org1"), seed).size(), 1u) << "one peer at least";
    EXPECT_EQ(drawn(parsed("100% of org1/0..1"), seed).size(), 2u);
  }
}

TEST(Selectors, DrawsAreUniformAndGovernedByTheSeed) {
  std::map<std::vector<std::string>, int> seen;
  for (std::uint64_t seed = 0; seed < 6000; ++seed)
    ++seen[drawn(parsed("2 of org1"), seed)];
  ASSERT_EQ(seen.size(), 6u) << "every pair of four";
  for (const auto& [pair, count] : seen)
    EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(drawn(parsed("2 of org1"), 7), drawn(parsed("2 of org1"), 7));
}

TEST(Selectors, LeadersAreAskedForWhenSelecting) {
  const Population population = two_orgs();
  const Selector selector = parsed("org1 except leader of org1 in ch1");
  EXPECT_TRUE(selector.late());
  EXPECT_FALSE(parsed("org1").late());
  const LeadersOf leaders = [](std::string_view org, std::string_view channel) {
    EXPECT_EQ(org, "org1");
    EXPECT_EQ(channel, "ch1");
    return std::vector{PeerIndex{2}};
  };
  EXPECT_THAT(names(select(selector, population, {}, leaders), population),
              ElementsAre("org1/0", "org1/1", "org1/3"));
}

TEST(Selectors, ReachIsEverybodyWhoCouldBeSelected) {
  const Population population = two_orgs();
  const auto reached = [&](std::string_view text) {
    return names(reach(parsed(text), population), population);
  };
  EXPECT_THAT(reached("1 of org2"), ElementsAre("org2/0", "org2/1", "org2/2"));
  EXPECT_THAT(reached("leader of org2 in ch1"), ElementsAre("org2/0", "org2/1", "org2/2"));
  EXPECT_THAT(reached("org2 except 1 of org2"), ElementsAre("org2/0", "org2/1", "org2/2"));
  EXPECT_THAT(reached("1 of org2 except org2/0"), ElementsAre("org2/1", "org2/2"));
}

TEST(Selectors, CanonicalTextReadsBackTheSame) {
  for (const char* text :
       {"*", "org1", "org1/3", "org1/0..9", "25% of org1", "12.5% of *", "3 of org1/0..9",
        "leader of org1 in ch1", "org1 except org1/0", "* except org1 except 3 of org2"}) {
    EXPECT_EQ(to_text(parsed(text)), text);
  }
  EXPECT_EQ(to_text(parsed("  org1/4..4   except\torg2 ")), "org1/4 except org2");
  EXPECT_FALSE(has_text(Selector::list({parsed("*")})));
  EXPECT_FALSE(has_text(
      Selector::without(parsed("*"), Selector::without(parsed("org1"), parsed("org1/0")))));
}

TEST(Selectors, ParseErrorsNameWhatIsWrong) {
  const std::pair<const char*, const char*> table[] = {
      {"", "selects nothing"},
      {"   ", "selects nothing"},
      {"org1/", "neither a peer's number nor a range"},
      {"org1/x", "neither a peer's number nor a range"},
      {"org1/1..", "neither a peer's number nor a range"},
      {"org1/-1", "neither a peer's number nor a range"},
      {"org1/99999999999999999999", "neither a peer's number nor a range"},
      {"org1/5..2", "runs backwards"},
      {"/3", "names no organisation"},
      {"25%", "lacks \"of\""},
      {"25% org1", "lacks \"of\""},
      {"25% of", "ends after \"of\""},
      {"0% of org1", "bad share"},
      {"200% of org1", "bad share"},
      {"0 of org1", "neither a number from 1 up nor a share"},
      {"some of org1", "neither a number from 1 up nor a share"},
      {"leader of org1", "whose leader in which channel"},
      {"leader of org1 in", "whose leader in which channel"},
      {"org1 org2", "where \"except\" or the end was expected"},
      {"org1 except", "ends where peers were expected"}};
  for (const auto& [text, problem] : table) {
    const auto result = parse_selector(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.error().problem, HasSubstr(problem)) << text;
    EXPECT_FALSE(result.error().remedy.empty()) << text;
  }
}

TEST(Selectors, ALongChainOfExceptsIsRefused) {
  std::string text = "org1";
  for (int i = 0; i < 1'000'000; ++i)
    text += " except org1/0";
  EXPECT_FALSE(parse_selector(text).ok());
}

}  // namespace
}  // namespace hearsay::scenario
