#include "sim/cli/huge_pages.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace hearsay::sim {

void restart_with_huge_pages(char** argv) {
  constexpr const char* kVariable = "GLIBC_TUNABLES";
  if (std::getenv(kVariable) != nullptr) return;
  if (setenv(kVariable, "glibc.malloc.hugetlb=1", 1) != 0) return;
  // By its own path, so that the process keeps its name.
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) execv(program.c_str(), argv);
}

}  // namespace hearsay::sim
