#include "tests/support/hex.h"

#include "core/base/assert.h"

namespace hearsay {

namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  HS_ASSERT_MSG(false, "not a hexadecimal digit");
  return 0;
}

}  // namespace

std::string from_hex(std::string_view hex) {
  HS_ASSERT(hex.size() % 2 == 0);
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

}  // namespace hearsay
