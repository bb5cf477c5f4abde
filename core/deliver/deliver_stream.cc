#include "core/deliver/deliver_stream.h"

#include <utility>

#include "core/base/assert.h"

namespace hearsay {

namespace {

constexpr std::size_t kNonceSize = 24;

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

DeliverStream::DeliverStream(const DeliverParts& parts, BlockSourceHandler& handler)
    : parts_(parts),
      handler_(handler),
      nonces_(parts.context.random.fork("deliver nonces").fork(parts.channel)) {}

Result<CommonEnvelope> DeliverStream::request(const SeekInfo& seek, HeaderType type) {
  const Context& context = parts_.context;
  const auto seconds = static_cast<std::int64_t>(context.clock.unix_time() / kSecond);
  ChannelHeader header;
  header.type = type;
  header.timestamp = Timestamp{seconds, 0};
  header.channel_id = parts_.channel;
  header.tls_cert_hash = parts_.tls_cert_hash;
  CommonPayload payload;
  payload.channel_header = encode(header);
  payload.signature_header =
      encode(SignatureHeader{context.directory.identity(context.self()), nonce(nonces_)});
  payload.data = encode(seek);

  CommonEnvelope envelope{encode(payload), {}};
  envelope.signature = context.crypto.sign(envelope.payload);
  if (envelope.signature.empty()) return Error{"the node's key does not sign"};
  return envelope;
}

void DeliverStream::open(OrdererEndpointRef where, const CommonEnvelope& request, BlockNum first,
                         Duration dial_timeout) {
  HS_ASSERT(where && !endpoint_);
  stream_ = parts_.source.open(where->address, request, dial_timeout, handler_);
  endpoint_ = std::move(where);
  first_ = first;
}

void DeliverStream::set_reading(bool on) {
  HS_ASSERT(endpoint_);
  parts_.source.set_reading(stream_, on);
}

void DeliverStream::close() {
  if (endpoint_) parts_.source.close(stream_);
  endpoint_.reset();
}

std::string DeliverStream::describe() const {
  return endpoint_ ? " from " + endpoint_->address : "";
}

}  // namespace hearsay
