#include "tests/scenario/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/unit/run/scratch.h"

namespace hearsay::testing {

namespace fs = std::filesystem;

namespace {

constexpr int kCannotStart = 127;
constexpr int kLookEveryMs = 5;

std::string content_of(int fd) {
  std::string text;
  char buffer[4096];
  off_t at = 0;
  for (ssize_t n = 0; (n = pread(fd, buffer, sizeof buffer, at)) > 0; at += n) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

[[noreturn]] void become(std::vector<char*>& words, const std::string& folder, int out, int err) {
  const int nothing = open("/dev/null", O_RDONLY);
  const bool ready = dup2(nothing, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
                     dup2(err, STDERR_FILENO) >= 0 && chdir(folder.c_str()) == 0;
  if (ready) execv(words[0], words.data());
  _exit(kCannotStart);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Surroundings& where)
    : out_(where.out_file.empty() ? memfd_create("out", MFD_CLOEXEC)
                                  : open(where.out_file.c_str(), O_WRONLY | O_CLOEXEC)),
      out_is_ours_(where.out_file.empty()),
      err_(memfd_create("err", MFD_CLOEXEC)) {
  std::vector<std::string> all = joined({HS_PROGRAM}, arguments);
  std::vector<char*> words;
  for (std::string& word : all)
    words.push_back(word.data());
  words.push_back(nullptr);
  child_ = fork();
  if (child_ == 0) become(words, where.folder, out_, err_);
}

Program::~Program() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    ended(0);
  }
  close(out_);
  close(err_);
}

bool Program::ended(int flags) {
  if (child_ <= 0) return true;
  pid_t changed = 0;
  do {
    changed = waitpid(child_, &status_, flags);
  } while (changed < 0 && errno == EINTR);
  if (changed != child_) return false;
  child_ = -1;
  return true;
}

bool Program::has_made(const std::string& file) {
  while (!fs::exists(file)) {
    if (ended(WNOHANG)) return fs::exists(file);
    poll(nullptr, 0, kLookEveryMs);
  }
  return true;
}

void Program::interrupt(int signal) const {
  if (child_ > 0) kill(child_, signal);
}

bool Program::kill_its_child() const {
  const std::string pid = std::to_string(child_);
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  pid_t child = 0;
  return child_ > 0 && children >> child && kill(child, SIGKILL) == 0;
}

Ended Program::wait() {
  ended(0);
  return {.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_),
          .out = out_is_ours_ ? content_of(out_) : "",
          .err = content_of(err_)};
}

Ended hearsay(const std::vector<std::string>& arguments, const Surroundings& where) {
  return Program(arguments, where).wait();
}

Words joined(Words first, const Words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string shipped(const std::string& name) {
  return std::string(HS_SOURCE_DIR) + "/scenarios/" + name + ".json";
}

Words shipped_names() {
  Words names;
  for (const auto& entry : fs::directory_iterator(HS_SOURCE_DIR "/scenarios")) {
    const fs::path& file = entry.path();
    if (file.extension() == ".json" && file.stem() != "schema") names.push_back(file.stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

nlohmann::json summary_of(const std::string& run_directory) {
  std::ifstream file(run_directory + "/summary.json");
  return nlohmann::json::parse(file, nullptr, false);
}

std::string digest_of(const std::string& scenario, const Words& flags) {
  const sim::Scratch scratch;
  const std::string out = scratch / "run";
  const Ended ended = hearsay(joined({"run", scenario, "--out", out}, flags));
  EXPECT_TRUE(ended.code == 0 || ended.code == 1) << ended.code << '\n' << ended.err;
  const auto summary = summary_of(out);
  EXPECT_TRUE(summary.contains("digest"));
  return summary.value("digest", "");
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

}  // namespace hearsay::testing
