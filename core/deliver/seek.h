// The request that opens a deliver stream: a signed envelope around a SeekInfo.
//
// Mirrors createSeekInfo of internal/pkg/peer/blocksprovider and CreateSignedEnvelopeWithTLSBinding
// of protoutil/txutils.go, of Fabric v2.5.4.
#pragma once

#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/gossip/context.h"
#include "core/wire/deliver.h"

namespace hearsay {

inline constexpr std::size_t kNonceSize = 24;

struct SeekRequest {
  std::string_view channel;
  SeekInfo seek;
  HeaderType type = HeaderType::kDeliverSeekInfo;
  std::string_view tls_cert_hash = {};  // "": the stream is not bound to a certificate
};

// `nonces` gives the nonce. An error when the node's key does not sign.
Result<CommonEnvelope> seek_envelope(const Context& context, Random& nonces,
                                     const SeekRequest& request);

}  // namespace hearsay
