#include "core/base/hash.h"

#include <xxhash.h>

#include <openssl/evp.h>

#include "core/base/assert.h"

namespace hearsay {

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Sha256 sha256(std::string_view a, std::string_view b) {
  // One context for the process's one strand: creating it costs more than a short hash.
  static EVP_MD_CTX* const context = EVP_MD_CTX_new();
  Sha256 digest{};
  unsigned int size = 0;
  const bool done = EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context, a.data(), a.size()) == 1 &&
                    EVP_DigestUpdate(context, b.data(), b.size()) == 1 &&
                    EVP_DigestFinal_ex(context, digest.data(), &size) == 1;
  HS_ASSERT_MSG(done && size == digest.size(), "SHA-256 failed");
  return digest;
}

std::string sha256_bytes(std::string_view a, std::string_view b) {
  const Sha256 digest = sha256(a, b);
  return std::string(digest.begin(), digest.end());
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

}  // namespace hearsay
