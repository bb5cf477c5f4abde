// What is wrong with a configuration: values out of range, and the rules between keys.
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "core/gossip/config_table.h"
#include "core/gossip/duration_text.h"

namespace hearsay {

namespace {

constexpr Duration kLongest = 365 * 24 * 3600 * kSecond;

// Values out of range are complained of by themselves; the rules must not overflow on them.
Duration within(Duration d) { return std::clamp(d, Duration{0}, kLongest); }

struct Rule {
  bool fatal;
  std::array<std::string_view, 3> keys;  // the first is judged; those not needed are empty
  std::string_view demand;
  std::string_view otherwise;
  bool (*holds)(const Config&);
  std::string (*bound)(const Config&);  // what the demand amounts to, or null
};

constexpr std::string_view kElection = "peer.gossip.useLeaderElection";
constexpr std::string_view kOrgLeader = "peer.gossip.orgLeader";
constexpr std::string_view kState = "peer.gossip.state.enabled";
constexpr std::string_view kRequired =
    "peer.gossip.pvtData.implicitCollectionDisseminationPolicy.requiredPeerCount";
constexpr std::string_view kEnds = "Fabric ends at start";
constexpr std::string_view kHostPort = "host:port with one colon and a port of at most 65535";

Duration pull_round(const Config& c) {
  return within(c.digest_wait_time) + within(c.response_wait_time);
}
Duration two_waits(const Config& c) {
  return 2 * (within(c.election_membership_sample_interval) + within(c.leader_election_duration));
}
bool has_client_certificate(const Config& c) {
  return !(c.tls_client_cert_file.empty() && c.tls_cert_file.empty()) &&
         !(c.tls_client_key_file.empty() && c.tls_key_file.empty());
}
bool is_endpoint(const std::string& text) { return text.empty() || endpoint_port(text); }
bool are_endpoints(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), is_endpoint);
}

