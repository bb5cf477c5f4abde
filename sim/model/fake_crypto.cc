#include "sim/model/fake_crypto.h"

#include "core/base/assert.h"
#include "core/wire/block.h"
#include "core/wire/codec.h"
#include "core/wire/deliver.h"

namespace hearsay::sim {

namespace {

// The bytes of a DER sequence of two 32-byte integers, the first with a leading zero: 71 in all.
constexpr std::string_view kDerHead("\x30\x45\x02\x21\x00", 5);
constexpr std::string_view kDerMiddle("\x02\x20", 2);

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift & 0xFF);
}

// Text that looks like a certificate's and differs for each seed and label.
void append_text(std::string& out, std::uint64_t seed, std::size_t size) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::uint64_t word = 0; size > 0; ++word) {
    std::uint64_t bits = mix64(seed + mix64(word + 1));
    for (int i = 0; i < 10 && size > 0; ++i, --size, bits >>= 6)
      out += kAlphabet[bits & 63];
  }
}

}  // namespace

std::string CryptoWorld::issue(std::string_view msp_id, std::string_view name, std::size_t size,
                               std::uint64_t expires) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----\n";
  constexpr std::string_view kEnd = "\n-----END CERTIFICATE-----\n";
  // The label makes identities of different names different whatever the random text.
  const std::string label = std::string(msp_id) + "/" + std::string(name) + "\n";
  const std::uint64_t seed = hash_bytes(label, seed_ + expires);
  SerializedIdentity identity;
  identity.mspid = msp_id;
  // Field heads of the encoding take bytes too, and as many more as the content has; try downwards.
  std::size_t room = size;
  std::string encoded;
  do {
    HS_ASSERT_MSG(room > kBegin.size() + label.size() + kEnd.size(), "no room for an identity");
    identity.id_bytes = std::string(kBegin) + label;
    append_text(identity.id_bytes, seed, room - identity.id_bytes.size() - kEnd.size());
    identity.id_bytes += kEnd;
    encoded = encode_identity(identity);
    --room;
  } while (encoded.size() > size);
  HS_ASSERT_MSG(encoded.size() == size, "no identity has this size");

  const std::uint64_t secret = mix64(hash_bytes(encoded, ~seed_));
  Issued issued{.msp_id = std::string(msp_id),
                .pki_id = sha256_bytes(identity.mspid, identity.id_bytes),
                .expires = expires,
                .key = {mix64(secret + 1), mix64(secret + 2)}};
  registry_.emplace(encoded, std::move(issued));
  return encoded;
}

void CryptoWorld::add_member(std::string_view channel, std::string_view msp_id) {
  members_.emplace(channel, msp_id);
}

void CryptoWorld::refuse(std::string_view channel, std::string_view identity) {
  refused_.emplace(channel, identity);
}

void CryptoWorld::add_orderer(std::string_view channel, std::string_view msp_id) {
  orderers_.emplace(channel, msp_id);
}

void CryptoWorld::revoke(std::string_view identity) {
  const auto it = registry_.find(identity);
  if (it == registry_.end()) return;
  it->second.revoked = true;
  ++revision_;
}

void CryptoWorld::revoke(std::string_view identity, std::string_view to_org) {
  const auto it = registry_.find(identity);
  if (it == registry_.end()) return;
  it->second.revoked_to.emplace(to_org);
  ++revision_;
}

const CryptoWorld::Issued* CryptoWorld::find(std::string_view identity) const {
  const auto it = registry_.find(identity);
  return it == registry_.end() ? nullptr : &it->second;
}

bool CryptoWorld::granted(const Grants& grants, std::string_view channel, std::string_view msp_id) {
  return grants.contains({std::string(channel), std::string(msp_id)});
}

std::string CryptoWorld::sign(std::string_view identity, std::string_view payload) const {
  const Issued* issued = find(identity);
  HS_ASSERT_MSG(issued != nullptr, "an identity that was not issued here");
  return sign_with(issued->key, payload);
}

