// read_core_yaml with a small table of keys: places, sections, kinds of values.
#include "sim/scenario/core_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Outcome {
  CoreYaml yaml;
  std::vector<std::string> said;
};

Outcome outcome_of(const std::string& text, const Rules& rules = testing::some_options().rules) {
  Outcome outcome;
  Complaints complaints;
  outcome.yaml = read_core_yaml(text, "core.yaml", rules, complaints);
  for (const Complaint& complaint : complaints)
    outcome.said.push_back(complaint.text());
  return outcome;
}

std::vector<std::string> entries_of(const ConfigMap& config) {
  std::vector<std::string> entries;
  for (const ConfigEntry& entry : config)
    entries.push_back(entry.key + "=" + config_text(entry.value));
  return entries;
}

TEST(CoreYamlReader, FindsKeysWhateverTheirCaseAndNesting) {
  const Outcome outcome = outcome_of(
      "PEER:\n  Gossip:\n    pullinterval: 1m30s\npeer.gossip:\n  propagatePeerNum: 4\n");
  EXPECT_THAT(outcome.said, IsEmpty());
  EXPECT_THAT(entries_of(outcome.yaml.config),
              ElementsAre("peer.gossip.pullInterval=90s", "peer.gossip.propagatePeerNum=4"));
  EXPECT_EQ(outcome.yaml.line_of("peer.gossip.pullInterval"), 3);
  EXPECT_EQ(outcome.yaml.line_of("peer.gossip.someText"), 0);
}

TEST(CoreYamlReader, AKeyWithoutAValueIsNotThere) {
  const Outcome outcome = outcome_of("peer:\n  gossip:\n    pullInterval:\n    someText: ~\n");
  EXPECT_THAT(outcome.said, IsEmpty());
  EXPECT_THAT(outcome.yaml.config, IsEmpty());
}

TEST(CoreYamlReader, KeysThatHearsaySetsItselfAreKeptApart) {
  const Outcome outcome = outcome_of("peer:\n  gossip:\n    bootstrap: [a:1, b:1]\n");
  EXPECT_THAT(outcome.yaml.config, IsEmpty());
  EXPECT_THAT(entries_of(outcome.yaml.managed), ElementsAre("peer.gossip.bootstrap=a:1 b:1"));
}

TEST(CoreYamlReader, WhatAnAbsentKeyMeansIsAddedAtTheEnd) {
  Rules rules = testing::some_options().rules;
  std::vector<ConfigKeyInfo> keys(rules.config_keys.begin(), rules.config_keys.end());
  for (ConfigKeyInfo& key : keys)
    key.absent = key.type == ConfigKeyInfo::Type::kBool ? "true" : "20";
  rules.config_keys = keys;
  const Outcome outcome = outcome_of("peer:\n  gossip:\n    someText: words\n", rules);
  EXPECT_THAT(
      entries_of(outcome.yaml.config),
      ElementsAre("peer.gossip.someText=words", "peer.gossip.pullInterval=20",
                  "peer.gossip.propagatePeerNum=20", "peer.gossip.nonBlockingCommitMode=true"));
}

TEST(CoreYamlReader, UnknownKeysCountInOurSectionsAlone) {
  const Outcome outcome = outcome_of(
      "peer:\n  gossip:\n    pullIntervall: 4s\n    deep: {er: 1}\n"
      "  gossips: {x: 1}\n  vm: {gossip: {x: 1}}\nother: {peer: {gossip: {x: 1}}}\n");
  EXPECT_THAT(outcome.said,
              ElementsAre("core.yaml:3: peer.gossip.pullIntervall: unknown configuration key; did "
                          "you mean \"peer.gossip.pullInterval\"?",
                          HasSubstr("core.yaml:4: peer.gossip.deep: unknown")));
}

TEST(CoreYamlReader, SurvivesHostileFiles) {
  for (const char* text :
       {"peer: &a\n  gossip: *a\n", "peer: &a [*a]\n", "\x80\xff", "peer:\n\tgossip: 1\n",
        "? {a: b}\n: c\n", "--- peer\n--- b\n", "peer: {gossip: {? [1]: 2}}\n", "&a *a\n", "%"}) {
    for (const std::string& line : outcome_of(text).said)
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
  const std::string deep(100'000, '[');
  EXPECT_THAT(outcome_of("peer: " + deep).said, ElementsAre(HasSubstr("is no YAML")));
  std::string many = "peer:\n  gossip:\n";
  for (int i = 0; i < 2000; ++i)
    many += "    key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(outcome_of(many).said.size(), kMaxComplaints);
  EXPECT_THAT(outcome_of("peer:\n  gossip:\n    \"a\\nb\": 1\n").said,
              ElementsAre(HasSubstr("peer.gossip.a?b: unknown")));
}

TEST(CoreYamlReader, WhatTheLibrarySaysOfHostileTextStaysOnOneLine) {
  EXPECT_THAT(outcome_of("peer: \"\\\x07\"").said,
              ElementsAre(HasSubstr("is no YAML: unknown escape character: ?;")));
}

}  // namespace
}  // namespace hearsay::scenario
