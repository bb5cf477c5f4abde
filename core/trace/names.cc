#include "core/trace/names.h"

namespace hearsay {

const char* stop_reason_name(StopReason reason) {
  static constexpr const char* kNames[kStopReasons] = {"end", "crash"};
  return kNames[static_cast<std::size_t>(reason)];
}

const char* death_cause_name(DeathCause cause) {
  static constexpr const char* kNames[kDeathCauses] = {"expired", "presumed_dead", "learned_dead"};
  return kNames[static_cast<std::size_t>(cause)];
}

const char* close_cause_name(CloseCause cause) {
  static constexpr const char* kNames[kCloseCauses] = {"replaced", "requested", "remote", "broken",
                                                       "stopped"};
  return kNames[static_cast<std::size_t>(cause)];
}

const char* block_origin_name(BlockOrigin source) {
  static constexpr const char* kNames[kBlockOrigins] = {"deliver", "push", "pull", "state"};
  return kNames[static_cast<std::size_t>(source)];
}

const char* view_report_name(ViewReport report) {
  static constexpr const char* kNames[kViewReports] = {"nothing", "online", "offline", "both"};
  return kNames[static_cast<std::size_t>(report)];
}

const char* lost_block_name(LostBlock why) {
  static constexpr const char* kNames[kLostBlocks] = {"undecodable", "no_header", "no_data",
                                                      "bad_private_data"};
  return kNames[static_cast<std::size_t>(why)];
}

const char* commit_failure_name(CommitFailure failure) {
  static constexpr const char* kNames[kCommitFailures] = {"validation", "ledger"};
  return kNames[static_cast<std::size_t>(failure)];
}

const char* catch_up_end_name(CatchUpEnd end) {
  static constexpr const char* kNames[kCatchUpEnds] = {"done", "no_candidate", "tries_spent"};
  return kNames[static_cast<std::size_t>(end)];
}

const char* deliver_refusal_name(DeliverRefusal why) {
  static constexpr const char* kNames[kDeliverRefusals] = {"success",   "status",    "no_content",
                                                           "no_header", "bad_block", "not_added"};
  return kNames[static_cast<std::size_t>(why)];
}

const char* deliver_trouble_name(DeliverTrouble why) {
  static constexpr const char* kNames[kDeliverTroubles] = {"no_endpoint", "dial",    "stream",
                                                           "send",        "closed",  "broken",
                                                           "refused",     "no_seek", "refreshed"};
  return kNames[static_cast<std::size_t>(why)];
}

const char* deliver_end_name(DeliverEnd end) {
  static constexpr const char* kNames[kDeliverEnds] = {
      "stopped",   "budget_spent", "ledger_unreadable", "cannot_sign",
      "completed", "bad_statuses", "unknown_response"};
  return kNames[static_cast<std::size_t>(end)];
}

}  // namespace hearsay
