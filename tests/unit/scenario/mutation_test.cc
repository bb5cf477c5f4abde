// Damaged scenarios: whatever happens to the bytes, the outcome is a scenario or complaints.
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "sim/scenario/resolve.h"
#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

constexpr int kMutantsPerScenario = 800;

std::string mutated(std::string text, Random& random) {
  const std::string_view kPieces[] = {"\"",     "{",  "}",    "[",    "]",           ",",
                                      "0",      "-",  "9e99", "null", "\xff",        "of",
                                      "except", "//", "\\u",  "..",   "99999999999", "s"};
  const auto position = [&] { return random.below(static_cast<std::uint32_t>(text.size()) + 1); };
  const std::uint32_t changes = 1 + random.below(4);
  for (std::uint32_t i = 0; i < changes && !text.empty(); ++i) {
    const std::uint32_t at = position();
    switch (random.below(5)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, random.below(20));
        break;
      case 2:
        text.insert(at, kPieces[random.below(std::size(kPieces))]);
        break;
      case 3:
        text.insert(at, text.substr(position(), random.below(200)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
    }
  }
  return text;
}

TEST(Mutation, DamagedScenariosNeverCrash) {
  LoadOptions options = testing::some_options();
  std::size_t good = 0, bad = 0;
  for (const std::string& path : testing::shipped_scenarios()) {
    const std::string text = testing::read_file(path);
    Random random = Random::root(1).fork(path.substr(path.rfind('/')));
    for (int i = 0; i < kMutantsPerScenario; ++i) {
      const std::string mutant = mutated(text, random);
      const auto result =
          load_scenario_text(mutant, "mutant.json", HS_SOURCE_DIR "/scenarios", options);
      ++(result.ok() ? good : bad);
      if (result.ok()) {
        // What was accepted survives its own text.
        const auto again = load_scenario_text(to_json(result.value()), "again.json", "/", options);
        ASSERT_TRUE(again.ok()) << mutant << "\n" << again.error()[0].text();
        ASSERT_EQ(again.value(), result.value()) << mutant;
        continue;
      }
      ASSERT_FALSE(result.error().empty()) << mutant;
      for (const Complaint& complaint : result.error()) {
        ASSERT_FALSE(complaint.problem.empty()) << mutant;
        ASSERT_EQ(complaint.text().find('\n'), std::string::npos) << mutant;
      }
    }
  }
  EXPECT_GT(good, 50u);
  EXPECT_GT(bad, 1000u);
}

TEST(Mutation, DamagedOptionsNeverCrash) {
  const std::string_view kSets[] = {"organizations.0.peers=16",
                                    "network.latency={\"value\":\"1ms\"}",
                                    "config.peer.gossip.pullInterval=2s", "expect[0].max=7"};
  Random random = Random::root(2);
  for (int i = 0; i < 4000; ++i) {
    LoadOptions options = testing::some_options();
    options.sets.push_back(mutated(std::string(kSets[random.below(std::size(kSets))]), random));
    const auto result =
        load_scenario_text(testing::small_with("\"expect\": [ {} ]"), "x.json", "", options);
    ASSERT_TRUE(result.ok() || !result.error().empty());
  }
}

}  // namespace
}  // namespace hearsay::scenario
