// peer.deliveryclient.addressOverrides: from entries of a configuration to what stands for which
// address.
//
// Mirrors LoadOverridesMap and extractCerts of core/deliverservice/config.go of Fabric v2.5.4.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/deliver/orderer_endpoints.h"

namespace hearsay {

struct OverrideEntry {
  std::string from;
  std::string to;
  std::string ca_certs_file{};  // "": the host's certificates are trusted
};

struct LoadedOverrides {
  AddressOverrides overrides;
  std::vector<std::string> warnings;  // one for each entry that was left out
};

// The content of a file; nullopt when it cannot be read.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

// An entry whose file cannot be read, or holds no certificate, is left out. Of two entries for one
// address the later one counts.
LoadedOverrides load_overrides(std::span<const OverrideEntry> entries, const FileReader& read);

// The base64 text of each PEM block of type CERTIFICATE. Blocks of other types and blocks with
// headers are skipped, and what is no base64.
//
// Divergence: Fabric parses the certificates too and skips those that are none.
std::vector<std::string> pem_certificates(std::string_view text);

}  // namespace hearsay