// Spec: config 8, in its order where the first key does not say otherwise. Its rules 7, 13, 15 and
// 16 forbid nothing; 8 is disagreements(); the second half of 11 depends on the channels.
constexpr std::array kRules = {
    Rule{false,
         {"peer.gossip.bootstrap"},
         kHostPort,
         "the others are never reached",
         [](const Config& c) { return are_endpoints(c.bootstrap); },
         nullptr},
    Rule{true,
         {"peer.gossip.endpoint"},
         kHostPort,
         kEnds,
         [](const Config& c) { return is_endpoint(c.endpoint); },
         nullptr},
    Rule{false,
         {"peer.gossip.externalEndpoint"},
         kHostPort,
         "no other organisation reaches the peer",
         [](const Config& c) { return is_endpoint(c.external_endpoint); },
         nullptr},
    Rule{true,
         {kElection, kOrgLeader},
         "false while orgLeader is true",
         "Fabric ends when its first channel is initialised",
         [](const Config& c) { return !c.use_leader_election || !c.org_leader; },
         nullptr},
    Rule{false,
         {"peer.gossip.pullInterval", "peer.gossip.digestWaitTime", "peer.gossip.responseWaitTime"},
         "longer than digestWaitTime + responseWaitTime",
         "a pull round would begin before the last one ended, and rounds share their state",
         [](const Config& c) { return within(c.pull_interval) > pull_round(c); },
         [](const Config& c) { return duration_text(pull_round(c)); }},
    Rule{false,
         {"peer.gossip.digestWaitTime", "peer.gossip.requestWaitTime"},
         "shorter than requestWaitTime",
         "a responder would have forgotten the hello when the request arrives, and nothing would "
         "be pulled",
         [](const Config& c) { return c.digest_wait_time < c.request_wait_time; },
         [](const Config& c) { return duration_text(c.request_wait_time); }},
    Rule{false,
         {"peer.gossip.aliveExpirationTimeout", "peer.gossip.aliveTimeInterval"},
         "at least twice aliveTimeInterval",
         "one late alive message and a living member counts as dead",
         [](const Config& c) {
           return within(c.alive_expiration_timeout) >= 2 * within(c.alive_time_interval);
         },
         [](const Config& c) { return duration_text(c.alive_time_interval); }},
    Rule{true,
         {"peer.gossip.aliveExpirationTimeout", "peer.gossip.msgExpirationFactor"},
         "below a hundred years when taken times msgExpirationFactor",
         "that is too long to count with",
         [](const Config& c) {
           return within(c.alive_expiration_timeout) <=
                  100 * kLongest / std::max(c.msg_expiration_factor, 1);
         },
         [](const Config& c) { return fmt::format("{}", c.msg_expiration_factor); }},
    Rule{false,
         {"peer.gossip.election.leaderAliveThreshold",
          "peer.gossip.election.membershipSampleInterval",
          "peer.gossip.election.leaderElectionDuration"},
         "shorter than twice membershipSampleInterval + leaderElectionDuration",
         "a peer that starts may declare itself before it hears the leader, and depose it",
         [](const Config& c) { return within(c.leader_alive_threshold) < two_waits(c); },
         [](const Config& c) { return duration_text(two_waits(c)); }},
    Rule{false,
         {"peer.gossip.pvtData.pullRetryThreshold"},
         "longer than nothing",
         "missing private data is never asked of peers",
         [](const Config& c) { return c.pvt_pull_retry_threshold > 0; },
         nullptr},
    Rule{false,
         {"peer.gossip.pvtData.pushAckTimeout"},
         "longer than nothing",
         "every distribution of private data to peers fails",
         [](const Config& c) { return c.pvt_push_ack_timeout > 0; },
         nullptr},
    Rule{true,
         {kRequired},
         "0 or more",
         kEnds,
         [](const Config& c) { return c.pvt_implicit_required_peer_count >= 0; },
         nullptr},
    Rule{true,
         {"peer.gossip.pvtData.implicitCollectionDisseminationPolicy.maxPeerCount", kRequired},
         "at least requiredPeerCount",
         kEnds,
         [](const Config& c) {
           return c.pvt_implicit_max_peer_count >= c.pvt_implicit_required_peer_count;
         },
         [](const Config& c) { return fmt::format("{}", c.pvt_implicit_required_peer_count); }},
    Rule{false,
         {kState, kElection, kOrgLeader},
         "true while neither useLeaderElection nor orgLeader is",
         "the peer depends on pushed blocks alone and may never catch up",
         [](const Config& c) {
           return c.state_enabled || c.use_leader_election || c.org_leader ||
                  !c.block_gossip_enabled;
         },
         nullptr},
    Rule{false,
         {"peer.gossip.state.blockBufferSize", "peer.gossip.maxBlockCountToStore"},
         "at least maxBlockCountToStore",
         "a burst of pushed blocks is refused that a peer could still pull",
         [](const Config& c) { return c.state_block_buffer_size >= c.max_block_count_to_store; },
         [](const Config& c) { return fmt::format("{}", c.max_block_count_to_store); }},
    Rule{false,
         {"peer.deliveryclient.blockGossipEnabled", kState, kOrgLeader},
         "true while state.enabled is false",
         "a peer that does not fetch blocks from the orderers itself gets none",
         [](const Config& c) {
           return c.block_gossip_enabled || c.state_enabled ||
                  (c.org_leader && !c.use_leader_election);
         },
         nullptr},
    Rule{false,
         {"peer.keepalive.deliveryClient.interval"},
         "1m or more, the shipped minimum of orderers",
         "they close the connection of a client that pings more often",
         [](const Config& c) { return c.deliver_keepalive_interval >= 60 * kSecond; },
         nullptr},
    Rule{false,
         {"peer.keepalive.client.interval"},
         "1m or more, the shipped minimum of peers",
         "they close the connection of a client that pings more often",
         [](const Config& c) { return c.client_keepalive_interval >= 60 * kSecond; },
         nullptr},
    Rule{true,
         {"peer.tls.clientAuthRequired", "peer.tls.cert.file", "peer.tls.key.file"},
         "false without a certificate and a key",
         kEnds,
         [](const Config& c) { return !c.tls_client_auth_required || has_client_certificate(c); },
         nullptr},
};

std::vector<std::string_view> keys_of(const Rule& rule) {
  std::vector<std::string_view> keys;
  for (const std::string_view key : rule.keys) {
    if (!key.empty()) keys.push_back(key);
  }
  return keys;
}

