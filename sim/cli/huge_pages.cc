#include "sim/cli/huge_pages.h"

#include <unistd.h>

#include <cstdlib>

namespace hearsay::sim {

void restart_with_huge_pages(char** argv) {
  constexpr const char* kVariable = "GLIBC_TUNABLES";
  if (std::getenv(kVariable) != nullptr) return;
  if (setenv(kVariable, "glibc.malloc.hugetlb=1", 1) != 0) return;
  execv("/proc/self/exe", argv);
}

}  // namespace hearsay::sim
