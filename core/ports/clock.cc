#include "core/ports/clock.h"

namespace hearsay {

const char* timer_kind_name(TimerKind kind) {
  static constexpr const char* kNames[kTimerKinds] = {
      "send_alive",
      "check_alive",
      "reconnect",
      "alive_store_sweep",
      "membership_sync",
      "connect_retry",
      "request_ack_wait",
      "propagation_burst",
      "dial_timeout",
      "ping_timeout",
      "handshake_timeout",
      "ack_timeout",
      "publish_state_info",
      "request_state_info",
      "state_info_sweep",
      "block_store_sweep",
      "leadership_sweep",
      "relay_store_sweep",
      "membership_tracker",
      "identity_purge",
      "pull",
      "pull_digest_wait",
      "pull_response_wait",
      "state_transfer",
      "state_response",
      "state_serve",
      "payload_retry",
      "election",
      "deliver",
      "comm_events",
      "ledger_commit",
      "user",
      "election_yield",
  };
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace hearsay
