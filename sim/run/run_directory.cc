#include "sim/run/run_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/base/assert.h"

namespace hearsay::sim {
namespace {

namespace fs = std::filesystem;

// The marker's text stays within the first block of its file: on a full disk it can still be
// changed.
constexpr std::size_t kMarkerBytes = 1024;
constexpr std::string_view kMarkerHead = "hearsay: this run directory is incomplete\n";
constexpr std::string_view kUnfinished = "the run did not finish";

constexpr const char* kTaken = " is being written by another run; choose another with --out";

OutputTrouble input(std::string reason) {
  return {OutputTrouble::Blame::kInput, std::move(reason)};
}

OutputTrouble environment(std::string reason) {
  return {OutputTrouble::Blame::kEnvironment, std::move(reason)};
}

bool begins_with(const fs::path& file, std::string_view beginning) {
  std::ifstream in(file, std::ios::binary);
  std::string text(beginning.size(), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return in && text == beginning;
}

// A directory is ours when it has our marker, or a summary that begins as ours do.
bool is_run_directory(const fs::path& path) {
  return begins_with(path / RunDirectory::kMarker, kMarkerHead) ||
         begins_with(path / "summary.json", "{\n  \"hearsay\":");
}

void sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

bool DirectoryLock::take(const std::string& path) {
  fd_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // Some file systems have no locks; there it is up to the user.
  return fd_ < 0 || ::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

const std::vector<std::string_view>& run_directory_files() {
  static const std::vector<std::string_view> files = {
      "summary.json", "scenario.json",   "convergence.csv", "blocks.csv",
      "messages.csv", "trace.jsonl.zst", "metrics.prom",    "metrics.csv"};
  return files;
}

Result<RunDirectory, OutputTrouble> RunDirectory::create(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return Error{input(path + " is a file, not a directory")};
  }
  RunDirectory directory(path);
  if (fs::is_directory(status)) {
    if (!directory.lock_.take(path)) return Error{input(path + kTaken)};
    const bool empty = fs::is_empty(path, error);
    if (error) return Error{environment("cannot read " + path + ": " + error.message())};
    if (!empty && !is_run_directory(path)) {
      return Error{input(path + " is not empty and no run directory; choose another with --out")};
    }
  } else {
    fs::create_directories(path, error);
    if (error) return Error{environment("cannot create " + path + ": " + error.message())};
    if (!directory.lock_.take(path)) return Error{input(path + kTaken)};
  }
  const fs::path marker = fs::path(path) / kMarker;
  const bool ours_already = fs::exists(marker, error);
  if (!directory.write_marker(kUnfinished)) {
    const std::string reason = std::strerror(errno);
    // Half a marker would make the directory look like somebody else's.
    if (!ours_already) fs::remove(marker, error);
    return Error{environment("cannot write " + marker.string() + ": " + reason)};
  }
  sync_directory(path);
  for (const std::string_view name : run_directory_files()) {
    fs::remove(fs::path(path) / name, error);
    if (error) {
      return Error{environment("cannot replace " + (fs::path(path) / name).string() + ": " +
                               error.message())};
    }
  }
  return directory;
}

bool RunDirectory::write_marker(std::string_view reason) const {
  std::string text(kMarkerHead);
  text += reason.substr(0, kMarkerBytes - text.size() - 1);
  text += '\n';
  const std::string file = (fs::path(path_) / kMarker).string();
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  std::size_t done = 0;
  int trouble = 0;
  while (trouble == 0 && done < text.size()) {
    const ssize_t n =
        ::pwrite(fd, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno != EINTR) trouble = errno;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  if (trouble == 0 && ::ftruncate(fd, static_cast<off_t>(text.size())) != 0) trouble = errno;
  if (trouble == 0 && ::fsync(fd) != 0) trouble = errno;
  if (::close(fd) != 0 && trouble == 0) trouble = errno;
  errno = trouble;
  return trouble == 0;
}

OutputFile& RunDirectory::open(std::string_view name) {
  const std::vector<std::string_view>& known = run_directory_files();
  HS_ASSERT(std::find(known.begin(), known.end(), name) != known.end());
  files_.push_back(
      std::make_unique<OutputFile>(OutputFile::open((fs::path(path_) / name).string())));
  return *files_.back();
}

void RunDirectory::write(std::string_view name, std::string_view content) {
  OutputFile& file = open(name);
  file.write(content);
  file.close();
}

void RunDirectory::write(std::string_view name, const std::function<void(const Pieces&)>& produce) {
  OutputFile& file = open(name);
  produce([&file](std::string_view piece) { file.write(piece); });
  file.close();
}

void RunDirectory::mark_incomplete(std::string reason) {
  if (incomplete_.empty()) incomplete_ = std::move(reason);
}

std::string RunDirectory::trouble() const {
  for (const auto& file : files_) {
    if (!file->ok()) return file->trouble();
  }
  return "";
}

Result<bool, OutputTrouble> RunDirectory::finish() {
  for (const auto& file : files_)
    file->close();
  const DirectoryLock until_the_end = std::move(lock_);
  const std::string wrong = trouble();
  std::string reason = incomplete_;
  if (!wrong.empty()) reason += (reason.empty() ? "" : "\n") + wrong;
  if (!reason.empty()) {
    // Best effort: the marker is there in any case, with an older text.
    write_marker(reason);
    if (!wrong.empty()) return Error{environment(wrong)};
    return false;
  }
  sync_directory(path_);
  std::error_code error;
  fs::remove(fs::path(path_) / kMarker, error);
  if (error) {
    return Error{environment("cannot remove " + (fs::path(path_) / kMarker).string() + ": " +
                             error.message())};
  }
  sync_directory(path_);
  return true;
}

}  // namespace hearsay::sim
