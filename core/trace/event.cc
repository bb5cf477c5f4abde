#include "core/trace/event.h"

namespace hearsay {

const char* trace_kind_name(TraceKind kind) {
  static constexpr const char* kNames[kTraceKinds] = {
      "node_started",      "node_stopped",      "message_sent",        "message_delivered",
      "message_dropped",   "message_duplicate", "message_rejected",    "member_alive",
      "member_dead",       "member_forgotten",  "state_info_learned",  "block_received",
      "block_committed",   "leader_declared",   "leader_stepped_down", "connection_opened",
      "connection_closed", "dial_failed",       "timer_fired",         "fault_begun",
      "fault_ended",       "channel_view",      "block_lost",          "commit_failed",
      "straggler",         "catch_up_begun",    "catch_up_ended",      "deliver_connected",
      "deliver_refused",   "deliver_retry",     "deliver_ended",       "block_cut"};
  return kNames[static_cast<std::size_t>(kind)];
}

const char* drop_reason_name(DropReason reason) {
  static constexpr const char* kNames[kDropReasons] = {"send_buffer_full", "connection_closed",
                                                       "dial_failed", "node_stopped"};
  return kNames[static_cast<std::size_t>(reason)];
}

const char* reject_reason_name(RejectReason reason) {
  static constexpr const char* kNames[kRejectReasons] = {
      "undecodable",       "illegal_tag",      "no_content",      "missing_membership",
      "missing_timestamp", "missing_pki_id",   "missing_payload", "bad_signature",
      "unsigned",          "unknown_identity", "bad_identity",    "spoofed_request",
      "foreign_content",   "bad_mac",          "unknown_channel", "not_in_channel",
      "foreign_org",       "bad_block",        "unexpected",      "handshake",
      "disclosure",        "own_message",      "not_reader",      "unsolicited",
      "queue_full",        "bad_range"};
  return kNames[static_cast<std::size_t>(reason)];
}

}  // namespace hearsay
