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

const char* block_source_name(BlockSource source) {
  static constexpr const char* kNames[kBlockSources] = {"deliver", "push", "pull", "state"};
  return kNames[static_cast<std::size_t>(source)];
}

const char* view_report_name(ViewReport report) {
  static constexpr const char* kNames[kViewReports] = {"nothing", "online", "offline", "both"};
  return kNames[static_cast<std::size_t>(report)];
}

}  // namespace hearsay
