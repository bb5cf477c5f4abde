// SecondRun: the same run once more, in a process of its own, for --twice.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>

#include "core/base/result.h"
#include "sim/run/runner.h"
#include "sim/scenario/scenario.h"

namespace hearsay::sim {

class SecondRun {
 public:
  SecondRun() = default;
  ~SecondRun();
  SecondRun(const SecondRun&) = delete;
  SecondRun& operator=(const SecondRun&) = delete;

  // Starts it; it runs beside this process. REQUIRES: no SimGrid engine in this process yet.
  void start(const scenario::Scenario& plan, const RunOptions& options);
  // Waits for its digest, or until `stop` is not zero. The error says why there is none.
  Result<std::string> digest(const volatile std::sig_atomic_t& stop);

 private:
  pid_t child_ = -1;
  int pipe_ = -1;
};

}  // namespace hearsay::sim
