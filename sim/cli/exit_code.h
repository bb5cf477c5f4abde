// How `hearsay` ends, for scripts and CI. A contract with users: extend, never renumber.
#pragma once

namespace hearsay::sim {

enum ExitCode : int {
  kPassed = 0,
  kFailed = 1,          // a promise of the scenario was broken
  kBadInput = 2,        // scenario, flag or file given by the user
  kEnvironment = 3,     // disk, platform, or a bug of ours
  kNondeterminism = 4,  // the same run gave two digests
  kInterrupted = 130,   // SIGINT, SIGTERM or SIGHUP
};

}  // namespace hearsay::sim
