#include "sim/run/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace hearsay::sim {
namespace {

constexpr std::size_t kBuffer = 64 * 1024;

}  // namespace

OutputFile OutputFile::open(const std::string& path) {
  OutputFile file;
  file.path_ = path;
  file.trouble_.clear();
  do {
    file.fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  } while (file.fd_ < 0 && errno == EINTR);
  if (file.fd_ < 0) file.fail(errno);
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(buffer_, other.buffer_);
  std::swap(trouble_, other.trouble_);
  return *this;
}

OutputFile::~OutputFile() { close(); }

void OutputFile::fail(int error) {
  if (trouble_.empty()) trouble_ = "cannot write " + path_ + ": " + std::strerror(error);
  buffer_.clear();
}

void OutputFile::write(std::string_view bytes) {
  if (!ok() || fd_ < 0) return;
  buffer_ += bytes;
  if (buffer_.size() >= kBuffer) flush();
}

void OutputFile::flush() {
  std::size_t done = 0;
  while (ok() && done < buffer_.size()) {
    const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno);
    done += static_cast<std::size_t>(n);
  }
  buffer_.clear();
}

bool OutputFile::close() {
  if (fd_ < 0) return ok();
  flush();
  // Some errors, of network file systems above all, only show here. What has no storage to sync to
  // (a pipe, a device) says EINVAL.
  if (ok() && ::fsync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
    fail(errno);
  if (::close(fd_) != 0 && errno != EINTR && ok()) fail(errno);
  fd_ = -1;
  return ok();
}

}  // namespace hearsay::sim
