// Signatures and identities for simulations: true in size, cheap, and not to be forged by accident.
//
// One CryptoWorld per world is the certification authority of every organisation: it issues
// identities and alone knows their keys. One FakeCrypto per node answers as Fabric's message crypto
// service does (internal/peer/gossip/mcs.go, sa.go) and signs with the key of that node's identity.
//
// A signature is 71 bytes in the shape of an ECDSA signature's DER and holds a keyed hash (two
// times XXH3) of the payload. Verification computes it anew, so a changed payload, another identity
// or an invented signature fails; without the key a match is one in 2^128. It is no cryptography:
// who can read the CryptoWorld's memory can sign as anybody. Sizes are those of the measured
// Fabric: identities of 850 bytes, signatures of 71.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/hash.h"
#include "core/ports/crypto.h"
#include "core/wire/block.h"

namespace hearsay::sim {

inline constexpr std::size_t kIdentitySize = 850;
inline constexpr std::size_t kSignatureSize = 71;
// Smaller than a peer's, so that a block of 1 KiB has room for its orderer's identity and a
// transaction.
inline constexpr std::size_t kOrdererIdentitySize = 600;

class CryptoWorld {
 public:
  // Keys and identities depend on the seed and on names alone.
  explicit CryptoWorld(std::uint64_t seed) : seed_(seed) {}
  CryptoWorld(const CryptoWorld&) = delete;
  CryptoWorld& operator=(const CryptoWorld&) = delete;

  // An identity of organisation `msp_id`: an encoded msp.SerializedIdentity of exactly `size`
  // bytes. The same arguments give the same identity. `expires` is in Unix nanoseconds; 0: never.
  // REQUIRES: a name, and a size with room for msp_id, name and 64 bytes more.
  std::string issue(std::string_view msp_id, std::string_view name,
                    std::size_t size = kIdentitySize, std::uint64_t expires = 0);

  // The organisation may read the channel (and the channel has policies).
  void add_member(std::string_view channel, std::string_view msp_id);
  // All but this identity of it.
  void refuse(std::string_view channel, std::string_view identity);
  // The organisation's identities may sign the channel's blocks.
  void add_orderer(std::string_view channel, std::string_view msp_id);

  // From now on the identity is invalid, and its signatures are, to the nodes of organisation
  // `to_org`, or to everybody. Nodes notice when they next verify, or are asked to suspect it.
  // Divergence: a block found valid before its orderer's identity was revoked stays valid.
  void revoke(std::string_view identity);
  void revoke(std::string_view identity, std::string_view to_org);

  // Signs as the owner of `identity`. REQUIRES: issued here.
  std::string sign(std::string_view identity, std::string_view payload) const;

 private:
  friend class FakeCrypto;

  struct Key {
    std::uint64_t first;
    std::uint64_t second;
  };
  struct Issued {
    std::string msp_id;
    std::string pki_id;
    std::uint64_t expires;
    Key key;
    bool revoked = false;                             // to everybody
    std::set<std::string, std::less<>> revoked_to{};  // these organisations
  };
  struct Hasher {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return hash_bytes(s); }
  };
  // Keyed by the encoded identity; looked up only.
  using Registry = std::unordered_map<std::string, Issued, Hasher, std::equal_to<>>;
  using Grants = std::set<std::pair<std::string, std::string>, std::less<>>;

  static std::string sign_with(const Key& key, std::string_view payload);
  // Null when it was not issued here.
  const Issued* find(std::string_view identity) const;
  static bool granted(const Grants& grants, std::string_view channel, std::string_view msp_id);

  const std::uint64_t seed_;
  Registry registry_;
  Grants members_;   // (channel, organisation)
  Grants orderers_;  // the same
  Grants refused_;   // (channel, identity)
  std::uint64_t revision_ = 0;
};

class FakeCrypto final : public MessageCrypto {
 public:
  // `identity` was issued by `world`, which outlives this.
  FakeCrypto(const CryptoWorld& world, std::string identity);

  const std::string& identity() const { return identity_; }

  std::string pki_id_of(std::string_view identity) const override;
  // kUnknownIssuer: it decodes, but no organisation here issued it.
  IdentityVerdict validate_identity(std::string_view identity) const override;
  std::uint64_t revision() const override { return world_.revision_; }
  std::optional<std::uint64_t> expiration(std::string_view identity) const override;
  std::string org_of(std::string_view identity) const override;
  std::string sign(std::string_view payload) const override;
  bool verify(std::string_view identity, std::string_view signature,
              std::string_view payload) const override;
  bool verify_by_channel(std::string_view channel, std::string_view identity,
                         std::string_view signature, std::string_view payload) const override;
  // Fabric's order: header, number, channel of the first transaction, metadata, data hash,
  // signatures of the channel's orderers (spec: messages-and-identity 11.1). One good signature
  // suffices; an undecodable signature header spoils the block.
  bool verify_block(std::string_view channel, std::uint64_t seq,
                    std::string_view block) const override;

 private:
  bool revoked(const CryptoWorld::Issued& issued) const {
    return issued.revoked || (!issued.revoked_to.empty() && issued.revoked_to.contains(msp_id_));
  }
  bool signed_by_orderer(std::string_view channel, const Block& block,
                         const BlockMetadata& metadata) const;

  const CryptoWorld& world_;
  const std::string identity_;
  const std::string msp_id_;  // of our organisation
};

}  // namespace hearsay::sim
