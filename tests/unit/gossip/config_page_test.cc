// docs/configuration.md is what the table of keys says. HS_REWRITE_GOLDEN=1 writes it anew
// (./dev docs does).
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/gossip/config.h"

namespace hearsay {
namespace {

const std::string kPage = HS_SOURCE_DIR "/docs/configuration.md";

constexpr const char* kHead = R"(# Configuration

<!-- Made by ./dev docs from core/gossip/config_table.cc and config_judge.cc. Do not edit. -->

A peer here is configured with the keys of Fabric's core.yaml. They are given under `config`
and `overrides` of a [scenario](scenario-format.md), or come from a whole file, `core_yaml`.
What is said about Fabric is about v2.5.

## How values are read

- Keys have no upper and lower case.
- A duration has a unit: `10s`, `1500ms`, `1m`. In a core.yaml, a bare number is
  **nanoseconds**, as in Fabric, and mostly a mistake; in a scenario it is refused.
- Fabric reads a text that is no number, no duration and no bool as 0, without a word. Here it
  is a mistake.
- What a key means that is missing, empty or 0, depends on how Fabric reads it:

| reading | missing or empty | 0 |
|---|---|---|
| **D** | the code's default | the code's default: such a key cannot be set to 0 |
| **S** | the code's default | 0 |
| **P** | 0, `false` or nothing | 0 |
| **P0** | the code's default | the code's default |
| – | read by no code of v2.5 | |

- The *default* below is what a scenario without `core_yaml` has: the value in the file that
  Fabric is shipped with. The *code's default* counts for keys that a core.yaml leaves out.
  Where the two differ, it is said.
- `aliveExpirationTimeout` and `reconnectInterval` follow `aliveTimeInterval` until they are
  set themselves. Fabric's own core.yaml sets them, so there, changing `aliveTimeInterval`
  alone changes nothing else.
- Fabric's environment variables (`CORE_PEER_GOSSIP_…`) are not read; write the keys under
  `config`.

A key *without effect* is read, judged and kept, and no engine of this version looks at it.
`hearsay check` lists those that a scenario sets.
)";

constexpr const char* kRulesHead = R"(
## What must go together

An *error* is what Fabric does not start with; the scenario is refused. A *warning* is printed
by `hearsay check` and `hearsay run` (not with `--quiet`), and the run does what Fabric would.

| key | | must be | otherwise |
|---|---|---|---|
)";

constexpr const char* kSharedRow =
    "| `peer.gossip.election.*`, `peer.gossip.state.batchSize` | warning | the same at all peers "
    "of an organisation | they judge leaders by different clocks; a request for more than the "
    "other's batch is not answered |\n";

constexpr const char* kTail =
    R"(
Besides, every duration that an engine uses is longer than nothing and at most a year, and
integers have the least values that the engines can work with; a value outside is an error
that says what would happen.

Allowed, but worth knowing:

- The peer with the smallest PKI-ID wins every takeover only if `leaderElectionDuration` is at
  least `leaderAliveThreshold`; the defaults do not satisfy this.
- `orgLeader` at several peers is legal: each fetches the blocks for itself.
- With the default delivery thresholds an elected leader gives up after 48 pauses (52 min 39
  s), and no pause reaches its longest.
- `requiredPeerCount` should be below the number of peers that the organisation has in its
  smallest channel; this is not checked.

## Values that follow from others

| value | is | by default |
|---|---|---|
)";

struct Section {
  std::string_view title;
  std::string_view prefix;  // of its keys; the first section that fits has the key
};

constexpr Section kSections[] = {
    {"Election", "peer.gossip.election."},    {"Private data", "peer.gossip.pvtData."},
    {"State transfer", "peer.gossip.state."}, {"The node", "peer.gossip."},
    {"Delivery", "peer.deliveryclient."},     {"Connections", "peer."},
};

const Section& section_of(const ConfigKey& key) {
  for (const Section& section : kSections) {
    if (key.name.starts_with(section.prefix)) return section;
  }
  return kSections[5];
}

