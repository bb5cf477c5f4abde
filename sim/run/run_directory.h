// RunDirectory: where the files of a run go; either complete, or it says that it is not.
//
// While it is being filled it holds a file INCOMPLETE that says why; that file is written first and
// removed last, after every other file was closed without an error. A directory without it is
// complete.
//
// While it lives, no other process can make a RunDirectory of the same directory.
//
// An old run directory is emptied of our files and used again; a directory with anything else in it
// is refused, so that a wrong --out destroys nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "sim/run/output_file.h"

namespace hearsay::sim {

struct OutputTrouble {
  // Whether the person asked for something that cannot be right (exit code 2), or the machine
  // failed (3).
  enum class Blame : std::uint8_t { kInput, kEnvironment };
  Blame blame = Blame::kEnvironment;
  std::string reason;  // a sentence for the person, without a full stop
};

// Says to other processes that a directory is in use, until it goes out of scope.
class DirectoryLock {
 public:
  DirectoryLock() = default;
  DirectoryLock(DirectoryLock&& other) noexcept { std::swap(fd_, other.fd_); }
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~DirectoryLock();

  // False when somebody else has it. Call once.
  bool take(const std::string& path);

 private:
  int fd_ = -1;
};

class RunDirectory {
 public:
  static constexpr std::string_view kMarker = "INCOMPLETE";

  // Makes the directory with its parents, or takes over an old run directory, and writes the
  // marker.
  static Result<RunDirectory, OutputTrouble> create(const std::string& path);

  RunDirectory(RunDirectory&&) = default;
  RunDirectory& operator=(RunDirectory&&) = default;

  // Starts a file of the run directory. The reference stays valid; the file is closed by finish().
  // REQUIRES: `name` is one of the run directory's files, asked for once.
  OutputFile& open(std::string_view name);

  // A whole file at once, or in pieces that `produce` hands to the sink it is given.
  void write(std::string_view name, std::string_view content);
  using Pieces = std::function<void(std::string_view)>;
  void write(std::string_view name, const std::function<void(const Pieces&)>& produce);

  // Why the directory must stay incomplete (an interrupted run). The files are kept.
  void mark_incomplete(std::string reason);

  // Closes all files. When all is well and nobody called mark_incomplete, removes the marker; else
  // leaves it with the reasons in it. Returns the first write error, if any. Call once.
  Result<bool, OutputTrouble> finish();  // true: complete

  const std::string& path() const { return path_; }
  // The first failure so far, to be able to stop early; empty while all is well.
  std::string trouble() const;

 private:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}
  bool write_marker(std::string_view reason) const;

  std::string path_;
  DirectoryLock lock_;
  std::vector<std::unique_ptr<OutputFile>> files_;
  std::string incomplete_;
};

// The files a run directory may hold, without the marker.
const std::vector<std::string_view>& run_directory_files();

}  // namespace hearsay::sim
