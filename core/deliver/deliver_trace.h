// DeliverTracer: the trace events of one delivery loop.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/gossip/context.h"
#include "core/ports/orderer.h"
#include "core/trace/event.h"
#include "core/wire/deliver.h"

namespace hearsay {

class DeliverTracer {
 public:
  // `context` outlives it.
  DeliverTracer(const Context& context, std::string_view channel)
      : context_(context), channel_(context.directory.find_channel(channel)) {}

  // `endpoint`: OrdererEndpoint::number.
  void connected(BlockNum first, std::uint32_t endpoint) const {
    put(TraceKind::kDeliverConnected, first, endpoint, 0);
  }
  // `what`: the number of the block, if it is one with a header.
  void refused(DeliverRefusal why, BlockNum what, std::uint32_t endpoint) const {
    put(TraceKind::kDeliverRefused, what, endpoint, static_cast<std::uint8_t>(why));
  }
  void refused(Status status, std::uint32_t endpoint) const {
    const auto number = static_cast<std::uint32_t>(status);
    const bool success = status == Status::kSuccess;
    refused(success ? DeliverRefusal::kSuccess : DeliverRefusal::kStatus, number, endpoint);
  }
  void retry(DeliverTrouble why, Duration pause, std::uint64_t failures) const {
    put(TraceKind::kDeliverRetry, static_cast<std::uint64_t>(pause / kMillisecond),
        static_cast<std::uint32_t>(failures), static_cast<std::uint8_t>(why));
  }
  void ended(DeliverEnd why) const {
    put(TraceKind::kDeliverEnded, 0, 0, static_cast<std::uint8_t>(why));
  }

 private:
  void put(TraceKind kind, std::uint64_t value, std::uint32_t size, std::uint8_t detail) const {
    context_.trace(
        {.value = value, .size = size, .channel = channel_, .kind = kind, .detail = detail});
  }

  const Context& context_;
  const ChannelIndex channel_;
};

// Why an attempt failed, as traces say it.
DeliverTrouble trouble_of(SourceEnd end);

}  // namespace hearsay
