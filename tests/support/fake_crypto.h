// FakeCrypto: signatures and identities for tests. A signature is a hash over identity and payload,
// so a changed byte makes it fail; revoked and expiring identities are those a test says.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "core/ports/crypto.h"
#include "core/wire/codec.h"

namespace hearsay {

// An encoded SerializedIdentity: fake_identity("Org1MSP", "peer0").
inline std::string fake_identity(std::string_view org, std::string_view name) {
  return encode_identity({std::string(org), "certificate of " + std::string(name)});
}

// What the tests decide about identities; shared by all nodes of a test.
struct FakeAuthority {
  std::set<std::string, std::less<>> revoked;
  std::map<std::string, std::optional<std::uint64_t>, std::less<>> expirations;
  std::set<std::string, std::less<>> strangers;   // identities that may read no channel
  std::set<std::string, std::less<>> bad_blocks;  // encoded blocks that are nobody's
};

class FakeCrypto final : public MessageCrypto {
 public:
  FakeCrypto(const FakeAuthority& authority, std::string own_identity)
      : authority_(authority), own_identity_(std::move(own_identity)) {}

  std::string pki_id_of(std::string_view identity) const override {
    return pki_id_of_identity(identity);
  }
  IdentityVerdict validate_identity(std::string_view identity) const override {
    if (identity.empty()) return IdentityVerdict::kEmpty;
    if (!decode_identity(identity).ok()) return IdentityVerdict::kUndecodable;
    return authority_.revoked.contains(identity) ? IdentityVerdict::kRevoked
                                                 : IdentityVerdict::kValid;
  }
  // Grows with the list: tests only ever add to it.
  std::uint64_t revision() const override { return authority_.revoked.size(); }
  std::optional<std::uint64_t> expiration(std::string_view identity) const override {
    const auto it = authority_.expirations.find(identity);
    return it == authority_.expirations.end() ? 0 : it->second;
  }
  std::string org_of(std::string_view identity) const override {
    auto decoded = decode_identity(identity);
    return decoded.ok() ? decoded.value().mspid : "";
  }
  static std::string signature_of(std::string_view identity, std::string_view payload) {
    return sha256_bytes(identity, payload);
  }
  std::string sign(std::string_view payload) const override {
    ++signatures;
    return signs ? signature_of(own_identity_, payload) : "";
  }
  bool verify(std::string_view identity, std::string_view signature,
              std::string_view payload) const override {
    return !identity.empty() && signature == signature_of(identity, payload);
  }
  bool verify_by_channel(std::string_view /*channel*/, std::string_view identity,
                         std::string_view signature, std::string_view payload) const override {
    ++channel_checks;
    return !authority_.strangers.contains(identity) && verify(identity, signature, payload);
  }
  bool verify_block(std::string_view channel, std::uint64_t seq,
                    std::string_view block) const override {
    block_checks.emplace_back(channel, seq);
    return !authority_.bad_blocks.contains(block);
  }

  // How often the readers policy was asked.
  mutable int channel_checks = 0;
  // The blocks that were to be verified.
  mutable std::vector<std::pair<std::string, std::uint64_t>> block_checks;
  // Whether there is a key to sign with, and how often it was asked for.
  bool signs = true;
  mutable int signatures = 0;

 private:
  const FakeAuthority& authority_;
  std::string own_identity_;
};

}  // namespace hearsay
