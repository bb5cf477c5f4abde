// Digests: the item ids of a pull digest or request, as a value.
//
// On the wire they are a list of byte strings. Inside one process a digest of identities is a set
// of peers: it is held as a shared, immutable IndexSet, so that telling somebody of ten thousand
// identities costs one reference. Only the codec expands a set into strings, in ascending order of
// index; size, fingerprint and description are those of the expanded list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/index_bits.h"
#include "core/base/ref.h"

namespace hearsay {

// What the wire calls an index. Outlives every message that was made with it.
class IdNames {
 public:
  // REQUIRES: an index that was handed out. The bytes never change.
  virtual std::string_view id_of(PeerIndex index) const = 0;

 protected:
  ~IdNames() = default;
};

class IndexSet final : public RefCounted<IndexSet> {
 public:
  IndexSet(IndexBits members, const IdNames& names);

  const IndexBits& members() const { return members_; }
  // Who names the members; two sets speak of the same ids only if this is the same.
  const IdNames& names() const { return names_; }
  // Bytes of all ids as repeated fields.
  std::size_t encoded_size() const { return encoded_size_; }
  // Computed when first asked for.
  std::uint64_t fingerprint() const;

 private:
  const IndexBits members_;
  const IdNames& names_;
  std::size_t encoded_size_ = 0;
  mutable std::uint64_t fingerprint_ = 0;
};
using IndexSetRef = Ref<const IndexSet>;

class Digests {
 public:
  Digests() = default;
  Digests(std::vector<std::string> ids) : ids_(std::move(ids)) {}  // NOLINT: a list is one
  Digests(std::initializer_list<std::string> ids) : ids_(ids) {}   // NOLINT: the same
  explicit Digests(IndexSetRef set) : set_(std::move(set)) {}

  // Null when the ids are held as strings.
  const IndexSetRef& set() const { return set_; }

  std::size_t size() const { return set_ ? set_->members().count() : ids_.size(); }
  bool empty() const { return size() == 0; }

  // Calls f(std::string_view) for each id, in the order of the wire.
  template <typename F>
  void for_each(F&& f) const {
    if (set_) {
      set_->members().for_each([&](PeerIndex p) { f(set_->names().id_of(p)); });
    } else {
      for (const std::string& id : ids_)
        f(std::string_view(id));
    }
  }
  // The ids as strings, copied.
  std::vector<std::string> strings() const;

  // Bytes on the wire, field tags included.
  std::size_t encoded_size() const;
  // Equal for equal lists, however they are held.
  std::uint64_t fingerprint() const;

  // The same ids in the same order.
  friend bool operator==(const Digests& a, const Digests& b) { return a.strings() == b.strings(); }

 private:
  std::vector<std::string> ids_;
  IndexSetRef set_;
};

}  // namespace hearsay
