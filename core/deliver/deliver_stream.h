// DeliverStream: the stream on which a delivery loop asks an orderer for blocks; one at a time.
//
// Mirrors createSeekInfo and connect of internal/pkg/peer/blocksprovider and
// CreateSignedEnvelopeWithTLSBinding of protoutil/txutils.go, of Fabric v2.5.4. When there is one,
// and with which endpoint, is the business of the loop.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/deliver/deliver_loop.h"
#include "core/wire/deliver.h"

namespace hearsay {

class DeliverStream {
 public:
  // Both outlive it; `handler` hears the upcalls of the source.
  DeliverStream(const DeliverParts& parts, BlockSourceHandler& handler);
  ~DeliverStream() { close(); }
  DeliverStream(const DeliverStream&) = delete;
  DeliverStream& operator=(const DeliverStream&) = delete;

  // The envelope that opens a stream, signed. An error when the node's key does not sign.
  Result<CommonEnvelope> request(const SeekInfo& seek,
                                 HeaderType type = HeaderType::kDeliverSeekInfo);
  // Begins an attempt at `where`, which asks for the blocks from `first` on. REQUIRES: no stream.
  void open(OrdererEndpointRef where, const CommonEnvelope& request, BlockNum first,
            Duration dial_timeout);
  // Whether responses are wanted now. REQUIRES: a stream.
  void set_reading(bool on);
  // Ends the stream; does nothing when there is none.
  void close();
  // The source has ended it.
  void forget() { endpoint_.reset(); }

  // Whether an upcall about `stream` is about the present one.
  bool is(SourceStream stream) const { return endpoint_ && stream_ == stream; }
  // Where it leads; null when there is no stream.
  const OrdererEndpointRef& endpoint() const { return endpoint_; }
  // The endpoint's number, 0 when there is no stream; the first block it was asked for.
  std::uint32_t number() const { return endpoint_ ? endpoint_->number : 0; }
  BlockNum first() const { return first_; }
  // " from orderer0:7050", "" when there is no stream.
  std::string describe() const;

 private:
  const DeliverParts& parts_;
  BlockSourceHandler& handler_;
  Random nonces_;
  OrdererEndpointRef endpoint_;
  SourceStream stream_{};
  BlockNum first_ = 0;
};

}  // namespace hearsay
