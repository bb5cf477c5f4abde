// Huge pages for the heap. A large world touches memory at random, and the time a delivery takes is
// then the time that address translation takes.
#pragma once

namespace hearsay::sim {

// glibc asks the kernel for huge pages when told so at the start of the process, not later: starts
// the program anew, in the same process, with GLIBC_TUNABLES set. Returns when that variable is set
// already, to whatever value, or when the program cannot be started: it then runs with small pages.
void restart_with_huge_pages(char** argv);

}  // namespace hearsay::sim
