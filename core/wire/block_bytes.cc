#include "core/wire/block_bytes.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/hash.h"
#include "core/wire/block.h"

namespace hearsay {

BlockBytes::BlockBytes(std::string bytes) {
  if (!bytes.empty()) shared_ = make_ref<const Shared>(std::move(bytes));
}

const std::string& BlockBytes::str() const {
  static const std::string kNone;
  return shared_ ? shared_->bytes : kNone;
}

std::uint64_t BlockBytes::fingerprint() const {
  if (!shared_) return 0;
  if (shared_->fingerprint == 0) shared_->fingerprint = hash_bytes(shared_->bytes);
  return shared_->fingerprint;
}

void BlockBytes::parse() const {
  shared_->parsed = true;
  const auto block = decode_block(shared_->bytes);
  if (!block.ok()) {
    shared_->shape = BlockShape::kUndecodable;
  } else if (!block.value().has_header) {
    shared_->shape = BlockShape::kNoHeader;
  } else {
    shared_->number = block.value().number;
    shared_->shape = block.value().has_data ? BlockShape::kWhole : BlockShape::kNoData;
  }
}

BlockShape BlockBytes::shape() const {
  // Fabric: no bytes are a message without fields.
  if (!shared_) return BlockShape::kNoHeader;
  if (!shared_->parsed) parse();
  return shared_->shape;
}

BlockNum BlockBytes::number() const {
  HS_ASSERT_MSG(shape() >= BlockShape::kNoData, "a block without header has no number");
  return shared_->number;
}

}  // namespace hearsay
