#include "sim/scenario/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

class File {
 public:
  // Without O_NONBLOCK, opening a pipe waits for somebody who writes.
  explicit File(const std::string& path)
      : fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error<std::string> unreadable() {
  return Error{fmt::format("cannot be read: {}", std::strerror(errno))};
}

// What the file is instead of a regular file, or "".
std::string_view other_kind(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "is a directory";
  if (S_ISFIFO(mode)) return "is a pipe";
  return S_ISSOCK(mode) ? "is a socket" : "is a device";
}

// At most `most` bytes and one more, or nothing with errno set.
bool read_all(int fd, std::size_t most, std::string& text) {
  std::array<char, 65536> chunk{};
  while (text.size() <= most) {
    const ssize_t n = read(fd, chunk.data(), chunk.size());
    if (n == 0) return true;
    if (n > 0) {
      text.append(chunk.data(), static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      // Somebody has the other end of the pipe open.
      pollfd waiting{fd, POLLIN, 0};
      poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::string> read_input_file(const std::string& path, std::size_t most) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return unreadable();
  const std::string_view kind = other_kind(status.st_mode);
  const bool pipe = S_ISFIFO(status.st_mode);
  // Who types a scenario into a terminal may do so.
  const bool terminal = S_ISCHR(status.st_mode) && path == "/dev/stdin" && isatty(STDIN_FILENO);
  if (!kind.empty() && !pipe && !terminal) return Error{std::string(kind)};
  const File file(path);
  if (file.fd() < 0) return unreadable();
  std::string text;
  if (!read_all(file.fd(), most, text)) return unreadable();
  if (pipe && text.empty()) return Error{std::string("is a pipe into which nobody writes")};
  if (text.size() > most) return Error{fmt::format("is larger than {} MiB", most >> 20)};
  return text;
}

std::string no_regular_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return unreadable().reason;
  return std::string(other_kind(status.st_mode));
}

}  // namespace hearsay::scenario
