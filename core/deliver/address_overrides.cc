#include "core/deliver/address_overrides.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace hearsay {

namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

bool is_base64(std::string_view text) {
  const std::size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  const auto digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return !text.empty() && text.size() % 4 == 0 && padding <= 2 &&
         std::ranges::all_of(text.substr(0, text.size() - padding), digit);
}

}  // namespace

std::vector<std::string> pem_certificates(std::string_view text) {
  std::vector<std::string> found;
  for (;;) {
    const std::size_t begin = text.find(kBegin);
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin + kBegin.size());
    const std::size_t end = text.find(kEnd);
    if (end == std::string_view::npos) return found;
    std::string body;
    for (const char c : text.substr(0, end)) {
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') body += c;
    }
    text.remove_prefix(end + kEnd.size());
    if (is_base64(body)) found.push_back(std::move(body));
  }
}

LoadedOverrides load_overrides(std::span<const OverrideEntry> entries, const FileReader& read) {
  LoadedOverrides loaded;
  for (const OverrideEntry& entry : entries) {
    AddressOverride stands{entry.to, {}};
    if (!entry.ca_certs_file.empty()) {
      const auto content = read(entry.ca_certs_file);
      if (content) stands.root_certs = pem_certificates(*content);
      if (stands.root_certs.empty()) {
        loaded.warnings.push_back(fmt::format("the address override of {} is left out: {} {}",
                                              entry.from, entry.ca_certs_file,
                                              content ? "holds no certificate" : "cannot be read"));
        continue;
      }
    }
    loaded.overrides.insert_or_assign(entry.from, std::move(stands));
  }
  return loaded;
}

}  // namespace hearsay