std::string reading_of(const ConfigKey& key) {
  switch (key.reading) {
    case ConfigReading::kZeroIsDefault:
      return "D";
    case ConfigReading::kSetWins:
      return "S";
    case ConfigReading::kPlain:
      return "P";
    case ConfigReading::kPlainZeroIsDefault:
      return "P0";
    case ConfigReading::kUnread:
      break;
  }
  return "–";
}

std::string unit_of(const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::kDuration:
      return "duration";
    case ConfigType::kInt:
      return std::string(key.unit);
    case ConfigType::kBool:
      return "bool";
    case ConfigType::kText:
      return "text";
    case ConfigType::kList:
      return "list of host:port";
    case ConfigType::kOverrides:
      return "list of sections";
  }
  return "";
}

std::string default_of(const ConfigKey& key) {
  const auto shown = [](const std::string& text) {
    return text.empty() ? std::string("empty") : "`" + text + "`";
  };
  const std::string shipped = config_value(Config(), key.name);
  const std::string by_code = config_value(Config::code_defaults(), key.name);
  std::string text = shown(shipped);
  if (shipped != by_code) text += fmt::format(" (code: {})", shown(by_code));
  if (key.unset.find("alive") != std::string_view::npos) text += fmt::format(", = {}", key.unset);
  return text;
}

std::string user_of(const ConfigKey& key) {
  switch (key.effect) {
    case ConfigEffect::kEngine:
      return fmt::format("`{}`", key.user);
    case ConfigEffect::kScenario:
      return fmt::format("the scenario: {}", key.user);
    case ConfigEffect::kNone:
      break;
  }
  return fmt::format("no effect: {}", key.user);
}

// Keys without their section, as they are spoken of.
std::string_view short_name(const ConfigKey& key) {
  return key.name.substr(section_of(key).prefix.size());
}

std::string keys_of_page() {
  std::string page;
  const Section* section = nullptr;
  for (const ConfigKey& key : config_keys()) {
    if (section != &section_of(key)) {
      section = &section_of(key);
      page += fmt::format(
          "\n## {}: `{}*`\n\n| key | default | unit | reading | meaning | read by |\n"
          "|---|---|---|---|---|---|\n",
          section->title, section->prefix);
    }
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", short_name(key), default_of(key),
                        unit_of(key), reading_of(key), key.meaning, user_of(key));
  }
  return page;
}

std::string derived_values() {
  const Config c;
  std::string rows;
  const auto row = [&](const char* value, const char* is, Duration by_default) {
    rows +=
        fmt::format("| {} | {} | {} s |\n", value, is, static_cast<double>(by_default) / kSecond);
  };
  row("check for silent members", "aliveExpirationTimeout / 10", c.alive_check_interval());
  row("a member is forgotten after", "aliveExpirationTimeout x msgExpirationFactor",
      c.alive_message_ttl());
  row("leadership messages live", "10 x leaderAliveThreshold", c.leadership_ttl());
  row("blocks are kept for pull", "100 x pullInterval", c.block_ttl());
  row("state information is swept every", "5 x pullInterval", c.state_info_sweep());
  row("state information of other organisations is passed on for", "100 x publishStateInfoInterval",
      c.state_info_relay_ttl());
  row("wait for the answer to a membership request", "fixed", kRequestAckTimeout);
  row("wait for the handshake of a probe", "fixed", kProbeStreamTimeout);
  row("an identity unused is forgotten after", "fixed", c.identity_usage_threshold);
  return rows;
}

std::string page_text() {
  std::string page = kHead + keys_of_page() + kRulesHead;
  for (const ConfigRule& rule : config_rules()) {
    page += fmt::format("| `{}` | {} | {} | {} |\n", rule.keys.front(),
                        rule.fatal ? "error" : "warning", rule.demand, rule.otherwise);
  }
  return page + kSharedRow + kTail + derived_values();
}

TEST(ConfigPage, IsWhatTheTableSays) {
  const std::string page = page_text();
  const char* rewrite = std::getenv("HS_REWRITE_GOLDEN");
  if (rewrite != nullptr && *rewrite != '\0') std::ofstream(kPage) << page;
  std::ifstream file(kPage);
  std::ostringstream committed;
  committed << file.rdbuf();
  EXPECT_EQ(committed.str(), page) << "./dev docs writes the page anew";
}

}  // namespace
}  // namespace hearsay
