// What an orderer makes of a seek envelope, before it delivers anything.
//
// Mirrors deliverBlocks of common/deliver/deliver.go and the iterators of common/ledger/blockledger
// of Fabric v2.5.4.
#pragma once

#include <cstdint>
#include <variant>

#include "core/base/ids.h"
#include "core/ports/crypto.h"
#include "core/wire/deliver.h"
#include "sim/model/ordered_log.h"

namespace hearsay::sim {

// The blocks from `next` to `last`; a block that is not there yet is waited for, or ends it all.
struct SeekTask {
  ChannelIndex channel = kNoChannel;
  BlockNum next = 0;
  BlockNum last = 0;
  bool fail_if_not_ready = false;
};

// Fabric: orderer.General.Authentication.TimeWindow.
inline constexpr Duration kSeekTimeWindow = 15 * 60 * kSecond;

// In Fabric's order: undecodable parts, a timestamp that is missing or further off than the window:
// BAD_REQUEST; no such channel: NOT_FOUND; a creator that the channel's readers policy refuses, or
// a bad signature: FORBIDDEN; no start, no stop, or a stop before the start: BAD_REQUEST; a start
// beyond the block that comes next: NOT_FOUND.
//
// `unix_time` in nanoseconds; `now` says which blocks of `log` this orderer has: those cut at or
// before it.
std::variant<Status, SeekTask> judge_seek(const CommonEnvelope& envelope, const OrderedLog& log,
                                          Time now, const MessageCrypto& crypto,
                                          std::uint64_t unix_time);

}  // namespace hearsay::sim