void judge_rule(const Config& config, const Rule& rule, std::vector<ConfigProblem>& out) {
  if (rule.holds(config)) return;
  std::string bound;
  if (rule.bound != nullptr) bound = fmt::format(" ({})", rule.bound(config));
  const std::string value = config_value(config, rule.keys[0]);
  out.push_back({rule.fatal, keys_of(rule),
                 fmt::format("is {}, which is not {}{}: {}", value.empty() ? "\"\"" : value,
                             rule.demand, bound, rule.otherwise),
                 ""});
}

void judge_int(const ConfigRow& row, std::int32_t value, std::vector<ConfigProblem>& out) {
  if (value >= row.least) return;
  out.push_back({row.key.effect == ConfigEffect::kEngine,
                 {row.key.name},
                 fmt::format("is {}: {}", value, row.below_least),
                 fmt::format("write {} or more", row.least)});
}

// Fabric: a negative period panics in time.NewTicker, and one that is spent waiting makes a loop
// that never rests.
void judge_duration(const ConfigRow& row, Duration value, std::vector<ConfigProblem>& out) {
  const bool used = row.key.effect == ConfigEffect::kEngine;
  const std::string text = duration_text(value);
  if (value < 0 || (used && value == 0)) {
    out.push_back({true,
                   {row.key.name},
                   fmt::format("is {}: it must be longer than nothing", text),
                   fmt::format("write {} or so", row.key.unset.empty() ? "1m" : row.key.unset)});
  } else if (value < row.least) {
    const std::string_view why = row.below_least;
    const std::size_t cut = why.find("; ");
    out.push_back({used,
                   {row.key.name},
                   fmt::format("is only {}: {}", text, why.substr(0, cut)),
                   std::string(cut == std::string_view::npos ? "" : why.substr(cut + 2))});
  } else if (used && value > kLongest) {
    out.push_back({used,
                   {row.key.name},
                   fmt::format("is {}: it is too long to count with", text),
                   "write at most a year (8760h)"});
  }
}

std::vector<std::string> texts(const std::vector<ConfigProblem>& problems, bool fatal) {
  std::vector<std::string> out;
  for (const ConfigProblem& problem : problems) {
    if (problem.fatal == fatal) out.push_back(problem.text());
  }
  return out;
}

}  // namespace

std::string ConfigProblem::text() const {
  return fmt::format("{} {}{}{}", keys.front(), problem, remedy.empty() ? "" : "; ", remedy);
}

std::vector<ConfigRule> config_rules() {
  std::vector<ConfigRule> out;
  for (const Rule& rule : kRules)
    out.push_back({rule.fatal, keys_of(rule), rule.demand, rule.otherwise});
  return out;
}

std::vector<ConfigProblem> Config::judge() const {
  std::vector<ConfigProblem> out;
  for (const ConfigRow& row : config_rows()) {
    if (const auto* integer = std::get_if<std::int32_t Config::*>(&row.field)) {
      judge_int(row, this->**integer, out);
    } else if (const auto* duration = std::get_if<Duration Config::*>(&row.field)) {
      judge_duration(row, this->**duration, out);
    }
  }
  for (const Rule& rule : kRules)
    judge_rule(*this, rule, out);
  return out;
}

std::vector<std::string> Config::problems() const { return texts(judge(), true); }

std::vector<std::string> Config::warnings() const { return texts(judge(), false); }

std::vector<ConfigProblem> disagreements(const Config& common, const Config& other) {
  std::vector<ConfigProblem> out;
  for (const ConfigRow& row : config_rows()) {
    const bool election = row.key.name.starts_with("peer.gossip.election.");
    if (!election && row.key.name != "peer.gossip.state.batchSize") continue;
    const std::string mine = config_value(other, row.key.name);
    const std::string theirs = config_value(common, row.key.name);
    if (mine == theirs) continue;
    out.push_back(
        {false,
         {row.key.name},
         fmt::format("is {} here and {} at other peers of the organisation: {}", mine, theirs,
                     election ? "they judge leaders by different clocks"
                              : "a request for more than the other's batch is not answered"),
         "give all of them one value"});
  }
  return out;
}

}  // namespace hearsay
