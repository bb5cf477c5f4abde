// Result<T, E>: a value or the reason why there is none.
//
// For trouble that is expected: bad input, unreadable files. Asking the wrong side is broken code
// and asserts. E defaults to a sentence for a person; rooms that collect complaints use their own
// type.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "core/base/assert.h"

namespace hearsay {

// Wraps an error so that Result<std::string> can tell it from a value.
template <typename E>
struct Error {
  E reason;
};
template <typename E>
Error(E) -> Error<E>;
Error(const char*)->Error<std::string>;

template <typename T, typename E = std::string>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  template <typename F>
  Result(Error<F> error) : state_(std::in_place_index<1>, std::move(error.reason)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    HS_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    HS_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    HS_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }

  // REQUIRES: !ok().
  E& error() & {
    HS_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  const E& error() const& {
    HS_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, E> state_;
};

}  // namespace hearsay
