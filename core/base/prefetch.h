// prefetch_line(): asks the memory for a cache line ahead of its use.
//
// GCC takes a function that does nothing but __builtin_prefetch for one without effects, and
// removes the calls of it that it has not inlined by then, without a word. It must keep the empty
// asm.
#pragma once

namespace hearsay {

inline void prefetch_line(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace hearsay
