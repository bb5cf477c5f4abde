#include "sim/model/seek.h"

namespace hearsay::sim {

namespace {

bool in_time_window(const ChannelHeader& header, std::uint64_t unix_time) {
  if (!header.timestamp) return false;
  // Seconds far enough from any clock would overflow as nanoseconds.
  constexpr std::int64_t kFar = std::int64_t{1} << 33;
  const Timestamp& stamp = *header.timestamp;
  if (stamp.seconds < 0 || stamp.seconds > kFar) return false;
  const auto now = static_cast<std::int64_t>(unix_time);
  const std::int64_t off = stamp.seconds * kSecond + stamp.nanos - now;
  return off <= kSeekTimeWindow && off >= -kSeekTimeWindow;
}

// The first block; nothing for one that is not even the next to be cut.
std::optional<BlockNum> start_of(const SeekPosition& start, BlockNum height) {
  switch (start.kind) {
    case SeekPosition::Kind::kNewest:
      return height - 1;
    case SeekPosition::Kind::kSpecified:
      return start.number <= height ? std::optional(start.number) : std::nullopt;
    case SeekPosition::Kind::kNextCommit:
      return height;
    case SeekPosition::Kind::kOldest:
    case SeekPosition::Kind::kUnset:
      break;
  }
  return 0;
}

BlockNum stop_of(const SeekPosition& stop, BlockNum start, BlockNum height) {
  switch (stop.kind) {
    case SeekPosition::Kind::kNewest:
      return height - 1;
    case SeekPosition::Kind::kSpecified:
      return stop.number;
    case SeekPosition::Kind::kOldest:
    case SeekPosition::Kind::kNextCommit:
    case SeekPosition::Kind::kUnset:
      break;
  }
  // Fabric: oldest, as a stop, is where it starts.
  return start;
}

}  // namespace

std::variant<Status, SeekTask> judge_seek(const CommonEnvelope& envelope, const OrderedLog& log,
                                          Time now, const MessageCrypto& crypto,
                                          std::uint64_t unix_time) {
  const auto payload = decode_common_payload(envelope.payload);
  if (!payload.ok() || !payload.value().has_header) return Status::kBadRequest;
  const auto header = decode_channel_header(payload.value().channel_header);
  if (!header.ok() || !in_time_window(header.value(), unix_time)) return Status::kBadRequest;
  const ChannelIndex channel = log.find(header.value().channel_id);
  if (channel == kNoChannel) return Status::kNotFound;
  const auto signature = decode_signature_header(payload.value().signature_header);
  if (!signature.ok()) return Status::kBadRequest;
  if (!crypto.verify_by_channel(header.value().channel_id, signature.value().creator,
                                envelope.signature, envelope.payload)) {
    return Status::kForbidden;
  }
  const auto seek = decode_seek_info(payload.value().data);
  if (!seek.ok() || !seek.value().start || !seek.value().stop) return Status::kBadRequest;

  const BlockNum height = log.height_at(channel, now);
  const auto start = start_of(*seek.value().start, height);
  if (!start) return Status::kNotFound;
  SeekTask task;
  task.channel = channel;
  task.next = *start;
  task.last = stop_of(*seek.value().stop, *start, height);
  task.fail_if_not_ready = seek.value().behavior == SeekInfo::Behavior::kFailIfNotReady;
  if (task.last < task.next) return Status::kBadRequest;
  return task;
}

}  // namespace hearsay::sim
