#include "sim/simgrid/trial.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace hearsay::sim {

namespace {

constexpr std::size_t kOutputMax = 64 * 1024;
constexpr int kFine = 0;
constexpr int kWrong = 17;
// What the child says for us comes between these bytes, apart from what SimGrid logs.
constexpr char kResult = '\x01';
constexpr char kStep = '\x02';
constexpr char kStepEnd = '\x03';

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

[[noreturn]] void be_the_child(int pipe_end, const Attempt& attempt) {
  // A crash is an answer here, not something to report.
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE})
    std::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(pipe_end, STDERR_FILENO);
  const std::optional<std::string> wrong =
      attempt([&](const std::string& step) { write_all(pipe_end, kStep + step + kStepEnd); });
  if (wrong) {
    std::fflush(stderr);
    write_all(pipe_end, kResult + *wrong);
  }
  ::_exit(wrong ? kWrong : kFine);
}

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    // The end is what matters.
    if (text.size() > 2 * kOutputMax) text.erase(0, text.size() - kOutputMax);
  }
}

// Takes the steps out of the output and returns the last.
std::string take_steps(std::string& output) {
  std::string last;
  for (;;) {
    const std::size_t begin = output.find(kStep);
    if (begin == std::string::npos) return last;
    const std::size_t end = output.find(kStepEnd, begin);
    last = output.substr(begin + 1, end == std::string::npos ? end : end - begin - 1);
    output.erase(begin, end == std::string::npos ? end : end - begin + 1);
  }
}

// The message in a line like "[0.000000] ./src/x.cpp:529: [root/CRITICAL] Not a valid model!", the
// last such; else the last line.
std::string complaint_in(std::string_view log, const std::string& step) {
  constexpr std::string_view kTag = "/CRITICAL] ";
  std::string_view rest = log;
  if (const std::size_t tag = log.rfind(kTag); tag != std::string_view::npos) {
    rest = log.substr(tag + kTag.size());
    return std::string(rest.substr(0, rest.find('\n')));
  }
  while (rest.ends_with('\n'))
    rest.remove_suffix(1);
  if (const std::size_t line = rest.rfind('\n'); line != std::string_view::npos) {
    rest.remove_prefix(line + 1);
  }
  if (!rest.empty()) return std::string(rest);
  return "SimGrid crashed while " + (step.empty() ? "at work" : step);
}

}  // namespace

std::optional<std::string> try_in_child(const Attempt& attempt) {
  int ends[2];
  if (::pipe(ends) != 0) return std::string("cannot make a pipe: ") + std::strerror(errno);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) {
    const std::string reason = std::strerror(errno);
    ::close(ends[0]);
    ::close(ends[1]);
    return "cannot start a process: " + reason;
  }
  if (child == 0) {
    ::close(ends[0]);
    be_the_child(ends[1], attempt);
  }
  ::close(ends[1]);
  std::string output = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kFine) return std::nullopt;
  const std::string step = take_steps(output);
  if (const std::size_t mark = output.rfind(kResult); mark != std::string::npos) {
    return output.substr(mark + 1);
  }
  return complaint_in(output, step);
}

}  // namespace hearsay::sim
