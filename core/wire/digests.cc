#include "core/wire/digests.h"

#include "core/base/hash.h"
#include "core/wire/wire_size.h"

namespace hearsay {

namespace {

// The field `digests` of DataDigest and DataRequest.
constexpr std::uint32_t kField = 2;

// A number for the list so far and one id more.
std::uint64_t fold(std::uint64_t state, std::string_view id) {
  return mix64((state ^ hash_bytes(id)) + 0x9e37'79b9'7f4a'7c15);
}

}  // namespace

IndexSet::IndexSet(IndexBits members, const IdNames& names)
    : members_(std::move(members)), names_(names) {
  members_.for_each(
      [&](PeerIndex p) { encoded_size_ += present_field_size(kField, names_.id_of(p).size()); });
}

std::uint64_t IndexSet::fingerprint() const {
  if (fingerprint_ == 0) {
    members_.for_each([&](PeerIndex p) { fingerprint_ = fold(fingerprint_, names_.id_of(p)); });
  }
  return fingerprint_;
}

std::vector<std::string> Digests::strings() const {
  if (!set_) return ids_;
  std::vector<std::string> ids;
  ids.reserve(size());
  for_each([&](std::string_view id) { ids.emplace_back(id); });
  return ids;
}

std::size_t Digests::encoded_size() const {
  if (set_) return set_->encoded_size();
  std::size_t size = 0;
  for (const std::string& id : ids_)
    size += present_field_size(kField, id.size());
  return size;
}

std::uint64_t Digests::fingerprint() const {
  if (set_) return set_->fingerprint();
  std::uint64_t state = 0;
  for (const std::string& id : ids_)
    state = fold(state, id);
  return state;
}

}  // namespace hearsay
