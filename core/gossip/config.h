// Config: Fabric's core.yaml keys for gossip and block delivery, with Fabric's defaults.
//
// Mirrors, of v2.5.4, gossip/gossip/config.go, gossip/service/config.go, gossip/privdata/config.go,
// gossip/state/config.go, core/deliverservice/config.go and gossip/comm's defaults. One field per
// key, named after it. Keys that no engine here reads have a field all the same: they are read,
// kept and judged as Fabric would. docs/configuration.md is made from the table behind this header.
//
// Where the shipped sampleconfig/core.yaml and the code disagree the shipped file wins,
// because that is what peers in production run (sendBuffSize 200, useLeaderElection false,
// orgLeader true). code_defaults() is what an empty core.yaml yields.
//
// Quirk: most keys treat 0 as "unset" and yield the code's default (ConfigReading below); so
// propagateIterations cannot be 0 by file. set_config() does the same; a program may assign 0
// directly. The code's default wins there even where the shipped file's differs: sendBuffSize 0
// yields 20, not 200.
//
// aliveExpirationTimeout and reconnectInterval have no constant as the code's default but derive
// from aliveTimeInterval. The shipped file spells them out (25s), with the values they would derive
// from its 5s. Here they follow until they are set, as in a core.yaml that leaves them out: a
// configuration is a list of what somebody set, and who sets the interval alone means the chain. A
// peer with the shipped file in which aliveTimeInterval alone was edited keeps 25s; to show that,
// set aliveExpirationTimeout to 25s too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace hearsay {

// An orderer endpoint that is to be reached elsewhere (spec: delivery A11).
struct EndpointOverride {
  std::string from;
  std::string to;
  // Divergence: Fabric reads the file at start and drops the entry when it cannot; here it is a
  // name and no more, because connections have no TLS.
  std::string ca_certs_file;

  bool operator==(const EndpointOverride&) const = default;
};

// Something wrong with a configuration.
struct ConfigProblem {
  bool fatal = false;  // Fabric ends at start, or no engine could work with it; else a warning
  std::vector<std::string_view> keys;  // those involved; it is worded from the first one's side
  std::string problem;                 // with what would happen
  std::string remedy;                  // what would be right; may be empty

  // "peer.gossip.pullInterval is 3s, which is not longer than …: a pull round would …"
  std::string text() const;
};

struct Config {
  // Push. Fan-out per batch, emissions per message, and when a batch is emitted.
  std::int32_t propagate_peer_num = 3;
  std::int32_t propagate_iterations = 1;
  std::int32_t max_propagation_burst_size = 10;
  Duration max_propagation_burst_latency = 10 * kMillisecond;

  // Membership. The expiration and what derives from it follow alive_time_interval unless set
  // themselves.
  Duration alive_time_interval = 5 * kSecond;
  Duration alive_expiration_timeout = 25 * kSecond;
  Duration reconnect_interval = 25 * kSecond;
  std::int32_t max_connection_attempts = 120;
  std::int32_t msg_expiration_factor = 20;
  // How long after its start a peer embeds its identity in its alive messages.
  Duration publish_cert_period = 10 * kSecond;

  // Pull, and with it the membership sync, which uses the same period and fan-out.
  Duration pull_interval = 4 * kSecond;
  std::int32_t pull_peer_num = 3;
  Duration digest_wait_time = 1 * kSecond;
  Duration request_wait_time = 1500 * kMillisecond;
  Duration response_wait_time = 2 * kSecond;

  // Channel.
  std::int32_t max_block_count_to_store = 10;
  Duration publish_state_info_interval = 4 * kSecond;
  Duration request_state_info_interval = 4 * kSecond;
  Duration membership_tracker_interval = 5 * kSecond;

  // State transfer and the commit of blocks. Fabric takes these at their word, even 0.
  bool state_enabled = false;
  Duration state_check_interval = 10 * kSecond;
  Duration state_response_timeout = 3 * kSecond;
  std::int32_t state_batch_size = 10;
  std::int32_t state_max_retries = 3;
  // A pushed block further than this above the height is refused.
  std::int32_t state_block_buffer_size = 20;
  std::int32_t state_channel_size = 100;
  bool non_blocking_commit_mode = false;

  // Connections.
  Duration dial_timeout = 3 * kSecond;
  Duration conn_timeout = 2 * kSecond;
  std::int32_t recv_buff_size = 20;
  std::int32_t send_buff_size = 200;

  // Leadership: whether leaders are elected, or this peer is one by configuration. The time to live
  // of leadership messages derives from it.
  bool use_leader_election = false;
  bool org_leader = true;
  Duration leader_alive_threshold = 10 * kSecond;
  Duration election_startup_grace_period = 15 * kSecond;
  Duration election_membership_sample_interval = 1 * kSecond;
  Duration leader_election_duration = 5 * kSecond;

  // Delivery from the orderers.
  bool block_gossip_enabled = true;
  Duration deliver_reconnect_total_time_threshold = 3600 * kSecond;
  Duration deliver_reconnect_backoff_threshold = 3600 * kSecond;
  Duration deliver_conn_timeout = 3 * kSecond;

  std::vector<EndpointOverride> deliver_address_overrides;
  Duration deliver_keepalive_interval = 60 * kSecond;
  Duration deliver_keepalive_timeout = 20 * kSecond;

  // The peer's own names, and whom it contacts first.
  std::vector<std::string> bootstrap;
  std::string endpoint;
  std::string external_endpoint;

