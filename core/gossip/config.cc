#include "core/gossip/config.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/gossip/duration_text.h"

namespace hearsay {

namespace {

using Int = std::int32_t Config::*;
using Dur = Duration Config::*;
using Bool = bool Config::*;

// One key of core.yaml.
struct Row {
  ConfigKey key;
  Int integer;                   // where its value is, if it is an integer
  Dur duration;                  // ... if it is a duration
  Bool boolean;                  // ... if it is true or false
  std::int64_t code_default;     // what 0 yields; kDerived when it depends on other keys
  std::int64_t least;            // below this problems() speaks
  std::string_view below_least;  // what would happen
};

constexpr std::int64_t kDerived = -1;
// Shorter periods than this come from a forgotten unit and would let virtual time crawl.
constexpr Duration kShortest = kMicrosecond;
constexpr Duration kLongest = 365 * 24 * 3600 * kSecond;

constexpr std::string_view kTooShort = "a number without a unit is nanoseconds; write 4s or 10ms";

constexpr Row int_row(std::string_view name, Int field, std::int32_t code_default,
                      std::int32_t least, std::string_view below_least, std::string_view meaning) {
  return {
      {name, ConfigType::kInt, meaning}, field, nullptr, nullptr, code_default, least, below_least};
}
constexpr Row duration_row(std::string_view name, Dur field, Duration code_default,
                           std::string_view meaning) {
  return {{name, ConfigType::kDuration, meaning},
          nullptr,
          field,
          nullptr,
          code_default,
          kShortest,
          kTooShort};
}
constexpr Row bool_row(std::string_view name, Bool field, std::string_view meaning) {
  return {{name, ConfigType::kBool, meaning}, nullptr, nullptr, field, 0, 0, ""};
}

constexpr std::array kRows = {
    int_row("peer.gossip.propagatePeerNum", &Config::propagate_peer_num, 3, 0,
            "Fabric would push to every peer that may get a message",
            "random peers each batch is pushed to"),
    int_row("peer.gossip.propagateIterations", &Config::propagate_iterations, 1, 0,
            "Fabric panics at start", "batches each message takes part in"),
    int_row("peer.gossip.maxPropagationBurstSize", &Config::max_propagation_burst_size, 10, 1,
            "each message would be pushed alone, as with 1",
            "messages that wait before a batch is pushed at once"),
    duration_row("peer.gossip.maxPropagationBurstLatency", &Config::max_propagation_burst_latency,
                 10 * kMillisecond, "period of pushing what waits"),
    duration_row("peer.gossip.aliveTimeInterval", &Config::alive_time_interval, 5 * kSecond,
                 "period of alive messages"),
    duration_row("peer.gossip.aliveExpirationTimeout", &Config::alive_expiration_timeout, kDerived,
                 "silence after which a member is dead (default: 5 x aliveTimeInterval)"),
    duration_row("peer.gossip.reconnectInterval", &Config::reconnect_interval, kDerived,
                 "pause between attempts to reach dead members and bootstrap peers (default: "
                 "aliveExpirationTimeout)"),
    int_row("peer.gossip.maxConnectionAttempts", &Config::max_connection_attempts, 120, 1,
            "the peer would never connect to its bootstrap peers",
            "attempts to connect to a bootstrap or anchor peer"),
    int_row("peer.gossip.msgExpirationFactor", &Config::msg_expiration_factor, 20, 1,
            "members would be forgotten at once",
            "a dead member is forgotten after this many aliveExpirationTimeout"),
    duration_row("peer.gossip.publishCertPeriod", &Config::publish_cert_period, 10 * kSecond,
                 "after its start a peer embeds its identity in alive messages for this long"),
    duration_row("peer.gossip.pullInterval", &Config::pull_interval, 4 * kSecond,
                 "pause between pull rounds and between membership syncs"),
    int_row("peer.gossip.pullPeerNum", &Config::pull_peer_num, 3, 0,
            "Fabric would pull from every peer", "peers asked per pull round"),
    duration_row("peer.gossip.digestWaitTime", &Config::digest_wait_time, 1 * kSecond,
                 "wait for digests before items are requested"),
    duration_row("peer.gossip.requestWaitTime", &Config::request_wait_time, 1500 * kMillisecond,
                 "how long a request may come after its hello"),
    duration_row("peer.gossip.responseWaitTime", &Config::response_wait_time, 2 * kSecond,
                 "wait for items before a pull round ends"),
    int_row("peer.gossip.maxBlockCountToStore", &Config::max_block_count_to_store, 10, 0,
            "Fabric reads it as a huge number and keeps every block",
            "blocks kept in memory behind the newest"),
    duration_row("peer.gossip.publishStateInfoInterval", &Config::publish_state_info_interval,
                 4 * kSecond, "period of publishing own state information, if it changed"),
    duration_row("peer.gossip.requestStateInfoInterval", &Config::request_state_info_interval,
                 4 * kSecond, "period of asking others for state information"),
    duration_row("peer.gossip.membershipTrackerInterval", &Config::membership_tracker_interval,
                 5 * kSecond, "period of looking for changes of a channel's membership"),
    // Fabric: the state keys take 0 at its word, so 0 is its own default here.
    bool_row("peer.gossip.state.enabled", &Config::state_enabled,
             "ask others for blocks that are missing (answering is not optional)"),
    duration_row("peer.gossip.state.checkInterval", &Config::state_check_interval, 0,
                 "pause between looks for missing blocks"),
    duration_row("peer.gossip.state.responseTimeout", &Config::state_response_timeout, 0,
                 "wait for the answer to a request for blocks"),
    int_row("peer.gossip.state.batchSize", &Config::state_batch_size, 0, 0,
            "Fabric reads it as a huge number",
            "a request asks for one block more than this at most"),
    int_row("peer.gossip.state.maxRetries", &Config::state_max_retries, 0, 0,
            "nothing would ever be asked for",
            "requests for one batch of blocks, beside the first, before a round is given up"),
    int_row("peer.gossip.state.blockBufferSize", &Config::state_block_buffer_size, 0, 1,
            "every pushed block would be refused",
            "a pushed block this far or further above the height is refused"),
    int_row("peer.gossip.state.channelSize", &Config::state_channel_size, 0, 1,
            "no request for blocks would ever be answered", "requests, and answers, that may wait"),
    bool_row("peer.gossip.nonBlockingCommitMode", &Config::non_blocking_commit_mode,
             "blocks from the orderer are refused as pushed ones are, instead of waiting for room"),
    duration_row("peer.gossip.dialTimeout", &Config::dial_timeout, 3 * kSecond,
                 "time to establish a connection"),
    duration_row("peer.gossip.connTimeout", &Config::conn_timeout, 2 * kSecond,
                 "time for the ping after a dial, and for the handshake"),
    int_row("peer.gossip.recvBuffSize", &Config::recv_buff_size, 20, 1,
            "a connection could take no message",
            "messages received but not handled, per connection"),
    int_row("peer.gossip.sendBuffSize", &Config::send_buff_size, 20, 1,
            "every message would be dropped", "messages queued to be sent, per connection"),
    bool_row("peer.gossip.useLeaderElection", &Config::use_leader_election, "leaders are elected"),
    bool_row("peer.gossip.orgLeader", &Config::org_leader,
             "without election: this peer pulls blocks from the orderer"),
    duration_row("peer.gossip.election.leaderAliveThreshold", &Config::leader_alive_threshold,
                 10 * kSecond, "silence after which a leader counts as gone"),
    duration_row("peer.gossip.election.startupGracePeriod", &Config::election_startup_grace_period,
                 15 * kSecond, "longest wait for a stable view before the first election"),
    duration_row("peer.gossip.election.membershipSampleInterval",
                 &Config::election_membership_sample_interval, 1 * kSecond,
                 "period of looking whether the view is stable, and the shortest wait"),
    duration_row("peer.gossip.election.leaderElectionDuration", &Config::leader_election_duration,
                 5 * kSecond, "how long a candidate listens before it declares itself leader"),
    bool_row("peer.deliveryclient.blockGossipEnabled", &Config::block_gossip_enabled,
             "blocks from the orderers are pushed to the organisation"),
    duration_row("peer.deliveryclient.reconnectTotalTimeThreshold",
                 &Config::deliver_reconnect_total_time_threshold, 3600 * kSecond,
                 "pauses between attempts, all together, after which an elected leader gives up"),
    duration_row("peer.deliveryclient.reConnectBackoffThreshold",
                 &Config::deliver_reconnect_backoff_threshold, 3600 * kSecond,
                 "longest pause between two attempts to reach an orderer"),
    duration_row("peer.deliveryclient.connTimeout", &Config::deliver_conn_timeout, 3 * kSecond,
                 "time to establish a connection to an orderer"),
};

constexpr auto kKeys = [] {
  std::array<ConfigKey, kRows.size()> keys{};
  for (std::size_t i = 0; i < kRows.size(); ++i)
    keys[i] = kRows[i].key;
  return keys;
}();

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const Row* find_row(std::string_view key) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& r) { return same_key(r.key.name, key); });
  return row == kRows.end() ? nullptr : &*row;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// How many insertions, deletions and replacements lie between two keys.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string unknown_key(std::string_view key) {
  const Row* nearest =
      &*std::min_element(kRows.begin(), kRows.end(), [&](const Row& a, const Row& b) {
        return distance(key, a.key.name) < distance(key, b.key.name);
      });
  return fmt::format("{} is not a key of the gossip layer; the nearest is {}", key,
                     nearest->key.name);
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

