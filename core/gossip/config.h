// Config: Fabric's core.yaml keys for the gossip layer, with Fabric's defaults.
//
// Mirrors gossip/gossip/config.go and gossip/comm's defaults of v2.5.4. One field per key, named
// after it. Where the shipped sampleconfig/core.yaml and the code disagree the shipped file wins,
// because that is what peers in production run (sendBuffSize 200, useLeaderElection false,
// orgLeader true).
//
// Quirk: most keys treat 0 as "unset" and yield the code's default (gossip/util/misc.go
// GetIntOrDefault); so propagateIterations cannot be 0 by file. set_config() does the same; a
// program may assign 0 directly. The code's default wins there even where the shipped file's
// differs: sendBuffSize 0 yields 20, not 200.
//
// aliveExpirationTimeout and reconnectInterval have no constant as the code's default but derive
// from aliveTimeInterval. The shipped file spells them out (25s), with the values they would derive
// from its 5s. Here they follow until they are set, as in a core.yaml that leaves them out: a
// configuration is a list of what somebody set, and who sets the interval alone means the chain. A
// peer with the shipped file in which aliveTimeInterval alone was edited keeps 25s; to show that,
// set aliveExpirationTimeout to 25s too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace hearsay {

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

  // Whatever cannot work together, each with what would happen. Empty when all is well.
  std::vector<std::string> problems() const;
};

// Values that are constants of Fabric's code, not keys.
inline constexpr Duration kRequestAckTimeout = 5 * kSecond;    // discovery sendUntilAcked
inline constexpr Duration kProbeStreamTimeout = 10 * kSecond;  // comm handshakeTimeout
inline constexpr std::int32_t kDeadEndpointQueue = 100;        // comm deadEndpoints

enum class ConfigType : std::uint8_t { kDuration, kInt, kBool };

struct ConfigKey {
  std::string_view name;  // "peer.gossip.pullInterval"
  ConfigType type;
  std::string_view meaning;
};

// Every key this version reads, in the order of the struct.
std::span<const ConfigKey> config_keys();

// Sets one key from its text as a core.yaml holds it ("4s", "10", "true"): a duration needs a unit,
// a bare integer there is nanoseconds (Fabric's rule). Zero means the default, but for the keys of
// peer.gossip.state. Keys are case-insensitive.
// The error says what is wrong and what would be right.
Result<bool> set_config(Config& config, std::string_view key, std::string_view value);

// The value of a key as text, in the form set_config reads. REQUIRES: a name from config_keys().
std::string config_value(const Config& config, std::string_view key);

}  // namespace hearsay