  // Private data.
  Duration pvt_pull_retry_threshold = 60 * kSecond;
  std::int32_t pvt_transientstore_max_block_retention = 1000;
  Duration pvt_push_ack_timeout = 3 * kSecond;
  std::int32_t pvt_btl_pull_margin = 10;
  std::int32_t pvt_reconcile_batch_size = 10;
  Duration pvt_reconcile_sleep_interval = 60 * kSecond;
  bool pvt_reconciliation_enabled = true;
  bool pvt_skip_pulling_invalid_transactions = false;
  std::int32_t pvt_implicit_required_peer_count = 0;
  std::int32_t pvt_implicit_max_peer_count = 1;

  // gRPC and TLS.
  Duration client_keepalive_interval = 60 * kSecond;
  Duration client_keepalive_timeout = 20 * kSecond;
  std::int32_t max_recv_msg_size = 100 << 20;  // bytes
  std::int32_t max_send_msg_size = 100 << 20;
  bool tls_enabled = false;
  bool tls_client_auth_required = false;
  std::string tls_cert_file = "tls/server.crt";
  std::string tls_key_file = "tls/server.key";
  std::string tls_client_cert_file;
  std::string tls_client_key_file;
  Duration authentication_time_window = 15 * 60 * kSecond;

  // In the files of some version, and read by no code of v2.5.
  std::string state_info_retention_interval;
  bool skip_block_verification = false;
  bool deliver_static_roots_enabled = false;                         // v1.4
  Duration deliver_block_censorship_timeout = 30 * kSecond;          // v3
  Duration deliver_minimal_reconnect_interval = 100 * kMillisecond;  // v3
  std::string deliver_policy = "cluster";                            // v3

  // Identities. How long one may stay unused before it is forgotten. Fabric: no key, but
  // identity.SetIdentityUsageThreshold.
  Duration identity_usage_threshold = 3600 * kSecond;

  // True while aliveExpirationTimeout is 5 x aliveTimeInterval, and reconnectInterval equals
  // aliveExpirationTimeout, because nobody set them: then set_config() lets them follow.
  bool alive_expiration_follows = true;
  bool reconnect_follows = true;

  // Derived, never set (spec: config 7).
  Duration alive_check_interval() const { return alive_expiration_timeout / 10; }
  Duration alive_message_ttl() const { return alive_expiration_timeout * msg_expiration_factor; }
  Duration block_ttl() const { return 100 * pull_interval; }
  Duration state_info_sweep() const { return 5 * pull_interval; }
  Duration state_info_relay_ttl() const { return 100 * publish_state_info_interval; }
  Duration leadership_ttl() const { return 10 * leader_alive_threshold; }

  // Everything wrong with it, in the order of the keys: each value for itself, then what cannot
  // work together (spec: config 8). Empty when all is well.
  std::vector<ConfigProblem> judge() const;
  // The texts of judge(): what Fabric, or an engine here, would not start with …
  std::vector<std::string> problems() const;
  // … and what starts but does not do what somebody might hope.
  std::vector<std::string> warnings() const;

  // What Fabric's code uses when core.yaml says nothing at all.
  static Config code_defaults();
};

// Values that are constants of Fabric's code, not keys.
inline constexpr Duration kRequestAckTimeout = 5 * kSecond;    // discovery sendUntilAcked
inline constexpr Duration kProbeStreamTimeout = 10 * kSecond;  // comm handshakeTimeout
inline constexpr std::int32_t kDeadEndpointQueue = 100;        // comm deadEndpoints

enum class ConfigType : std::uint8_t { kDuration, kInt, kBool, kText, kList, kOverrides };

// What Fabric makes of a key that is missing, empty or 0.
enum class ConfigReading : std::uint8_t {
  kZeroIsDefault,       // each of the three yields the code's default (GetIntOrDefault)
  kSetWins,             // a set value counts, even 0; missing or empty: the code's default
  kPlain,               // missing or empty is 0, false or ""
  kPlainZeroIsDefault,  // the same, and then 0 is replaced by the code's default
  kUnread,              // in the file, but read by no code of v2.5
};

enum class ConfigEffect : std::uint8_t {
  kEngine,    // an engine reads the field
  kScenario,  // the simulator sets the field from its scenario
  kNone,      // kept and judged, nothing more
};

struct ConfigKey {
  std::string_view name;  // "peer.gossip.pullInterval"
  ConfigType type;
  ConfigReading reading;
  std::string_view unset;  // the code's default as text; "" for false and ""
  std::string_view unit;   // what an integer counts; "" where the type says it
  ConfigEffect effect;
  std::string_view user;  // who reads it here, or, without effect, why nobody does
  std::string_view meaning;
};

// Every key there is, in the order of docs/configuration.md.
std::span<const ConfigKey> config_keys();
// Keys are case-insensitive. Null when there is no such key.
const ConfigKey* find_config_key(std::string_view name);

// What must hold between keys.
struct ConfigRule {
  bool fatal;
  std::vector<std::string_view> keys;
  std::string_view demand;     // "longer than digestWaitTime + responseWaitTime", of the first key
  std::string_view otherwise;  // what would happen
};
std::vector<ConfigRule> config_rules();

// Sets one key from its text as a core.yaml holds it ("4s", "10", "true"): a duration needs a unit,
// a bare integer there is nanoseconds (Fabric's rule). Empty text means that the key is not set.
// The items of a list stand between blanks; an address override is from>to or from>to>caCertsFile.
// Keys are case-insensitive. The error says what is wrong and what would be right.
Result<bool> set_config(Config& config, std::string_view key, std::string_view value);

// The value of a key as text, in the form set_config reads. REQUIRES: a name from config_keys().
std::string config_value(const Config& config, std::string_view key);

// What peers of one organisation should have in common and have not, as warnings (spec: config
// 8.8).
std::vector<ConfigProblem> disagreements(const Config& common, const Config& other);

// The port of "host:port" with exactly one colon and a port of at most 65535.
std::optional<std::uint16_t> endpoint_port(std::string_view endpoint);

}  // namespace hearsay
