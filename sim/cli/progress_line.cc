#include "sim/cli/progress_line.h"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace hearsay::sim {

bool ProgressLine::wanted() const { return isatty(STDERR_FILENO) != 0; }

void ProgressLine::show(const Progress& progress) {
  const auto now = WallClock::now();
  if (now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  const double wall = std::chrono::duration<double>(now - begin_).count();
  const double done = progress.end > 0 ? to_seconds(progress.now) / to_seconds(progress.end) : 1;
  const double left = done > 0 ? wall * (1 - done) / done : 0;
  fmt::print(stderr, "\r\033[K{:8.3f} s of {:.0f} s  {:3.0f} %  {:.2f} M events/s  {:.0f} s left",
             to_seconds(progress.now), to_seconds(progress.end), 100 * done,
             static_cast<double>(progress.events) / wall / 1e6, left);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::clear() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace hearsay::sim
