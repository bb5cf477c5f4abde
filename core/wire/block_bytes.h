// BlockBytes: an encoded common.Block, one object for everybody who holds it.
//
// Data messages, pull updates, state responses, payload buffers and ledgers all hold the same
// bytes: a copy is a reference. The bytes never change; what follows from them alone (a
// fingerprint, whether they are a block and which) is computed once and remembered with them, which
// leaks no knowledge between peers, because each would compute the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/ref.h"

namespace hearsay {

// What a committer looks at before it stores a block. Fabric: deliverPayloads of gossip/state.
enum class BlockShape : std::uint8_t { kUndecodable, kNoHeader, kNoData, kWhole };

class BlockBytes {
 public:
  // No bytes at all.
  BlockBytes() = default;
  BlockBytes(std::string bytes);  // NOLINT: implicit on purpose, as for a plain string of bytes
  BlockBytes(const char* bytes) : BlockBytes(std::string(bytes)) {}  // NOLINT: the same

  const std::string& str() const;
  operator const std::string&() const { return str(); }  // NOLINT: implicit on purpose
  operator std::string_view() const { return str(); }    // NOLINT: implicit on purpose
  std::size_t size() const { return str().size(); }
  bool empty() const { return !shared_; }

  // Equal bytes, equal number, on every peer and in every run. Not a security hash; 0 for no bytes.
  std::uint64_t fingerprint() const;
  BlockShape shape() const;
  // The number in the block's header. REQUIRES: shape() is kNoData or kWhole.
  BlockNum number() const;

  // Whether both are one object in memory.
  bool shares_with(const BlockBytes& other) const { return shared_ == other.shared_; }
  friend bool operator==(const BlockBytes& a, const BlockBytes& b) {
    return a.shares_with(b) || a.str() == b.str();
  }

 private:
  struct Shared final : RefCounted<Shared> {
    explicit Shared(std::string b) : bytes(std::move(b)) {}
    const std::string bytes;
    mutable std::uint64_t fingerprint = 0;
    mutable BlockNum number = 0;
    mutable bool parsed = false;
    mutable BlockShape shape{};
  };
  void parse() const;

  Ref<const Shared> shared_;
};

}  // namespace hearsay
