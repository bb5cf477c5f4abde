// Names of the small enums of trace events, as in trace files and reports (see also event.h).
#pragma once

#include <cstddef>

#include "core/trace/event.h"

namespace hearsay {

inline constexpr std::size_t kStopReasons = 2;
inline constexpr std::size_t kDeathCauses = 3;
inline constexpr std::size_t kCloseCauses = 5;
inline constexpr std::size_t kBlockOrigins = 4;
inline constexpr std::size_t kViewReports = 4;
inline constexpr std::size_t kLostBlocks = 4;
inline constexpr std::size_t kCommitFailures = 2;
inline constexpr std::size_t kCatchUpEnds = 3;
inline constexpr std::size_t kDeliverRefusals = 6;
inline constexpr std::size_t kDeliverTroubles = 9;
inline constexpr std::size_t kDeliverEnds = 7;

const char* stop_reason_name(StopReason reason);    // "end", "crash"
const char* death_cause_name(DeathCause cause);     // "expired", "presumed_dead", "learned_dead"
const char* close_cause_name(CloseCause cause);     // "replaced", "requested", "remote" …
const char* block_origin_name(BlockOrigin source);  // "deliver", "push", "pull", "state"
const char* view_report_name(ViewReport report);    // "nothing", "online", "offline", "both"
const char* lost_block_name(LostBlock why);         // "undecodable", "no_header" …
const char* commit_failure_name(CommitFailure failure);  // "validation", "ledger"
const char* catch_up_end_name(CatchUpEnd end);           // "done", "no_candidate", "tries_spent"
const char* deliver_refusal_name(DeliverRefusal why);    // "success", "status", "bad_block" …
const char* deliver_trouble_name(DeliverTrouble why);    // "dial", "broken", "refused" …
const char* deliver_end_name(DeliverEnd end);            // "stopped", "budget_spent" …

}  // namespace hearsay
