#include "sim/cli/second_run.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <new>

namespace hearsay::sim {

namespace {

constexpr int kOutOfMemory = 3;

// The child's life: run, write sixteen digits, end.
[[noreturn]] void run_and_report(const scenario::Scenario& plan, const RunOptions& options,
                                 int pipe) {
  std::set_new_handler([] { _exit(kOutOfMemory); });
  auto made = Runner::make(plan, options);
  if (!made.ok()) _exit(1);
  const RunEnd end = made.value()->run();
  const std::string& digest = end.digest_hex;
  const bool told = write(pipe, digest.data(), digest.size()) == ssize_t(digest.size());
  _exit(told && !end.interrupted ? 0 : 1);
}

}  // namespace

SecondRun::~SecondRun() {
  if (pipe_ >= 0) close(pipe_);
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
}

void SecondRun::start(const scenario::Scenario& plan, const RunOptions& options) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return;
  std::fflush(nullptr);
  child_ = fork();
  if (child_ == 0) {
    close(ends[0]);
    run_and_report(plan, options, ends[1]);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

Result<std::string> SecondRun::digest(const volatile std::sig_atomic_t& stop) {
  if (child_ <= 0) return Error{std::string("the second run could not be started")};
  std::string text;
  std::array<char, 64> buffer{};
  // Looks at `stop` now and then: a signal may come between the look and the wait.
  constexpr int kLookEveryMs = 100;
  for (;;) {
    if (stop != 0) return Error{std::string("interrupted before the second run had ended")};
    pollfd waiting{pipe_, POLLIN, 0};
    if (poll(&waiting, 1, kLookEveryMs) <= 0) continue;
    const ssize_t n = read(pipe_, buffer.data(), buffer.size());
    if (n <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemory) {
    return Error{std::string("the second run ran out of memory")};
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{std::string("the second run ended without a digest")};
  }
  return text;
}

}  // namespace hearsay::sim
