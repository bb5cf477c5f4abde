#include "core/deliver/seek.h"

#include <utility>

namespace hearsay {

namespace {

std::string nonce(Random& random) {
  std::string octets;
  while (octets.size() < kNonceSize) {
    const std::uint64_t bits = random.next64();
    for (int shift = 0; shift < 64; shift += 8)
      octets += static_cast<char>(bits >> shift & 0xFF);
  }
  return octets;
}

}  // namespace

Result<CommonEnvelope> seek_envelope(const Context& context, Random& nonces,
                                     const SeekRequest& request) {
  const auto seconds = static_cast<std::int64_t>(context.clock.unix_time() / kSecond);
  ChannelHeader header;
  header.type = request.type;
  header.timestamp = Timestamp{seconds, 0};
  header.channel_id = request.channel;
  header.tls_cert_hash = request.tls_cert_hash;
  CommonPayload payload;
  payload.channel_header = encode(header);
  payload.signature_header =
      encode(SignatureHeader{context.directory.identity(context.self()), nonce(nonces)});
  payload.data = encode(request.seek);

  CommonEnvelope envelope{encode(payload), {}};
  envelope.signature = context.crypto.sign(envelope.payload);
  if (envelope.signature.empty()) return Error{"the node's key does not sign"};
  return envelope;
}

}  // namespace hearsay