// Fabric: strconv.ParseBool, which takes these and no other spellings.
std::optional<std::int64_t> parse_bool(std::string_view text) {
  for (const char* yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    if (text == yes) return 1;
  }
  for (const char* no : {"false", "False", "FALSE", "f", "F", "0"}) {
    if (text == no) return 0;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_value(const Row& row, std::string_view text) {
  if (text.empty()) return 0;
  if (row.boolean != nullptr) return parse_bool(text);
  return row.integer != nullptr ? parse_int(text) : parse_duration(text);
}

std::string unreadable(const Row& row, std::string_view text) {
  // Divergence: Fabric reads such text as 0 and so takes the default without a word.
  if (row.integer != nullptr) {
    return fmt::format("{}: \"{}\" is not a whole number; write one such as {}", row.key.name, text,
                       std::max<std::int64_t>(row.code_default, 1));
  }
  if (row.boolean != nullptr) {
    return fmt::format("{}: \"{}\" is neither true nor false", row.key.name, text);
  }
  const Duration example = row.code_default > 0 ? row.code_default : 25 * kSecond;
  return fmt::format(
      "{}: \"{}\" is not a duration; write a number with a unit of ns us ms s m h, such as {}",
      row.key.name, text, duration_text(example));
}

void let_follow(Config& config) {
  if (config.alive_expiration_follows) {
    config.alive_expiration_timeout = 5 * config.alive_time_interval;
  }
  if (config.reconnect_follows) config.reconnect_interval = config.alive_expiration_timeout;
}

void store(Config& config, const Row& row, std::int64_t value) {
  // Fabric: GetIntOrDefault and GetDurationOrDefault cannot tell 0 from unset.
  const bool unset = value == 0;
  if (unset) value = row.code_default;
  if (row.integer != nullptr) {
    config.*row.integer = static_cast<std::int32_t>(value);
    return;
  }
  if (row.boolean != nullptr) {
    config.*row.boolean = value != 0;
    return;
  }
  if (row.duration == &Config::alive_expiration_timeout) config.alive_expiration_follows = unset;
  if (row.duration == &Config::reconnect_interval) config.reconnect_follows = unset;
  if (value != kDerived || !unset) config.*row.duration = value;
  if (row.duration == &Config::alive_time_interval ||
      row.duration == &Config::alive_expiration_timeout ||
      row.duration == &Config::reconnect_interval) {
    let_follow(config);
  }
}

// Each value for itself.
void range_problems(const Config& config, std::vector<std::string>& out) {
  for (const Row& row : kRows) {
    if (row.integer != nullptr) {
      if (config.*row.integer < row.least) {
        out.push_back(fmt::format("{} is {}: {}; write {} or more", row.key.name,
                                  config.*row.integer, row.below_least, row.least));
      }
      continue;
    }
    if (row.duration == nullptr) continue;
    const Duration value = config.*row.duration;
    if (value <= 0) {
      out.push_back(fmt::format("{} is {}: it must be longer than nothing", row.key.name,
                                duration_text(value)));
    } else if (value < row.least) {
      out.push_back(
          fmt::format("{} is only {}: {}", row.key.name, duration_text(value), row.below_least));
    } else if (value > kLongest) {
      out.push_back(fmt::format("{} is {}: at most a year (8760h) can be counted with",
                                row.key.name, duration_text(value)));
    }
  }
}

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

Result<bool> set_config(Config& config, std::string_view key, std::string_view value) {
  const Row* row = find_row(trimmed(key));
  if (row == nullptr) return Error{unknown_key(trimmed(key))};
  const std::string_view text = trimmed(value);
  const std::optional<std::int64_t> parsed = parse_value(*row, text);
  if (!parsed) return Error{unreadable(*row, text)};
  using Limits = std::numeric_limits<std::int32_t>;
  if (row->integer != nullptr && (*parsed < Limits::min() || *parsed > Limits::max())) {
    return Error{fmt::format("{}: {} is out of range; write at most {}", row->key.name, text,
                             Limits::max())};
  }
  store(config, *row, *parsed);
  return true;
}

std::string config_value(const Config& config, std::string_view key) {
  const Row* row = find_row(key);
  HS_ASSERT_MSG(row != nullptr, "not a key of config_keys()");
  if (row->integer != nullptr) return fmt::format("{}", config.*row->integer);
  if (row->boolean != nullptr) return config.*row->boolean ? "true" : "false";
  return duration_text(config.*row->duration);
}

std::vector<std::string> Config::problems() const {
  std::vector<std::string> out;
  range_problems(*this, out);

  // Values out of range are complained of above; here they must not overflow.
  const auto within = [](Duration d) { return std::clamp(d, Duration{0}, kLongest); };
  const Duration round = within(digest_wait_time) + within(response_wait_time);
  if (within(pull_interval) <= round) {
    out.push_back(fmt::format(
        "peer.gossip.pullInterval ({}) is not longer than digestWaitTime + responseWaitTime ({}): "
        "a pull round would begin before the last one ended, and rounds share their state",
        duration_text(pull_interval), duration_text(round)));
  }
  if (digest_wait_time >= request_wait_time) {
    out.push_back(fmt::format(
        "peer.gossip.digestWaitTime ({}) is not shorter than requestWaitTime ({}): a responder "
        "would have forgotten the hello when the request arrives, and nothing would be pulled",
        duration_text(digest_wait_time), duration_text(request_wait_time)));
  }
  if (within(alive_expiration_timeout) < 2 * within(alive_time_interval)) {
    out.push_back(fmt::format(
        "peer.gossip.aliveExpirationTimeout ({}) is less than twice aliveTimeInterval ({}): one "
        "late alive message and a living member counts as dead",
        duration_text(alive_expiration_timeout), duration_text(alive_time_interval)));
  }
  if (within(alive_expiration_timeout) > 100 * kLongest / std::max(msg_expiration_factor, 1)) {
    out.push_back(fmt::format(
        "peer.gossip.aliveExpirationTimeout ({}) times msgExpirationFactor ({}) is more than a "
        "hundred years: too long to count with",
        duration_text(alive_expiration_timeout), msg_expiration_factor));
  }
  return out;
}

}  // namespace hearsay
