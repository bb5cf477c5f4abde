// Ref<T>: shared ownership of an immutable object, counted inside the object.
//
// The count is not atomic: a world runs on one strand. T derives from RefCounted<T>. A Ref is one
// pointer wide, so rows that hold one stay small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/base/assert.h"

namespace hearsay {

template <typename T>
class Ref;

template <typename T>
class RefCounted {
 public:
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

 protected:
  RefCounted() = default;
  ~RefCounted() = default;

 private:
  friend class Ref<T>;
  friend class Ref<const T>;
  mutable std::uint32_t ref_count_ = 0;
};

template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT: implicit on purpose
  explicit Ref(T* object) : object_(object) { retain(); }
  Ref(const Ref& other) : object_(other.object_) { retain(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  // A Ref<T> converts to a Ref<const T>.
  template <typename U>
  requires std::is_convertible_v<U*, T*> Ref(const Ref<U>& other)
      : object_(other.get()) {  // NOLINT: implicit on purpose
    retain();
  }
  ~Ref() { release(); }

  Ref& operator=(const Ref& other) {
    Ref copy(other);
    std::swap(object_, copy.object_);
    return *this;
  }
  Ref& operator=(Ref&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

  void reset() { Ref().swap(*this); }
  void swap(Ref& other) noexcept { std::swap(object_, other.object_); }

  // Gives the count away to a plain pointer (for 32-byte events), and takes it back.
  [[nodiscard]] T* detach() { return std::exchange(object_, nullptr); }
  [[nodiscard]] static Ref adopt(T* object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }

 private:
  void retain() {
    if (object_) ++object_->ref_count_;
  }
  void release() {
    if (object_ && --object_->ref_count_ == 0) delete object_;
  }

  T* object_ = nullptr;
};

template <typename T, typename... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace hearsay