std::string CryptoWorld::sign_with(const Key& key, std::string_view payload) {
  std::uint64_t a = hash_bytes(payload, key.first);
  std::uint64_t b = hash_bytes(payload, key.second);
  std::string signature;
  signature.reserve(kSignatureSize);
  signature += kDerHead;
  // Two 64-bit hashes carry the strength; the rest fills the shape.
  for (int i = 0; i < 8; ++i) {
    if (i == 4) signature += kDerMiddle;
    append_number(signature, i % 2 == 0 ? a : b);
    a = mix64(a + b);
    b = mix64(b ^ a);
  }
  return signature;
}

FakeCrypto::FakeCrypto(const CryptoWorld& world, std::string identity)
    : world_(world), identity_(std::move(identity)), msp_id_(org_of(identity_)) {
  HS_ASSERT_MSG(world_.find(identity_) != nullptr, "an identity that was not issued here");
}

std::string FakeCrypto::pki_id_of(std::string_view identity) const {
  const CryptoWorld::Issued* issued = world_.find(identity);
  return issued != nullptr ? issued->pki_id : pki_id_of_identity(identity);
}

IdentityVerdict FakeCrypto::validate_identity(std::string_view identity) const {
  if (identity.empty()) return IdentityVerdict::kEmpty;
  const CryptoWorld::Issued* issued = world_.find(identity);
  if (issued != nullptr) {
    return revoked(*issued) ? IdentityVerdict::kRevoked : IdentityVerdict::kValid;
  }
  return decode_identity(identity).ok() ? IdentityVerdict::kUnknownIssuer
                                        : IdentityVerdict::kUndecodable;
}

// Fabric: an identity must be valid for its expiration to be told.
std::optional<std::uint64_t> FakeCrypto::expiration(std::string_view identity) const {
  const CryptoWorld::Issued* issued = world_.find(identity);
  if (issued == nullptr || revoked(*issued)) return std::nullopt;
  return issued->expires;
}

// Fabric: deserialising needs a chain to the organisation's roots, so a stranger has no
// organisation; revocation does not matter.
std::string FakeCrypto::org_of(std::string_view identity) const {
  const CryptoWorld::Issued* issued = world_.find(identity);
  return issued != nullptr ? issued->msp_id : "";
}

std::string FakeCrypto::sign(std::string_view payload) const {
  return world_.sign(identity_, payload);
}

bool FakeCrypto::verify(std::string_view identity, std::string_view signature,
                        std::string_view payload) const {
  const CryptoWorld::Issued* issued = world_.find(identity);
  if (issued == nullptr || revoked(*issued) || signature.size() != kSignatureSize) return false;
  return signature == CryptoWorld::sign_with(issued->key, payload);
}

bool FakeCrypto::verify_by_channel(std::string_view channel, std::string_view identity,
                                   std::string_view signature, std::string_view payload) const {
  const CryptoWorld::Issued* issued = world_.find(identity);
  return issued != nullptr && CryptoWorld::granted(world_.members_, channel, issued->msp_id) &&
         !CryptoWorld::granted(world_.refused_, channel, identity) &&
         verify(identity, signature, payload);
}

bool FakeCrypto::verify_block(std::string_view channel, std::uint64_t seq,
                              std::string_view encoded) const {
  const auto decoded = decode_block(encoded);
  if (!decoded.ok()) return false;
  const Block& block = decoded.value();
  if (!block.has_header || block.number != seq) return false;
  const auto name = block_channel_id(block);
  if (!name.ok() || name.value() != channel) return false;
  if (!block.has_metadata || block.metadata.empty()) return false;
  const auto metadata = decode_block_metadata(
      block.metadata[static_cast<std::size_t>(BlockMetadataIndex::kSignatures)]);
  if (!metadata.ok() || block_data_hash(block) != block.data_hash) return false;
  return signed_by_orderer(channel, block, metadata.value());
}

bool FakeCrypto::signed_by_orderer(std::string_view channel, const Block& block,
                                   const BlockMetadata& metadata) const {
  bool accepted = false;
  for (const MetadataSignature& signature : metadata.signatures) {
    const auto header = decode_signature_header(signature.signature_header);
    if (!header.ok()) return false;
    const std::string& creator = header.value().creator;
    const CryptoWorld::Issued* issued = world_.find(creator);
    accepted |=
        issued != nullptr && CryptoWorld::granted(world_.orderers_, channel, issued->msp_id) &&
        verify(creator, signature.signature, block_signature_input(metadata, signature, block));
  }
  return accepted;
}

}  // namespace hearsay::sim
